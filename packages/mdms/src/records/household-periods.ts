// Rules for all records of a household's period: its least length, and no overlap.
import { type Millis, millis } from '@hushgrid/primitives'
import type { SlotRange } from '@hushgrid/statistics'
import { type Context, checkMoment, checkName, checkRange, retentionMark, slotSecondsOf } from '../database/context.ts'
import { first, type Row, type Transaction } from '../database/database.ts'
import { ConflictError, RetentionError, SingleHouseholdError } from '../errors.ts'
import type { HouseholdConflict } from './records.ts'
import { instant } from './results.ts'

/** Columns of every table about a household's period. */
export interface PeriodRow extends Row {
  readonly network: string
  readonly household: string
  readonly period_from: number
  readonly period_until: number
  readonly received: number
}

const DAY_SECONDS = 86_400
/** Tables about households' periods. */
const TABLES = ['consumption', 'bills', 'reading_batches'] as const

/** @throws InvalidArgumentError */
export function periodRow(record: {
  readonly network: string
  readonly household: string
  readonly period: SlotRange
  readonly received: Millis
}): PeriodRow {
  const { from, until } = checkRange(record.period)
  return {
    network: record.network,
    household: checkName(record.household, 'household'),
    period_from: from,
    period_until: until,
    received: millis(record.received)
  }
}

/**
 * Checks that a period may be taken in at all.
 *
 * @param least - slots; those of a day where undefined
 * @returns the length of a slot in seconds
 * @throws SingleHouseholdError where it is too short; ConflictError where the household is in another network;
 *   RetentionError, UnknownNetworkError, InvalidArgumentError
 */
export async function checkPeriod(
  transaction: Transaction,
  row: PeriodRow,
  of: 'consumption' | 'readings',
  least?: number
): Promise<number> {
  const { network, household, period_from, period_until } = row
  const slotSeconds = await slotSecondsOf(transaction, network)
  checkMoment(period_until, slotSeconds)
  const fewest = least ?? Math.max(2, Math.ceil(DAY_SECONDS / slotSeconds))
  const slots = period_until - period_from
  if (slots < fewest) throw new SingleHouseholdError(`period of ${household}: expected ${fewest} slots or more, got ${slots}`)
  const mark = await retentionMark(transaction, of)
  // Compares the start: a deleted period may have ended within this one.
  if (period_from * slotSeconds * 1000 < mark) {
    throw new RetentionError(`period of ${household}: expected one that begins after ${instant(mark)}, got an earlier one`)
  }
  for (const table of TABLES) {
    const elsewhere = await first(transaction, `SELECT network FROM ${table} WHERE household = ? AND network <> ?`, household, network)
    if (elsewhere) throw new ConflictError(`household ${household}: expected it in network ${elsewhere.network} as before, got ${network}`)
  }
  return slotSeconds
}

/**
 * Checks that a billing period may be taken in. A household's billing periods are the same or disjoint, whatever their
 * source: the difference of two that overlap would be a shorter period, down to a slot, and a bill tells about the
 * energy in it. A household stays in its network, since slots of two networks may overlap as well.
 *
 * @returns the length of a slot in seconds
 * @throws as {@link checkPeriod}; SingleHouseholdError also where it overlaps another billing period of the household
 */
export async function checkBillingPeriod({ limits }: Context, transaction: Transaction, row: PeriodRow): Promise<number> {
  const slotSeconds = await checkPeriod(transaction, row, 'consumption', limits.minimumPeriodSlots)
  for (const table of ['consumption', 'bills']) {
    for (const other of await overlapping(transaction, table, row)) {
      if (other.period_from === row.period_from && other.period_until === row.period_until) continue
      throw new SingleHouseholdError(
        `period of ${row.household}: expected none that overlaps slots [${other.period_from}, ${other.period_until}), got [${row.period_from}, ${row.period_until})`
      )
    }
  }
  return slotSeconds
}

/** Reads rows of the household that share a slot with a period. */
export async function overlapping<R extends PeriodRow>(transaction: Transaction, table: string, row: PeriodRow): Promise<R[]> {
  return (await transaction.all(
    `SELECT * FROM ${table} WHERE household = ? AND period_from < ? AND period_until > ? ORDER BY period_from`,
    ...[row.household, row.period_until, row.period_from]
  )) as R[]
}

/**
 * Notes a second bill or batch of a household, once for each that differs.
 *
 * @param plain - its content, of which an HMAC is kept, so that nothing can be guessed
 */
export async function keepConflict(
  { storeKeys }: Context,
  transaction: Transaction,
  kind: HouseholdConflict['kind'],
  row: PeriodRow,
  plain: Uint8Array
): Promise<void> {
  const { network, household, period_from, period_until, received } = row
  const evidence = storeKeys.mac('evidence', kind, network, household, period_from, period_until, plain)
  const known = await first(
    transaction,
    'SELECT number FROM household_conflicts WHERE household = ? AND kind = ? AND evidence = ?',
    ...[household, kind, evidence]
  )
  if (known) return
  const last = await first(transaction, 'SELECT max(number) AS number FROM household_conflicts')
  await transaction.run(
    `INSERT INTO household_conflicts (number, network, household, period_from, period_until, kind, seen, evidence)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[((last?.number as number | null) ?? 0) + 1, network, household, period_from, period_until, kind, received, evidence]
  )
}

/** Gives the network of a household; undefined where the store has nothing of it. */
export async function networkOf(transaction: Transaction, household: string): Promise<string | undefined> {
  for (const table of TABLES) {
    const row = await first(transaction, `SELECT network FROM ${table} WHERE household = ?`, household)
    if (row) return row.network as string
  }
  return undefined
}

/** Reads second bills and batches, in their order of arrival. */
export async function readHouseholdConflicts(transaction: Transaction, network: string): Promise<HouseholdConflict[]> {
  await slotSecondsOf(transaction, network)
  const rows = await transaction.all('SELECT * FROM household_conflicts WHERE network = ? ORDER BY number', network)
  return rows.map(row => {
    const { household, period_from, period_until, kind, seen } = row as unknown as PeriodRow & Pick<HouseholdConflict, 'kind' | 'seen'>
    return { network, household, period: { from: period_from, until: period_until }, kind, seen }
  })
}
