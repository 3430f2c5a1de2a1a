// The variant `direct` where the concentrator wants a single meter's reading opened: refused by PES and by supplier.
import { decodeEnvelope, MessageType, PeriodAggregate, PesAggregate } from '@hushgrid/messages'
import { PartialDecryption } from '@hushgrid/paillier'
import { fromHex, type SigningKey, signedLanes } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { encodeIndexSet } from '../src/index-set.ts'
import { partialOf } from '../src/supplier/key.ts'
import { pesShare, publicKey, reasons, SplitPath, supplierShare, upTo } from './support/split-path.ts'
import { FIRST_SLOT, sumOf } from './support/virtual-path.ts'

/** As the limits of a virtual path have it. */
const MIN_MEMBERS = 6

describe('a concentrator that wants a single reading opened', () => {
  it('gets no aggregate and no partial decryption of fewer than minMembers readings from the PES', () => {
    const path = new SplitPath({ members: 8 })
    for (let passed = 1; passed < MIN_MEMBERS; passed++) {
      path.alterBatches(({ readings }) => ({ readings: readings.slice(0, passed) }))
      path.slot(FIRST_SLOT + passed - 1)
    }
    const aggregates = path.aggregates()
    expect(aggregates.map(({ payload }) => [payload.ciphertext.byteLength, payload.partial.byteLength])).toEqual(upTo(5).map(() => [0, 0]))
    expect([path.partials, path.decryptions, path.totals().length]).toEqual([0, 0, 0])
    const lost = path.outputs.supplier.filter(output => output.type === 'lost')
    expect(lost.map(({ contributors }) => contributors.length)).toEqual([1, 2, 3, 4, 5])
    // With as many as must be it is one.
    path.alterBatches(({ readings }) => ({ readings: readings.slice(0, MIN_MEMBERS) }))
    path.slot(FIRST_SLOT + MIN_MEMBERS - 1)
    expect([path.partials, path.totals().length]).toEqual([1, 1])
  })

  it('cannot make one meter count for many', () => {
    const path = new SplitPath({ members: 8 })
    path.alterBatches(({ members, readings }) => {
      const [join] = members
      return {
        members: [...members.slice(0, 1), ...upTo(7).map(i => ({ index: 20 + i, join: join?.join ?? new Uint8Array(0) }))],
        readings: [...upTo(MIN_MEMBERS).map(() => readings[0] as Uint8Array), path.signed(0, FIRST_SLOT, path.proven(0, FIRST_SLOT, 1n))]
      }
    })
    path.slot(FIRST_SLOT)
    expect(reasons(path.outputs.pes)).toEqual([...upTo(7).map(() => 'conflicting'), ...upTo(MIN_MEMBERS).map(() => 'duplicate')])
    expect([path.partials, path.totals().length]).toEqual([0, 0])
  })

  it('cannot pass a ciphertext off as readings of its own, nor as an aggregate, at the PES', () => {
    const path = new SplitPath({ members: 8 })
    path.alterBatches(({ readings }, slot) => {
      const [own = new Uint8Array(0)] = readings
      const { sender, payload } = decodeEnvelope(own)
      const index = path.meters.findIndex(({ identity }) => identity.id === sender)
      const ciphertext = path.opened(index, own).ciphertext.toBytes()
      const aggregate = PesAggregate.encode({
        expected: new Uint8Array(0),
        contributors: encodeIndexSet(upTo(8)),
        ciphertext,
        partial: new Uint8Array(0)
      })
      return {
        readings: [
          path.seal(path.concentratorKey, MessageType.PesReading, slot, payload),
          path.seal(path.concentratorKey, MessageType.PesAggregate, slot, aggregate)
        ]
      }
    })
    path.slot(FIRST_SLOT)
    expect(reasons(path.outputs.pes)).toEqual(['unknown-sender', 'unexpected-type'])
    expect([path.partials, path.totals().length]).toEqual([0, 0])
  })

  it('is refused by the supplier, whoever it says has signed', () => {
    const path = new SplitPath({ members: 8 })
    path.slot(FIRST_SLOT)
    const single = path.opened(0, path.sent(0)).ciphertext.toBytes()
    const [made] = path.aggregates()
    if (!made) throw new Error('expected an aggregate')
    const as = (
      signer: SigningKey,
      slot: number,
      contributors: number,
      ciphertext: Uint8Array = single,
      partial: Uint8Array = made.payload.partial
    ): Uint8Array => {
      const fields = { expected: encodeIndexSet(upTo(8)), contributors: encodeIndexSet(upTo(contributors)), ciphertext, partial }
      return path.seal(signer, MessageType.PesAggregate, slot, PesAggregate.encode(fields))
    }
    const impostor: SigningKey = { id: path.pesKey.id, sign: message => path.concentratorKey.sign(message) }
    const before = path.decryptions
    expect(path.give(as(path.concentratorKey, FIRST_SLOT + 1, 8))).toEqual({ dropped: ['unknown-sender'], figures: 0 })
    expect(path.give(as(impostor, FIRST_SLOT + 1, 8))).toEqual({ dropped: ['bad-signature'], figures: 0 })
    expect(path.give(path.sent(0))).toEqual({ dropped: ['unexpected-type'], figures: 0 })
    // Nor may the PES itself have one opened as what it is: too few.
    for (const contributors of [0, 1, 2, 5])
      expect(path.give(as(path.pesKey, FIRST_SLOT + 1, contributors))).toEqual({ dropped: ['implausible'], figures: 0 })
    expect(path.decryptions).toBe(before)
    // Said to be of many, it needs the partial decryption of this very ciphertext.
    const forged = new PartialDecryption({ ...pesShare.share.partial(publicKey.decodeCiphertext(single)), value: 1n }).toBytes(publicKey)
    for (const [i, partial] of [
      made.payload.partial,
      new Uint8Array(0),
      partialOf(supplierShare)(publicKey.decodeCiphertext(single)),
      forged
    ].entries())
      expect(path.give(as(path.pesKey, FIRST_SLOT + 10 + i, 8, single, partial))).toEqual({ dropped: ['implausible'], figures: 0 })
    // What the PES has signed cannot be given another ciphertext, nor be given for another slot.
    const swapped = Buffer.from(made.bytes)
    swapped.set(single, swapped.indexOf(made.payload.ciphertext))
    expect(path.give(swapped)).toEqual({ dropped: ['bad-signature'], figures: 0 })
    expect(path.give(as(impostor, FIRST_SLOT + 1, 8, made.payload.ciphertext))).toEqual({ dropped: ['bad-signature'], figures: 0 })
    path.slot(FIRST_SLOT + 1)
    expect(path.totals().map(({ lanes }) => signedLanes(lanes))).toEqual([FIRST_SLOT, FIRST_SLOT + 1].map(slot => sumOf(upTo(8), slot)))
  })

  it('gets no household’s sum of fewer than minReadings slots, from either', () => {
    const path = new SplitPath({ members: 8 })
    for (let slot = 0; slot < 9; slot++) {
      path.meter(5).up = slot === 4 || slot === 8
      path.slot(FIRST_SLOT + slot)
    }
    const household = path.meter(5).identity.id
    const closed = path.outputs.pes.filter(output => output.type === 'period-closed')
    expect(closed.find(({ meterId }) => meterId === household)).toMatchObject({ readings: 1, aggregated: false })
    // Eight aggregates of slots with enough in them, one more of the ninth, and seven households less the one that is withheld.
    expect(path.partials).toBe(9 + 6)
    const single = path.opened(5, path.sent(5)).ciphertext
    const partial = partialOf(pesShare)(single)
    const period = (fields: Partial<Parameters<typeof PeriodAggregate.encode>[0]>): Uint8Array => {
      const payload = { meterId: fromHex(household), firstSlot: FIRST_SLOT, slots: 8, readings: 1, ciphertext: single.toBytes(), partial }
      return path.seal(path.pesKey, MessageType.PeriodAggregate, FIRST_SLOT + 8, PeriodAggregate.encode({ ...payload, ...fields }))
    }
    const before = path.decryptions
    for (const fields of [{}, { readings: 3 }, { readings: 8, slots: 1 }, { readings: 8, firstSlot: FIRST_SLOT + 4 }])
      expect(path.give(period(fields))).toEqual({ dropped: ['implausible'], figures: 0 })
    expect(path.decryptions).toBe(before)
  })
})
