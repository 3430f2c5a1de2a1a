// What every attack brings, and what attacks have in common. The machines stay honest: an attack happens by what passes on
// the network, by what is filtered out of a machine's outputs, and by what is signed with the attacker's own key.
import type { HeldRoster } from '@hushgrid/dcnet'
import { InvalidArgumentError, type Slot, type SlotTimes, slotTimes } from '@hushgrid/primitives'
import type { Fate, PassingEnvelope, SimulatedTarget } from '../ports/simulated-target.ts'

/** Who attacks. */
export const ATTACKERS = ['aggregator', 'registrar', 'members'] as const
export type Attacker = (typeof ATTACKERS)[number]

/** An attack as it is planned. */
export interface AttackOrder {
  readonly at: number
  readonly what: string
  /** The victim, or the member that attacks. */
  readonly meter?: number
  /** Colluders, or those who are cut off. */
  readonly meters?: readonly number[]
  /** How many slots it goes on for. */
  readonly slots: number
}

/** One way to break the protocol. */
export interface Attack {
  readonly name: string
  readonly by: Attacker
  /** What happens, for a person, in a sentence. */
  readonly about: string
  /** What a scenario must name: the victim or the member that attacks, nobody, or one or several, in words. */
  readonly needs: 'meter' | 'nothing' | { readonly meters: string }
  /** Prepares it before the run. */
  simulate(target: SimulatedTarget, order: AttackOrder): void
}

/**
 * The meter that an attack is against, or that makes it.
 *
 * @throws InvalidArgumentError where none is named, or one that does not exist
 */
export function meterOf(target: SimulatedTarget, { what, meter }: AttackOrder): number {
  if (meter === undefined) throw new InvalidArgumentError('meter', `the meter that '${what}' is about`, 'none')
  target.meter(meter)
  return meter
}

/** First slot of an attack, and the one after its last. */
export function slotsOf(target: SimulatedTarget, { at, slots }: AttackOrder): readonly [first: Slot, end: Slot] {
  const first = Math.max(0, Math.floor(at))
  return [target.slot(first), target.slot(first + slots)]
}

/** Does something in each slot of an attack, so many units after its submissions begin. */
export function inEachSlot(target: SimulatedTarget, order: AttackOrder, units: number, run: (slot: Slot, times: SlotTimes) => void): void {
  const [first, end] = slotsOf(target, order)
  for (let slot = first; slot < end; slot = (slot + 1) as Slot) {
    const times = slotTimes(slot, target.slotSeconds)
    target.atTime(times.end + units * times.unit, () => run(slot, times))
  }
}

/** Decides what becomes of every envelope of an attack's slots, from the start of the run; those of other slots pass. */
export function onEnvelopes(target: SimulatedTarget, order: AttackOrder, see: (passing: PassingEnvelope) => Fate): void {
  const [first, end] = slotsOf(target, order)
  target.intercept(passing => (passing.envelope.slot >= first && passing.envelope.slot < end ? see(passing) : 'pass'))
}

/** Has something happen to a slot's roster and the position of a meter in it; nothing where it is no member then. */
export function withMember(target: SimulatedTarget, slot: Slot, meter: number, run: (held: HeldRoster, position: number) => void): void {
  const held = target.rosterOf(slot)
  const position = held?.roster.indexOf(target.meter(meter).id)
  if (held && position !== undefined) run(held, position)
}

/** The numbers of the meters at some positions of a roster. */
export function metersAt(target: SimulatedTarget, { roster }: HeldRoster, positions: readonly number[]): number[] {
  return positions.flatMap(index => target.meterOf(roster.meterId(index)) ?? [])
}
