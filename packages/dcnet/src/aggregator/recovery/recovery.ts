// A mode's part at the aggregator. A slot has one object of its roster's mode from its opening to its end; requests and
// answers of the slot are kept there and nowhere else in the aggregator.
//
// - After a restart `restoreRequest` and `restoreAnswer` come first, in the order in which their records were written; then
//   `takeUpAgain`, once, where the slot is not over.
// - `receive` comes with an answer of a member of the roster, whose signature it has checked by `verify` before anything
//   hangs on it. It throws a Drop.
// - `proceed` comes after every submission that counts, and a mode calls it after every answer: it goes on as soon as what
//   the slot waits for is there. `tick` comes when time has passed. Neither throws.
// - A call that ends the slot, by a total or a loss, is the last.
// - Whatever a call puts out is carried out in order. A crash after a `journal` output leaves an aggregator that has asked,
//   or taken, what the record holds: it asks the same again, never for anything else in its place.
import type { Envelope } from '@hushgrid/messages'
import type { SlotContext } from '../core.ts'

/** A member's answer: a MaskWord, MaskRelease, ShareRelease, Dispute or Refusal of an open slot. */
export interface Answer {
  readonly envelope: Envelope
  readonly bytes: Uint8Array
  /** The member's position. */
  readonly index: number
  /** @throws Drop unless the member signed it */
  readonly verify: () => void
}

export interface AggregatorRecovery {
  /** True once anything was asked for: no submission counts any more, since its masks may have been released. */
  readonly hasAsked: boolean
  /** Takes in a request of the store; the last one is in force. */
  restoreRequest(context: SlotContext, envelope: Envelope, bytes: Uint8Array): void
  /** Takes in an answer of the store. */
  restoreAnswer(context: SlotContext, answer: Answer): void
  /** Sends the request in force again after a restart, while it may be answered, and goes on. */
  takeUpAgain(context: SlotContext): void
  /** Takes in an answer. @throws Drop */
  receive(context: SlotContext, answer: Answer): void
  /** Gives the MaskWord envelopes of some members on a request, by the hash of its payload. */
  wordsOn(requestHash: Uint8Array, members: readonly number[]): Uint8Array[]
  /** Goes on as soon as what the slot waits for is there. */
  proceed(context: SlotContext): void
  /** Does what time has made due. */
  tick(context: SlotContext): void
  /** Gives the moment of the next tick that it wants. */
  wakeAt(context: Pick<SlotContext, 'slot' | 'open'>): number
}
