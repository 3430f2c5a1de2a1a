import type { Millis } from '@hushgrid/primitives'

/** A tick: time has reached, or may have reached, what `wakeAt` asked for. */
export interface Tick {
  readonly type: 'tick'
}

/** Result of a step: the state to use from now on (the one passed in is used up) and the outputs, in order. */
export interface Step<State, Output> {
  readonly state: State
  readonly outputs: Output[]
}

/** Common part of all machines' states: the moment of the next tick; undefined while none is wanted. */
export interface Waking {
  readonly wakeAt: Millis | undefined
}

/** Earliest of some moments; undefined entries count as never. */
export function earliest(...moments: readonly (number | undefined)[]): Millis | undefined {
  let first: number | undefined
  for (const moment of moments) if (moment !== undefined && (first === undefined || moment < first)) first = moment
  return first as Millis | undefined
}
