// State of every meter while a scenario is planned, moment by moment.
import { SeededRng } from '@hushgrid/primitives'
import type { WithoutEffect } from '../ports/without-effect.ts'
import { EventQueue } from './event-queue.ts'

type MeterState = 'up' | 'down' | 'left'

/** Reason for which a meter is passed over, by its state. */
const WHY: Readonly<Record<MeterState, string>> = { up: 'it runs', down: 'it is down', left: 'it has left' }

/** A step of a plan: an operation with everything drawn and resolved, at a moment in slots from 0. */
export interface Step {
  readonly at: number
  readonly do: string
}

/** Step of a plan that reports an operation without effect. */
type WithoutEffectStep = WithoutEffect & { readonly do: 'without-effect' }

/** Operation as it is planned, and the meters that it is about. */
interface Choice {
  readonly at: number
  readonly do: string
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
  /** True while meters are cut off. */
  cutOff = false
  readonly #add: (step: Planned | WithoutEffectStep) => void
  readonly #state = new Map<number, MeterState>()
  /** Changes of each meter's state so far. */
  readonly #changes = new Map<number, number>()
  readonly #due = new EventQueue<(at: number) => void>(0)
  #newcomer: number

  /**
   * @param newcomer - number of the first meter that joins without having one
   * @param add - told of each step, in order of time
   */
  constructor({ members, slots, seed }: PlannedRun, newcomer: number, add: (step: Planned | WithoutEffectStep) => void) {
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

  /** Notes that an operation, or its part for one meter, has no effect; it is reported at its moment. */
  passOver(operation: WithoutEffect): void {
    this.#add({ ...operation, do: 'without-effect' })
  }

  /**
   * Passes a meter over for the state that it is in.
   *
   * @param operation - name and moment of the operation
   */
  passOverMeter({ at, do: operation }: Step, meter: number): void {
    const state = this.#state.get(meter)
    this.passOver({ at, operation, about: meter, why: state === undefined ? 'there is no such meter yet' : WHY[state] })
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

  /** Gives the running meters that a choice names or draws; passes over those that do not run. */
  chosen(choice: Choice): number[] {
    const { meter, meters, count, fraction } = choice
    const named = meters ?? (meter === undefined ? undefined : [meter])
    if (named) return this.#suited(choice, named, each => this.is(each, 'up'))
    const drawn = this.drawn(count ?? Math.round((fraction ?? 0) * this.running.length))
    if (drawn.length === 0)
      this.passOver({
        at: choice.at,
        operation: choice.do,
        about: undefined,
        why: `of ${this.running.length} meters that run none is drawn`
      })
    return drawn
  }

  /** Draws so many of the meters that run, or all of them where they are fewer. */
  drawn(count: number): number[] {
    const { running } = this
    const wanted = Math.min(running.length, count)
    const drawn: number[] = []
    while (drawn.length < wanted) drawn.push(...running.splice(this.rng.below(running.length), 1))
    return drawn.sort((a, b) => a - b)
  }

  /** Gives the meters of a list that have joined by now and have not left; passes over the others. */
  existing(operation: Step, meters: readonly number[]): number[] {
    return this.#suited(operation, meters, meter => this.isMember(meter))
  }

  /** Tells whether a meter has joined by now and has not left. */
  isMember(meter: number): boolean {
    return this.is(meter, 'up') || this.is(meter, 'down')
  }

  #suited(operation: Step, meters: readonly number[], suits: (meter: number) => boolean): number[] {
    return meters.filter(meter => {
      if (!suits(meter)) this.passOverMeter(operation, meter)
      return suits(meter)
    })
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
