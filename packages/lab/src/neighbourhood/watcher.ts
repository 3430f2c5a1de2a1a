// A lab's view into a run, single readings included. It exists in the lab's own process only, and nothing of it goes into a
// report, a log or another process.
import type { MeterId, Slot } from '@hushgrid/primitives'
import type { LabForm } from '@hushgrid/web-api'
import type { HostOperation } from '../meters/operation.ts'
import type { RoleName } from '../roles/role.ts'

/** One meter's slot as a role receives it: a ciphertext as it came, or eight bytes a lane, little-endian. */
export type ReceivedValue =
  | { readonly role: RoleName; readonly form: Extract<LabForm, 'ciphertext'>; readonly bytes: Uint8Array }
  | {
      readonly role: RoleName
      readonly form: Exclude<LabForm, 'ciphertext'>
      readonly bytes: Uint8Array
      /** OBIS codes of its lanes; a roster may have fewer than the network. */
      readonly lanes: readonly string[]
    }

/** Takes events as they happen. Each method returns at once and never throws. */
export interface LabWatcher {
  /** Notes that a meter's message for a slot was taken where readings are collected, or opened by the PES. */
  received(slot: Slot, by: MeterId, value: ReceivedValue): void
  /** Notes that the slot's total is to come without these. */
  missing(slot: Slot, meters: readonly MeterId[]): void
  /** Notes that a release of masks or shares was taken. */
  released(slot: Slot, by: MeterId): void
  /** Notes that a meter has refused a request, by its own account. */
  refused(slot: Slot, household: number, reason: string): void
  disputed(slot: Slot, household: number): void
  /** Notes a meter's word that it has given masks away, to the aggregator or anybody else. */
  gaveMasks(slot: Slot, household: number): void
  /** Notes that a meter holds two requests for a slot that must not both exist. */
  caught(slot: Slot, household: number, what: string): void
  operating(operation: HostOperation): void
  /** @param problem - reason why the operation failed, if it did */
  operated(operation: HostOperation, problem?: unknown): void
  /** Notes that the aggregator, or the concentrator, has come up or gone down. */
  aggregator(up: boolean): void
}
