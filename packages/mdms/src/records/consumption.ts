// Households' use over billing periods, encrypted.
import { equalBytes, InvalidArgumentError, type Millis, publishedSums } from '@hushgrid/primitives'
import type { SlotRange } from '@hushgrid/statistics'
import { type Context, checkName, checkRange, slotSecondsOf } from '../database/context.ts'
import { first, type Row, type Transaction } from '../database/database.ts'
import { ConflictError } from '../errors.ts'
import { decodeLanes, encodeLanes } from '../keys/seal.ts'
import { CONSUMPTION } from '../keys/store-keys.ts'
import { checkBillingPeriod, overlapping, type PeriodRow, periodRow } from './household-periods.ts'
import type { ConsumptionConflict, ConsumptionSource, HouseholdConsumption, Recorded } from './records.ts'

const SOURCES: readonly ConsumptionSource[] = ['paillier', 'bill']

interface ConsumptionRow extends PeriodRow {
  readonly source: ConsumptionSource
}

/**
 * Keeps a household's use over a billing period.
 *
 * @returns 'known' where it was kept before; the error to raise once the evidence is committed, where the same source
 *   has another figure for the period
 * @throws SingleHouseholdError where the period is too short, or overlaps another; ConflictError where the household is
 *   in another network; RetentionError, UnknownNetworkError, InvalidArgumentError
 */
export async function recordConsumption(
  context: Context,
  transaction: Transaction,
  consumption: HouseholdConsumption
): Promise<Recorded | ConflictError> {
  const row = rowOf(consumption)
  const plain = encodeLanes(consumption.lanes)
  await checkBillingPeriod(context, transaction, row)
  const others = await overlapping<ConsumptionRow>(transaction, CONSUMPTION.name, row)
  const before = others.find(({ source }) => source === row.source)
  if (!before) {
    const { keyId, sealed } = await context.storeKeys.seal(transaction, CONSUMPTION, row, plain)
    await transaction.run(
      `INSERT INTO consumption (network, household, period_from, period_until, source, received, key_id, sealed)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[row.network, row.household, row.period_from, row.period_until, row.source, row.received, keyId, sealed]
    )
    return 'new'
  }
  if (equalBytes(plain, await context.storeKeys.open(transaction, CONSUMPTION, before))) return 'known'
  await keepEvidence(context, transaction, row, plain)
  return new ConflictError(
    `consumption of ${row.household} in slots [${row.period_from}, ${row.period_until}): expected one figure from ${row.source}, got a second one that differs; the first stays`
  )
}

function rowOf(consumption: HouseholdConsumption): ConsumptionRow {
  const { source } = consumption
  if (!SOURCES.includes(source)) throw new InvalidArgumentError('source', SOURCES.join(' or '), String(source))
  return { ...periodRow(consumption), source }
}

async function keepEvidence({ storeKeys }: Context, transaction: Transaction, row: ConsumptionRow, plain: Uint8Array): Promise<void> {
  const { network, household, period_from, period_until, source, received } = row
  const evidence = storeKeys.mac('evidence', 'consumption', network, household, period_from, period_until, source, plain)
  const known = await first(
    transaction,
    'SELECT number FROM consumption_conflicts WHERE household = ? AND period_from = ? AND source = ? AND evidence = ?',
    ...[household, period_from, source, evidence]
  )
  if (known) return
  const last = await first(transaction, 'SELECT max(number) AS number FROM consumption_conflicts')
  await transaction.run(
    `INSERT INTO consumption_conflicts (number, network, household, period_from, period_until, source, seen, evidence)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[((last?.number as number | null) ?? 0) + 1, network, household, period_from, period_until, source, received, evidence]
  )
}

/**
 * Reads periods that lie within a range, in order of time and household.
 *
 * @param household - the only household to read; all without
 */
export async function readConsumption(
  context: Context,
  transaction: Transaction,
  network: string,
  range: SlotRange,
  household?: string
): Promise<HouseholdConsumption[]> {
  const { from, until } = checkRange(range)
  await slotSecondsOf(transaction, network)
  const rows = await transaction.all(
    `SELECT * FROM consumption WHERE network = ? AND period_from >= ? AND period_until <= ?
      ${household === undefined ? '' : 'AND household = ?'} ORDER BY period_from, household, source`,
    ...[network, from, until, ...(household === undefined ? [] : [checkName(household, 'household')])]
  )
  return await consumptionOf(context, transaction, rows)
}

/** Reads one household's periods that lie within a range, in order of time. */
export async function readHouseholdConsumption(
  context: Context,
  transaction: Transaction,
  household: string,
  range: SlotRange
): Promise<HouseholdConsumption[]> {
  const { from, until } = checkRange(range)
  const rows = await transaction.all(
    'SELECT * FROM consumption WHERE household = ? AND period_from >= ? AND period_until <= ? ORDER BY period_from, source',
    ...[checkName(household, 'household'), from, until]
  )
  return await consumptionOf(context, transaction, rows)
}

async function consumptionOf({ storeKeys }: Context, transaction: Transaction, rows: readonly Row[]): Promise<HouseholdConsumption[]> {
  const consumption: HouseholdConsumption[] = []
  for (const row of rows as ConsumptionRow[]) {
    const { network, household, period_from, period_until, source, received } = row
    const lanes = publishedSums(decodeLanes(await storeKeys.open(transaction, CONSUMPTION, row)))
    consumption.push({
      network,
      household,
      period: { from: period_from, until: period_until },
      lanes,
      source,
      received: received as Millis
    })
  }
  return consumption
}

/** Reads second figures for households' periods, in their order of arrival. */
export async function readConsumptionConflicts(transaction: Transaction, network: string): Promise<ConsumptionConflict[]> {
  await slotSecondsOf(transaction, network)
  const rows = await transaction.all('SELECT * FROM consumption_conflicts WHERE network = ? ORDER BY number', network)
  return rows.map(row => {
    const { household, period_from, period_until, source, seen } = row as unknown as ConsumptionRow & { seen: Millis }
    return { network, household, period: { from: period_from, until: period_until }, source, seen }
  })
}
