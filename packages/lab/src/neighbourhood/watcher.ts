// What a lab may look at while a run goes on, single readings as they arrive included. It exists in the lab's own process
// only, and nothing of it goes into a report, a log or another process.
import type { MeterId, Slot } from '@hushgrid/primitives'
import type { LabForm } from '@hushgrid/web-api'
import type { HostOperation } from '../meters/operation.ts'
import type { RoleName } from '../roles/role.ts'

/** One meter's slot as somebody receives it. */
export interface ReceivedValue {
  readonly role: RoleName
  /** How to read the bytes. `masked`: Wh and masks, eight bytes a lane, little-endian. `ciphertext`: as it came. `plain`: Wh, as `masked`. */
  readonly form: LabForm
  readonly bytes: Uint8Array
}

/** Told what happens, as it happens. Returns at once and never throws. */
export interface LabWatcher {
  /** What a meter sent for a slot was taken where readings are collected, or was opened by the PES. */
  received(slot: Slot, by: MeterId, value: ReceivedValue): void
  /** The slot's total is to come without these. */
  missing(slot: Slot, meters: readonly MeterId[]): void
  /** A release of masks or shares was taken. */
  released(slot: Slot, by: MeterId): void
  /** A meter has refused a request, by its own account. */
  refused(slot: Slot, household: number, reason: string): void
  disputed(slot: Slot, household: number): void
  /** A meter says that it has given masks away, whoever asked for them. */
  gaveMasks(slot: Slot, household: number): void
  /** A meter holds two requests for a slot that must not both exist. */
  caught(slot: Slot, household: number, what: string): void
  operating(operation: HostOperation): void
  /** @param problem - why it could not be done, where it could not */
  operated(operation: HostOperation, problem?: unknown): void
  /** The aggregator, or the concentrator, has come up or gone down. */
  aggregator(up: boolean): void
}
