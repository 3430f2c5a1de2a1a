// Section 7, recovery 2: whole slots, with and without missing members.
import { decodeEnvelope, MaskReleasePayload, MaskWordPayload, MessageType, ShareReleasePayload } from '@hushgrid/messages'
import { type BlindingKey, DEFAULT_LANES, type ObisCode, sha256, signedLanes, toHex } from '@hushgrid/primitives'
import { closeMissing } from '@hushgrid/topology'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maskGraphOf, openLanesOf } from '../../src/roster/mask-graph.ts'
import { DoubleMaskScene } from '../support/double-mask-scene.ts'
import { otherShare } from '../support/other-private-masks.ts'
import { sumOf } from '../support/virtual-neighbourhood.ts'

describe('a slot in which all are in', () => {
  it('has its total before the deadline, as soon as the last submission and share are there', () => {
    const scene = new DoubleMaskScene().submit()
    scene.expectTotalWithout([])
    expect(scene.n.now).toBe(scene.times.end)
    expect(scene.ofAggregator('requested')).toEqual([])
    expect(scene.ofAggregator('shares-requested')).toEqual([{ type: 'shares-requested', slot: scene.slot, missing: [] }])
    expect([scene.all('shared'), scene.all('released'), scene.all('request-refused')]).toEqual([12, 0, 0])
    scene.finish()
    expect(scene.ofAggregator('total')).toHaveLength(1)
    for (let i = 0; i < 12; i++) expect(scene.outputs(i, 'total')).toHaveLength(1)
  })

  it.each([1, 3, 5])('is exact with %i lanes', count => {
    const lanes = Array.from({ length: count }, (_, i) => `1-0:${i + 1}.29.0` as ObisCode)
    new DoubleMaskScene({ lanes }).submit().expectTotalWithout([])
  })

  it('shows each meter’s lanes only under its private mask, other in every slot', () => {
    const scene = new DoubleMaskScene({ lanes: DEFAULT_LANES }).submit().finish()
    scene.n.runSlot((scene.slot + 1) as typeof scene.slot, scene.readings)
    const payloads = scene.n.submissionsOf(scene.meter(0)).filter(({ type }) => type === MessageType.Submission)
    expect(payloads).toHaveLength(2)
    expect(new Set(payloads.map(({ payload }) => toHex(payload))).size).toBe(2)
  })
})

describe('a slot with missing members', () => {
  it('has the exact total of those who are in: one request for words, one for shares', () => {
    const scene = new DoubleMaskScene().submit([3])
    scene.n.runUntil(scene.at(1) - 1)
    expect(scene.all('released') + scene.all('shared')).toBe(0)
    scene.n.runUntil(scene.at(1))
    scene.expectTotalWithout([3])
    expect(scene.ofAggregator('requested')).toEqual([{ type: 'requested', slot: scene.slot, round: 0, missing: [scene.id(3)] }])
    expect(scene.ofAggregator('shares-requested')).toEqual([{ type: 'shares-requested', slot: scene.slot, missing: [scene.id(3)] }])
    for (let i = 0; i < 12; i++) {
      const owed = scene.neighbours(3).includes(i)
      expect(scene.answered(i)).toEqual(i === 3 ? [] : ['MaskWord', ...(owed ? ['MaskRelease'] : []), 'ShareRelease'])
      expect(scene.outputs(i, 'misreported')).toEqual([])
    }
    expect([scene.all('disputed'), scene.all('request-refused'), scene.all('evidence')]).toEqual([0, 0, 0])
  })

  it('leaves out a member whose submission never came, which takes it without a word', () => {
    const scene = new DoubleMaskScene().silence(({ type }, by) => by === 4 && type === MessageType.Submission)
    scene.submit().finish()
    scene.expectTotalWithout([4])
    expect(scene.answers(4)).toEqual([])
    expect([scene.all('disputed'), scene.all('misreported'), scene.all('request-refused')]).toEqual([0, 0, 0])
    expect(scene.meter(4).journal.some(({ kind }) => kind === 'absent')).toBe(false)
  })

  it('releases the shares of the neighbours outside M, ascending, and the masks towards those in it', () => {
    const scene = new DoubleMaskScene().submit([3]).finish()
    const holder = scene.neighbours(3)[0] as number
    const [word, masks, shares] = scene.answers(holder)
    const { identity, keys } = scene.meter(holder).config
    const blinding = keys.of(scene.roster.season)?.blinding as BlindingKey
    const { requestHash } = MaskWordPayload.decode(word?.payload as Uint8Array)
    expect(toHex(requestHash)).toBe(toHex(sha256(decodeEnvelope(scene.maskRequest(0, [3])).payload)))
    const owners = scene.roster.neighbours(scene.position(holder)).filter(index => index !== scene.position(3))
    const expected = owners.map(owner =>
      otherShare(blinding.agree(scene.roster.blindingKey(owner)), scene.roster, scene.roster.meterId(owner), identity.id, scene.slot)
    )
    expect(toHex(ShareReleasePayload.decode(shares?.payload as Uint8Array).shares)).toBe(Buffer.concat(expected).toString('hex'))
    expect(MaskReleasePayload.decode(masks?.payload as Uint8Array).lanes).toHaveLength(16)
  })

  it('is exact, or lost for a reason that the rules give, whoever is missing (property)', () => {
    const seen = { whole: 0, missing: 0, short: 0, few: 0 }
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 16 }),
        fc.integer({ min: 2, max: 5 }),
        fc.uniqueArray(fc.nat(15), { maxLength: 4 }),
        fc.nat(3),
        (members, half, gone, seed) => {
          const scene = new DoubleMaskScene({ members, degree: 2 * half, minMembers: 4, seed: `whole ${seed}` })
          const without = gone.filter(i => i < members)
          scene.submit(without).finish()
          const missing = new Set(without.map(i => scene.position(i)))
          const { roster } = scene
          const { neighbourCount: d } = roster
          const closed = closeMissing(maskGraphOf(roster), missing, Math.floor((2 * d) / 3) + 1)
          const out = [...closed].map(index => scene.number(roster.meterId(index)))
          if (!openLanesOf(roster, closed)) {
            scene.expectLost('MembersMissing', without)
            if (members - without.length < 4) seen.few++
            else seen.short++
          } else {
            scene.expectTotalWithout(out)
            if (without.length > 0) seen.missing++
            else seen.whole++
          }
          expect([scene.all('misreported'), scene.all('evidence'), scene.all('request-refused')]).toEqual([0, 0, 0])
        }
      ),
      { numRuns: 40, seed: 20270103 }
    )
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0)
    expect(seen.missing).toBeGreaterThan(8)
  })

  it.each([
    [3, 2],
    [0, 1]
  ])('carries the lanes only that enough of those who are in can fill: without %i it has %i', (missing, lanes) => {
    const [imported, exported] = DEFAULT_LANES as readonly [ObisCode, ObisCode]
    const scene = new DoubleMaskScene({
      support: 4,
      minMembers: 4,
      lanes: DEFAULT_LANES,
      // 0, 1, 2 and 4 have a generator.
      lanesOf: i => ([0, 1, 2, 4].includes(i) ? [imported, exported] : [imported]).map(obis => ({ obis, consent: false }))
    })
    scene.submit([missing]).finish()
    const counted = scene.readings.filter((_, i) => i !== missing)
    const fed = scene.readings.filter((_, i) => i !== missing && [0, 1, 2, 4].includes(i))
    const sums = [sumOf(counted, 2)[0], ...(lanes === 2 ? [sumOf(fed, 2)[1]] : [])]
    const result = scene.n.resultOf(scene.slot)
    expect(result?.type === 'total' && [result.open, signedLanes(result.lanes)]).toEqual([DEFAULT_LANES.slice(0, lanes), sums])
    const [release] = scene.answers(scene.neighbours(missing)[0] as number).filter(({ type }) => type === MessageType.MaskRelease)
    expect(MaskReleasePayload.decode(release?.payload as Uint8Array).lanes).toHaveLength(8 * lanes)
  })

  it('is followed by the next one as if nothing had been', () => {
    const scene = new DoubleMaskScene().submit([3, 7]).finish()
    scene.expectTotalWithout([3, 7])
    const slot = (scene.slot + 1) as typeof scene.slot
    scene.n.runSlot(slot, scene.readings)
    expect(scene.n.resultOf(slot)).toMatchObject({ type: 'total', contributors: 12 })
  })

  it('sends what gossip has lost by stream', () => {
    const scene = new DoubleMaskScene()
    const requests = [MessageType.MaskRequest, MessageType.ShareRequest]
    scene.n.tamper = message =>
      message.from === scene.n.aggregatorIdentity.id && requests.some(type => type === decodeEnvelope(message.bytes).type) ? [] : [message]
    scene.submit([3]).finish()
    scene.expectTotalWithout([3])
    // 11 owe words, and shares.
    expect(scene.ofAggregator('send')).toHaveLength(11 + 11)
  })
})
