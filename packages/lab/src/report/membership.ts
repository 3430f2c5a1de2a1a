// membership.csv: one row for each change of the membership, with its cost.
import type { MembershipChange } from '@hushgrid/scenarios'
import { csvLine } from './schema/slots.ts'

interface MembershipColumn {
  readonly name: string
  /** Ground of the cell: `records` are the signed rosters, `lab` is what the run alone has counted. */
  readonly ground: 'records' | 'lab'
  readonly of: (change: MembershipChange) => string | number | undefined
}

/** Columns of membership.csv; bytes count all copies of all messages, milliseconds are real, and none in virtual time. */
export const MEMBERSHIP_COLUMNS: readonly MembershipColumn[] = [
  { name: 'slot', ground: 'lab', of: change => change.slot },
  { name: 'kind', ground: 'records', of: change => change.kind },
  { name: 'meter', ground: 'records', of: change => change.meter },
  { name: 'epoch', ground: 'records', of: change => change.epoch },
  { name: 'messages', ground: 'lab', of: change => change.messages },
  { name: 'bytes', ground: 'lab', of: change => change.bytes },
  { name: 'key agreements own', ground: 'lab', of: change => change.keyAgreements.own },
  { name: 'key agreements others', ground: 'lab', of: change => change.keyAgreements.others },
  { name: 'key agreements again', ground: 'lab', of: change => change.keyAgreements.again },
  { name: 'milliseconds', ground: 'lab', of: change => change.milliseconds },
  { name: 'roster message bytes', ground: 'lab', of: change => change.deltaBytes },
  { name: 'changes in it', ground: 'lab', of: change => change.changesInDelta },
  { name: 'touched', ground: 'lab', of: change => change.touched.join(' ') }
]

export function membershipCsv(changes: readonly MembershipChange[]): string {
  const rows = changes.map(change => csvLine(MEMBERSHIP_COLUMNS.map(({ of }) => of(change))))
  return `${[csvLine(MEMBERSHIP_COLUMNS.map(({ name }) => name)), ...rows].join('\n')}\n`
}
