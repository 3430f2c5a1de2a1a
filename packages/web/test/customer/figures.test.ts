// Readings added up, bills computed anew, files made in the browser.
import type { CustomerBill } from '@hushgrid/web-api'
import { describe, expect, it } from 'vitest'
import { IMPORT_LANE } from '../../src/common/quantities.ts'
import { checkBill, grouped } from '../../src/customer/figures/bill-check.ts'
import { bucketsOf, kilowattHours, missingIn, type Span, slotFinder, totalOf } from '../../src/customer/figures/energy.ts'
import { type Everything, toJson } from '../../src/customer/figures/exports.ts'
import { toCsv } from '../../src/customer/figures/reading-files.ts'

const SLOT = 1800
const EXPORT_LANE = '1-0:2.29.0'
const LANES = [IMPORT_LANE, EXPORT_LANE]
const slotOf = (text: string): number => Date.parse(text) / 1000 / SLOT

function span(from: string, readings: Span['readings'], lanes = LANES): Span {
  return { slotSeconds: SLOT, firstSlot: slotOf(from), lanes, readings }
}

/** The day on which an hour comes twice, with two gaps of the meter's; nothing has come of the slot before the last. */
const AUTUMN = [
  span('2013-10-26T23:00Z', [[150n, 0n], [151n, 0n], undefined, undefined, [154n, 7n]]),
  span('2013-10-27T02:00Z', [[0n, 2n ** 47n - 1n]])
]
const FROM = slotOf('2013-10-26T23:00Z') * SLOT
const UNTIL = slotOf('2013-10-27T02:30Z') * SLOT

describe('readings', () => {
  it('are found by slot; a gap is neither zero nor absent', () => {
    const find = slotFinder(AUTUMN)
    const first = slotOf('2013-10-26T23:00Z')
    expect(
      [-1, 0, 2, 4, 5, 6, 7].map(i => find(first + i)).map(state => (typeof state === 'string' ? state : [...state.values()]))
    ).toEqual(['absent', [150n, 0n], 'gap', [154n, 7n], 'absent', [0n, 2n ** 47n - 1n], 'absent'])
    // In any order, too.
    expect(find(first)).toEqual(
      new Map([
        [IMPORT_LANE, 150n],
        [EXPORT_LANE, 0n]
      ])
    )
  })

  it('are added up exactly, with what is missing kept apart', () => {
    const buckets = bucketsOf(AUTUMN, SLOT, [FROM, FROM + 3600, FROM + 7200, FROM + 10_800], UNTIL)
    expect(buckets.map(({ slots, measured, gaps }) => [slots, measured, gaps])).toEqual([
      [2, 2, 0],
      [2, 0, 2],
      [2, 1, 0],
      [1, 1, 0]
    ])
    expect(buckets.map(({ wattHours }) => wattHours.get(IMPORT_LANE))).toEqual([301n, undefined, 154n, 0n])
    const total = totalOf(buckets)
    expect(total).toMatchObject({ slots: 7, measured: 4, gaps: 2 })
    expect(total.wattHours.get(EXPORT_LANE)).toBe(2n ** 47n + 6n)
  })

  it('that are missing are named, gaps apart from what has not come', () => {
    expect(missingIn(AUTUMN, SLOT, FROM, UNTIL)).toEqual([
      { from: FROM + 3600, until: FROM + 7200, slots: 2, why: 'gap' },
      { from: FROM + 9000, until: FROM + 10_800, slots: 1, why: 'absent' }
    ])
    expect(missingIn([], SLOT, FROM, FROM + 3600)).toMatchObject([{ slots: 2, why: 'absent' }])
  })

  it('are written in kWh to the Wh', () => {
    expect([0n, 7n, 1234n, 1_234_567_890n, -1500n].map(kilowattHours)).toEqual(['0.000', '0.007', '1.234', '1,234,567.890', '-1.500'])
  })
})

describe('a bill', () => {
  const SPANS = [span('2026-10-01T00:00Z', [[100n, 5n], undefined, [200n, 0n]]), span('2026-10-01T01:30Z', [[2n ** 47n - 1n, 1n]])]
  const FIRST = slotOf('2026-10-01T00:00Z')

  function bill(change: Partial<CustomerBill> = {}): CustomerBill {
    return {
      from: '2026-10-01T00:00:00Z',
      until: '2026-10-01T02:00:00Z',
      firstSlot: FIRST,
      untilSlot: FIRST + 4,
      tariff: 'test',
      tariffText: 'test',
      // 3·100 + 7·200 + 7·(2^47 − 1) − 2·(5 + 0 + 1) + 1000
      amount: String(300n + 1400n + 7n * (2n ** 47n - 1n) - 12n + 1000n),
      unit: 'thousandths of a penny',
      toPay: '£1.00',
      gaps: 1,
      check: [],
      prices: {
        fixed: '1000',
        weights: {
          [IMPORT_LANE]: [
            { slots: 2, price: '3' },
            { slots: 2, price: '7' }
          ],
          [EXPORT_LANE]: [{ slots: 4, price: '-2' }]
        },
        bands: [
          { lane: IMPORT_LANE, names: ['day'], price: '7', slots: 2 },
          { lane: IMPORT_LANE, names: ['night'], price: '3', slots: 2 },
          { lane: EXPORT_LANE, names: [], price: '-2', slots: 4 }
        ]
      },
      received: '2026-10-02T00:00:00Z',
      ...change
    }
  }

  it('is computed again to the same amount, exactly', () => {
    const check = checkBill(bill(), SPANS)
    expect(check).toMatchObject({ kind: 'computed', same: true, amount: BigInt(bill().amount), fixed: 1000n, slots: 3, gaps: 1 })
    const dear = 200n + 2n ** 47n - 1n
    expect(check.kind === 'computed' && check.shares).toEqual([
      { lane: IMPORT_LANE, names: ['day'], price: 7n, slots: 2, used: { wattHours: dear, cost: 7n * dear } },
      { lane: IMPORT_LANE, names: ['night'], price: 3n, slots: 1, used: { wattHours: 100n, cost: 300n } },
      { lane: EXPORT_LANE, names: [], price: -2n, slots: 3, used: { wattHours: 6n, cost: -12n } }
    ])
  })

  it('by band adds up to the whole, whatever names the server gives', () => {
    for (const bands of [[], bill().prices.bands.slice(1)]) {
      const check = checkBill(bill({ prices: { ...bill().prices, bands } }), SPANS)
      if (check.kind !== 'computed') throw new Error('expected a computed bill')
      expect(check.shares.reduce((sum, { used }) => sum + used.cost, check.fixed)).toBe(BigInt(bill().amount))
      expect(check.shares).toHaveLength(3)
    }
  })

  it.each([
    ['an amount off by one unit', bill({ amount: String(BigInt(bill().amount) + 1n) })],
    ['another number of gaps', bill({ gaps: 0 })],
    ['other standing charges', bill({ prices: { ...bill().prices, fixed: '1001' } })]
  ])('with %s is not the same', (_, changed) => {
    expect(checkBill(changed, SPANS)).toMatchObject({ kind: 'computed', same: false })
  })

  it.each([
    ['readings of a slot have not come', bill({ untilSlot: FIRST + 5, prices: { fixed: '0', weights: {}, bands: [] } }), SPANS],
    ['there is no amount', bill({ amount: '' }), SPANS],
    ['an amount is no whole number', bill({ amount: '1e5' }), SPANS],
    ['there are no prices', bill({ prices: { fixed: '', weights: {}, bands: [] } }), SPANS],
    ['prices end too early', bill({ prices: { fixed: '0', weights: { [IMPORT_LANE]: [{ slots: 3, price: '1' }] }, bands: [] } }), SPANS],
    ['prices go on too long', bill({ prices: { fixed: '0', weights: { [IMPORT_LANE]: [{ slots: 5, price: '1' }] }, bands: [] } }), SPANS],
    [
      'a run of prices has half a slot',
      bill({ prices: { fixed: '0', weights: { [IMPORT_LANE]: [{ slots: 0.5, price: '1' }] }, bands: [] } }),
      SPANS
    ],
    ['a price is none', bill({ prices: { fixed: '0', weights: { [IMPORT_LANE]: [{ slots: 4, price: 'x' }] }, bands: [] } }), SPANS],
    ['its period is empty', bill({ untilSlot: FIRST }), SPANS],
    ['it charges for what the meter does not measure', bill(), SPANS.map(each => ({ ...each, lanes: ['1-0:9.29.0', EXPORT_LANE] }))]
  ])('is not computed where %s', (_, changed, spans) => {
    expect(checkBill(changed, spans)).toMatchObject({ kind: 'impossible' })
  })

  it('has its amounts grouped by thousands', () => {
    expect([0n, -1234n, 311_276_144n].map(grouped)).toEqual(['0', '-1,234', '311,276,144'])
  })
})

describe('exports', () => {
  it('as CSV have the columns and lines that the command writes', () => {
    expect(toCsv(AUTUMN, 'Europe/London').split('\r\n')).toEqual([
      'slot_start_utc,slot_start_local,1-0:1.29.0 Wh,1-0:2.29.0 Wh',
      '2013-10-26T23:00Z,2013-10-27T00:00+01:00,150,0',
      '2013-10-26T23:30Z,2013-10-27T00:30+01:00,151,0',
      '2013-10-27T01:00Z,2013-10-27T01:00+00:00,154,7',
      '2013-10-27T02:00Z,2013-10-27T02:00+00:00,0,140737488355327',
      ''
    ])
  })

  it('as JSON have everything, gaps as null', () => {
    const everything: Everything = {
      ...{ account: 'ada', household: 'h', zone: 'Europe/London', made: '2026-11-01T00:00:00Z', bills: [], consents: [] },
      meters: [{ meterId: 'ab', spans: AUTUMN }],
      seen: { pseudonym: 'h', account: 'ada', network: 'n', batches: [], bills: [], consumption: [], looked: [] }
    }
    const value = JSON.parse(toJson(everything))
    expect(value).toMatchObject({ format: 'hushgrid customer export', version: 1, account: 'ada', seen: { pseudonym: 'h' } })
    expect(value.meters[0].readings[0]).toEqual({
      from: '2013-10-26T23:00Z',
      slotSeconds: 1800,
      lanes: LANES,
      wattHours: [[150, 0], [151, 0], null, null, [154, 7]]
    })
    expect(value.meters[0].readings[1].wattHours).toEqual([[0, 140_737_488_355_327]])
  })
})
