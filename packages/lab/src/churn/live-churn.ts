// Carries out a scenario's operations on real nodes, at their moments, and passes on the registrar's news.
import { findingText } from '@hushgrid/dcnet'
import { type MeterId, type Millis, type Slot, slotTimes } from '@hushgrid/primitives'
import {
  carryOutLive,
  type Fault,
  type MembershipChange,
  type Party,
  type PlannedOperation,
  unitsAhead,
  type WithoutEffect,
  withoutEffectText
} from '@hushgrid/scenarios'
import type { LabEvent } from '../neighbourhood/events.ts'
import type { LabNeighbourhood, LabSample, RegistrarNews } from '../neighbourhood/neighbourhood.ts'
import { ChangeAccount, type Changes, changesOf } from './change-account.ts'
import { LabTarget } from './live-target.ts'

/** A scenario on real nodes. */
export class LiveChurn {
  readonly faults: Fault[] = []
  readonly withoutEffect: WithoutEffect[] = []
  readonly #neighbourhood: LabNeighbourhood
  readonly #account: ChangeAccount
  readonly #target: LabTarget
  readonly #plan: readonly PlannedOperation[]
  readonly #emit: (event: LabEvent) => void
  /** Timers of the operations to come. */
  readonly #timers = new Map<PlannedOperation, NodeJS.Timeout>()
  /** Evidence that was told. */
  readonly #evidence = new Set<string>()
  #forget: (() => void) | undefined
  #stopped = false

  constructor(neighbourhood: LabNeighbourhood, plan: readonly PlannedOperation[], emit: (event: LabEvent) => void) {
    this.#neighbourhood = neighbourhood
    this.#account = new ChangeAccount(neighbourhood)
    this.#target = new LabTarget(neighbourhood, this.#account, operation => this.#passed(operation, 'note'))
    this.#plan = plan
    this.#emit = emit
    neighbourhood.onNews = news => this.#hear(news)
  }

  get changes(): readonly MembershipChange[] {
    return this.#account.changes
  }

  /** Sets a timer for each operation; the clock must run. */
  begin(sample: LabSample): void {
    this.#account.start(sample)
    for (const operation of this.#plan) this.#schedule(operation)
    // A clock that goes on at another rate has the same moments at other times.
    this.#forget = this.#neighbourhood.clock.onChange(() => {
      for (const operation of this.#timers.keys()) this.#schedule(operation)
    })
  }

  #schedule(operation: PlannedOperation): void {
    clearTimeout(this.#timers.get(operation))
    const delay = this.#neighbourhood.clock.delayUntil(this.#momentOf(operation)) ?? 0
    this.#timers.set(
      operation,
      setTimeout(() => {
        this.#timers.delete(operation)
        carryOutLive(this.#target, operation).catch(cause => {
          if (this.#stopped) return
          const about = 'meter' in operation ? operation.meter : undefined
          this.#passed({ at: operation.at, operation: operation.do, about, why: String((cause as Error).message ?? cause) }, 'warning')
        })
      }, delay)
    )
  }

  /** Accounts for the changes that came into force in a slot; see {@link ChangeAccount.account}. */
  account(slot: Slot, sample: LabSample): void {
    this.#account.account(slot, sample)
  }

  stop(): void {
    this.#stopped = true
    this.#forget?.()
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  /** Gives the protocol time of an operation; `at` counts from the end of the first slot's measuring, in slots. */
  #momentOf(operation: PlannedOperation): Millis {
    const { firstSlot, options } = this.#neighbourhood
    const { slotSeconds } = options.network
    const whole = Math.floor(operation.at)
    const { end, unit } = slotTimes((firstSlot + whole) as Slot, slotSeconds)
    const moment = end + (operation.at - whole) * slotSeconds * 1000
    return Math.floor(moment - unitsAhead(operation) * unit) as Millis
  }

  #hear(news: RegistrarNews): void {
    if (news.type === 'changes') this.#changed(news)
    else if (news.type === 'fault') this.#fault(news.slot, this.#account.householdOf(news.meterId), news.what)
    else if (news.type === 'aggregator-fault') this.#fault(news.slot, 'aggregator', findingText(news))
    else this.#evident(news)
  }

  /** Tells of evidence once, whoever finds it again. */
  #evident({ against, what }: Extract<RegistrarNews, { type: 'evidence' }>): void {
    const text = `evidence against ${against}: ${what}`
    if (this.#evidence.has(text)) return
    this.#evidence.add(text)
    this.#emit({ type: 'warning', text })
    this.#emit({ type: 'evidence', against: this.#partyOf(against), what })
  }

  #changed(news: Changes): void {
    this.#account.hear(news)
    // The first roster changes nothing.
    if (news.epoch === 0) return
    for (const [kind, ids] of changesOf(news))
      for (const id of ids) this.#emit({ type: 'change', change: kind, meter: this.#account.householdOf(id), epoch: news.epoch })
  }

  #partyOf(id: MeterId): Party {
    const role = (['aggregator', 'registrar'] as const).find(name => this.#neighbourhood.keys[name] === id)
    return role ?? this.#neighbourhood.households.get(id) ?? 'nobody known'
  }

  /** Notes an operation without effect: one that the plan passed over, or, as a warning, one that failed. */
  #passed(operation: WithoutEffect, type: 'note' | 'warning'): void {
    this.withoutEffect.push(operation)
    this.#emit({ type, text: withoutEffectText(operation) })
  }

  #fault(slot: Slot, who: Party, what: string): void {
    this.faults.push({ slot: slot - this.#neighbourhood.firstSlot, who, what })
    this.#emit({ type: 'fault', slot, who, what })
    this.#emit({ type: 'note', text: `fault of ${typeof who === 'number' ? `meter ${who}` : who}: ${what}` })
  }
}
