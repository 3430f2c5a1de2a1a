// What a customer is told of a bill that was checked again: of one that holds, and of ones that do not.
import {
  type Bands,
  type Bill,
  decodeBill,
  describeUnit,
  encodeBill,
  makeBill,
  openBatch,
  PARSED_TARIFFS,
  type PublishedTariff,
  parseBands,
  parseTariff,
  sealBatch
} from '@hushgrid/billing'
import type { HouseholdBill } from '@hushgrid/mdms'
import { EXPORT_LANE, IdentityKey, IMPORT_LANE, type Millis, SeededRng, type Slot, sha256, utf8 } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { BillExplainer, toPay } from '../../src/household/bill-explainer.ts'
import { DYNAMIC, FROM, SLOT_SECONDS } from '../support/delivered-house.ts'

const UNTIL = FROM + 48
const HOUR = SLOT_SECONDS * 1000
const EVENING = `name: evening
currency: EUR
timeZone: UTC
standingCharge: "30.00"
import:
  kind: time-of-use
  prices: {day: "20.50", evening: "41"}
  otherwise: day
  rules:
    - band: evening
      hours: [17:00-21:00]
export:
  kind: flat
  price: "7"
`
/** 02:00 to 04:00 of the first day, and the last slot. */
const GAPS = [FROM + 2, FROM + 3, UNTIL - 1]

const identity = IdentityKey.generate(new SeededRng('meter of the bills'))
const key = sha256(utf8('key of the bills'))
const reading = (slot: number): bigint[] | undefined =>
  GAPS.includes(slot) ? undefined : [BigInt(100 + ((slot * 37) % 211)), BigInt(slot % 3)]

function published(text: string, fields: Partial<PublishedTariff> = {}): PublishedTariff {
  return { tariff: parseTariff(text, 'test').name, text, from: 0 as Millis, hash: sha256(utf8(text)), ...fields }
}

/** A bill in two batches, of which the second reaches beyond the period. */
function made(text: string, bands?: Bands): Bill {
  const lanes = [IMPORT_LANE, EXPORT_LANE]
  const batches = [FROM, FROM + 24].map(firstSlot => {
    const length = firstSlot === FROM ? 24 : 30
    const readings = Array.from({ length }, (_, i) => reading(firstSlot + i))
    return openBatch(sealBatch({ identity, key, slotSeconds: SLOT_SECONDS, firstSlot: firstSlot as Slot, lanes, readings }).batch, key)
  })
  const period = { from: FROM as Slot, until: UNTIL as Slot, slotSeconds: SLOT_SECONDS }
  return makeBill({ batches, prices: parseTariff(text, 'test').prices({ ...period, ...(bands && { bands }) }) })
}

function kept(bill: Bill, text: string, fields: Partial<HouseholdBill> = {}): HouseholdBill {
  const { tariff, hash } = published(text)
  return {
    ...{ network: 'elm-street', household: 'household-1', period: { from: FROM, until: UNTIL }, tariff, tariffHash: hash },
    ...{ amount: bill.amount, unit: describeUnit(parseTariff(text, tariff)), gaps: 3, bill: encodeBill(bill), verified: true },
    received: (UNTIL * HOUR) as Millis,
    ...fields
  }
}

const good = made(EVENING)
const basis = { slotSeconds: SLOT_SECONDS, tariffs: [published(EVENING)] }
const explain = (bill: HouseholdBill, more: Partial<typeof basis> = {}, bands?: Bands) =>
  new BillExplainer(bands).explain(bill, { ...basis, ...more })
const holds = (bill: ReturnType<typeof explain>): boolean[] => bill.check.map(step => step.holds)

describe('a bill that holds', () => {
  const told = explain(kept(good, EVENING))

  it('is explained in four steps, gaps by name', () => {
    expect(told.check.map(({ what, holds: held }) => [what, held])).toEqual([
      ['Your meter signed what is billed', true],
      ['Every slot of the period is in it exactly once', true],
      ['The tariff is one that the supplier has published', true],
      ['The amount follows from what your meter measured', true]
    ])
    const [signature, coverage, tariff, amount] = told.check.map(({ explained }) => explained)
    // 54 slots of two batches, 3 gaps, two lanes.
    expect(signature).toMatch(
      /^For each of 102 readings your meter has given a commitment.*signed them in 2 batches, and its signature holds/
    )
    expect(coverage).toMatch(
      /^The period has 48 slots of 1 hour\. None is missing, and none is counted twice\. For 3 slots your meter signed/
    )
    expect(coverage).toMatch(/: 2026-03-02 02:00 to 2026-03-02 04:00, 2026-03-03 23:00 to 2026-03-04 00:00 \(UTC\)\.$/)
    expect(tariff).toMatch(/^“evening” is in the supplier's list/)
    expect(amount).toContain(`open to exactly ${Number(good.amount) / 10_000} ct (rounded, €2.89), with standing charges of 60 ct. `)
    expect(amount).toContain('without knowing one reading')
  })

  it('comes with prices that give the amount of the readings', () => {
    const { fixed, weights } = told.prices
    expect(weights[IMPORT_LANE]?.map(({ slots }) => slots)).toEqual([17, 4, 20, 4, 3])
    let sum = BigInt(fixed)
    for (const [place, lane] of [IMPORT_LANE, EXPORT_LANE].entries()) {
      let slot = FROM
      for (const { slots, price } of weights[lane] ?? []) {
        for (const end = slot + slots; slot < end; slot++) sum += BigInt(price) * (reading(slot)?.[place] ?? 0n)
      }
      expect(slot).toBe(UNTIL)
    }
    expect(String(sum)).toBe(told.amount)
    expect(told).toMatchObject({ firstSlot: FROM, untilSlot: UNTIL, from: '2026-03-02T00:00:00Z', until: '2026-03-04T00:00:00Z', gaps: 3 })
  })

  it('names a few gaps where there are many', () => {
    const lanes = [IMPORT_LANE, EXPORT_LANE]
    const readings = Array.from({ length: 48 }, (_, i) => (i % 2 === 0 ? undefined : [100n, 0n]))
    const sealed = sealBatch({ identity, key, slotSeconds: SLOT_SECONDS, firstSlot: FROM as Slot, lanes, readings })
    const prices = parseTariff(EVENING, 'test').prices({ from: FROM as Slot, until: UNTIL as Slot, slotSeconds: SLOT_SECONDS })
    const bill = makeBill({ batches: [openBatch(sealed.batch, key)], prices })
    const gappy = explain(kept(bill, EVENING, { gaps: 24 }))
    expect(gappy.check[1]?.explained).toMatch(/For 24 slots .*, and 16 more times \(UTC\)\.$/)
    expect(holds(gappy)).toEqual([true, true, true, true])
  })

  it('under a dynamic tariff needs the bands', () => {
    const csv = Array.from({ length: 48 }, (_, i) => `${new Date((FROM + i) * HOUR).toISOString().slice(0, 16)}Z,${i % 2 ? 'high' : 'low'}`)
    const bands = parseBands(`slot_start_utc,band\n${csv.join('\n')}\n`, 'bands.csv', SLOT_SECONDS)
    const bill = kept(made(DYNAMIC, bands), DYNAMIC)
    const tariffs = [published(DYNAMIC)]
    const with_ = explain(bill, { tariffs }, bands)
    expect(holds(with_)).toEqual([true, true, true, true])
    expect(with_.prices.weights[IMPORT_LANE]).toHaveLength(48)
    const without = explain(bill, { tariffs })
    expect(holds(without)).toEqual([false, false, false, false])
    expect(without.check[2]?.explained).toMatch(/^This does not hold: the tariff has no prices for all of the period here/)
    expect(without.prices).toEqual({ fixed: '', weights: {}, bands: [] })
  })
})

describe('a bill that does not hold', () => {
  const why = (bill: ReturnType<typeof explain>): string[] =>
    bill.check.filter(({ explained }) => explained.startsWith('This does not hold')).map(({ explained }) => explained)

  it('with another amount', () => {
    const told = explain(kept({ ...good, amount: good.amount - 1n }, EVENING))
    expect(holds(told)).toEqual([true, true, true, false])
    expect(why(told)).toEqual([expect.stringMatching(/expected the weighted commitments to open to the amount/)])
    expect(told.check.slice(0, 3).every(({ explained }) => !explained.startsWith('Not looked at'))).toBe(true)
    // What the store says beside its proof counts as little.
    const other = explain(kept(good, EVENING, { amount: good.amount - 1n }))
    expect(holds(other)).toEqual([true, true, true, false])
    expect(why(other)).toEqual([expect.stringMatching(/another amount than the supplier has/)])
  })

  it('with a commitment that the meter did not sign', () => {
    const [first, second] = good.batches as [Bill['batches'][0], Bill['batches'][0]]
    const swapped = { ...first, commitments: [...first.commitments.slice(1), ...first.commitments.slice(0, 1)] }
    const told = explain(kept({ ...good, batches: [swapped, second] }, EVENING))
    expect(holds(told)).toEqual([false, true, true, false])
    expect(told.check[3]?.explained).toBe('Not looked at, since another step does not hold.')
  })

  it('with slots left out, or other gaps than the meter signed', () => {
    const told = explain(kept({ ...good, batches: good.batches.slice(0, 1) }, EVENING))
    expect(holds(told)).toEqual([false, false, true, false])
    expect(why(told)).toEqual([expect.stringContaining('expected 2026-03-03 00:00Z to 2026-03-04 00:00Z in a batch, got none')])
    expect(holds(explain(kept(good, EVENING, { gaps: 2 })))).toEqual([false, false, true, false])
  })

  it('by a tariff that is not published, is another text, or was not valid', () => {
    const wrong: Partial<typeof basis>[] = [
      { tariffs: [] },
      { tariffs: [{ ...published(EVENING), hash: sha256(utf8('another text')) }] },
      { tariffs: [published(EVENING, { from: ((FROM + 1) * HOUR) as Millis })] },
      { tariffs: [published(EVENING, { until: ((UNTIL - 1) * HOUR) as Millis })] }
    ]
    for (const more of wrong) {
      const told = explain(kept(good, EVENING), more)
      expect(holds(told)).toEqual([false, false, false, false])
      expect(why(told)).toHaveLength(1)
    }
    const dear = EVENING.replace('"41"', '"42"')
    const told = explain(kept(good, EVENING, { tariffHash: published(dear).hash }), { tariffs: [published(dear)] })
    expect(why(told)).toEqual([expect.stringMatching(/bill, tariff: expected prices with hash/)])
  })

  it('that cannot be read at all is told of all the same', () => {
    const told = explain(kept(good, EVENING, { bill: utf8('proof') }))
    expect(holds(told)).toEqual([false, false, false, false])
    expect(told).toMatchObject({ amount: String(good.amount), toPay: toPay(kept(good, EVENING), basis.tariffs) })
    const text = 'price: 12\n'
    const plain = { ...published(EVENING), text, hash: sha256(utf8(text)) }
    const odd = explain(kept(good, EVENING, { tariffHash: plain.hash, unit: 'pebbles' }), { tariffs: [plain] })
    expect(odd).toMatchObject({ tariffText: 'evening', toPay: `${good.amount} pebbles` })
    expect(holds(odd)).toEqual([false, false, false, false])
  })
})

describe('what came of a check', () => {
  it('is kept for the same bill, and for no other', () => {
    const explainer = new BillExplainer(undefined)
    const bill = kept(good, EVENING)
    const first = explainer.explain(bill, basis)
    expect(explainer.explain({ ...bill, bill: bill.bill.slice() }, basis)).toBe(first)
    const others: Partial<HouseholdBill>[] = [
      { amount: bill.amount + 1n },
      { gaps: 2 },
      { bill: encodeBill({ ...decodeBill(bill.bill), amount: bill.amount + 1n }) },
      { tariffHash: sha256(utf8('another')) }
    ]
    for (const fields of others) {
      const other = explainer.explain({ ...bill, ...fields }, basis)
      expect(other).not.toBe(first)
      expect(holds(other).every(Boolean)).toBe(false)
    }
    expect(explainer.kept).toBe(5)
  })

  it('is forgotten, the longest unused first, where there is too much', () => {
    const bill = kept(good, EVENING)
    // Five runs of import and one of export, and the bill itself.
    const explainer = new BillExplainer(undefined, 3 * 7)
    const [first, second, third, fourth] = [0, 1, 2, 3].map(received => ({ ...bill, received: received as Millis }))
    const told = [first, second, third].map(each => explainer.explain(each as HouseholdBill, basis))
    explainer.explain(first as HouseholdBill, basis)
    explainer.explain(fourth as HouseholdBill, basis)
    expect(explainer.kept).toBe(3)
    expect(explainer.explain(first as HouseholdBill, basis)).toBe(told[0])
    expect(explainer.explain(third as HouseholdBill, basis)).toBe(told[2])
    expect(explainer.explain(second as HouseholdBill, basis)).not.toBe(told[1])
    expect(explainer.kept).toBe(3)
  })

  it('parses a tariff once, for however many bills and amounts to pay', () => {
    const text = `${EVENING}# parsed once\n`
    const bill = kept(made(text), text)
    const tariffs = [published(text)]
    const before = PARSED_TARIFFS.parses
    for (const received of [1, 2, 3]) {
      const each = { ...bill, received: received as Millis }
      expect(holds(explain(each, { tariffs }))).toEqual([true, true, true, true])
      expect(toPay(each, tariffs)).toMatch(/^€/)
    }
    expect(PARSED_TARIFFS.parses - before).toBe(1)
  })
})
