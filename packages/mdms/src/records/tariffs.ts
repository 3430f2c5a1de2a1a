// Tariffs as the supplier published them, never changed.
import type { PublishedTariff } from '@hushgrid/billing'
import { equalBytes, InvalidArgumentError, type Millis, millis, sha256, toHex, utf8 } from '@hushgrid/primitives'
import { checkName } from '../database/context.ts'
import { first, type Row, type Transaction } from '../database/database.ts'
import { ConflictError, StoreDamagedError, TariffNotValidError, UnknownTariffError } from '../errors.ts'
import type { Recorded } from './records.ts'
import { instant } from './results.ts'

const MOST_BYTES = 1 << 20

/** A tariff to keep; the store computes its hash. */
export type NewTariff = Omit<PublishedTariff, 'hash'>

/**
 * Keeps a tariff. It is never changed: a new price is a new tariff.
 *
 * @throws ConflictError where another tariff has the name; InvalidArgumentError
 */
export async function addTariff(transaction: Transaction, { tariff, text, from, until }: NewTariff): Promise<Recorded> {
  checkName(tariff, 'tariff')
  const bytes = utf8(text)
  if (bytes.byteLength === 0 || bytes.byteLength > MOST_BYTES || text.includes('\0') || !text.isWellFormed()) {
    throw new InvalidArgumentError('tariff text', `1 to ${MOST_BYTES} bytes of UTF-8 text`, `${bytes.byteLength} bytes or no text`)
  }
  const end = until === undefined ? null : millis(until)
  if (end !== null && end <= millis(from)) throw new InvalidArgumentError('until', 'a moment after from', String(end))
  const hash = sha256(bytes)
  const before = await first(transaction, 'SELECT * FROM tariffs WHERE tariff = ?', tariff)
  if (!before) {
    await transaction.run(
      'INSERT INTO tariffs (tariff, text, valid_from, valid_until, hash) VALUES (?, ?, ?, ?, ?)',
      ...[tariff, text, millis(from), end, hash]
    )
    return 'new'
  }
  if (equalBytes(before.hash as Uint8Array, hash) && before.valid_from === from && before.valid_until === end) return 'known'
  throw new ConflictError(`tariff ${tariff}: expected it as it was kept before, got another text or validity`)
}

/**
 * Reads all tariffs, by the start of their validity.
 *
 * @throws StoreDamagedError where a text no longer has its hash
 */
export async function readTariffs(transaction: Transaction): Promise<PublishedTariff[]> {
  return (await transaction.all('SELECT * FROM tariffs ORDER BY valid_from, tariff')).map(tariffOf)
}

/**
 * Checks that a tariff is kept, with this text, and valid in all of a period.
 *
 * @param period - Unix milliseconds, [from, until)
 * @throws UnknownTariffError, TariffNotValidError; StoreDamagedError where its text no longer has its hash
 */
export async function checkValidTariff(
  transaction: Transaction,
  named: Pick<PublishedTariff, 'tariff' | 'hash'>,
  period: { readonly from: number; readonly until: number }
): Promise<void> {
  const row = await first(transaction, 'SELECT * FROM tariffs WHERE tariff = ?', named.tariff)
  if (!row) throw new UnknownTariffError(`tariff ${named.tariff}: expected one that was added to the store, got none of the name`)
  const kept = tariffOf(row)
  if (!equalBytes(kept.hash, named.hash)) {
    throw new UnknownTariffError(
      `tariff ${named.tariff}: expected the text with hash ${toHex(kept.hash).slice(0, 16)}…, got one with ${toHex(named.hash).slice(0, 16)}…`
    )
  }
  if (kept.from <= period.from && (kept.until === undefined || kept.until >= period.until)) return
  const until = kept.until === undefined ? 'on' : `to ${instant(kept.until)}`
  throw new TariffNotValidError(
    `tariff ${named.tariff}: expected a period within its validity, from ${instant(kept.from)} ${until}, got ${instant(period.from)} to ${instant(period.until)}`
  )
}

function tariffOf(row: Row): PublishedTariff {
  const { tariff, text, valid_from, valid_until, hash } = row as unknown as {
    tariff: string
    text: string
    valid_from: Millis
    valid_until: Millis | null
    hash: Uint8Array
  }
  if (!equalBytes(sha256(utf8(text)), hash)) throw new StoreDamagedError(`tariff ${tariff}: expected the text of its hash, got another`)
  return { tariff, text, from: valid_from, ...(valid_until !== null && { until: valid_until }), hash }
}
