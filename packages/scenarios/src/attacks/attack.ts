// The interface of an attack, and what attacks share. The machines stay honest: an attack changes messages on the network,
// filters a machine's outputs, and signs with the attacker's own key.
import type { HeldRoster } from '@hushgrid/dcnet'
import { InvalidArgumentError, type MeterId, type Slot, type SlotTimes, slotTimes } from '@hushgrid/primitives'
import type { Attacker } from '../ports/churn.ts'
import type { Fate, PassingEnvelope, SimulatedTarget } from '../ports/simulated-target.ts'

export type { SimulatedTarget }

/** Planned attack. */
export interface AttackOrder {
  readonly at: number
  readonly what: string
  /** Number of the victim, or of the member that attacks. */
  readonly meter?: number
  /** Numbers of the colluders, or of the meters cut off. */
  readonly meters?: readonly number[]
  /** Slots that it lasts. */
  readonly slots: number
}

/** Way to break the protocol. */
export interface Attack {
  readonly name: string
  readonly by: Attacker
  /** Sentence that tells a person about it. */
  readonly about: string
  /** Meters that a scenario must name: one victim or attacking member, none, or several, described in words. */
  readonly needs: 'meter' | 'nothing' | { readonly meters: string }
  /** Prepares it before the run. */
  simulate(target: SimulatedTarget, order: AttackOrder): void
}

/**
 * Gives the number of the meter that attacks or is attacked.
 *
 * @throws InvalidArgumentError where none is named, or one that does not exist
 */
export function meterOf(target: SimulatedTarget, { what, meter }: AttackOrder): number {
  if (meter === undefined) throw new InvalidArgumentError('meter', `the meter that '${what}' is about`, 'none')
  target.meter(meter)
  return meter
}

/** Gives the first slot of an attack, and the one after its last. */
export function slotsOf(target: SimulatedTarget, { at, slots }: AttackOrder): readonly [first: Slot, end: Slot] {
  const first = Math.max(0, Math.floor(at))
  return [target.slot(first), target.slot(first + slots)]
}

/** Schedules an action in each slot of an attack, so many units after its submissions begin. */
export function inEachSlot(target: SimulatedTarget, order: AttackOrder, units: number, run: (slot: Slot, times: SlotTimes) => void): void {
  const [first, end] = slotsOf(target, order)
  for (let slot = first; slot < end; slot = (slot + 1) as Slot) {
    const times = slotTimes(slot, target.slotSeconds)
    target.atTime(times.end + units * times.unit, () => run(slot, times))
  }
}

/** Intercepts the envelopes of an attack's slots from the start of the run; those of other slots pass. */
export function onEnvelopes(target: SimulatedTarget, order: AttackOrder, see: (passing: PassingEnvelope) => Fate): void {
  const [first, end] = slotsOf(target, order)
  target.intercept(passing => (passing.envelope.slot >= first && passing.envelope.slot < end ? see(passing) : 'pass'))
}

/** Calls `run` with a slot's roster and a meter's position in it, unless it is no member then. */
export function withMember(target: SimulatedTarget, slot: Slot, meter: number, run: (held: HeldRoster, position: number) => void): void {
  const held = target.rosterOf(slot)
  const position = held?.roster.indexOf(target.meter(meter).id)
  if (held && position !== undefined) run(held, position)
}

/** Gives the numbers of the meters at some positions of a roster. */
export function metersAt(target: SimulatedTarget, { roster }: HeldRoster, positions: readonly number[]): number[] {
  return positions.flatMap(index => target.meterOf(roster.meterId(index)) ?? [])
}

/** Lists all positions of a roster in ring order, a member's own first. */
export function ringFrom({ roster }: HeldRoster, position: number): number[] {
  const ring = [...roster.ring]
  const start = ring.indexOf(position)
  return [...ring.slice(start), ...ring.slice(0, start)]
}

/** Tells which meters collude with an attacker, by id. */
export function colludersOf(target: SimulatedTarget, { meters = [] }: AttackOrder): ReadonlySet<MeterId> {
  return new Set(meters.map(meter => target.meter(meter).id))
}
