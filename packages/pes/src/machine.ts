import type { DropReason, Verdict } from '@hushgrid/messages'
import type { MeterId, Millis } from '@hushgrid/primitives'

/** Time has reached what `wakeAt` asked for, or may have. */
export interface Tick {
  readonly type: 'tick'
}

/** What a step gives back: the state to use from now on (the one passed in is used up) and what to do, in order. */
export interface Step<State, Output> {
  readonly state: State
  readonly outputs: Output[]
}

/** A message that was not taken. */
export interface Dropped {
  readonly type: 'dropped'
  readonly reason: DropReason
  readonly from: MeterId
  readonly detail?: string
}

/** What gossip is to do with the message that was the input. */
export interface GossipVerdict {
  readonly type: 'verdict'
  readonly verdict: Verdict
}

/** Earliest of some moments; undefined entries count as never. */
export function earliest(...moments: readonly (number | undefined)[]): Millis | undefined {
  const given = moments.filter(moment => moment !== undefined)
  return given.length === 0 ? undefined : (Math.min(...given) as Millis)
}
