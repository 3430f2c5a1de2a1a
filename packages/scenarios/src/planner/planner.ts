// Who runs at which moment of a scenario, while it is planned.
import { SeededRng } from '@hushgrid/primitives'
import { EventQueue } from './event-queue.ts'

type MeterState = 'up' | 'down' | 'left'

/** A step of a plan: an operation with everything drawn and resolved, at a moment in slots from 0. */
export interface Step {
  readonly at: number
  readonly do: string
}

/** Which meters an operation is about. */
interface Choice {
  readonly meter?: number | undefined
  readonly meters?: readonly number[] | undefined
  readonly count?: number | undefined
  readonly fraction?: number | undefined
}

/** The run that is planned. */
interface PlannedRun {
  /** Meters of the first roster, numbered from 0. */
  readonly members: number
  readonly slots: number
  readonly seed: string
}

/**
 * Keeps track of who runs while a scenario is planned, moment by moment, so that nobody is acted on in the wrong state.
 * An operation reads who runs, notes what it changes, and adds its steps.
 */
export class Planner<Planned extends Step> {
  readonly rng: SeededRng
  readonly slots: number
  /** Roles that are down. */
  readonly rolesDown = new Set<string>()
  readonly #add: (step: Planned) => void
  readonly #state = new Map<number, MeterState>()
  /** How often a meter's state has changed. */
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
   * Has something planned when its moment comes, when it is known who runs then; nothing where the run is over by then.
   *
   * @param end - ends what was planned before. Of what is due at the same moment ends come first: who is back may crash again
   */
  later(at: number, plan: (at: number) => void, end = false): void {
    if (at < this.slots) this.#due.push(at, plan, end)
  }

  /** Plans what is due, to the last. */
  run(): void {
    for (let plan = this.#due.pop(); plan; plan = this.#due.pop()) plan(this.#due.now)
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
    if (named) return named.filter(each => this.is(each, 'up'))
    const wanted = Math.min(running.length, count ?? Math.round((fraction ?? 0) * running.length))
    const drawn: number[] = []
    while (drawn.length < wanted) drawn.push(...running.splice(this.rng.below(running.length), 1))
    return drawn.sort((a, b) => a - b)
  }

  /** The meters of a list that there are by now and that have not left. */
  existing(meters: readonly number[]): number[] {
    return meters.filter(meter => this.is(meter, 'up') || this.is(meter, 'down'))
  }

  is(meter: number, state: MeterState): boolean {
    return this.#state.get(meter) === state
  }

  /**
   * Notes a meter's new state.
   *
   * @returns whether this is still its last change
   */
  change(meter: number, state: MeterState): () => boolean {
    const change = (this.#changes.get(meter) ?? 0) + 1
    this.#changes.set(meter, change)
    this.#state.set(meter, state)
    // What joins under a number of its own keeps others from getting it.
    this.#newcomer = Math.max(this.#newcomer, meter + 1)
    return () => this.#changes.get(meter) === change
  }

  /** Number of the next meter that joins without having one. */
  get newcomer(): number {
    return this.#newcomer
  }

  #those(...states: readonly MeterState[]): number[] {
    return [...this.#state].filter(([, state]) => states.includes(state)).map(([meter]) => meter)
  }
}
