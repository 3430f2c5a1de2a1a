// Operations of scenarios on a simulation: meters and roles go by their names instead of the network's peers, a moment that has
// passed is now, and what has no effect is reported.
import type { Slot } from '@hushgrid/primitives'
import type { CrashPhase, JournalState, Role, WithoutEffect } from '@hushgrid/scenarios'
import type { PeerNumber } from '../network/virtual-delivery.ts'
import type { Simulation } from './simulation.ts'

/** Simulation of any kind, as operations act on it. */
export abstract class OperationsTarget {
  readonly seed: string
  readonly slotSeconds: number
  readonly #of: Simulation

  constructor(of: Simulation) {
    this.#of = of
    this.seed = of.config.seed
    this.slotSeconds = of.config.slotSeconds
  }

  get now(): number {
    return this.#of.network.now
  }

  get meters(): readonly number[] {
    return [...this.#of.meters.keys()]
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
    if (this.#took('join', meter, this.#of.join(meter), 'it runs')) this.#of.tell({ type: 'join', meter })
  }

  leave(meter: number): void {
    if (this.#took('leave', meter, this.#of.leave(meter), 'it is down, or leaves already')) this.#of.tell({ type: 'leave', meter })
  }

  crash(meter: number): void {
    // The meter's end itself is told by the neighbourhood, as is one that was armed.
    this.#took('crash', meter, this.#of.crash(meter), 'it is down')
  }

  armCrash(meter: number, phase: CrashPhase, slot: Slot): void {
    this.#took('crash', meter, this.#of.armCrash(meter, phase, slot), 'it is down')
  }

  crashArmed(meter: number, slot: Slot): boolean {
    return this.#of.meter(meter).crashAt?.slot === slot
  }

  restart(meter: number, journal: JournalState): void {
    if (this.#took('restart', meter, this.#of.restart(meter, journal), 'it runs')) this.#of.tell({ type: 'restart', meter })
  }

  crashRole(role: Role): void {
    if (this.#tookRole(role, 'crash', 'it is down')) this.#of.tell({ type: 'role-crash', role })
  }

  restartRole(role: Role): void {
    if (this.#tookRole(role, 'restart', 'it runs')) this.#of.tell({ type: 'role-restart', role })
  }

  withoutEffect(operation: WithoutEffect): void {
    this.#of.withoutEffect.push(operation)
  }

  partition(meters: readonly number[]): void {
    this.#of.partition(meters)
    this.#of.tell({ type: 'partition', meters })
  }

  heal(): void {
    this.#of.heal()
    this.#of.tell({ type: 'heal' })
  }

  setDelay(meters: readonly number[] | 'all', seconds: number): void {
    for (const peer of this.#peers(meters)) this.#of.network.setDelay(peer, seconds * 1000)
    this.#of.tell({ type: 'delay', meters, seconds })
  }

  setLoss(meters: readonly number[] | 'all', rate: number): void {
    for (const peer of this.#peers(meters)) this.#of.network.setLoss(peer, rate)
    this.#of.tell({ type: 'loss', meters, rate })
  }

  setClock(meter: number, seconds: number): void {
    this.#of.meter(meter).offset = seconds * 1000
    this.#of.tell({ type: 'skew', meter, seconds })
  }

  /** Reports an operation without effect at this moment. */
  protected hadNoEffect(operation: string, about: number | undefined, why: string): void {
    this.withoutEffect({ at: Number(this.#of.at.toFixed(3)), operation, about, why })
  }

  #tookRole(role: Role, what: 'crash' | 'restart', why: string): boolean {
    const exists = this.#of.roles.has(role)
    const hadEffect = exists && (what === 'crash' ? this.#of.crashRole(role) : this.#of.restartRole(role))
    return this.#took(`${role}-${what}`, undefined, hadEffect, exists ? why : 'there is none')
  }

  /** Reports an operation where it had no effect; gives whether it had. */
  #took(operation: string, about: number | undefined, hadEffect: boolean, why: string): boolean {
    if (!hadEffect) this.hadNoEffect(operation, about, why)
    return hadEffect
  }

  /** Gives the peers of meters; those of all cover every message but those among the other parties. */
  #peers(meters: readonly number[] | 'all'): PeerNumber[] {
    return (meters === 'all' ? this.meters : meters).map(meter => this.#of.meter(meter).number)
  }
}
