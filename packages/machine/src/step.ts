import type { Millis } from '@hushgrid/primitives'

/** Time has reached what `wakeAt` asked for, or may have. */
export interface Tick {
  readonly type: 'tick'
}

/** What a step gives back: the state to use from now on (the one passed in is used up) and what to do, in order. */
export interface Step<State, Output> {
  readonly state: State
  readonly outputs: Output[]
}

/** What every machine's state says: when it wants its next tick; undefined while it wants none. */
export interface Waking {
  readonly wakeAt: Millis | undefined
}

/** Earliest of some moments; undefined entries count as never. */
export function earliest(...moments: readonly (number | undefined)[]): Millis | undefined {
  let first: number | undefined
  for (const moment of moments) if (moment !== undefined && (first === undefined || moment < first)) first = moment
  return first as Millis | undefined
}
