// What a mode of recovery brings to the registrar, which judges from what it heard by gossip. A judgement keeps nothing: it
// is handed a slot that is over, once, and never what somebody only claims.
//
// - `hears` says which requests and disputes are passed on and kept at all.
// - `wronged` comes first, then `judgeLoss`. Both put out faults, each written to the journal before it is told, and ask
//   members whether they are there; neither throws.
import type { MessageType } from '@hushgrid/messages'
import type { MeterId } from '@hushgrid/primitives'
import type { WitnessContext } from '../state.ts'

export interface Judgement {
  /** The types of the requests and disputes that the mode has. */
  readonly hears: ReadonlySet<MessageType>
  /**
   * Members that the aggregator has called missing, in whatever message, though their submissions were there in time.
   *
   * @param twice - members that submitted twice, and count as missing
   */
  wronged(context: WitnessContext, twice: ReadonlySet<MeterId>): Set<MeterId>
  /** Judges who kept a slot from its total. */
  judgeLoss(context: WitnessContext): void
}
