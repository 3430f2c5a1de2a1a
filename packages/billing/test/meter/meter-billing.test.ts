// A meter that seals its readings: one batch a period, ever, whatever happens to it, and who may have them.
import { IMPORT_LANE, InvalidArgumentError, type Millis, meterId, type Slot } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { openBatch } from '../../src/batch/batch.ts'
import { firstBillingKeys } from '../../src/meter/billing-keys.ts'
import { type BillingRecord, decodeBillingRecord, encodeBillingRecord } from '../../src/meter/billing-record.ts'
import { BillingTermsError, billingRecords, createMeterBilling } from '../../src/meter/billing-state.ts'
import { at, configOf, HOUR, METER, Meter, slotOf } from '../support/billing-meter.ts'

describe('sealing', () => {
  it('makes a batch of a day once it is over, that the customer opens, with gaps as gaps', () => {
    const meter = new Meter(at('2013-02-04T05:30Z'))
    meter.run('2013-02-04T05:00Z', '2013-02-05T00:00Z', slot => (slot % 7 === 0 ? undefined : BigInt(slot % 1000)))
    const [batch, ...others] = meter.batches()
    if (!batch) throw new Error('expected a batch')
    expect(others).toEqual([])
    expect([batch.firstSlot, batch.slots]).toEqual([slotOf('2013-02-04T00:00Z'), 24])
    const { readings } = openBatch(batch, meter.key.key)
    const expected = Array.from({ length: 24 }, (_, i) => {
      const slot = batch.firstSlot + i
      return i < 5 || slot % 7 === 0 ? undefined : [BigInt(slot % 1000), 0n]
    })
    expect(readings).toEqual(expected)
    expect(meter.sealed()).toMatchObject([{ gaps: expected.filter(each => !each).length, slots: 24 }])
    // Nothing in the clear is left where the batch is kept.
    expect(meter.state.open.size).toBe(0)
    expect(meter.journal.map(decodeBillingRecord).filter(({ kind }) => kind === 'reading')).toEqual([])
  })

  it.each([
    ['day', 'Europe/London', '2013-03-30T00:00Z', '2013-04-01T00:00Z', [24, 23]],
    ['day', 'Europe/London', '2013-10-25T23:00Z', '2013-10-28T00:00Z', [24, 25]],
    ['week', 'UTC', '2013-02-04T00:00Z', '2013-02-19T00:00Z', [168, 168]],
    ['month', 'Europe/London', '2013-02-01T00:00Z', '2013-05-02T00:00Z', [28 * 24, 31 * 24 - 1, 30 * 24]]
  ] as const)('cuts time by each %s of %s', (period, zone, from, until, slots) => {
    const meter = new Meter(at(from), configOf(period, zone))
    meter.run(from, until, () => undefined)
    expect(meter.sealed().map(each => each.slots)).toEqual(slots)
    expect(meter.sealed()[0]?.firstSlot).toBe(slotOf(from))
  })

  it('journals a batch before anything says that it is there', () => {
    const meter = new Meter(at('2013-02-04T00:00Z'))
    meter.run('2013-02-04T00:00Z', '2013-02-05T00:00Z')
    const kinds = meter.outputs.map(({ type }) => type)
    expect(kinds.slice(0, 2)).toEqual(['replace', 'journal'])
    expect(kinds.slice(-2)).toEqual(['replace', 'sealed'])
  })

  it('seals a slot once: nothing late, early, twice or out of range gets in', () => {
    const meter = new Meter(at('2013-02-04T00:00Z'))
    meter.run('2013-02-04T00:00Z', '2013-02-05T03:00Z')
    const now = at('2013-02-05T03:30Z')
    const refused = (slot: string, values: readonly bigint[]): string | undefined => {
      const output = meter.feed({ type: 'reading', slot: slotOf(slot), values }, now).at(-1)
      return output?.type === 'left-out' ? output.reason : undefined
    }
    expect(refused('2013-02-04T12:00Z', [5n, 0n])).toBe('its period is sealed')
    expect(refused('2013-02-05T02:00Z', [5n, 0n])).toBe('it has a reading already')
    expect(refused('2013-02-05T03:00Z', [5n, 0n])).toBe('the slot has not ended')
    const late = at('2013-02-05T06:00Z')
    for (const values of [[2n ** 47n, 0n], [-1n, 0n], [77n]]) {
      const output = meter.feed({ type: 'reading', slot: slotOf('2013-02-05T04:00Z'), values }, late).at(-1)
      expect(output).toMatchObject({ type: 'left-out' })
      expect(JSON.stringify(output, (_, value) => String(value))).not.toContain('77')
    }
  })

  it('goes on after a restart as if there had been none', () => {
    const value = (slot: Slot) => BigInt(slot % 500)
    const steady = new Meter(at('2013-02-04T00:00Z'))
    steady.run('2013-02-04T00:00Z', '2013-02-08T00:00Z', value)
    const restarted = new Meter(at('2013-02-04T00:00Z'))
    for (let slot = slotOf('2013-02-04T00:00Z'); slot < slotOf('2013-02-08T00:00Z'); slot++) {
      const from = new Date(slot * HOUR * 1000).toISOString()
      restarted.run(from, new Date((slot + 1) * HOUR * 1000).toISOString(), value)
      if (slot % 5 === 0) restarted.restart(((slot + 1) * HOUR * 1000) as Millis)
    }
    expect(restarted.batches()).toEqual(steady.batches())
  })

  it('seals what it was off for as gaps, as far back as it keeps anything', () => {
    const meter = new Meter(at('2013-02-04T00:00Z'))
    meter.run('2013-02-04T00:00Z', '2013-02-05T00:00Z')
    meter.restart(at('2015-02-05T12:00Z'))
    meter.feed({ type: 'tick' }, at('2015-02-05T12:00Z'))
    const sealed = meter.sealed()
    expect(sealed).toHaveLength(1 + 365)
    expect(sealed.slice(1).every(({ slots, gaps }) => slots === 24 && gaps === 24)).toBe(true)
    expect(sealed[1]?.firstSlot).toBe(slotOf('2014-02-05T00:00Z'))
    expect(meter.batches()).toHaveLength(365)
  })

  it('keeps twelve months', () => {
    const meter = new Meter(at('2013-01-01T00:00Z'), configOf('month'))
    meter.run('2013-01-01T00:00Z', '2014-03-02T00:00Z', () => undefined)
    expect(meter.sealed()).toHaveLength(14)
    expect(meter.outputs.filter(({ type }) => type === 'dropped')).toEqual([
      { type: 'dropped', batches: 1 },
      { type: 'dropped', batches: 1 }
    ])
    // February 2013 ended twelve months and a day ago.
    expect(meter.batches().map(({ firstSlot }) => firstSlot)[0]).toBe(slotOf('2013-03-01T00:00Z'))
    expect(meter.batches()).toHaveLength(12)
  })

  it('never seals again what it may have sealed before its journal was lost', () => {
    const meter = new Meter(at('2013-02-04T00:00Z'))
    meter.run('2013-02-04T00:00Z', '2013-02-06T10:00Z')
    meter.restart(at('2013-02-06T10:00Z'), true)
    meter.run('2013-02-06T10:00Z', '2013-02-07T00:00Z', () => 2n)
    const late = meter.feed({ type: 'reading', slot: slotOf('2013-02-05T03:00Z'), values: [9n, 9n] }, at('2013-02-07T00:00Z'))
    expect(late).toMatchObject([{ type: 'left-out', reason: 'its period is sealed' }])
    const [batch, ...others] = meter.batches()
    expect(others).toEqual([])
    // Sealed for the first time, with what was measured since.
    expect(batch && openBatch(batch, meter.key.key).readings.map(each => each?.[0])).toEqual([
      ...Array(10).fill(undefined),
      ...Array(14).fill(2n)
    ])
  })

  it('does not go on with a journal of other terms', () => {
    const meter = new Meter(at('2013-02-04T00:00Z'))
    meter.run('2013-02-04T00:00Z', '2013-02-05T10:00Z')
    const records = meter.journal.map(decodeBillingRecord)
    const { terms, rng } = configOf()
    const keys = firstBillingKeys(rng)
    for (const other of [
      { ...terms, slotSeconds: 1800 },
      { ...terms, lanes: [IMPORT_LANE] },
      { ...terms, period: 'week' as const },
      { ...terms, timeZone: 'Europe/London' }
    ])
      expect(() => createMeterBilling({ ...configOf(), terms: other }, { keys, journal: records }, at('2013-02-05T10:00Z'))).toThrow(
        BillingTermsError
      )
    const wrong: readonly Partial<typeof terms>[] = [
      { timeZone: 'Europe/Atlantis' },
      { period: 'year' as never },
      { slotSeconds: 1, period: 'month' }
    ]
    for (const other of wrong)
      expect(() =>
        createMeterBilling({ ...configOf(), terms: { ...terms, ...other } }, { keys, journal: [] }, at('2013-02-05T10:00Z'))
      ).toThrow(InvalidArgumentError)
  })

  it('asks to be woken when the slot ends', () => {
    const meter = new Meter(at('2013-02-04T00:10Z'))
    expect(meter.state.wakeAt).toBe(at('2013-02-04T01:00Z'))
    meter.feed({ type: 'tick' }, at('2013-02-04T01:00Z'))
    expect(meter.state.wakeAt).toBe(at('2013-02-04T02:00Z'))
  })
})

describe('the journal', () => {
  it('gives back every record', () => {
    const meter = new Meter(at('2013-02-04T00:00Z'))
    meter.run('2013-02-04T00:00Z', '2013-02-05T02:00Z', () => 2n ** 47n - 1n)
    const records: BillingRecord[] = billingRecords(meter.state)
    expect(records.map(({ kind }) => kind)).toEqual(['terms', 'from', 'batch', 'reading', 'reading'])
    expect(records.map(encodeBillingRecord).map(decodeBillingRecord)).toEqual(records)
    for (const bytes of [[], [9], [2, 0], [...encodeBillingRecord(records[1] as BillingRecord), 0]])
      expect(() => decodeBillingRecord(Uint8Array.from(bytes))).toThrow(/^billing journal: /)
  })

  it('is of the meter that it names', () => {
    const meter = new Meter(at('2013-02-04T00:00Z'))
    meter.run('2013-02-04T00:00Z', '2013-02-05T00:00Z')
    expect(meter.batches()[0]?.meterId).toBe(meterId(METER.id))
  })
})
