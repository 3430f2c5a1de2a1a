import type { Scenario } from '../file/scenario-file.ts'
import type { ScenarioOperation } from '../file/schema.ts'
import type { TraceEntry } from '../file/trace.ts'
import { drawDowntime, drawPoisson, Planner } from '../planner/planner.ts'
import type { PlannedOperation } from './planned-operation.ts'

export type { AttackName, PlannedOperation, PlannedPhase } from './planned-operation.ts'

type Operation<Kind extends ScenarioOperation['do']> = Extract<ScenarioOperation, { do: Kind }>

/** Slots before its submissions begin at which clocks are set anew: the slot before is over then, and nothing is due. */
const SKEW_AHEAD = 0.1

/**
 * The operations of a scenario and its trace in order of time, with everything drawn and resolved; the same scenario gives
 * the same list. It never acts on a meter in the wrong state: one that is down is not crashed again, one that has left not
 * restarted; what is named and is not there is passed over. Those who join get the next numbers, after the scenario's
 * members and those that the trace names.
 */
export function planScenario(scenario: Scenario, trace: readonly TraceEntry[] = []): readonly PlannedOperation[] {
  const firstNewcomer = trace.reduce((next, { meter, what }) => (what === 'join' ? Math.max(next, meter + 1) : next), scenario.members)
  const planner = new Planner(scenario, firstNewcomer)
  for (const operation of scenario.operations) planner.later(operation.at, () => plan(planner, operation, scenario))
  for (const { slot, meter, what } of trace) {
    planner.later(slot, at => {
      if (what === 'join') planner.join(at, meter)
      else if (what === 'leave') planner.leave(at, meter)
      else if (what === 'crash') planner.crash(at, meter, 'before-submitting')
      else planner.restart(at, meter, 'intact')
    })
  }
  return planner.run()
}

function plan(planner: Planner, operation: ScenarioOperation, scenario: Scenario): void {
  const { at } = operation
  switch (operation.do) {
    case 'join':
      for (let i = 0; i < operation.count; i++) planner.join(at)
      return
    case 'leave':
      for (const meter of planner.chosen(operation)) planner.leave(at, meter)
      return
    case 'crash':
      for (const meter of planner.chosen(operation)) planner.crash(at, meter, operation.phase, operation.for)
      return
    case 'blackout':
      for (const meter of planner.chosen(operation)) planner.crash(at, meter, 'before-submitting', operation.for)
      return
    case 'restart':
      for (const meter of operation.meters ?? (operation.meter === undefined ? planner.down : [operation.meter])) {
        planner.restart(at, meter, operation.journal)
      }
      return
    case 'partition':
      planPartition(planner, operation)
      return
    case 'heal':
      planner.out.push({ at, do: 'heal' })
      return
    case 'delay':
    case 'loss':
      planDisturbance(planner, operation)
      return
    case 'skew':
      planSkew(planner, operation, scenario.slots)
      return
    case 'poisson':
      planPoisson(planner, operation, scenario.slots)
      return
    case 'aggregator-crash':
      planner.crashRole(at, 'aggregator', operation.for)
      return
    case 'registrar-crash':
      planner.crashRole(at, 'registrar', operation.for)
      return
    case 'attack': {
      const { by, what, meter, meters, slots } = operation
      planner.out.push({ at, do: 'attack', by, what, slots, ...(meter !== undefined && { meter }), ...(meters && { meters }) })
      return
    }
  }
}

function planPartition(planner: Planner, operation: Operation<'partition'>): void {
  const { at, for: slots } = operation
  const meters = planner.chosen(operation)
  if (meters.length === 0) return
  planner.out.push({ at, do: 'partition', meters })
  if (slots !== undefined) planner.later(at + slots, then => planner.out.push({ at: then, do: 'heal' }), true)
}

function planDisturbance(planner: Planner, operation: Operation<'delay' | 'loss'>): void {
  const { at, for: slots } = operation
  const meters = operation.meters ? planner.existing(operation.meters) : 'all'
  if (meters.length === 0) return
  const set = (moment: number, amount: number): void => {
    planner.out.push(
      operation.do === 'delay' ? { at: moment, do: 'delay', meters, seconds: amount } : { at: moment, do: 'loss', meters, rate: amount }
    )
  }
  set(at, operation.do === 'delay' ? operation.seconds : operation.rate)
  if (slots !== undefined) planner.later(at + slots, then => set(then, 0), true)
}

function planSkew(planner: Planner, { at, seconds, meters, each }: Operation<'skew'>, slots: number): void {
  const draw = (moment: number): void => {
    const offsets = (meters ? planner.existing(meters) : planner.members).map(
      // To the millisecond, as clocks are read.
      meter => [meter, Math.round((2 * planner.rng.uniform() - 1) * seconds * 1000) / 1000] as const
    )
    if (offsets.length > 0) planner.out.push({ at: moment, do: 'skew', offsets })
  }
  draw(at)
  if (each) for (let slot = Math.floor(at) + 1; slot < slots; slot++) planner.later(Math.max(at, slot - SKEW_AHEAD), draw)
}

/** Random days. Crashes come before submitting: a meter that crashes while it owes a release costs the slot. */
function planPoisson(planner: Planner, operation: Operation<'poisson'>, slots: number): void {
  const { at, until = slots, joins, leaves, crashes, downtime } = operation
  const { rng } = planner
  const leave = (moment: number): void => {
    for (const meter of planner.chosen({ count: 1 })) planner.leave(moment, meter)
  }
  const planSlot = (slot: number): void => {
    // In the first half of a slot: what the registrar hears then is in its next roster.
    for (let i = drawPoisson(rng, joins); i > 0; i--) planner.later(slot + rng.uniform() / 2, moment => planner.join(moment))
    for (let i = drawPoisson(rng, leaves); i > 0; i--) planner.later(slot + rng.uniform() / 2, leave)
    for (let i = drawPoisson(rng, crashes); i > 0; i--) {
      const downFor = drawDowntime(rng, downtime)
      for (const meter of planner.chosen({ count: 1 })) planner.crash(slot, meter, 'before-submitting', downFor)
    }
  }
  for (let slot = Math.ceil(at); slot < Math.min(until, slots); slot++) planner.later(slot, planSlot)
}
