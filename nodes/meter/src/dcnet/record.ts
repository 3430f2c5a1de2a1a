// Records of a meter's journal as its file has them, and which of them a journal that is written anew keeps.
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
  'word',
  'gone'
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

/**
 * Keeps the records that a restart can still need, in the order they were written: those of the last slots, the last
 * rosters, and what holds however long ago it was written.
 */
export function keptMeterRecords(records: readonly MeterRecord[]): MeterRecord[] {
  let newest = -1
  for (const record of records) if (record.kind !== 'roster') newest = Math.max(newest, record.slot)
  const rosters = records.filter(record => record.kind === 'roster')
  const spent = spentRosters(
    rosters.map(({ from }) => from),
    newest
  )
  const given = new Set(rosters.slice(0, spent))
  const lasting = lastingRecords(records)
  return records.filter(record =>
    record.kind === 'roster' ? !given.has(record) : record.slot >= newest - KEPT_SLOTS || lasting.has(record)
  )
}

/**
 * Finds the records that hold until others take their place: the last of each epoch on the slots that are held back, and
 * the totals that no later one had as many contributors as, by which a season's size is checked for seven days, less the
 * members that have gone since.
 */
function lastingRecords(records: readonly MeterRecord[]): ReadonlySet<MeterRecord> {
  const lasting = new Set<MeterRecord>()
  const epochs = new Set<bigint>()
  let most = -1n
  let oldest = Number.POSITIVE_INFINITY
  // Goes backwards, since later records decide.
  for (const record of [...records].reverse()) {
    if (record.kind !== 'named' && record.kind !== 'attendance') continue
    const number = new DataView(record.bytes.buffer, record.bytes.byteOffset).getBigUint64(0, true)
    if (record.kind === 'named' ? epochs.has(number) : number <= most) continue
    lasting.add(record)
    if (record.kind === 'named') epochs.add(number)
    else [most, oldest] = [number, record.slot]
  }
  for (const record of records) if (record.kind === 'gone' && record.slot >= oldest) lasting.add(record)
  return lasting
}
