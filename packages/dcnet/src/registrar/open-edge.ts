import type { EdgeRequestPayload } from '@hushgrid/messages'
import type { MeterId, Slot } from '@hushgrid/primitives'
import type { EdgeConflict } from '../masks/edge-evidence.ts'

/** An edge that was cut, until it is opened or its time is over. */
export interface OpenEdge {
  readonly conflict: EdgeConflict
  readonly payload: EdgeRequestPayload
  /** EdgeRequest envelope, and the hash of its payload. */
  readonly bytes: Uint8Array
  readonly payloadHash: Uint8Array
  /** Slot in which the two were asked first, and last. */
  readonly since: Slot
  askedIn: Slot
  /** Members that have acknowledged the request. */
  readonly acknowledged: Set<MeterId>
}
