// Private masks and shares of section 7, recovery 2, against a computation of the tests' own.
import { type Slot, toHex } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PrivateMask, PrivateMasks, privateCheckOf, privateMaskOf, SHARE_BATCH_SLOTS, shareKey } from '../../src/masks/private-mask.ts'
import { otherPrivateMask, otherShare, SyntheticRoster } from '../support/other-private-masks.ts'

const slotOf = (number: number): Slot => number as Slot

function masksOf(synthetic: SyntheticRoster, index: number): PrivateMasks {
  return new PrivateMasks(synthetic.roster, index, synthetic.secretsOf(index))
}

function expectAsOther(synthetic: SyntheticRoster, index: number, slot: Slot, mask: PrivateMask): void {
  const other = otherPrivateMask(synthetic.roster, index, slot, neighbour => synthetic.shared(index, neighbour))
  expect([...mask.lanes]).toEqual(other.lanes)
  expect(toHex(mask.corrections)).toBe(toHex(other.corrections))
  expect(toHex(mask.tags)).toBe(toHex(other.tags))
  expect(toHex(mask.check)).toBe(toHex(other.check))
}

describe('a private mask', () => {
  it.each([
    { members: 8, degree: 8, lanes: 2 },
    { members: 8, degree: 8, lanes: 1 },
    { members: 12, degree: 6, lanes: 3 },
    { members: 5, degree: 4, lanes: 5 },
    { members: 3, degree: 2, lanes: 2 }
  ])('has the lanes, corrections, tags and check of an independent computation: %o', options => {
    const synthetic = new SyntheticRoster(options)
    for (const index of [0, 1, options.members - 1]) {
      const masks = masksOf(synthetic, index)
      for (const slot of [0, 1, 1_900_000, 2 ** 40 + 7].map(slotOf)) expectAsOther(synthetic, index, slot, masks.of(slot))
    }
  })

  it('has corrections and tags of 254 neighbours', () => {
    const synthetic = new SyntheticRoster({ members: 255, degree: 254 })
    const masks = masksOf(synthetic, 100)
    const mask = masks.of(slotOf(7))
    expect(mask.corrections.byteLength).toBe(16 * (254 - 170))
    expect(mask.tags.byteLength).toBe(8 * 254)
    expectAsOther(synthetic, 100, slotOf(7), mask)
  })

  it('counts absent neighbours as holders', () => {
    const present = new SyntheticRoster({ members: 8, degree: 8 })
    const synthetic = new SyntheticRoster({ members: 8, degree: 8, absent: [0, 5] })
    const mask = masksOf(synthetic, 3).of(slotOf(9))
    expect(mask.corrections.byteLength).toBe(2 * 16)
    expectAsOther(synthetic, 3, slotOf(9), mask)
    expect(toHex(present.roster.hash)).not.toBe(toHex(synthetic.roster.hash))
  })

  it('counts cut neighbours as holders', () => {
    const synthetic = new SyntheticRoster({
      members: 8,
      degree: 8,
      cuts: [
        [0, 3],
        [3, 5]
      ]
    })
    const mask = masksOf(synthetic, 3).of(slotOf(9))
    expect(mask.tags.byteLength).toBe(7 * 8)
    expectAsOther(synthetic, 3, slotOf(9), mask)
  })

  it('is the same whatever was asked for before: across batches, going back, far away', () => {
    const synthetic = new SyntheticRoster({ members: 6, degree: 6 })
    const last = SHARE_BATCH_SLOTS - 1
    const asked = [0, 1, last, last + 1, last + 2, last, 0, 5 * last, 3, 2 ** 45, 2 ** 45 + last, 2 ** 45 + last + 1, 1].map(slotOf)
    const masks = masksOf(synthetic, 2)
    masks.expand(slotOf(1))
    for (const slot of asked) expectAsOther(synthetic, 2, slot, masks.of(slot))
  })

  it('is what its seed gives', () => {
    const { roster } = new SyntheticRoster({ members: 5, degree: 4, lanes: 3 })
    const [seed, other] = [new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)]
    const owner = roster.meterId(0)
    const slot = slotOf(4)
    const own = { rosterHash: roster.hash, owner, slot }
    const check = toHex(privateCheckOf(seed, own))
    expect(privateMaskOf(seed, own, 3)).toHaveLength(3)
    // An odd number of lanes is the beginning of an even one.
    expect([...privateMaskOf(seed, own, 3)]).toEqual([...privateMaskOf(seed, own, 4)].slice(0, 3))
    const others = [
      privateCheckOf(other, own),
      privateCheckOf(seed, { ...own, rosterHash: new Uint8Array(32) }),
      privateCheckOf(seed, { ...own, owner: roster.meterId(1) }),
      privateCheckOf(seed, { ...own, slot: slotOf(5) })
    ]
    expect(new Set([check, ...others.map(toHex)]).size).toBe(5)
  })

  it('cannot be had after erase(), nor a share', () => {
    const synthetic = new SyntheticRoster({ members: 6, degree: 6 })
    const masks = masksOf(synthetic, 2)
    const before = masks.of(slotOf(3))
    const check = toHex(before.check)
    masks.erase()
    for (const slot of [3, 4, 100].map(slotOf)) {
      expect(() => masks.of(slot)).toThrow(/expected their keys, which have been erased/)
      expect(() => masks.sharesOf(slot, [0])).toThrow(/erased/)
      expect(() => masks.sharesOf(slot, [])).toThrow(/erased/)
      expect(() => masks.expand(slot)).toThrow(/erased/)
    }
    // What went out before stays as it was.
    expect(toHex(before.check)).toBe(check)
  })
})

describe('shares', () => {
  it('are those of an independent computation, in the order of the owners asked for (property)', () => {
    const synthetic = new SyntheticRoster({ members: 12, degree: 6 })
    const { roster } = synthetic
    const all = Array.from({ length: 12 }, (_, index) => masksOf(synthetic, index))
    fc.assert(
      fc.property(fc.nat(11), fc.nat(2 ** 40), fc.infiniteStream(fc.boolean()), (holder, number, picks) => {
        const slot = slotOf(number)
        const owners = roster.neighbours(holder).filter(() => picks.next().value)
        const expected = owners.map(owner =>
          otherShare(synthetic.shared(holder, owner), roster, roster.meterId(owner), roster.meterId(holder), slot)
        )
        expect(toHex((all[holder] as PrivateMasks).sharesOf(slot, owners))).toBe(Buffer.concat(expected).toString('hex'))
      }),
      { numRuns: 60, seed: 20270101 }
    )
  })

  it('are of one direction: what two neighbours hold of each other differs', () => {
    const synthetic = new SyntheticRoster({ members: 5, degree: 4 })
    const { roster } = synthetic
    const shared = synthetic.shared(0, 1)
    const [a, b] = [roster.meterId(0), roster.meterId(1)]
    expect(toHex(shareKey(shared, roster.hash, a, b))).not.toBe(toHex(shareKey(shared, roster.hash, b, a)))
    expect(toHex(masksOf(synthetic, 0).sharesOf(slotOf(1), [1]))).not.toBe(toHex(masksOf(synthetic, 1).sharesOf(slotOf(1), [0])))
  })

  it('are refused of a member that is no neighbour', () => {
    const synthetic = new SyntheticRoster({ members: 12, degree: 6 })
    const stranger = Array.from({ length: 12 }, (_, i) => i).find(i => i !== 0 && !synthetic.roster.neighbours(0).includes(i)) as number
    expect(() => masksOf(synthetic, 0).sharesOf(slotOf(1), [stranger])).toThrow(
      `expected owners that are neighbours, got position ${stranger}`
    )
  })

  it('stay right across batches after shares of other slots were taken', () => {
    const synthetic = new SyntheticRoster({ members: 5, degree: 4 })
    const masks = masksOf(synthetic, 1)
    const fresh = (slot: Slot): string => toHex(masksOf(synthetic, 1).sharesOf(slot, [0, 2]))
    const taken = masks.sharesOf(slotOf(3), [0, 2])
    const before = toHex(taken)
    for (const slot of [3, SHARE_BATCH_SLOTS + 3, 2, 0].map(slotOf)) expect(toHex(masks.sharesOf(slot, [0, 2]))).toBe(fresh(slot))
    expect(toHex(taken)).toBe(before)
  })
})
