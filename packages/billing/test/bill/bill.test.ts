// Bills that hold, and every way in which one does not.
import { EXPORT_LANE, IMPORT_LANE, type MeterId, type Slot, sha256, toHex, utf8 } from '@hushgrid/primitives'
import { G, GROUP_ORDER, scalar } from '@hushgrid/primitives/group'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openBatch, sealBatch } from '../../src/batch/batch.ts'
import { type Bill, makeBill, verifyBill } from '../../src/bill/bill.ts'
import { type CommittedBatch, openCombination, verifyCombination } from '../../src/bill/combination.ts'
import type { BillPrices } from '../../src/bill/coverage.ts'
import { type BillFault, BillRejectedError } from '../../src/errors.ts'
import { BOTH, billed, FIRST, household, opened, pricesFor, readingsOf, SLOT_SECONDS } from '../support/household.ts'

const home = household()
const meter = home.identity.id
const DAY = 48

/** Three days, a batch each, the second with gaps. */
const readings = readingsOf('bill', 3 * DAY, 1, [60, 61, 90])
const days = [0, 1, 2].map(day => opened(home, readings.slice(day * DAY, (day + 1) * DAY), FIRST + day * DAY))
const prices = pricesFor(FIRST, FIRST + 3 * DAY)
const bill = makeBill({ batches: days, prices })

function fault(run: () => unknown): { fault: BillFault; message: string } {
  try {
    run()
  } catch (error) {
    if (error instanceof BillRejectedError) return { fault: error.fault, message: error.message }
    throw error
  }
  throw new Error('expected a BillRejectedError, got none')
}

/** What the supplier says of a bill with changes. */
const check = (changes: Partial<Bill>, by: BillPrices = prices) => fault(() => verifyBill({ ...bill, ...changes }, by, meter))

/** The bill's batches with one of them changed. */
function withBatch(at: number, change: (batch: CommittedBatch) => Partial<CommittedBatch>): Partial<Bill> {
  return { batches: bill.batches.map((batch, i) => (i === at ? { ...batch, ...change(batch) } : batch)) }
}

describe('a bill', () => {
  it('is the sum of readings times prices and holds', () => {
    expect(bill.amount).toBe(billed(prices, readings, FIRST, [IMPORT_LANE]))
    expect(verifyBill(bill, prices, meter)).toEqual({ amount: bill.amount, gaps: 3 })
  })

  it('is the same for batches by day and in one, in any order', () => {
    const whole = makeBill({ batches: [opened(home, readings)], prices })
    const reversed = makeBill({ batches: [...days].reverse(), prices })
    expect([whole.amount, whole.opening]).toEqual([bill.amount, bill.opening])
    expect(verifyBill(reversed, prices, meter).amount).toBe(bill.amount)
  })

  it('leaves out what its first and last batch have beyond the period', () => {
    const part = pricesFor(FIRST + 10, FIRST + 2 * DAY + 5)
    const made = makeBill({ batches: days, prices: part })
    expect(made.amount).toBe(billed(part, readings, FIRST, [IMPORT_LANE]))
    expect(verifyBill(made, part, meter)).toEqual({ amount: made.amount, gaps: 3 })
  })

  it('counts feed-in, to below zero', () => {
    const both = readingsOf('feed-in', DAY, 2).map(values => [values?.[0] ?? 0n, 100n * (values?.[1] ?? 0n)])
    const day = pricesFor(FIRST, FIRST + DAY, { fixed: 0n, lanes: BOTH })
    const made = makeBill({ batches: [opened(home, both, FIRST, BOTH)], prices: day })
    expect(made.amount).toBe(billed(day, both, FIRST, BOTH))
    expect(made.amount).toBeLessThan(0n)
    expect(verifyBill(made, day, meter).amount).toBe(made.amount)
  })

  it('holds for random readings, gaps and prices of any size and sign, and not for an amount one lower', () => {
    const anySlot = fc.option(
      fc.bigInt({ min: 0n, max: (1n << 47n) - 1n }).map(value => [value]),
      { nil: undefined, freq: 5 }
    )
    const anyPrice = fc.bigInt({ min: -(1n << 63n) + 1n, max: (1n << 63n) - 1n })
    fc.assert(
      fc.property(
        fc.array(anySlot, { minLength: 1, maxLength: 12 }),
        fc.array(anyPrice, { minLength: 1, maxLength: 4 }),
        fc.bigInt({ min: -(1n << 80n), max: 1n << 80n }),
        (slots, priceList, fixed) => {
          const weights = (_: unknown, slot: Slot): bigint => priceList[slot % priceList.length] as bigint
          const terms = pricesFor(FIRST, FIRST + slots.length, { fixed, weights })
          const made = makeBill({ batches: [opened(home, slots)], prices: terms })
          expect(made.amount).toBe(billed(terms, slots, FIRST, [IMPORT_LANE]))
          expect(verifyBill(made, terms, meter).amount).toBe(made.amount)
          expect(fault(() => verifyBill({ ...made, amount: made.amount - 1n }, terms, meter)).fault).toBe('opening')
        }
      ),
      { numRuns: 25 }
    )
  })
})

describe('a bill is refused', () => {
  const opensNot = 'the weighted commitments to open to the amount, they do not'

  it('one unit lower or higher, or with another opening', () => {
    for (const changes of [{ amount: bill.amount - 1n }, { amount: bill.amount + 1n }, { opening: scalar(bill.opening + 1n) }]) {
      const { fault: what, message } = check(changes)
      expect(what).toBe('opening')
      expect(message).toContain(opensNot)
    }
  })

  it('of an amount that is the same modulo the group’s order', () => {
    const wrapped = bill.amount - GROUP_ORDER
    expect(G.multiply(wrapped).equals(G.multiply(bill.amount))).toBe(true)
    expect(check({ amount: wrapped }).fault).toBe('amount')
    expect(check({ amount: bill.amount + GROUP_ORDER }).message).toContain('amount: expected an integer between ±2^158')
  })

  it('with one reading changed', () => {
    const changed = withBatch(1, ({ commitments }) => ({
      commitments: commitments.map((commitment, i) => (i === 4 ? (commitments[5] as typeof commitment) : commitment))
    }))
    const { fault: what, message } = check(changed)
    expect(what).toBe('signature')
    expect(message).toContain(`batch 1, from slot ${FIRST + DAY}: expected the meter's signature over these slots, gaps and commitments`)
    // By a customer who makes the whole bill of it: nothing but the signature tells.
    const lower = sealBatch({
      identity: household(8).identity,
      key: home.key,
      slotSeconds: SLOT_SECONDS,
      firstSlot: FIRST,
      lanes: [IMPORT_LANE],
      readings: readings.slice(0, DAY).map(() => [0n])
    })
    const forged = { ...openBatch(lower.batch, home.key), header: { ...lower.batch, meterId: meter } }
    const cheap = makeBill({ batches: [forged, ...days.slice(1)], prices })
    expect(cheap.amount).toBeLessThan(bill.amount)
    expect(fault(() => verifyBill(cheap, prices, meter)).fault).toBe('signature')
  })

  it('with commitments reordered', () => {
    const { fault: what } = check(withBatch(0, ({ commitments }) => ({ commitments: [...commitments].reverse() })))
    expect(what).toBe('signature')
  })

  it('with one reading left out, or one more', () => {
    const fewer = check(withBatch(2, ({ commitments }) => ({ commitments: commitments.slice(1) })))
    expect(fewer.fault).toBe('encoding')
    expect(fewer.message).toContain('batch 2, from slot 754368: expected 48 commitments, got 47')
    const [first] = bill.batches[0]?.commitments ?? []
    expect(check(withBatch(2, ({ commitments }) => ({ commitments: first ? [...commitments, first] : [] }))).fault).toBe('encoding')
  })

  it('with a gap that was not signed as one, and with a signed gap filled', () => {
    const present = Uint8Array.from(bill.batches[0]?.header.present ?? [])
    present[0] = 0xfe
    const claimed = withBatch(0, ({ header, commitments }) => ({ header: { ...header, present }, commitments: commitments.slice(1) }))
    expect(check(claimed).fault).toBe('signature')
    const filled = withBatch(1, ({ header, commitments }) => ({
      header: { ...header, present: header.present.map(() => 0xff) },
      commitments: [...commitments, ...commitments.slice(0, 3)]
    }))
    expect(check(filled).fault).toBe('signature')
  })

  it('with a whole batch left out, at the beginning, within and at the end', () => {
    const without = (at: number) => check({ batches: bill.batches.filter((_, i) => i !== at) })
    expect(without(0)).toEqual({
      fault: 'coverage',
      message: 'bill, coverage: expected 2013-01-09 00:00Z to 2013-01-10 00:00Z in a batch, got none'
    })
    expect(without(1).message).toContain('expected 2013-01-10 00:00Z to 2013-01-11 00:00Z in a batch, got none')
    expect(without(2).message).toContain('expected 2013-01-11 00:00Z to 2013-01-12 00:00Z in a batch, got none')
    expect(check({ batches: [] }).message).toContain('expected 1 to 4096 batches, got 0')
    expect(fault(() => makeBill({ batches: days.slice(1), prices })).fault).toBe('coverage')
    expect(fault(() => makeBill({ batches: [], prices })).fault).toBe('coverage')
  })

  it('with a batch repeated, overlapping, or out of order', () => {
    const [a, b, c] = bill.batches as [CommittedBatch, CommittedBatch, CommittedBatch]
    const again = check({ batches: [a, b, b, c] })
    expect(again.fault).toBe('coverage')
    expect(again.message).toContain('batch 2, from slot 754320: expected every slot once and in order, got one again')
    const other = opened(home, readings.slice(DAY - 1, 2 * DAY), FIRST + DAY - 1)
    expect(check({ batches: [a, other, c] }).fault).toBe('coverage')
    expect(check({ batches: [b, a, c] }).fault).toBe('coverage')
    expect(fault(() => makeBill({ batches: [...days, days[1] as (typeof days)[number]], prices })).fault).toBe('coverage')
  })

  it('with a batch outside the period', () => {
    const later = opened(home, [[1n]], FIRST + 3 * DAY)
    const { fault: what, message } = check({ batches: [...bill.batches, later] })
    expect(what).toBe('coverage')
    expect(message).toContain(
      'batch 3: expected slots of the period 2013-01-09 00:00Z to 2013-01-12 00:00Z, got 2013-01-12 00:00Z to 2013-01-12 00:30Z'
    )
    const earlier = opened(home, [[1n]], FIRST - 1)
    expect(check({ batches: [earlier, ...bill.batches] }).fault).toBe('coverage')
  })

  it('with a batch of another meter, and as a whole', () => {
    const neighbour = household(8)
    const theirs = opened(neighbour, readings.slice(0, DAY))
    const mixed = check({ batches: [theirs, ...bill.batches.slice(1)] })
    expect(mixed.fault).toBe('meter')
    expect(mixed.message).toContain(`batch 0, from slot 754272: expected meter ${meter}, got ${neighbour.identity.id}`)
    // Called the customer's own, the signature tells.
    expect(check({ batches: [{ ...theirs, header: { ...theirs.header, meterId: meter } }, ...bill.batches.slice(1)] }).fault).toBe(
      'signature'
    )
    expect(fault(() => verifyBill(bill, prices, neighbour.identity.id)).message).toContain(
      `expected meter ${neighbour.identity.id}, got ${meter}`
    )
    expect(fault(() => makeBill({ batches: [theirs, ...days.slice(1)], prices })).fault).toBe('meter')
  })

  it('of another period', () => {
    const february = pricesFor(FIRST + 3 * DAY, FIRST + 6 * DAY)
    expect(check({}, february)).toEqual({
      fault: 'period',
      message: 'bill, period: expected 2013-01-12 00:00Z to 2013-01-15 00:00Z, got 2013-01-09 00:00Z to 2013-01-12 00:00Z'
    })
    expect(check({ from: february.from, until: february.until, tariffHash: february.tariffHash }, february).fault).toBe('coverage')
    const quarters = check({}, { ...prices, slotSeconds: 900 })
    expect(quarters.fault).toBe('period')
    expect(quarters.message).toContain('expected slots of 900 s, got 1800 s')
  })

  it('of another tariff, also under the right tariff’s hash', () => {
    const cheaper = pricesFor(FIRST, FIRST + 3 * DAY, { tariffHash: sha256(utf8('cheaper')), weights: () => 1n })
    const cheap = makeBill({ batches: days, prices: cheaper })
    const { fault: what, message } = fault(() => verifyBill(cheap, prices, meter))
    expect(what).toBe('tariff')
    expect(message).toContain(`expected prices with hash ${toHex(prices.tariffHash)}, got ${toHex(cheaper.tariffHash)}`)
    expect(fault(() => verifyBill({ ...cheap, tariffHash: prices.tariffHash }, prices, meter)).fault).toBe('opening')
    const noCharge = makeBill({ batches: days, prices: { ...prices, fixed: 0n } })
    expect(fault(() => verifyBill(noCharge, prices, meter)).fault).toBe('opening')
  })

  it('with a forged or missing signature, or that of another batch', () => {
    const forged = check(withBatch(0, ({ signature }) => ({ signature: signature.map((byte, i) => (i === 40 ? byte ^ 1 : byte)) })))
    expect(forged.fault).toBe('signature')
    expect(forged.message).toContain('batch 0, from slot 754272')
    expect(check(withBatch(0, () => ({ signature: new Uint8Array(0) }))).fault).toBe('signature')
    expect(check(withBatch(0, () => ({ signature: new Uint8Array(64) }))).fault).toBe('signature')
    expect(check(withBatch(0, () => ({ signature: bill.batches[1]?.signature ?? new Uint8Array(64) }))).fault).toBe('signature')
  })

  it('without a lane that is charged for, but not without one that is only credited', () => {
    const exportOnly = opened(home, [[5n], [6n]], FIRST, [EXPORT_LANE])
    const terms = pricesFor(FIRST, FIRST + 2, { lanes: BOTH })
    const { fault: what, message } = fault(() => makeBill({ batches: [exportOnly], prices: terms }))
    expect(what).toBe('lanes')
    expect(message).toContain('slot 754272: expected lane 1-0:1.29.0, which the tariff charges for, got 1-0:2.29.0')
    const importOnly = makeBill({ batches: [opened(home, [[5n], [6n]])], prices: terms })
    expect(verifyBill(importOnly, terms, meter).amount).toBe(billed(terms, [[5n], [6n]], FIRST, [IMPORT_LANE]))
  })

  it('under a key that anybody can sign under', () => {
    const weak = `01${'00'.repeat(31)}` as MeterId
    const batches = bill.batches.map(batch => ({ ...batch, header: { ...batch.header, meterId: weak } }))
    expect(() => verifyBill({ ...bill, meterId: weak, batches }, prices, weak)).toThrow(/expected a point of large order/)
  })
})

describe('any other combination', () => {
  const evening = (_: unknown, slot: Slot): bigint => (slot % DAY >= 34 && slot % DAY < 42 ? 1n : 0n)

  it('opens to its value and holds', () => {
    const opening = openCombination(days, evening)
    const expected = readings.reduce((sum, values, i) => sum + (values?.[0] ?? 0n) * evening(null, (FIRST + i) as Slot), 0n)
    expect(opening.value).toBe(expected)
    expect(() => verifyCombination(bill.batches, evening, opening, meter, SLOT_SECONDS)).not.toThrow()
  })

  it('is refused with another value, other weights, or a batch counted twice', () => {
    const opening = openCombination(days, evening)
    const refuse = (batches: readonly CommittedBatch[], weights: typeof evening, value: bigint): BillFault =>
      fault(() => verifyCombination(batches, weights, { ...opening, value }, meter, SLOT_SECONDS)).fault
    expect(refuse(bill.batches, evening, opening.value - 1n)).toBe('opening')
    expect(refuse(bill.batches, (lane, slot) => 2n * evening(lane, slot), opening.value)).toBe('opening')
    expect(refuse([...bill.batches, ...bill.batches], evening, 2n * opening.value)).toBe('coverage')
    expect(refuse(bill.batches, evening, opening.value + GROUP_ORDER)).toBe('amount')
    expect(() => openCombination(days, () => 1n << 63n)).toThrow(/weight: expected an integer between ±2\^63/)
  })

  it('of one reading is that reading: a combination tells what its weights say', () => {
    const one = openCombination(days, (_, slot) => (slot === FIRST + 3 ? 1n : 0n))
    expect(one.value).toBe(readings[3]?.[0])
  })
})
