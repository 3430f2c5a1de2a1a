import type { MeterRecord } from '@hushgrid/dcnet'
import { concatBytes, HushgridError, type Slot, u8, u64 } from '@hushgrid/primitives'
import { spentRosters } from '@hushgrid/runtime'

/** Kinds by their number in the file, where a record is u8 kind ‖ u64 slot ‖ bytes. */
const KINDS: readonly MeterRecord['kind'][] = [
  'roster',
  'submission',
  'absent',
  'request',
  'dispute',
  'release',
  'named',
  'attendance',
  'word'
]
const HEADER = 9
/** Slots before the newest one whose records are kept. */
const KEPT_SLOTS = 8

/** Encodes a record for the journal's file. */
export function encodeMeterRecord(record: MeterRecord): Uint8Array {
  const slot = record.kind === 'roster' ? record.from : record.slot
  return concatBytes(u8(KINDS.indexOf(record.kind)), u64(slot), record.bytes)
}

/** @throws HushgridError where the bytes are no record of this version */
export function decodeMeterRecord(record: Uint8Array): MeterRecord {
  const kind = KINDS[record[0] ?? KINDS.length]
  if (kind === undefined || record.byteLength < HEADER) {
    throw new HushgridError(
      `journal: expected a record of kind 0 to ${KINDS.length - 1}, got kind ${record[0]} in ${record.byteLength} bytes`
    )
  }
  const slot = Number(new DataView(record.buffer, record.byteOffset).getBigUint64(1, true)) as Slot
  const bytes = record.slice(HEADER)
  return kind === 'roster' ? { kind, from: slot, bytes } : { kind, slot, bytes }
}

/** Keeps the records that a restart can still need, in the order they were written. */
export function keptMeterRecords(records: readonly MeterRecord[]): MeterRecord[] {
  let newest = -1
  for (const record of records) if (record.kind !== 'roster') newest = Math.max(newest, record.slot)
  const rosters = records.filter(record => record.kind === 'roster')
  const spent = spentRosters(
    rosters.map(({ from }) => from),
    newest
  )
  const given = new Set(rosters.slice(0, spent))
  return records.filter(record => (record.kind === 'roster' ? !given.has(record) : record.slot >= newest - KEPT_SLOTS))
}
