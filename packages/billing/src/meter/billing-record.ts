import { concatBytes, HushgridError, type ObisCode, obisCode, type Slot, slot, u8, u32, u64, utf8 } from '@hushgrid/primitives'
import { ByteReader, ByteReaderError } from '../batch/byte-reader.ts'
import { type BatchPeriod, checkBatchCalendar } from '../batch/period.ts'

/** Terms of all readings and batches of a meter's journal, which never change them. */
export interface BillingTerms {
  readonly slotSeconds: number
  readonly lanes: readonly ObisCode[]
  readonly period: BatchPeriod
  readonly timeZone: string
}

/** Record of a meter's journal, by which it seals each slot once. */
export type BillingRecord =
  | ({ readonly kind: 'terms' } & BillingTerms)
  /** First slot that may still be sealed. */
  | { readonly kind: 'from'; readonly slot: Slot }
  /** A reading that waits to be sealed, Wh of each lane. */
  | { readonly kind: 'reading'; readonly slot: Slot; readonly values: readonly bigint[] }
  /** A batch as `encodeBatch` gives it. */
  | { readonly kind: 'batch'; readonly bytes: Uint8Array }

/** A record that this program did not write. */
class BillingRecordError extends HushgridError {
  override name = 'BillingRecordError'
}

const KINDS = { terms: 1, from: 2, reading: 3, batch: 4 } as const

/** Encodes u8 kind ‖ the record's content, little-endian. */
export function encodeBillingRecord(record: BillingRecord): Uint8Array {
  const kind = u8(KINDS[record.kind])
  if (record.kind === 'batch') return concatBytes(kind, record.bytes)
  if (record.kind === 'from') return concatBytes(kind, u64(record.slot))
  if (record.kind === 'reading') return concatBytes(kind, u64(record.slot), u8(record.values.length), ...record.values.map(u64))
  const { slotSeconds, lanes, period, timeZone } = record
  return concatBytes(kind, u32(slotSeconds), ...[period, timeZone].flatMap(text), u8(lanes.length), ...lanes.flatMap(text))
}

/** @throws BillingRecordError */
export function decodeBillingRecord(bytes: Uint8Array): BillingRecord {
  const reader = new ByteReader(bytes)
  try {
    const record = decode(reader)
    reader.end()
    return record
  } catch (cause) {
    if (!(cause instanceof ByteReaderError || cause instanceof HushgridError)) throw cause
    throw new BillingRecordError(`billing journal: ${cause.message}`)
  }
}

function decode(reader: ByteReader): BillingRecord {
  const kind = reader.u8('kind')
  if (kind === KINDS.batch) return { kind: 'batch', bytes: reader.take(reader.left, 'batch') }
  if (kind === KINDS.from) return { kind: 'from', slot: slot(reader.u64('slot')) }
  if (kind === KINDS.reading) {
    const at = slot(reader.u64('slot'))
    return { kind: 'reading', slot: at, values: Array.from({ length: reader.u8('lanes') }, () => BigInt(reader.u64('reading'))) }
  }
  if (kind !== KINDS.terms) throw new ByteReaderError(`kind: expected 1 to 4, got ${kind}`)
  const slotSeconds = reader.u32('slotSeconds')
  const [period, timeZone] = [readText(reader), readText(reader)]
  const calendar = checkBatchCalendar({ period: period as BatchPeriod, timeZone, slotSeconds })
  return { kind: 'terms', ...calendar, lanes: Array.from({ length: reader.u8('lanes') }, () => obisCode(readText(reader))) }
}

function text(value: string): Uint8Array[] {
  const bytes = utf8(value)
  return [u8(bytes.byteLength), bytes]
}

function readText(reader: ByteReader): string {
  return Buffer.from(reader.take(reader.u8('length'), 'text')).toString('utf8')
}
