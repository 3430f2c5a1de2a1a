// Logs of signed messages beside a report, each record once.
import { join } from 'node:path'
import { counted, sha256, toHex } from '@hushgrid/primitives'
import { RecordLog } from '@hushgrid/runtime'

/**
 * Reads a log's records; one that comes again is a problem and left out, so that it is not counted as another.
 *
 * @throws RecordLogError where it cannot be read
 */
export function readRecords(folder: string, name: string, problems: string[]): Uint8Array[] {
  const { records, damaged } = RecordLog.read(join(folder, name))
  if (damaged) problems.push(`${name}: expected intact records`)
  const once = new Map(records.map(record => [toHex(sha256(record)), record]))
  const again = records.length - once.size
  if (again > 0) problems.push(`${name}: expected each record once, got ${counted(again, 'record')} again`)
  return [...once.values()]
}
