// Bills of households, encrypted, one for a period.
import { MAX_BILL_BYTES } from '@hushgrid/billing'
import { checkLength, concatBytes, equalBytes, InvalidArgumentError, type Millis, u32, utf8 } from '@hushgrid/primitives'
import type { SlotRange } from '@hushgrid/statistics'
import { type Context, checkName, checkRange, slotSecondsOf } from '../database/context.ts'
import type { Row, Transaction } from '../database/database.ts'
import { ConflictError } from '../errors.ts'
import { BILLS } from '../keys/store-keys.ts'
import { checkBillingPeriod, keepConflict, overlapping, type PeriodRow, periodRow } from './household-periods.ts'
import { checkBytes } from './readings.ts'
import type { BillingRun, HouseholdBill, Recorded } from './records.ts'
import { checkValidTariff } from './tariffs.ts'

const HASH_BYTES = 32
const AMOUNT_LIMIT = 1n << 255n
/** Length of an amount's decimal digits and sign, the same for all, so that it says nothing about an amount. */
const AMOUNT_CHARACTERS = 78
const MOST_UNIT = 128

interface BillRow extends PeriodRow {
  readonly tariff: string
}

/**
 * Keeps a bill that was verified. A household's period has one bill: amounts by two tariffs would be two equations about the same readings.
 *
 * @returns 'known' where it was kept before; the error to raise once the evidence is committed, where there is another
 *   bill for the period
 * @throws SingleHouseholdError where the period is too short, or overlaps another billing period of the household;
 *   UnknownTariffError, TariffNotValidError; ConflictError where the household is in another network; RetentionError,
 *   UnknownNetworkError, InvalidArgumentError
 */
export async function recordBill(context: Context, transaction: Transaction, bill: HouseholdBill): Promise<Recorded | ConflictError> {
  if (bill.verified !== true) throw new InvalidArgumentError('verified', 'true, once the proof was checked', String(bill.verified))
  const row: BillRow = { ...periodRow(bill), tariff: checkName(bill.tariff, 'tariff') }
  const plain = encodeContent(bill)
  const slotSeconds = await checkBillingPeriod(context, transaction, row)
  await checkValidTariff(transaction, { tariff: bill.tariff, hash: bill.tariffHash }, inMillis(bill.period, slotSeconds))
  const [before] = await overlapping<BillRow>(transaction, BILLS.name, row)
  if (!before) {
    const { keyId, sealed } = await context.storeKeys.seal(transaction, BILLS, row, plain)
    await transaction.run(
      `INSERT INTO bills (network, household, period_from, period_until, tariff, received, key_id, sealed)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[row.network, row.household, row.period_from, row.period_until, row.tariff, row.received, keyId, sealed]
    )
    return 'new'
  }
  const same = before.tariff === row.tariff && equalBytes(plain, await context.storeKeys.open(transaction, BILLS, before))
  if (same) return 'known'
  await keepConflict(context, transaction, 'bill', row, concatBytes(plain, utf8(row.tariff)))
  return new ConflictError(
    `bill of ${row.household} for slots [${row.period_from}, ${row.period_until}): expected one bill, got a second one that differs; the first stays`
  )
}

function inMillis({ from, until }: SlotRange, slotSeconds: number): { from: number; until: number } {
  return { from: from * slotSeconds * 1000, until: until * slotSeconds * 1000 }
}

/** Encodes hash ‖ amount ‖ gaps ‖ length of the unit ‖ unit ‖ bill. */
function encodeContent({ tariffHash, amount, unit, gaps, period, bill }: HouseholdBill): Uint8Array {
  if (typeof amount !== 'bigint' || amount >= AMOUNT_LIMIT || amount <= -AMOUNT_LIMIT)
    throw new InvalidArgumentError('amount', 'a bigint within ±2^255', typeof amount === 'bigint' ? 'one beyond it' : typeof amount)
  const fits = typeof unit === 'string' && unit.length > 0 && unit.length <= MOST_UNIT && unit.isWellFormed() && !unit.includes('\0')
  if (!fits) throw new InvalidArgumentError('unit', `1 to ${MOST_UNIT} characters`, 'something else')
  if (!Number.isSafeInteger(gaps) || gaps < 0 || gaps > period.until - period.from)
    throw new InvalidArgumentError('gaps', 'a whole number, at most the slots of the period', String(gaps))
  const name = utf8(unit)
  return concatBytes(
    checkLength(tariffHash, HASH_BYTES, 'tariffHash'),
    utf8(String(amount).padStart(AMOUNT_CHARACTERS)),
    u32(gaps),
    u32(name.byteLength),
    name,
    checkBytes(bill, 'bill', MAX_BILL_BYTES)
  )
}

/** Decodes the bytes of {@link encodeContent}, which were authenticated. */
function decodeContent(bytes: Uint8Array): Pick<HouseholdBill, 'tariffHash' | 'amount' | 'unit' | 'gaps' | 'bill'> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const amountEnd = HASH_BYTES + AMOUNT_CHARACTERS
  const unitStart = amountEnd + 8
  const unitEnd = unitStart + buffer.readUInt32LE(amountEnd + 4)
  return {
    tariffHash: bytes.slice(0, HASH_BYTES),
    amount: BigInt(buffer.toString('latin1', HASH_BYTES, amountEnd)),
    gaps: buffer.readUInt32LE(amountEnd),
    unit: buffer.toString('utf8', unitStart, unitEnd),
    bill: bytes.slice(unitEnd)
  }
}

/** Reads bills of a network whose periods lie within a range, in order of time and household. */
export async function readBills(context: Context, transaction: Transaction, network: string, range: SlotRange): Promise<HouseholdBill[]> {
  const { from, until } = checkRange(range)
  await slotSecondsOf(transaction, network)
  const rows = await transaction.all(
    'SELECT * FROM bills WHERE network = ? AND period_from >= ? AND period_until <= ? ORDER BY period_from, household',
    ...[network, from, until]
  )
  return await billsOf(context, transaction, rows)
}

/** Reads one household's bills whose periods lie within a range, in order of time. */
export async function readHouseholdBills(
  context: Context,
  transaction: Transaction,
  household: string,
  range: SlotRange
): Promise<HouseholdBill[]> {
  const { from, until } = checkRange(range)
  const rows = await transaction.all(
    'SELECT * FROM bills WHERE household = ? AND period_from >= ? AND period_until <= ? ORDER BY period_from',
    ...[checkName(household, 'household'), from, until]
  )
  return await billsOf(context, transaction, rows)
}

async function billsOf({ storeKeys }: Context, transaction: Transaction, rows: readonly Row[]): Promise<HouseholdBill[]> {
  const bills: HouseholdBill[] = []
  for (const row of rows as BillRow[]) {
    const { network, household, period_from, period_until, tariff, received } = row
    bills.push({
      network,
      household,
      period: { from: period_from, until: period_until },
      tariff,
      ...decodeContent(await storeKeys.open(transaction, BILLS, row)),
      verified: true,
      received: received as Millis
    })
  }
  return bills
}

/** Sorts the network's known households by whether they have a bill of exactly a period. */
export async function readBillingRun(transaction: Transaction, network: string, period: SlotRange): Promise<BillingRun> {
  const { from, until } = checkRange(period)
  await slotSecondsOf(transaction, network)
  const parts = ['consumption', 'reading_batches', 'bills'].map(
    table => `SELECT household, CASE WHEN period_from < ? AND period_until > ? THEN 1 ELSE 0 END AS in_period,
      ${table === 'bills' ? 'CASE WHEN period_from = ? AND period_until = ? THEN 1 ELSE 0 END' : '0'} AS billed
      FROM ${table} WHERE network = ?`
  )
  const rows = await transaction.all(
    `SELECT household, max(in_period) AS in_period, max(billed) AS billed FROM (${parts.join(' UNION ALL ')}) AS known GROUP BY household`,
    ...[until, from, network, until, from, network, until, from, from, until, network]
  )
  // Sorts in code, since databases sort text in different ways.
  const households = (where: (row: Row) => boolean) =>
    rows
      .filter(where)
      .map(row => row.household as string)
      .sort()
  return {
    network,
    period: { from, until },
    billed: households(row => row.billed === 1),
    open: households(row => row.billed === 0 && row.in_period === 1),
    silent: households(row => row.billed === 0 && row.in_period === 0)
  }
}
