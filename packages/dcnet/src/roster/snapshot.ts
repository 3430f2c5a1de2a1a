import { RosterPayload } from '@hushgrid/messages'
import { concatBytes, equalBytes, HushgridError, type Slot, u64, utf8 } from '@hushgrid/primitives'
import type { CheckedRoster } from './checked-roster.ts'
import { blankMembers, digestAt } from './credentials.ts'
import { Roster } from './roster.ts'

const PREFIX = utf8('hushgrid/v1/roster-snapshot')
/** u64 notBefore ‖ u64 notAfter ‖ the digest that names the credential. */
const MEMBER = 32

/** A roster that was taken up, as a journal keeps it: trusted when it is read again, since the journal is our own. */
export interface RosterRecord {
  readonly kind: 'roster'
  /** First slot for which it was used. */
  readonly from: Slot
  /** A snapshot as `RosterBook` gives it. */
  readonly bytes: Uint8Array
}

/** A snapshot that was not written by {@link encodeSnapshot}, or not read whole. */
export class SnapshotError extends HushgridError {
  override name = 'SnapshotError'
}

/**
 * Encodes a checked roster for a journal of our own: what the next roster is checked against, without the credentials
 * themselves. The form is a RosterPayload with 32 bytes a member in the place of each credential.
 */
export function encodeSnapshot(checked: CheckedRoster): Uint8Array {
  const { roster, signature, addresses, aggregatorAddress } = checked
  const credentials = concatBytes(
    ...Array.from({ length: roster.n }, (_, i) =>
      concatBytes(u64(checked.notBefore[i] as number), u64(checked.notAfter[i] as number), digestAt(checked, i))
    )
  )
  const payload = { roster: roster.encode(), signature, credentials, addresses: [...addresses], aggregatorAddress }
  return concatBytes(PREFIX, RosterPayload.encode(payload))
}

/**
 * Reads a snapshot, checking its form only: whoever wrote it had checked the rest.
 *
 * @throws SnapshotError
 */
export function decodeSnapshot(bytes: Uint8Array): CheckedRoster {
  if (!equalBytes(bytes.subarray(0, PREFIX.byteLength), PREFIX)) throw new SnapshotError('roster snapshot: expected its prefix')
  try {
    const message = RosterPayload.decode(bytes.subarray(PREFIX.byteLength))
    const roster = Roster.decode(message.roster)
    const { credentials, addresses, aggregatorAddress } = message
    if (credentials.byteLength !== MEMBER * roster.n || addresses.length !== roster.n)
      throw new SnapshotError(`roster snapshot: expected ${roster.n} members beside the roster`)
    const members = blankMembers(roster.n)
    const view = new DataView(credentials.buffer, credentials.byteOffset, credentials.byteLength)
    for (let i = 0; i < roster.n; i++) {
      members.notBefore[i] = Number(view.getBigUint64(MEMBER * i, true))
      members.notAfter[i] = Number(view.getBigUint64(MEMBER * i + 8, true))
      members.credentialDigests.set(credentials.subarray(MEMBER * i + 16, MEMBER * i + 32), 16 * i)
    }
    return { roster, signature: Uint8Array.from(message.signature), addresses, aggregatorAddress, ...members }
  } catch (cause) {
    if (cause instanceof HushgridError && !(cause instanceof SnapshotError)) throw new SnapshotError(`roster snapshot: ${cause.message}`)
    throw cause
  }
}
