// The path by concentrator and PES, both variants: totals, households' billing periods, members that come and go, and what
// is dropped.
import { decodeEnvelope, MessageType, PesBatch, PesJoin, PesReading, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, IdentityKey, SeededRng, type Slot, signedLanes, slotTimes, toHex } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { encodeIndexSet } from '../src/index-set.ts'
import { createPes } from '../src/pes/machine.ts'
import type { PesVariantName } from '../src/pes/setup.ts'
import { wrapKey } from '../src/reading.ts'
import { FIRST_SLOT, reading, rsa, SLOT_SECONDS, sumOf, VirtualPath } from './support/virtual-path.ts'

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const reasons = (outputs: readonly { readonly type: string }[]): string[] =>
  outputs.flatMap(output => (output.type === 'dropped' ? [(output as unknown as { reason: string }).reason] : []))

describe.each<PesVariantName>(['reencrypt', 'direct'])('with %s', variant => {
  it('the supplier learns the sum of each slot, as soon as the last reading is there', () => {
    const path = new VirtualPath({ variant, members: 9, batch: 4 })
    for (let slot = FIRST_SLOT; slot < FIRST_SLOT + 3; slot++) {
      const { end } = slotTimes(slot as Slot, SLOT_SECONDS)
      path.slot(slot)
      const total = path.totals().at(-1)
      expect(total).toMatchObject({ slot, contributors: upTo(9), missing: [] })
      expect(total && signedLanes(total.lanes)).toEqual(sumOf(upTo(9), slot))
      expect(path.now).toBeGreaterThan(end)
    }
    expect(path.totals()).toHaveLength(3)
    // In batches of four, the last of which closes the slot.
    const batches = path.outputs.concentrator
      .filter(output => output.type === 'batch')
      .map(({ bytes }) => PesBatch.decode(decodeEnvelope(bytes).payload))
    expect(batches.slice(0, 3).map(({ readings, last }) => [readings.length, last])).toEqual([
      [4, false],
      [4, false],
      [1, true]
    ])
    expect(reasons([...path.outputs.concentrator, ...path.outputs.pes, ...path.outputs.supplier])).toEqual([])
  })

  it('a meter that crashes is left out at the deadline, and after two slots not waited for', () => {
    const path = new VirtualPath({ variant, members: 8 })
    path.slot(FIRST_SLOT)
    path.meter(3).up = false
    for (const slot of [1, 2, 3]) path.slot(FIRST_SLOT + slot)
    const closed = path.outputs.concentrator.filter(output => output.type === 'slot-closed')
    expect(closed.map(({ missing }) => missing.length)).toEqual([0, 1, 1, 1])
    const others = upTo(8).filter(index => index !== 3)
    for (const total of path.totals().slice(1)) {
      expect(total).toMatchObject({ contributors: others, missing: [3] })
      expect(signedLanes(total.lanes)).toEqual(sumOf(others, total.slot))
    }
    // Back, it is in at once.
    path.meter(3).up = true
    path.ask(3, 'join')
    path.slot(FIRST_SLOT + 4)
    expect(path.totals().at(-1)).toMatchObject({ contributors: upTo(8), missing: [] })
  })

  it('joins and leaves take effect with the next slot, and an index stays its meter’s', () => {
    const path = new VirtualPath({ variant, members: 7 })
    path.slot(FIRST_SLOT)
    expect(path.add()).toBe(7)
    path.slot(FIRST_SLOT + 1)
    expect(path.totals().at(-1)).toMatchObject({ contributors: upTo(8) })
    expect(path.ask(2, 'leave')).toContainEqual({ type: 'left' })
    path.slot(FIRST_SLOT + 2)
    expect(path.totals().at(-1)).toMatchObject({ contributors: [0, 1, 3, 4, 5, 6, 7], missing: [] })
    path.ask(2, 'join')
    path.slot(FIRST_SLOT + 3)
    expect(path.totals().at(-1)).toMatchObject({ contributors: upTo(8), missing: [] })
  })

  it('gives households’ sums of a billing period, none of too few readings, and one less beside it', () => {
    const path = new VirtualPath({ variant, members: 8 })
    // Periods of eight slots begin at multiples of eight.
    expect(FIRST_SLOT % 8).toBe(0)
    for (let slot = 0; slot < 9; slot++) {
      path.meter(6).up = slot < 3
      path.slot(FIRST_SLOT + slot)
    }
    const bills = path.outputs.supplier.filter(output => output.type === 'consumption')
    expect(bills).toHaveLength(6)
    for (const { meterId, firstSlot, slots, readings, lanes } of bills) {
      const index = path.meters.findIndex(({ identity }) => identity.id === meterId)
      expect({ firstSlot, slots, readings }).toEqual({ firstSlot: FIRST_SLOT, slots: 8, readings: 8 })
      const sum = upTo(8).reduce((total, slot) => total + (signedLanes(reading(index, FIRST_SLOT + slot))[0] as bigint), 0n)
      expect(signedLanes(lanes)[0]).toBe(sum)
    }
    expect(bills.some(({ meterId }) => meterId === path.meter(6).identity.id)).toBe(false)
    const closed = path.outputs.pes.filter(output => output.type === 'period-closed')
    const [few, beside] = closed.filter(({ aggregated }) => !aggregated).sort((a, b) => a.readings - b.readings)
    expect(few).toMatchObject({ meterId: path.meter(6).identity.id, readings: 3, withheld: false })
    expect(beside).toMatchObject({ readings: 8, withheld: true })
  })

  it('aggregates nothing over fewer than minMembers', () => {
    const path = new VirtualPath({ variant, members: 6 })
    path.meter(0).up = false
    path.slot(FIRST_SLOT)
    expect(path.totals()).toEqual([])
    expect(path.outputs.supplier).toContainEqual(expect.objectContaining({ type: 'lost', slot: FIRST_SLOT, missing: [0] }))
  })

  it('drops and counts what is replayed, altered, or another’s, and the slot is right', () => {
    const path = new VirtualPath({ variant, members: 9 })
    let kept: Uint8Array | undefined
    path.slot(FIRST_SLOT)
    path.onPublish = (bytes, meter) => {
      const envelope = decodeEnvelope(bytes)
      const from = path.meter(8).identity.id
      const give = (what: Uint8Array): void => {
        path.feedConcentrator({ type: 'message', channel: 'readings', from, bytes: what })
      }
      const sealed = (signer: IdentityKey, slot: number, payload: Uint8Array): Uint8Array =>
        sealEnvelope(signer, MessageType.PesReading, path.terms.networkId, 0 as Epoch, slot as Slot, payload)
      if (meter === 0) {
        kept = bytes
        give(Uint8Array.from(bytes, (byte, i) => (i === bytes.byteLength - 1 ? byte ^ 1 : byte)))
        give(sealed(IdentityKey.generate(new SeededRng('stranger')), envelope.slot, envelope.payload))
      } else if (meter === 1 && kept) {
        give(kept)
        // Meter 2 sends what meter 0 has encrypted, under its own signature.
        give(sealed(path.meter(2).identity, envelope.slot, decodeEnvelope(kept).payload))
      } else if (meter === 3) give(sealed(path.meter(3).identity, envelope.slot - 1, envelope.payload))
      return bytes
    }
    path.slot(FIRST_SLOT + 1)
    expect(reasons(path.outputs.concentrator).sort()).toEqual(['bad-signature', 'conflicting', 'duplicate', 'slot-over', 'unknown-sender'])
    const total = path.totals().at(-1)
    // The PES finds that it was not made by meter 2.
    expect(reasons(path.outputs.pes)).toEqual(['bad-signature'])
    const others = upTo(9).filter(index => index !== 2)
    expect(total).toMatchObject({ contributors: others, missing: [2] })
    expect(total && signedLanes(total.lanes)).toEqual(sumOf(others, FIRST_SLOT + 1))
  })

  it('goes on when the PES comes back within the slot, and loses the slot when it does not', () => {
    const path = new VirtualPath({ variant, members: 7 })
    path.slot(FIRST_SLOT)
    const { end, unit, over } = slotTimes((FIRST_SLOT + 1) as Slot, SLOT_SECONDS)
    path.pesUp = false
    path.until(end - 1)
    path.meters.forEach((_, index) => {
      path.feedMeter(index, { type: 'reading', slot: (FIRST_SLOT + 1) as Slot, lanes: reading(index, FIRST_SLOT + 1) })
    })
    path.until(end + 3 * unit)
    expect(path.totals()).toHaveLength(1)
    path.pesUp = true
    path.until(over)
    expect(path.totals().at(-1)).toMatchObject({ slot: FIRST_SLOT + 1, contributors: upTo(7) })
    path.pesUp = false
    path.slot(FIRST_SLOT + 2)
    path.until(slotTimes((FIRST_SLOT + 2) as Slot, SLOT_SECONDS).over + unit)
    expect(path.outputs.concentrator).toContainEqual({ type: 'lost', slot: FIRST_SLOT + 2, reason: 'the PES could not be reached' })
    path.pesUp = true
    path.slot(FIRST_SLOT + 3)
    expect(path.totals().at(-1)).toMatchObject({ slot: FIRST_SLOT + 3, contributors: upTo(7) })
  })

  it('hands the supplier what it missed, once it is back', () => {
    const path = new VirtualPath({ variant, members: 7 })
    path.supplierUp = false
    path.slot(FIRST_SLOT)
    path.slot(FIRST_SLOT + 1)
    expect(path.totals()).toEqual([])
    path.supplierUp = true
    path.slot(FIRST_SLOT + 2)
    expect(
      path
        .totals()
        .map(({ slot }) => slot - FIRST_SLOT)
        .sort()
    ).toEqual([0, 1, 2])
    expect(path.concentrator.outgoing.size).toBe(0)
  })
})

describe('the PES of reencrypt', () => {
  it('stores, logs and sends no plaintext reading', () => {
    const path = new VirtualPath({ members: 8 })
    path.slot(FIRST_SLOT)
    const secrets = path.meters.map((_, index) => {
      const bytes = Buffer.alloc(16)
      signedLanes(reading(index, FIRST_SLOT)).forEach((value, lane) => {
        bytes.writeBigInt64LE(value, 8 * lane)
      })
      return bytes
    })
    const said = [...path.wire, path.snapshot ?? new Uint8Array(0)].map(bytes => Buffer.from(bytes))
    for (const secret of secrets) for (const bytes of said) expect(bytes.includes(secret)).toBe(false)
    // Nor as numbers in what it keeps or tells.
    const packed = path.meters.map((_, index) => path.terms.packing.pack(signedLanes(reading(index, FIRST_SLOT))).toString(16))
    const text = JSON.stringify(path.outputs.pes, (_, value) =>
      value instanceof Uint8Array ? toHex(value) : typeof value === 'bigint' ? value.toString(16) : value
    )
    for (const plain of packed.filter(({ length }) => length > 8)) expect(text.includes(plain)).toBe(false)
    expect(Object.keys(JSON.parse(Buffer.from(path.snapshot ?? []).toString())).sort()).toEqual([
      'billingSlots',
      'closedThrough',
      'members',
      'period'
    ])
  })

  it('takes no key that was wrapped for another meter, network or PES', () => {
    const path = new VirtualPath({ members: 6 })
    const identity = IdentityKey.generate(path.rng)
    const { networkId } = path.terms
    const wrapped = [
      wrapKey(rsa.publicKey, networkId, path.meter(0).identity.id, path.rng.bytes(32)),
      wrapKey(rsa.publicKey, path.rng.bytes(32), identity.id, path.rng.bytes(32)),
      path.rng.bytes(384)
    ]
    for (const [i, wrappedKey] of wrapped.entries()) {
      const join = sealEnvelope(
        identity,
        MessageType.PesJoin,
        networkId,
        0 as Epoch,
        (FIRST_SLOT + i) as Slot,
        PesJoin.encode({ wrappedKey })
      )
      const token = 1000 + i
      path.feedConcentrator({ type: 'enrol', from: identity.id, bytes: join, token })
      const payload = PesReading.encode({ sealed: path.rng.bytes(44) })
      path.until(slotTimes((FIRST_SLOT + i) as Slot, SLOT_SECONDS).end + 1)
      const bytes = sealEnvelope(identity, MessageType.PesReading, networkId, 0 as Epoch, (FIRST_SLOT + i) as Slot, payload)
      path.feedConcentrator({ type: 'message', channel: 'readings', from: identity.id, bytes })
      path.slot(FIRST_SLOT + i)
    }
    expect(reasons(path.outputs.pes).filter(reason => reason === 'bad-field')).toHaveLength(3)
    expect(path.totals().every(({ contributors }) => !contributors.includes(6))).toBe(true)
  })

  it('starts again from its snapshot: keys and sums are there, slots that were open are not opened again', () => {
    const path = new VirtualPath({ members: 8 })
    for (let slot = 0; slot < 4; slot++) path.slot(FIRST_SLOT + slot)
    path.pes = createPes(path.pesConfig(), path.snapshot, path.now)
    for (let slot = 4; slot < 9; slot++) path.slot(FIRST_SLOT + slot)
    expect(path.totals()).toHaveLength(9)
    const bills = path.outputs.supplier.filter(output => output.type === 'consumption')
    expect(bills.map(({ readings }) => readings)).toEqual(new Array(8).fill(8))
  })

  it('closes a slot once: no second aggregate over other meters', () => {
    const path = new VirtualPath({ members: 8 })
    path.slot(FIRST_SLOT)
    const seal = (last: boolean, readings: Uint8Array[]): Uint8Array =>
      sealEnvelope(
        path.concentratorKey,
        MessageType.PesBatch,
        path.terms.networkId,
        0 as Epoch,
        FIRST_SLOT as Slot,
        PesBatch.encode({ members: [], readings, last, expected: encodeIndexSet(upTo(8)) })
      )
    path.onBatch = () =>
      seal(
        true,
        path.meters.slice(1).map(({ journal }) => (journal[0] as { bytes: Uint8Array }).bytes)
      )
    path.slot(FIRST_SLOT + 1)
    expect(reasons(path.outputs.pes)).toContain('slot-over')
    expect(path.totals()).toHaveLength(1)
  })
})

describe('a meter', () => {
  it('sends nothing twice, also after a restart, and after a lost journal nothing of the slot that ends next', () => {
    const path = new VirtualPath({ members: 6 })
    path.slot(FIRST_SLOT)
    expect(path.meter(0).journal).toHaveLength(1)
    expect(path.feedMeter(0, { type: 'reading', slot: FIRST_SLOT as Slot, lanes: reading(0, FIRST_SLOT) })).toEqual([])
  })

  it('takes no setup that others than the PES and the supplier have signed, nor a small RSA key', () => {
    const path = new VirtualPath({ members: 6 })
    const stranger = new VirtualPath({ members: 0 })
    const outputs = path.feedMeter(0, { type: 'message', from: path.concentratorKey.id, bytes: stranger.setup })
    // The same seed makes the same keys; with another signer it is refused.
    expect(outputs.some(({ type }) => type === 'set-up')).toBe(true)
    const altered = Uint8Array.from(path.setup, (byte, i) => (i === path.setup.byteLength - 3 ? byte ^ 1 : byte))
    expect(path.feedMeter(0, { type: 'message', from: path.concentratorKey.id, bytes: altered })).toContainEqual(
      expect.objectContaining({ type: 'setup-refused' })
    )
  })
})
