import { SeededRng } from '@hushgrid/primitives'
import type { Scenario } from '../file/scenario-file.ts'
import type { PlannedOperation, PlannedPhase } from '../plan/planned-operation.ts'
import { EventQueue } from './event-queue.ts'

type Role = 'aggregator' | 'registrar'
type MeterState = 'up' | 'down' | 'left'

/** Which meters an operation is about. */
export interface Choice {
  readonly meter?: number | undefined
  readonly meters?: readonly number[] | undefined
  readonly count?: number | undefined
  readonly fraction?: number | undefined
}

/** Keeps track of who runs while a scenario is planned, moment by moment, so that nobody is acted on in the wrong state. */
export class Planner {
  readonly out: PlannedOperation[] = []
  readonly rng: SeededRng
  readonly #slots: number
  readonly #state = new Map<number, MeterState>()
  /** How often a meter has crashed. */
  readonly #crashes = new Map<number, number>()
  readonly #rolesDown = new Set<Role>()
  readonly #due = new EventQueue<(at: number) => void>(0)
  #next: number

  /** @param firstNewcomer - number of the first meter that joins without having one */
  constructor({ members, slots, seed }: Pick<Scenario, 'members' | 'slots' | 'seed'>, firstNewcomer = members) {
    this.#slots = slots
    this.rng = new SeededRng(`${seed} plan`)
    this.#next = firstNewcomer
    for (let meter = 0; meter < members; meter++) this.#state.set(meter, 'up')
  }

  /**
   * Has something planned when its moment comes, when it is known who runs then; nothing where the run is over by then.
   *
   * @param end - ends what was planned before. Of what is due at the same moment ends come first: who is back may crash again
   */
  later(at: number, plan: (at: number) => void, end = false): void {
    if (at < this.#slots) this.#due.push(at, plan, end)
  }

  run(): readonly PlannedOperation[] {
    for (let plan = this.#due.pop(); plan; plan = this.#due.pop()) plan(this.#due.now)
    return this.out
  }

  /** The meters that run. */
  get running(): number[] {
    return this.#those('up')
  }

  /** The meters that are down and have not left. */
  get down(): number[] {
    return this.#those('down')
  }

  /** Those that run and those that are down. */
  get members(): number[] {
    return this.#those('up', 'down')
  }

  /** The meters that a choice names or draws, those only that run. */
  chosen({ meter, meters, count, fraction }: Choice): number[] {
    const { running } = this
    const named = meters ?? (meter === undefined ? undefined : [meter])
    if (named) return named.filter(each => this.#state.get(each) === 'up')
    const wanted = Math.min(running.length, count ?? Math.round((fraction ?? 0) * running.length))
    const drawn: number[] = []
    while (drawn.length < wanted) drawn.push(...running.splice(this.rng.below(running.length), 1))
    return drawn.sort((a, b) => a - b)
  }

  /** The meters of a list that there are by now and that have not left. */
  existing(meters: readonly number[]): number[] {
    return meters.filter(meter => this.#state.has(meter) && this.#state.get(meter) !== 'left')
  }

  /** Takes the next free number, or the given one; a meter that has left may join again. */
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

  /** @param downFor - slots until it restarts; it stays down where it is left out */
  crash(at: number, meter: number, phase: PlannedPhase, downFor?: number): void {
    if (this.#state.get(meter) !== 'up') return
    const crash = (this.#crashes.get(meter) ?? 0) + 1
    this.#crashes.set(meter, crash)
    this.#state.set(meter, 'down')
    this.out.push({ at, do: 'crash', meter, phase })
    if (downFor === undefined) return
    // Another operation may have restarted it before, and it may be down from a later crash.
    this.later(at + downFor, then => this.#crashes.get(meter) === crash && this.restart(then, meter, 'intact'), true)
  }

  restart(at: number, meter: number, journal: 'intact' | 'lost' | 'rolled-back'): void {
    if (this.#state.get(meter) !== 'down') return
    this.#state.set(meter, 'up')
    this.out.push({ at, do: 'restart', meter, journal })
  }

  /** A crash of a role that is down changes nothing, nor does its end. */
  crashRole(at: number, role: Role, downFor: number): void {
    if (this.#rolesDown.has(role)) return
    this.#rolesDown.add(role)
    this.out.push({ at, do: `${role}-crash` })
    const restart = (then: number): void => {
      this.#rolesDown.delete(role)
      this.out.push({ at: then, do: `${role}-restart` })
    }
    this.later(at + downFor, restart, true)
  }

  #those(...states: readonly MeterState[]): number[] {
    return [...this.#state].filter(([, state]) => states.includes(state)).map(([meter]) => meter)
  }
}

/** How many events of that rate there are (Knuth, The Art of Computer Programming 2, section 3.4.1, algorithm Q). */
export function drawPoisson(rng: SeededRng, rate: number): number {
  const limit = Math.exp(-rate)
  let count = 0
  for (let product = rng.uniform(); product > limit; product *= rng.uniform()) count++
  return count
}

/** Whole slots, geometric, with that mean of at least 1. */
export function drawDowntime(rng: SeededRng, mean: number): number {
  return mean === 1 ? 1 : 1 + Math.floor(Math.log(1 - rng.uniform()) / Math.log(1 - 1 / mean))
}
