// A key K for each pairing: who has the one before opens what was measured until then, and nothing after.
import { IdentityKey, type Millis, SeededRng, type Slot } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { openBatch, type ReadingBatch } from '../../src/batch/batch.ts'
import { decodeBatch } from '../../src/batch/encoding.ts'
import { decodeBillingKeys, encodeBillingKeys, type MeterKey } from '../../src/meter/billing-keys.ts'
import { decodeBillingRecord, encodeBillingRecord } from '../../src/meter/billing-record.ts'
import { createMeterBilling } from '../../src/meter/billing-state.ts'
import { encodeHomeRequest, provenRequest } from '../../src/meter/home-messages.ts'
import { type MeterBillingInput, stepMeterBilling } from '../../src/meter/meter-billing.ts'
import { newPairingTicket } from '../../src/meter/pairing.ts'
import { at, CUSTOMER, configOf, METER, Meter, slotOf } from '../support/billing-meter.ts'

const NEWCOMER = IdentityKey.generate(new SeededRng('newcomer')).id
const MOVED = at('2013-02-14T10:20Z')
/** The hour that runs when the newcomer pairs. */
const CUT = slotOf('2013-02-14T10:00Z')
/** A reading each six hours, and gaps between: commitments take the time. */
const wh = (slot: Slot): bigint | undefined => (slot % 6 === 0 ? BigInt(slot % 1000) : undefined)

/** A meter with a batch a month, paired with its first customer in January; its part of February waits to be sealed. */
function meterInFebruary(): { readonly meter: Meter; readonly first: MeterKey } {
  const meter = new Meter(at('2013-01-30T00:00Z'), configOf('month'))
  meter.catchUp('2013-01-30T00:00Z', '2013-01-30T12:00Z', wh)
  const first = meter.pair(at('2013-01-30T12:10Z'))
  meter.catchUp('2013-01-30T12:00Z', '2013-02-14T10:00Z', wh)
  return { meter, first }
}

function opens(batch: ReadingBatch, { key }: MeterKey): boolean {
  try {
    openBatch(batch, key)
    return true
  } catch (cause) {
    if ((cause as Error).name !== 'BatchRejectedError') throw cause
    return false
  }
}

/** What a customer gets with its key: the header of each batch. */
function fetched(meter: Meter, key: MeterKey, customer = CUSTOMER): { readonly inForce: boolean; readonly batches: ReadingBatch[] } {
  const parties = { meter: METER.id, customer }
  const list = meter.ask(provenRequest(key, parties, { type: 'list' }), customer)
  if (list.type !== 'list') throw new Error(`expected a list, got ${JSON.stringify(list)}`)
  const batches = list.batches.map(({ firstSlot }) => {
    const got = meter.ask(provenRequest(key, parties, { type: 'get', firstSlot }), customer)
    if (got.type !== 'batch') throw new Error('expected a batch')
    return decodeBatch(got.bytes)
  })
  return { inForce: list.inForce, batches }
}

const spans = (batches: readonly ReadingBatch[]): number[][] =>
  batches.map(({ firstSlot, slots, keyEpoch }) => [firstSlot, firstSlot + slots, keyEpoch])
const [JANUARY, FEBRUARY, MARCH] = [slotOf('2013-01-01T00:00Z'), slotOf('2013-02-01T00:00Z'), slotOf('2013-03-01T00:00Z')]

describe('a meter that is paired anew', () => {
  it('seals what was measured until then under the old key at once, and goes on under a new one', () => {
    const { meter, first } = meterInFebruary()
    const second = meter.pair(MOVED, NEWCOMER)
    expect([first.epoch, second.epoch]).toEqual([0, 1])
    expect(second.key).not.toEqual(first.key)
    meter.catchUp('2013-02-14T10:00Z', '2013-03-01T00:00Z', wh)
    const [january, before, after, ...others] = meter.batches() as [ReadingBatch, ReadingBatch, ReadingBatch]
    expect(others).toEqual([])
    expect(spans([january, before, after])).toEqual([
      [JANUARY, FEBRUARY, 0],
      [FEBRUARY, CUT, 0],
      [CUT, MARCH, 1]
    ])
    expect([january, before, after].map(batch => opens(batch, first))).toEqual([true, true, false])
    expect([january, before, after].map(batch => opens(batch, second))).toEqual([false, false, true])
    expect(openBatch(after, second.key).readings.map(each => each?.[0])).toEqual(
      Array.from({ length: MARCH - CUT }, (_, i) => wh((CUT + i) as Slot))
    )
  })

  it('gives each key the batches that were sealed under it, and tells which is in force', () => {
    const { meter, first } = meterInFebruary()
    expect(fetched(meter, first).inForce).toBe(true)
    const second = meter.pair(MOVED, NEWCOMER)
    meter.catchUp('2013-02-14T10:00Z', '2013-03-01T00:00Z', wh)
    const [old, young] = [fetched(meter, first), fetched(meter, second, NEWCOMER)]
    expect([old.inForce, young.inForce]).toEqual([false, true])
    expect(spans(old.batches)).toEqual([
      [JANUARY, FEBRUARY, 0],
      [FEBRUARY, CUT, 0]
    ])
    expect(spans(young.batches)).toEqual([[CUT, MARCH, 1]])
    const stranger = provenRequest(first, { meter: METER.id, customer: CUSTOMER }, { type: 'get', firstSlot: CUT })
    expect(meter.ask(stranger)).toMatchObject({ type: 'refused', reason: `expected the first slot of a batch that is kept, got ${CUT}` })
  })

  it('twice within a slot seals under the last key', () => {
    const { meter } = meterInFebruary()
    const [second, third] = [meter.pair(MOVED, NEWCOMER), meter.pair((MOVED + 60_000) as Millis, NEWCOMER)]
    expect([second.epoch, third.epoch]).toEqual([1, 2])
    meter.catchUp('2013-02-14T10:00Z', '2013-03-01T00:00Z', wh)
    expect(spans(meter.batches())).toEqual([
      [JANUARY, FEBRUARY, 0],
      [FEBRUARY, CUT, 0],
      [CUT, MARCH, 2]
    ])
    // The key that sealed nothing is gone.
    expect(decodeBillingKeys(meter.keys).map(({ epoch }) => epoch)).toEqual([0, 2])
  })

  it('whose clock is set back leaves what was measured to whoever had the key', () => {
    const { meter, first } = meterInFebruary()
    const measured = Math.max(...meter.state.open.keys()) + 1
    expect(measured).toBeGreaterThan(slotOf('2013-02-10T00:00Z'))
    const second = meter.pair(at('2013-02-10T00:30Z'), NEWCOMER)
    meter.catchUp('2013-02-14T10:00Z', '2013-03-01T00:00Z', wh)
    const [, before, after] = meter.batches() as [ReadingBatch, ReadingBatch, ReadingBatch]
    expect(spans([before, after])).toEqual([
      [FEBRUARY, measured, 0],
      [measured, MARCH, 1]
    ])
    expect([opens(before, first), opens(after, second)]).toEqual([true, true])
  })
})

describe('unpairing', () => {
  it('brings a key into force that the next customer gets, with all that was measured since', () => {
    const { meter, first } = meterInFebruary()
    meter.feed({ type: 'unpair' }, MOVED)
    expect(meter.outputs.at(-1)).toEqual({ type: 'unpaired', keyEpoch: 1 })
    expect(fetched(meter, first).inForce).toBe(false)
    meter.catchUp('2013-02-14T10:00Z', '2013-02-20T00:00Z', wh)
    const second = meter.pair(at('2013-02-20T00:30Z'), NEWCOMER)
    expect(second.epoch).toBe(1)
    meter.catchUp('2013-02-20T00:00Z', '2013-03-01T00:00Z', wh)
    expect(spans(fetched(meter, second, NEWCOMER).batches)).toEqual([[CUT, MARCH, 1]])
    expect(meter.batches().map(batch => opens(batch, first))).toEqual([true, true, false])
  })

  it('of a meter that nobody is paired with cuts too: the next customer does not get what was before', () => {
    const meter = new Meter(at('2013-02-04T00:00Z'))
    meter.catchUp('2013-02-04T00:00Z', '2013-02-04T05:00Z', wh)
    meter.feed({ type: 'unpair' }, at('2013-02-04T05:30Z'))
    meter.catchUp('2013-02-04T05:00Z', '2013-02-05T00:00Z', wh)
    const key = meter.pair(at('2013-02-05T00:30Z'))
    expect(meter.batches().map(batch => opens(batch, key))).toEqual([false, true])
  })

  it('keeps a code that is shown meanwhile', () => {
    const { meter } = meterInFebruary()
    const { code, ticket } = newPairingTicket(new SeededRng('shown'))
    meter.ticket = ticket
    meter.feed({ type: 'unpair' }, MOVED)
    expect(meter.ask({ type: 'pair', code }, NEWCOMER, MOVED)).toMatchObject({ type: 'paired', epoch: 1 })
  })
})

describe('what is left of it', () => {
  it('has no slot sealed twice or under another key, wherever a crash comes', () => {
    const { code, ticket } = newPairingTicket(new SeededRng('crash'))
    const inputs: MeterBillingInput[] = [
      { type: 'request', from: NEWCOMER, bytes: encodeHomeRequest({ type: 'pair', code }), ticket, token: 1 },
      { type: 'unpair' }
    ]
    for (const input of inputs) {
      const outputs = stepMeterBilling(meterInFebruary().meter.state, input, MOVED).outputs.length
      expect(outputs).toBeGreaterThanOrEqual(4)
      for (let carried = 0; carried <= outputs; carried++) {
        const { meter, first } = meterInFebruary()
        for (const output of stepMeterBilling(meter.state, input, MOVED).outputs.slice(0, carried)) {
          if (output.type === 'replace') meter.journal = output.records.map(encodeBillingRecord)
          else if (output.type === 'keys') meter.keys = encodeBillingKeys(output.keys)
        }
        meter.restart((MOVED + 1000) as Millis)
        meter.catchUp('2013-02-14T10:00Z', '2013-03-01T00:00Z', wh)
        const batches = meter.batches()
        const slots = batches.flatMap(({ firstSlot, slots }) => Array.from({ length: slots }, (_, i) => firstSlot + i))
        expect(slots, `after ${carried} outputs`).toEqual(Array.from({ length: MARCH - JANUARY }, (_, i) => JANUARY + i))
        const later = batches.filter(({ firstSlot }) => firstSlot >= CUT)
        const cut = carried > 0
        expect(later.map(batch => opens(batch, first))).toEqual(cut ? [false] : [])
        expect(batches.filter(({ firstSlot }) => firstSlot < CUT).every(batch => opens(batch, first))).toBe(true)
      }
    }
  })

  it('forgets a key with its last batch', () => {
    const { meter, first } = meterInFebruary()
    meter.pair(MOVED, NEWCOMER)
    meter.feed({ type: 'tick' }, at('2014-02-14T09:00Z'))
    expect(decodeBillingKeys(meter.keys).map(({ epoch }) => epoch)).toEqual([0, 1])
    meter.feed({ type: 'tick' }, at('2014-02-14T10:00Z'))
    expect(decodeBillingKeys(meter.keys).map(({ epoch }) => epoch)).toEqual([1])
    const asked = provenRequest(first, { meter: METER.id, customer: CUSTOMER }, { type: 'list' })
    expect(meter.ask(asked)).toEqual({ type: 'refused', reason: 'expected a customer that this meter is paired with' })
    const kinds = meter.outputs.map(({ type }) => type)
    expect(kinds.slice(kinds.lastIndexOf('keys') - 2, kinds.lastIndexOf('keys') + 1)).toEqual(['replace', 'dropped', 'keys'])
  })

  it('is never sealed again after years off, where a key cut the period', () => {
    const { meter } = meterInFebruary()
    meter.pair(MOVED, NEWCOMER)
    // Twelve months before is in the part of February that is not sealed yet.
    const back = at('2014-02-20T00:00Z')
    meter.restart(back)
    meter.feed({ type: 'tick' }, back)
    const batches = meter.batches().filter(({ firstSlot }) => firstSlot >= FEBRUARY)
    expect(spans(batches)[0]).toEqual([CUT, MARCH, 1])
    expect(batches.every(({ firstSlot }) => firstSlot >= CUT)).toBe(true)
  })

  it('is a gap where the journal was lost, from the key in force on', () => {
    const { meter } = meterInFebruary()
    const second = meter.pair(MOVED, NEWCOMER)
    meter.catchUp('2013-02-14T10:00Z', '2013-02-16T00:00Z', wh)
    meter.restart(at('2013-02-16T00:00Z'), true)
    meter.catchUp('2013-02-16T00:00Z', '2013-03-01T00:00Z', wh)
    expect(spans(meter.batches())).toEqual([[CUT, MARCH, 1]])
    const [batch] = meter.batches()
    const readings = batch && openBatch(batch, second.key).readings
    expect(readings?.findIndex(values => values !== undefined)).toBe(slotOf('2013-02-16T00:00Z') - CUT)
  })

  it('does not begin with keys that lack one of its batches', () => {
    const { meter, first } = meterInFebruary()
    const keys = meter.keys
    meter.pair(MOVED, NEWCOMER)
    meter.catchUp('2013-02-14T10:00Z', '2013-03-01T00:00Z', wh)
    const journal = meter.journal.map(decodeBillingRecord)
    expect(first.epoch).toBe(0)
    expect(() => createMeterBilling(meter.config, { keys: decodeBillingKeys(keys), journal }, at('2013-03-01T00:00Z'))).toThrow(
      `billing keys: expected that of epoch 1, which the batch from slot ${CUT} has, got none`
    )
  })
})
