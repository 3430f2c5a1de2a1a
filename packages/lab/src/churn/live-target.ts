// The side of a neighbourhood of real nodes on which a scenario acts.
import type { CrashPhase, JournalState, LiveTarget, Role, WithoutEffect } from '@hushgrid/scenarios'
import type { LabNeighbourhood } from '../neighbourhood/neighbourhood.ts'
import type { ChangeAccount } from './change-account.ts'

/** Deed that a process waits for before it ends, by the phase of its slot; without one it ends at once. */
const CRASH_AFTER: Readonly<Record<CrashPhase, 'submission' | 'request' | undefined>> = {
  'before-submitting': undefined,
  'after-submitting': 'submission',
  'while-releasing': 'request'
}

/** Target of operations on real nodes; the cost of a change counts from the operation's beginning. */
export class LabTarget implements LiveTarget {
  readonly #of: LabNeighbourhood
  readonly #account: ChangeAccount
  readonly withoutEffect: (operation: WithoutEffect) => void

  /** @param withoutEffect - told of operations that have no effect */
  constructor(of: LabNeighbourhood, account: ChangeAccount, withoutEffect: (operation: WithoutEffect) => void) {
    this.#of = of
    this.#account = account
    this.withoutEffect = withoutEffect
  }

  async join(meter: number): Promise<void> {
    this.#account.begins(meter, 'join')
    await this.#of.operate({ do: 'join', household: meter })
  }

  async leave(meter: number): Promise<void> {
    this.#account.begins(meter, 'leave')
    await this.#of.operate({ do: 'leave', household: meter })
  }

  async crash(meter: number, phase: CrashPhase, slot: number): Promise<void> {
    this.#account.begins(meter, 'absent')
    const after = CRASH_AFTER[phase]
    await this.#of.operate({ do: 'crash', household: meter, ...(after ? { after } : {}) })
    this.#account.crashed(meter, slot)
  }

  async restart(meter: number, journal: Exclude<JournalState, 'rolled-back'>): Promise<void> {
    this.#account.begins(meter, 'return', 'join')
    await this.#of.operate({ do: 'restart', household: meter, journal })
  }

  async partition(meters: readonly number[]): Promise<void> {
    await this.#of.partition(meters)
  }

  async heal(): Promise<void> {
    await this.#of.partition([])
  }

  async setClocks(offsets: readonly (readonly [meter: number, seconds: number])[]): Promise<void> {
    await this.#of.operate({ do: 'skew', offsets: offsets.map(([meter, seconds]) => [meter, Math.round(seconds * 1000)]) })
  }

  async crashRole(role: Role): Promise<void> {
    await (role === 'aggregator' ? this.#of.stopAggregator() : this.#of.stopRegistrar())
  }

  async restartRole(role: Role): Promise<void> {
    await (role === 'aggregator' ? this.#of.restartAggregator() : this.#of.restartRegistrar())
  }
}
