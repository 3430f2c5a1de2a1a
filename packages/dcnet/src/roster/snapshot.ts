import { RosterPayload } from '@hushgrid/messages'
import { concatBytes, equalBytes, HushgridError, type Slot, u64, utf8 } from '@hushgrid/primitives'
import type { CheckedRoster } from './checked-roster.ts'
import { decodeLanes, encodeLanes } from './credential.ts'
import { blankMembers, digestAt } from './credentials.ts'
import { laneMaskBytes } from './fields.ts'
import { Roster } from './roster.ts'

const PREFIX = utf8('hushgrid/v2/roster-snapshot')
/** u64 notBefore ‖ u64 notAfter ‖ the digest that names the credential; the mask of consents and the lanes left out follow. */
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
 * themselves. The form is a RosterPayload with 32 bytes, the mask of consents and the lanes that the roster leaves out in the
 * place of each credential.
 */
export function encodeSnapshot(checked: CheckedRoster): Uint8Array {
  const { roster, signature, addresses, aggregatorAddress } = checked
  const bytes = laneMaskBytes(roster.lanes.length)
  const credentials = Array.from({ length: roster.n }, (_, i) =>
    concatBytes(
      u64(checked.notBefore[i] as number),
      u64(checked.notAfter[i] as number),
      digestAt(checked, i),
      checked.consents.subarray(i * bytes, (i + 1) * bytes),
      encodeLanes(checked.leftOut[i] ?? [])
    )
  )
  const payload = { roster: roster.encode(), signature, credentials, addresses: [...addresses], aggregatorAddress, leaves: [], proofs: [] }
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
    const maskBytes = laneMaskBytes(roster.lanes.length)
    if (credentials.length !== roster.n || addresses.length !== roster.n || credentials.some(each => each.byteLength <= MEMBER + maskBytes))
      throw new SnapshotError(`roster snapshot: expected ${roster.n} members beside the roster`)
    const members = blankMembers(roster.n, roster.lanes.length)
    credentials.forEach((each, i) => {
      const view = new DataView(each.buffer, each.byteOffset, each.byteLength)
      members.notBefore[i] = Number(view.getBigUint64(0, true))
      members.notAfter[i] = Number(view.getBigUint64(8, true))
      members.credentialDigests.set(each.subarray(16, MEMBER), 16 * i)
      members.consents.set(each.subarray(MEMBER, MEMBER + maskBytes), i * maskBytes)
      members.leftOut[i] = decodeLanes(each.subarray(MEMBER + maskBytes))
    })
    return { roster, signature: Uint8Array.from(message.signature), addresses, aggregatorAddress, leavers: [], proofs: [], ...members }
  } catch (cause) {
    if (cause instanceof HushgridError && !(cause instanceof SnapshotError)) throw new SnapshotError(`roster snapshot: ${cause.message}`)
    throw cause
  }
}
