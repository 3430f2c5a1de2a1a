// Batches of readings as meters delivered them, which the store cannot decrypt.
import { equalBytes, InvalidArgumentError, type Millis } from '@hushgrid/primitives'
import type { SlotRange } from '@hushgrid/statistics'
import { type Context, checkName, checkRange } from '../database/context.ts'
import type { Transaction } from '../database/database.ts'
import { ConflictError } from '../errors.ts'
import { READING_BATCHES } from '../keys/store-keys.ts'
import { checkConsent } from './consents.ts'
import { checkPeriod, keepConflict, overlapping, type PeriodRow, periodRow } from './household-periods.ts'
import type { EncryptedReadings, Recorded } from './records.ts'

const MOST_BYTES = 1 << 20
/** Fewest slots of a batch. Not a billing period's least length, since a local day in spring has fewer slots than others. */
const LEAST_SLOTS = 2

/**
 * Keeps a batch as the meter delivered it. A slot is in one batch only: two ciphertexts under its pad would give away
 * how the two readings differ. So only the fact of a second batch is kept.
 *
 * @returns 'known' where it was kept before; the error to raise once the evidence is committed, where another batch has
 *   one of the slots
 * @throws ConsentWithdrawnError; SingleHouseholdError where the batch is of one slot; ConflictError where the household is
 *   in another network; RetentionError, UnknownNetworkError, InvalidArgumentError
 */
export async function recordReadings(
  context: Context,
  transaction: Transaction,
  readings: EncryptedReadings
): Promise<Recorded | ConflictError> {
  const row = periodRow(readings)
  const batch = checkBytes(readings.batch, 'batch', MOST_BYTES)
  await checkConsent(transaction, row.household, 'keep-readings')
  await checkPeriod(transaction, row, 'readings', LEAST_SLOTS)
  const [before] = await overlapping(transaction, READING_BATCHES.name, row)
  if (!before) {
    const { keyId, sealed } = await context.storeKeys.seal(transaction, READING_BATCHES, row, batch)
    await transaction.run(
      `INSERT INTO reading_batches (network, household, period_from, period_until, received, key_id, sealed)
        VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ...[row.network, row.household, row.period_from, row.period_until, row.received, keyId, sealed]
    )
    return 'new'
  }
  const samePeriod = before.period_from === row.period_from && before.period_until === row.period_until
  if (samePeriod && equalBytes(batch, await context.storeKeys.open(transaction, READING_BATCHES, before))) return 'known'
  await keepConflict(context, transaction, 'readings', row, batch)
  return new ConflictError(
    `readings of ${row.household} in slots [${row.period_from}, ${row.period_until}): expected each slot in one batch, got a second one for slots of [${before.period_from}, ${before.period_until}); the first stays`
  )
}

/** Reads a household's batches that have a slot in the range, in order of time. */
export async function readReadings(
  { storeKeys }: Context,
  transaction: Transaction,
  household: string,
  range: SlotRange
): Promise<EncryptedReadings[]> {
  const { from, until } = checkRange(range)
  const rows = (await transaction.all(
    'SELECT * FROM reading_batches WHERE household = ? AND period_until > ? AND period_from < ? ORDER BY period_from',
    ...[checkName(household, 'household'), from, until]
  )) as PeriodRow[]
  const readings: EncryptedReadings[] = []
  for (const row of rows) {
    readings.push({
      network: row.network,
      household: row.household,
      period: { from: row.period_from, until: row.period_until },
      batch: await storeKeys.open(transaction, READING_BATCHES, row),
      received: row.received as Millis
    })
  }
  return readings
}

/**
 * Deletes a household's batches, and the notes of second ones.
 *
 * @returns how many batches there were
 */
export async function deleteReadings(transaction: Transaction, household: string): Promise<number> {
  await transaction.run("DELETE FROM household_conflicts WHERE household = ? AND kind = 'readings'", checkName(household, 'household'))
  return await transaction.run('DELETE FROM reading_batches WHERE household = ?', household)
}

/** @throws InvalidArgumentError where they are no bytes, none, or more than `most` */
export function checkBytes(bytes: Uint8Array, what: string, most: number): Uint8Array {
  const got = bytes instanceof Uint8Array ? bytes.byteLength : undefined
  if (got === undefined || got < 1 || got > most)
    throw new InvalidArgumentError(what, `1 to ${most} bytes`, got === undefined ? typeof bytes : `${got} bytes`)
  return bytes
}
