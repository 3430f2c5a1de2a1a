// Port of operations to a simulated scheme. Attacks of scenarios are on the DC-net's messages and find nothing here.
import { HushgridError, type Slot } from '@hushgrid/primitives'
import type { CrashPhase, JournalState, Role, SimulatedTarget, WithoutEffect } from '@hushgrid/scenarios'
import type { SimulatedScheme } from './simulated-scheme.ts'

function dcNetOnly(): never {
  throw new HushgridError('attacks of scenarios: expected a neighbourhood of the DC-net, got a scheme')
}

/** Simulated scheme, as operations act on it. */
export class SchemeTarget implements SimulatedTarget {
  readonly seed: string
  readonly slotSeconds: number
  readonly recovery = 'none'
  readonly networkId = new Uint8Array(32)
  readonly #of: SimulatedScheme
  readonly rosterOf = dcNetOnly
  readonly intercept = dcNetOnly
  readonly gossip = dcNetOnly
  readonly send = dcNetOnly
  readonly handOver = dcNetOnly
  readonly envelopeIn = dcNetOnly
  readonly meter = dcNetOnly
  readonly meterOf = dcNetOnly

  constructor(of: SimulatedScheme) {
    this.#of = of
    this.seed = of.config.seed
    this.slotSeconds = of.config.slotSeconds
  }

  get aggregator(): never {
    return dcNetOnly()
  }

  get registrar(): never {
    return dcNetOnly()
  }

  get now(): number {
    return this.#of.network.now
  }

  get meters(): readonly number[] {
    return [...this.#of.households.keys()]
  }

  slot(index: number): Slot {
    return this.#of.slot(index)
  }

  schedule(at: number, run: () => void): void {
    this.#of.schedule(at, run)
  }

  atTime(time: number, run: () => void): void {
    this.#of.network.at(Math.max(time, this.now), run)
  }

  join(meter: number): void {
    this.#took('join', meter, this.#of.join(meter), 'it runs')
  }

  leave(meter: number): void {
    this.#took('leave', meter, this.#of.leave(meter), 'it is down, or leaves already')
  }

  crash(meter: number): void {
    this.#took('crash', meter, this.#of.crash(meter), 'it is down')
  }

  armCrash(meter: number, phase: CrashPhase, slot: Slot): void {
    const { node } = this.#of.household(meter)
    if (node.up) node.crashAt = { phase, slot }
    this.#took('crash', meter, node.up, 'it is down')
  }

  crashArmed(meter: number, slot: Slot): boolean {
    return this.#of.household(meter).node.crashAt?.slot === slot
  }

  restart(meter: number, journal: JournalState): void {
    this.#took('restart', meter, this.#of.restart(meter, journal), 'it runs')
  }

  crashRole(role: Role): void {
    this.#took(`${role}-crash`, undefined, this.#of.crashRole(role), 'it is down')
  }

  restartRole(role: Role): void {
    this.#took(`${role}-restart`, undefined, this.#of.restartRole(role), 'it runs')
  }

  withoutEffect(operation: WithoutEffect): void {
    this.#of.withoutEffect.push(operation)
  }

  attacked({ what }: { readonly what: string }): void {
    const why = 'it is on the DC-net'
    this.withoutEffect({ at: Number(this.#of.at.toFixed(3)), operation: `attack ${what}`, about: undefined, why })
  }

  partition(meters: readonly number[]): void {
    this.#of.partition(meters)
  }

  heal(): void {
    this.#of.heal()
  }

  setDelay(meters: readonly number[] | 'all', seconds: number): void {
    for (const node of this.#nodes(meters)) this.#of.network.setDelay(node.number, seconds * 1000)
  }

  setLoss(meters: readonly number[] | 'all', rate: number): void {
    for (const node of this.#nodes(meters)) this.#of.network.setLoss(node.number, rate)
  }

  setClock(meter: number, seconds: number): void {
    this.#of.household(meter).node.offset = seconds * 1000
  }

  #nodes(meters: readonly number[] | 'all') {
    return (meters === 'all' ? this.meters : meters).map(meter => this.#of.household(meter).node)
  }

  #took(operation: string, about: number | undefined, hadEffect: boolean, why: string): void {
    if (!hadEffect) this.withoutEffect({ at: Number(this.#of.at.toFixed(3)), operation, about, why })
  }
}
