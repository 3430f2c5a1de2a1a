/**
 * Common base of all protocol machines. A machine is a protocol's part without I/O: a state, and a function
 * `step(state, input, now)` that gives the next state and outputs.
 *
 * - One state: the one passed in is used up, and two steps never run at once.
 * - Inputs are messages, ticks and what the node's owner asks for. Whatever the network brings, a step does not throw;
 *   what is wrong with a message is counted and put out as `dropped`.
 * - Outputs are carried out in order. A `journal` output is on stable storage before the next is carried out; a crash
 *   between two leaves the machine as its journal has it.
 * - `wakeAt` says when the machine wants its next tick. A tick may come later, and other inputs before it.
 *
 * @example
 * ```ts
 * import { type Alarm, Driver, type Step, type Tick } from '@hushgrid/machine'
 * import { type Millis, millis } from '@hushgrid/primitives'
 *
 * let now = millis(0)
 * let due = (): void => {}
 * const alarm: Alarm = { set: (_, wake) => void (due = wake) }
 * // Counts its ticks, and wants one every second.
 * const step = (state: { ticks: number; wakeAt: Millis }, _: Tick, now: Millis): Step<typeof state, number> =>
 *   ({ state: { ticks: state.ticks + 1, wakeAt: millis(now + 1000) }, outputs: [state.ticks + 1] })
 * new Driver({ clock: { now: () => now }, alarm, state: { ticks: 0, wakeAt: millis(1000) }, step, carryOut: console.log })
 * now = millis(1000)
 * due() // prints 1
 * ```
 *
 * @packageDocumentation
 */

export {
  type Answer,
  type Ask,
  type Conversation,
  converse,
  converseByCalls,
  exchange,
  type Failure,
  type Party,
  reasonIn
} from './conversation.ts'
export { Door, type DoorContext, type Incoming } from './door.ts'
export { type Alarm, Driver, type DriverInit } from './driver.ts'
export { asDrop, countDrop, type Dropped, type GossipVerdict } from './drop.ts'
export { earliest, type Step, type Tick, type Waking } from './step.ts'
