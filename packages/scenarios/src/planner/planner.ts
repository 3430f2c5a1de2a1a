// State of every meter while a scenario is planned, moment by moment.
import { SeededRng } from '@hushgrid/primitives'
import { EventQueue } from './event-queue.ts'

type MeterState = 'up' | 'down' | 'left'

/** A step of a plan: an operation with everything drawn and resolved, at a moment in slots from 0. */
export interface Step {
  readonly at: number
  readonly do: string
}

/** Meters that an operation is about. */
interface Choice {
  readonly meter?: number | undefined
  readonly meters?: readonly number[] | undefined
  readonly count?: number | undefined
  readonly fraction?: number | undefined
}

/** Run that is planned. */
interface PlannedRun {
  /** Meters of the first roster, numbered from 0. */
  readonly members: number
  readonly slots: number
  readonly seed: string
}

/**
 * Tracks which meters run while a scenario is planned, so that none is acted on in the wrong state. An operation reads the
 * states, notes its changes, and adds its steps.
 */
export class Planner<Planned extends Step> {
  readonly rng: SeededRng
  readonly slots: number
  /** Roles that are down. */
  readonly rolesDown = new Set<string>()
  readonly #add: (step: Planned) => void
  readonly #state = new Map<number, MeterState>()
  /** Changes of each meter's state so far. */
  readonly #changes = new Map<number, number>()
  readonly #due = new EventQueue<(at: number) => void>(0)
  #newcomer: number

  /**
   * @param newcomer - number of the first meter that joins without having one
   * @param add - told of each step, in order of time
   */
  constructor({ members, slots, seed }: PlannedRun, newcomer: number, add: (step: Planned) => void) {
    this.slots = slots
    this.rng = new SeededRng(`${seed} plan`)
    this.#add = add
    this.#newcomer = newcomer
    for (let meter = 0; meter < members; meter++) this.#state.set(meter, 'up')
  }

  /** Adds a step to the plan; its moment is the one that is being planned. */
  add(step: Planned): void {
    this.#add(step)
  }

  /**
   * Plans something once its moment comes, when it is known which meters run; nothing after the end of the run.
   *
   * @param end - puts it first at its moment, as the end of an earlier plan: a meter that is back may crash again
   */
  later(at: number, plan: (at: number) => void, end = false): void {
    if (at < this.slots) this.#due.push(at, plan, end)
  }

  /** Plans what is due, to the last. */
  run(): void {
    for (let plan = this.#due.pop(); plan; plan = this.#due.pop()) plan(this.#due.now)
  }

  /** Numbers of the meters that run. */
  get running(): number[] {
    return this.#those('up')
  }

  /** Numbers of the meters that are down and have not left. */
  get down(): number[] {
    return this.#those('down')
  }

  /** Numbers of the meters that run or are down. */
  get members(): number[] {
    return this.#those('up', 'down')
  }

  /** Gives the running meters that a choice names or draws. */
  chosen({ meter, meters, count, fraction }: Choice): number[] {
    const { running } = this
    const named = meters ?? (meter === undefined ? undefined : [meter])
    if (named) return named.filter(each => this.is(each, 'up'))
    const wanted = Math.min(running.length, count ?? Math.round((fraction ?? 0) * running.length))
    const drawn: number[] = []
    while (drawn.length < wanted) drawn.push(...running.splice(this.rng.below(running.length), 1))
    return drawn.sort((a, b) => a - b)
  }

  /** Gives the meters of a list that have joined by now and have not left. */
  existing(meters: readonly number[]): number[] {
    return meters.filter(meter => this.is(meter, 'up') || this.is(meter, 'down'))
  }

  is(meter: number, state: MeterState): boolean {
    return this.#state.get(meter) === state
  }

  /**
   * Notes a meter's new state.
   *
   * @returns a function that tells whether this is still its last change
   */
  change(meter: number, state: MeterState): () => boolean {
    const change = (this.#changes.get(meter) ?? 0) + 1
    this.#changes.set(meter, change)
    this.#state.set(meter, state)
    // A number that a meter joins under must not be given to another.
    this.#newcomer = Math.max(this.#newcomer, meter + 1)
    return () => this.#changes.get(meter) === change
  }

  /** Number for the next meter that joins without one. */
  get newcomer(): number {
    return this.#newcomer
  }

  #those(...states: readonly MeterState[]): number[] {
    return [...this.#state].filter(([, state]) => states.includes(state)).map(([meter]) => meter)
  }
}
