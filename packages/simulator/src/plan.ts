// Turns a scenario into a list of operations with everything drawn and resolved; the same scenario gives the same list.
import { SeededRng } from '@hushgrid/primitives'
import type { Scenario, ScenarioOperation, TraceEntry } from '@hushgrid/topology'
import type { PlannedOperation } from './planned-operation.ts'

export type { AttackName, PlannedOperation, PlannedPhase } from './planned-operation.ts'

type Choice = {
  readonly meter?: number | undefined
  readonly meters?: readonly number[] | undefined
  readonly count?: number | undefined
  readonly fraction?: number | undefined
}

/** Something that is to be planned at a moment: given by the file, or following from what was. */
interface Due {
  readonly at: number
  readonly order: number
  plan(planner: Planner, at: number): void
}

/** Resolution of drawn fractions. */
const UNIFORM = 2 ** 32

class Planner {
  readonly out: PlannedOperation[] = []
  readonly slots: number
  readonly rng: SeededRng
  readonly #state = new Map<number, 'up' | 'down' | 'left'>()
  readonly #due: Due[] = []
  #order = 0
  #next: number

  constructor(scenario: Scenario) {
    this.slots = scenario.slots
    this.rng = new SeededRng(`${scenario.seed} plan`)
    this.#next = scenario.members
    for (let meter = 0; meter < scenario.members; meter++) this.#state.set(meter, 'up')
  }

  later(at: number, plan: Due['plan']): void {
    this.#due.push({ at, order: this.#order++, plan })
  }

  run(): readonly PlannedOperation[] {
    for (;;) {
      this.#due.sort((a, b) => a.at - b.at || a.order - b.order)
      const next = this.#due.shift()
      if (!next) break
      // What comes after the last slot changes nothing that anybody sees.
      if (next.at < this.slots) next.plan(this, next.at)
    }
    return this.out.sort((a, b) => a.at - b.at)
  }

  uniform(): number {
    return this.rng.below(UNIFORM) / UNIFORM
  }

  get running(): number[] {
    return [...this.#state].filter(([, state]) => state === 'up').map(([meter]) => meter)
  }

  get down(): number[] {
    return [...this.#state].filter(([, state]) => state === 'down').map(([meter]) => meter)
  }

  /** The meters that a choice names or draws, those only that run. */
  chosen({ meter, meters, count, fraction }: Choice): number[] {
    const running = this.running
    if (meter !== undefined || meters !== undefined) return (meters ?? [meter as number]).filter(each => running.includes(each))
    const wanted = Math.min(running.length, count ?? Math.round((fraction ?? 0) * running.length))
    const drawn: number[] = []
    while (drawn.length < wanted) drawn.push(...running.splice(this.rng.below(running.length), 1))
    return drawn.sort((a, b) => a - b)
  }

  /** Takes the next free number, or the one that a trace gives. */
  join(at: number, meter = this.#next): void {
    const state = this.#state.get(meter)
    if (state === 'up' || state === 'down') return
    this.#next = Math.max(this.#next, meter + 1)
    this.#state.set(meter, 'up')
    this.out.push({ at, do: 'join', meter })
  }

  leave(at: number, meter: number): void {
    if (this.#state.get(meter) !== 'up') return
    this.#state.set(meter, 'left')
    this.out.push({ at, do: 'leave', meter })
  }

  crash(at: number, meter: number, phase: Extract<PlannedOperation, { do: 'crash' }>['phase'], downFor?: number): void {
    if (this.#state.get(meter) !== 'up') return
    this.#state.set(meter, 'down')
    this.out.push({ at, do: 'crash', meter, phase })
    if (downFor !== undefined) this.later(at + downFor, (planner, then) => planner.restart(then, meter, 'intact'))
  }

  restart(at: number, meter: number, journal: 'intact' | 'lost' | 'rolled-back'): void {
    if (this.#state.get(meter) !== 'down') return
    this.#state.set(meter, 'up')
    this.out.push({ at, do: 'restart', meter, journal })
  }

  /** A number of events of that rate (Knuth, The Art of Computer Programming 2, section 3.4.1). */
  poisson(rate: number): number {
    const limit = Math.exp(-rate)
    let product = this.uniform()
    let count = 0
    while (product > limit) {
      count++
      product *= this.uniform()
    }
    return count
  }
}

/**
 * The operations of a scenario in order of time. Never acts on a meter in the wrong state: one that is down is not
 * crashed again, one that has left not restarted; what a choice names and does not run is passed over.
 */
export function planScenario(scenario: Scenario, trace: readonly TraceEntry[] = []): readonly PlannedOperation[] {
  const planner = new Planner(scenario)
  for (const operation of scenario.operations) planner.later(operation.at, () => plan(planner, operation, scenario))
  for (const { slot, meter, what } of trace) {
    planner.later(slot, (_, at) => {
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
  const { out } = planner
  const until = (duration: number | undefined, end: PlannedOperation): void => {
    if (duration !== undefined) planner.later(at + duration, (_, then) => out.push({ ...end, at: then }))
  }
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
      for (const meter of operation.meters ?? (operation.meter === undefined ? planner.down : [operation.meter]))
        planner.restart(at, meter, operation.journal)
      return
    case 'partition':
      out.push({ at, do: 'partition', meters: planner.chosen(operation) })
      until(operation.for, { at, do: 'heal' })
      return
    case 'heal':
      out.push({ at, do: 'heal' })
      return
    case 'delay': {
      const meters = operation.meters ?? 'all'
      out.push({ at, do: 'delay', meters, seconds: operation.seconds })
      until(operation.for, { at, do: 'delay', meters, seconds: 0 })
      return
    }
    case 'loss': {
      const meters = operation.meters ?? 'all'
      out.push({ at, do: 'loss', meters, rate: operation.rate })
      until(operation.for, { at, do: 'loss', meters, rate: 0 })
      return
    }
    case 'skew':
      planSkew(planner, operation, scenario)
      return
    case 'poisson':
      for (let slot = Math.ceil(at); slot < Math.min(operation.until ?? scenario.slots, scenario.slots); slot++)
        planner.later(slot, () => planPoisson(planner, operation, slot))
      return
    case 'aggregator-crash':
      out.push({ at, do: 'aggregator-crash' })
      until(operation.for, { at, do: 'aggregator-restart' })
      return
    case 'registrar-crash':
      out.push({ at, do: 'registrar-crash' })
      until(operation.for, { at, do: 'registrar-restart' })
      return
    case 'attack': {
      const { by, what, meter, meters, slots } = operation
      out.push({
        at,
        do: 'attack',
        by,
        what,
        slots,
        ...(meter === undefined ? {} : { meter }),
        ...(meters === undefined ? {} : { meters })
      })
      return
    }
  }
}

function planSkew(planner: Planner, operation: Extract<ScenarioOperation, { do: 'skew' }>, scenario: Scenario): void {
  const draw = (_: Planner, at: number): void => {
    const meters = operation.meters ?? planner.running
    const offsets = meters.map(meter => [meter, Math.round((2 * planner.uniform() - 1) * operation.seconds * 1000) / 1000] as const)
    planner.out.push({ at, do: 'skew', offsets })
  }
  draw(planner, operation.at)
  // Half a slot before submissions begin, when nothing is due.
  if (operation.each) for (let slot = Math.ceil(operation.at) + 1; slot < scenario.slots; slot++) planner.later(slot - 0.1, draw)
}

/** One slot of a random day. Crashes come before submitting: a meter that crashes while it owes a release costs the slot. */
function planPoisson(planner: Planner, operation: Extract<ScenarioOperation, { do: 'poisson' }>, slot: number): void {
  for (let i = planner.poisson(operation.joins); i > 0; i--) planner.later(slot + planner.uniform() / 2, (_, at) => planner.join(at))
  for (let i = planner.poisson(operation.leaves); i > 0; i--) {
    planner.later(slot + planner.uniform() / 2, (_, at) => {
      for (const meter of planner.chosen({ count: 1 })) planner.leave(at, meter)
    })
  }
  for (let i = planner.poisson(operation.crashes); i > 0; i--) {
    const downFor = Math.max(1, Math.ceil(-Math.log(1 - planner.uniform()) * operation.downtime))
    for (const meter of planner.chosen({ count: 1 })) planner.crash(slot, meter, 'before-submitting', downFor)
  }
}
