// A mode's judgement at the registrar, by what gossip brought. It keeps nothing: it is handed a slot that is over, once,
// and never a mere claim.
//
// - `hears` lists the requests and disputes that are kept and passed on.
// - `wronged` comes first, then `judgeLoss`. Both put out faults, each written to the journal before it is told; neither
//   throws.
import type { MessageType } from '@hushgrid/messages'
import type { MeterId } from '@hushgrid/primitives'
import type { Roster } from '../../roster/roster.ts'
import type { WitnessContext } from '../state.ts'
import type { HeardRequest } from '../witnessed-slot.ts'

export interface Judgement {
  /** Types of the requests and disputes that the mode has. */
  readonly hears: ReadonlySet<MessageType>
  /**
   * Gives the members that the aggregator called missing, in whatever message, though their submissions were there in time.
   *
   * @param twice - members that submitted twice, and count as missing
   */
  wronged(context: WitnessContext, twice: ReadonlySet<MeterId>): Set<MeterId>
  /** Lists the positions of the members that owe an answer to a request. */
  owes(roster: Roster, request: Pick<HeardRequest, 'members' | 'round'>): Iterable<number>
  /** Judges who kept a slot from its total, silence apart. */
  judgeLoss(context: WitnessContext): void
}
