// Totals and lost slots of neighbourhoods, encrypted, one result a slot.
import { checkLength, concatBytes, equalBytes, InvalidArgumentError, type Millis, millis, type Slot, slot } from '@hushgrid/primitives'
import type { SlotRange } from '@hushgrid/statistics'
import { type Context, checkMoment, checkRange, retentionMark, slotSecondsOf } from '../database/context.ts'
import { first, type Row, type Transaction } from '../database/database.ts'
import { ConflictError, RetentionError, SingleHouseholdError } from '../errors.ts'
import { decodeLanes, encodeLanes } from '../keys/seal.ts'
import { RESULT_CONFLICTS, RESULTS } from '../keys/store-keys.ts'
import type { LostSlot, Mode, Recorded, ResultConflict, SlotTotal } from './records.ts'

const HASH_BYTES = 32
const MODES: readonly Mode[] = ['dcnet', 'pes']
const MOST_REASON = 256

/** A result: its row's columns, and the row's encrypted part. */
interface ResultRow extends Row {
  readonly network: string
  readonly slot: number
  readonly kind: 'total' | 'lost'
  readonly mode: Mode
  readonly contributors: number
  readonly missing: number
  readonly reason: string | null
  readonly received: number
}

/**
 * Keeps a total.
 *
 * @returns 'known' where it was kept before; the error to raise once the evidence is committed, where another result of
 *   the slot was
 * @throws SingleHouseholdError, RetentionError, UnknownNetworkError, InvalidArgumentError
 */
export function recordTotal(context: Context, transaction: Transaction, total: SlotTotal): Promise<Recorded | ConflictError> {
  const { contributors, missing } = total
  const least = context.limits.minimumContributors
  for (const [name, value] of Object.entries({ contributors, missing })) {
    if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError(name, 'a whole number from 0 on', String(value))
  }
  if (contributors < least) {
    throw new SingleHouseholdError(
      `slot ${total.slot} of ${total.network}: expected a total of ${least} meters or more, got ${contributors}`
    )
  }
  const row = { ...rowOf(total), kind: 'total' as const, contributors, missing, reason: null }
  return record(context, transaction, row, concatBytes(total.resultHash, encodeLanes(total.lanes)))
}

/** Keeps the loss of a slot; as {@link recordTotal}. */
export function recordLost(context: Context, transaction: Transaction, lost: LostSlot): Promise<Recorded | ConflictError> {
  const { reason } = lost
  if (typeof reason !== 'string' || reason.length === 0 || reason.length > MOST_REASON || reason.includes('\0')) {
    throw new InvalidArgumentError('reason', `1 to ${MOST_REASON} characters`, 'something else')
  }
  const row = { ...rowOf(lost), kind: 'lost' as const, contributors: 0, missing: 0, reason }
  return record(context, transaction, row, lost.resultHash)
}

function rowOf({ network, slot: number, mode, resultHash, received }: SlotTotal | LostSlot) {
  if (!MODES.includes(mode)) throw new InvalidArgumentError('mode', MODES.join(' or '), String(mode))
  checkLength(resultHash, HASH_BYTES, 'resultHash')
  return { network, slot: slot(number), mode, received: millis(received) }
}

async function record(context: Context, transaction: Transaction, row: ResultRow, plain: Uint8Array): Promise<Recorded | ConflictError> {
  const { storeKeys } = context
  const slotSeconds = await slotSecondsOf(transaction, row.network)
  checkMoment(row.slot, slotSeconds)
  const mark = await retentionMark(transaction, 'totals')
  if ((row.slot + 1) * slotSeconds * 1000 <= mark) {
    throw new RetentionError(`slot ${row.slot} of ${row.network}: expected one that ends after ${instant(mark)}, got an earlier one`)
  }
  const before = (await first(transaction, 'SELECT * FROM results WHERE network = ? AND slot = ?', row.network, row.slot)) as
    | ResultRow
    | undefined
  if (!before) {
    const { keyId, sealed } = await storeKeys.seal(transaction, RESULTS, row, plain)
    await transaction.run(
      `INSERT INTO results (network, slot, kind, mode, contributors, missing, reason, received, key_id, sealed)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[row.network, row.slot, row.kind, row.mode, row.contributors, row.missing, row.reason, row.received, keyId, sealed]
    )
    return 'new'
  }
  const evidence = evidenceOf(context, row, plain)
  if (equalBytes(evidence, evidenceOf(context, before, await storeKeys.open(transaction, RESULTS, before)))) return 'known'
  await keepEvidence(context, transaction, row, evidence, plain.subarray(0, HASH_BYTES))
  return new ConflictError(`slot ${row.slot} of ${row.network}: expected one result, got a second one that differs; the first stays`)
}

/** Computes the HMAC of all of a result but its time of arrival; nobody can guess lanes from it. */
function evidenceOf({ storeKeys }: Context, row: ResultRow, plain: Uint8Array): Uint8Array {
  const { network, slot, kind, mode, contributors, missing, reason } = row
  return storeKeys.mac('evidence', 'result', network, slot, kind, mode, contributors, missing, reason, plain)
}

async function keepEvidence(
  context: Context,
  transaction: Transaction,
  row: ResultRow,
  evidence: Uint8Array,
  hash: Uint8Array
): Promise<void> {
  const { network, slot, kind, mode, contributors } = row
  const known = await first(
    transaction,
    'SELECT number FROM result_conflicts WHERE network = ? AND slot = ? AND evidence = ?',
    network,
    slot,
    evidence
  )
  if (known) return
  const last = await first(transaction, 'SELECT max(number) AS number FROM result_conflicts')
  const conflict = {
    number: ((last?.number as number | null) ?? 0) + 1,
    network,
    slot,
    kind,
    mode,
    contributors,
    seen: row.received,
    evidence
  }
  const { keyId, sealed } = await context.storeKeys.seal(transaction, RESULT_CONFLICTS, conflict, hash)
  await transaction.run(
    `INSERT INTO result_conflicts (number, network, slot, kind, mode, contributors, seen, evidence, key_id, sealed)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[conflict.number, network, slot, kind, mode, contributors, conflict.seen, evidence, keyId, sealed]
  )
}

/** Reads totals of a range, in order of time. */
export async function readTotals(context: Context, transaction: Transaction, network: string, range: SlotRange): Promise<SlotTotal[]> {
  return await readResults(context, transaction, 'total', network, range, (row, plain) => ({
    network: row.network,
    slot: row.slot as Slot,
    lanes: decodeLanes(plain.subarray(HASH_BYTES)),
    contributors: row.contributors,
    missing: row.missing,
    mode: row.mode,
    resultHash: plain.slice(0, HASH_BYTES),
    received: row.received as Millis
  }))
}

/** Reads lost slots of a range, in order of time. */
export async function readLost(context: Context, transaction: Transaction, network: string, range: SlotRange): Promise<LostSlot[]> {
  return await readResults(context, transaction, 'lost', network, range, (row, plain) => ({
    network: row.network,
    slot: row.slot as Slot,
    mode: row.mode,
    reason: row.reason ?? '',
    resultHash: plain,
    received: row.received as Millis
  }))
}

/** Reads from which slot on to which one a network has results; no slot where it has none. */
export async function readResultRange(transaction: Transaction, network: string): Promise<SlotRange> {
  await slotSecondsOf(transaction, network)
  // Two queries in one, since a database finds one end of an index at once and two by reading all of it.
  const ends = await first(
    transaction,
    `SELECT (SELECT min(slot) FROM results WHERE network = ?) AS earliest, (SELECT max(slot) FROM results WHERE network = ?) AS latest`,
    ...[network, network]
  )
  const { earliest, latest } = ends as { readonly earliest: number | null; readonly latest: number | null }
  return { from: earliest ?? 0, until: latest === null ? 0 : latest + 1 }
}

async function readResults<T>(
  { storeKeys }: Context,
  transaction: Transaction,
  kind: 'total' | 'lost',
  network: string,
  range: SlotRange,
  make: (row: ResultRow, plain: Uint8Array) => T
): Promise<T[]> {
  const { from, until } = checkRange(range)
  await slotSecondsOf(transaction, network)
  const rows = await transaction.all(
    'SELECT * FROM results WHERE network = ? AND kind = ? AND slot >= ? AND slot < ? ORDER BY slot',
    ...[network, kind, from, until]
  )
  const results: T[] = []
  for (const row of rows) results.push(make(row as ResultRow, await storeKeys.open(transaction, RESULTS, row)))
  return results
}

/** Reads second results of a network's slots, in their order of arrival. */
export async function readResultConflicts({ storeKeys }: Context, transaction: Transaction, network: string): Promise<ResultConflict[]> {
  await slotSecondsOf(transaction, network)
  const rows = await transaction.all('SELECT * FROM result_conflicts WHERE network = ? ORDER BY number', network)
  const conflicts: ResultConflict[] = []
  for (const row of rows) {
    const { slot, kind, mode, contributors, seen } = row as unknown as ResultRow & { seen: Millis }
    const resultHash = await storeKeys.open(transaction, RESULT_CONFLICTS, row)
    conflicts.push({ network, slot: slot as Slot, kind, mode, contributors, resultHash, seen })
  }
  return conflicts
}

/** Writes a moment in UTC (ISO 8601). */
export function instant(time: number): string {
  return new Date(time).toISOString()
}
