// A mode of recovery, as a meter sees it. A meter has one object for each mode of its rosters. Requests and answers of a
// slot are kept there, and nowhere else in the meter.
//
// - `restore` comes first, once for each record of the journal that is of the mode, in the order they were written.
// - `receive` comes with every request, and every other message about one, under a roster with the mode. It throws a Drop.
// - `submitted` comes once an own submission may have gone out, `tick` when time has passed; neither throws.
// - Whatever a call puts out is carried out in order. A crash after a `journal` output leaves a meter that has said what
//   the record holds, whether it was sent or not: it is sent again, never another in its place.
import type { Envelope } from '@hushgrid/messages'
import type { Millis, Slot } from '@hushgrid/primitives'
import type { SharedSecrets } from '../../masks/edge-keys.ts'
import type { PrivateMasks } from '../../masks/private-mask.ts'
import type { Incoming } from '../../protocol/outputs.ts'
import type { Roster } from '../../roster/roster.ts'
import type { MeterContext, MeterCore, MeterEpoch } from '../core.ts'
import type { MeterSlotRecord } from '../journal.ts'

/** An answer of this meter in a slot, and the end of its use to the aggregator. */
export interface Said {
  readonly slot: Slot
  readonly bytes: Uint8Array
  readonly until: number
}

export interface MeterRecovery {
  /** Gives the private masks of an epoch, where submissions have them. */
  privateMasks(roster: Roster, index: number, secrets: SharedSecrets): PrivateMasks | undefined
  /** Takes in a record of the journal other than a submission. */
  restore(state: MeterCore, record: MeterSlotRecord): void
  /** Takes in a request, or another message about one. @throws Drop */
  receive(context: MeterContext, input: Incoming, envelope: Envelope): void
  /** Does what an own submission has made due. */
  submitted(context: MeterContext): void
  /** Does what the registrar's time, which has just come, has made due. */
  clockAnswered(context: MeterContext): void
  /** Does what time has made due. */
  tick(context: MeterContext): void
  /** Gives the moment of the next tick that it wants. */
  wakeAt(state: MeterCore): Millis | undefined
  /** Gives up every slot: the journal was rolled back, and what was said in them is not known any more. */
  giveUp(): void
  /** Lists what this meter has said in slots that are not forgotten. */
  said(slotSeconds: number): Iterable<Said>
  /** Tells whether a total may leave out what this meter has sent, by a request that everybody could see. */
  leavesOut(epoch: MeterEpoch, slot: Slot): boolean
  /** Forgets slots that are over. */
  forget(state: MeterCore, now: Millis): void
}
