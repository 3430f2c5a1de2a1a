// Costs of a bill that can be checked, for meter, customer and supplier, and the bytes sent for it.
import {
  type BillPrices,
  Commitment,
  commit,
  decodeBatch,
  decodeBill,
  encodeBatch,
  encodeBill,
  makeBill,
  openBatch,
  sealBatch,
  verifyBill
} from '@hushgrid/billing'
import { HushgridError, IdentityKey, IMPORT_LANE, SeededRng, type Slot, sha256, utf8 } from '@hushgrid/primitives'
import { G, H, Point, reduceToScalar, type Scalar } from '@hushgrid/primitives/group'
import { ristretto255 } from '@noble/curves/ed25519.js'
import { comparedFigure, type Figure, figure, microseconds, type Work } from '../../results/measure.ts'

const SLOT_SECONDS = 1800
/** Half-hour of 2013. */
const FIRST = 754_272 as Slot
const CALLS = 20
/** Window of noble's tables, as large as pays off for a month of readings. */
const WINDOW = 8
/** Readings that the goals are for: half-hourly ones of a month. */
const MONTH = 1344
/** Household-months that a supplier is to manage a second and core. */
const LEAST_A_SECOND = 7
/** Half-hourly readings of a day, a week and a month, with the published overhead of a batch to beat, %. */
const PERIODS = [
  ['day', 48, 66.7],
  ['week', 336, 9.6],
  ['month', MONTH, 2.2]
] as const

/** Times the operations of the group beside those of another library. */
function groupFigures(rounds: number, rng: SeededRng): Figure[] {
  const scalars = Array.from({ length: CALLS }, () => reduceToScalar(rng.bytes(64)))
  const readings = scalars.map(() => BigInt(1 + rng.below(3000)))
  const { Point: Theirs } = ristretto255
  const [theirG, theirH] = [Theirs.BASE, Theirs.fromBytes(H.encode())]
  theirH.precompute(WINDOW)
  theirG.precompute(WINDOW)
  const bytes = scalars.map(scalar => H.multiply(scalar).encode())
  const points = bytes.map(each => Point.decode(each))
  const next = <T>(list: readonly T[]): (() => T) => {
    let at = 0
    return () => {
      at = (at + 1) % list.length
      return list[at] as T
    }
  }
  const [r, x, encoded, point] = [next<Scalar>(scalars), next(readings), next(bytes), next(points)]
  let [sum, theirSum] = [G, theirG]
  const beside = (name: string, work: Work, floor: Work): Figure =>
    comparedFigure({ name }, { rounds, calls: CALLS, work, floorName: '@noble/curves, tables for G and H', floor })
  return [
    beside(
      'r·H, encoded',
      () => H.multiply(r()),
      () => theirH.multiply(r()).toBytes()
    ),
    beside(
      'commitment to a reading, x·G + r·H, encoded',
      () => commit(x(), r()),
      () => theirG.multiplyUnsafe(x()).add(theirH.multiply(r())).toBytes()
    ),
    beside(
      'decode a commitment and add it to a sum',
      () => {
        Commitment.decode(encoded())
        sum = sum.add(point())
        return sum
      },
      () => {
        theirSum = theirSum.add(Theirs.fromBytes(encoded()))
        return theirSum
      }
    )
  ]
}

/** Makes prices of a period: so many different ones, in turn. */
function pricesOf(distinct: number, slots: number): BillPrices {
  return {
    tariffHash: sha256(utf8(`${distinct} prices`)),
    from: FIRST,
    until: (FIRST + slots) as Slot,
    slotSeconds: SLOT_SECONDS,
    fixed: 500_000n,
    lanes: [IMPORT_LANE],
    weights: (_, slot) => 399n + BigInt(slot % distinct)
  }
}

/** Times every step of one household's bill of so many readings. */
function billFigures(rounds: number, readings: number, rng: SeededRng): Figure[] {
  const identity = IdentityKey.generate(rng)
  const key = rng.bytes(32)
  const sealing = {
    identity,
    key,
    slotSeconds: SLOT_SECONDS,
    firstSlot: FIRST,
    lanes: [IMPORT_LANE],
    readings: Array.from({ length: readings }, () => [BigInt(rng.below(3000))])
  }
  const bytes = encodeBatch(sealBatch(sealing).batch)
  const [three, dynamic] = [pricesOf(3, readings), pricesOf(readings, readings)]
  const customer = (prices: typeof three) => () => encodeBill(makeBill({ batches: [openBatch(decodeBatch(bytes), key)], prices }))
  const supplier = (bill: Uint8Array, prices: typeof three) => () => verifyBill(decodeBill(bill), prices, identity.id)
  const [bill, dynamicBill] = [customer(three)(), customer(dynamic)()]
  const opened = openBatch(decodeBatch(bytes), key)
  const about = `${readings} readings`
  const time = (name: string, work: Work, goal?: number): Figure =>
    figure(
      { name: `${name}, ${about}`, unit: 'ms', ...(goal === undefined ? {} : { goal: (goal * readings) / MONTH }) },
      microseconds(rounds, 1, work).map(each => each / 1000)
    )
  return [
    time('meter: encrypt, commit, sign', () => sealBatch(sealing)),
    time('customer: decrypt, commit again, check, bill and opening, 3 prices', customer(three), 1500),
    time('customer: bill and opening of what is opened, 3 prices', () => makeBill({ batches: [opened], prices: three })),
    time('supplier: decode and verify, 3 prices', supplier(bill, three), Math.min(150, 1000 / LEAST_A_SECOND)),
    time('supplier: decode and verify, a price a reading', supplier(dynamicBill, dynamic)),
    figure({ name: `a bill, ${about}`, unit: 'B', counted: true }, [bill.byteLength])
  ]
}

/** Measures the bytes that a batch sends beyond 8 bytes a reading. */
function overheadFigures(rng: SeededRng): Figure[] {
  const identity = IdentityKey.generate(rng)
  const key = rng.bytes(32)
  return PERIODS.map(([period, slots, published]) => {
    const readings = Array.from({ length: slots }, () => [BigInt(rng.below(3000))])
    const { batch } = sealBatch({ identity, key, slotSeconds: SLOT_SECONDS, firstSlot: FIRST, lanes: [IMPORT_LANE], readings })
    const payload = batch.ciphertexts.byteLength
    const beyond = encodeBatch(batch).byteLength - payload
    const note = `${beyond} bytes beside ${payload} of readings; published: ${published} %`
    return figure({ name: `overhead of a batch, half-hours of a ${period}`, unit: '%', counted: true, goal: published, note }, [
      (100 * beyond) / payload
    ])
  })
}

/**
 * Measures the group's operations beside another library's, a household's bill of so many half-hourly readings, and the
 * sizes of batches. Goals of times are those of a month, in proportion.
 */
export function billingFigures(seed: string, rounds: number, readings: number): Figure[] {
  if (readings < 1) throw new HushgridError(`readings: expected at least 1, got ${readings}`)
  const rng = new SeededRng(seed)
  return [...groupFigures(rounds, rng), ...billFigures(rounds, readings, rng), ...overheadFigures(rng)]
}
