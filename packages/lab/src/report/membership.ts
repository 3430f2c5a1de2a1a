// membership.csv: one row for each change of the membership, with its cost.
import type { MembershipChange } from '@hushgrid/scenarios'
import { csvLine } from './schema/slots.ts'

/** Columns of membership.csv; bytes count all copies of all messages, milliseconds are real, and none in virtual time. */
const MEMBERSHIP_COLUMNS: readonly (readonly [name: string, of: (change: MembershipChange) => string | number | undefined])[] = [
  ['slot', change => change.slot],
  ['kind', change => change.kind],
  ['meter', change => change.meter],
  ['epoch', change => change.epoch],
  ['messages', change => change.messages],
  ['bytes', change => change.bytes],
  ['key agreements own', change => change.keyAgreements.own],
  ['key agreements others', change => change.keyAgreements.others],
  ['key agreements again', change => change.keyAgreements.again],
  ['milliseconds', change => change.milliseconds],
  ['roster message bytes', change => change.deltaBytes],
  ['changes in it', change => change.changesInDelta],
  ['touched', change => change.touched.join(' ')]
]

export function membershipCsv(changes: readonly MembershipChange[]): string {
  const rows = changes.map(change => csvLine(MEMBERSHIP_COLUMNS.map(([, of]) => of(change))))
  return `${[csvLine(MEMBERSHIP_COLUMNS.map(([name]) => name)), ...rows].join('\n')}\n`
}
