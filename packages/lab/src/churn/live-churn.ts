// Carries out a scenario's operations on a neighbourhood of real nodes, and keeps account of what each change cost.
import { findingText } from '@hushgrid/dcnet'
import type { MeterId, Slot } from '@hushgrid/primitives'
import { HushgridError, slotTimes } from '@hushgrid/primitives'
import type { ChangeKind, Fault, MembershipChange, Party, PlannedOperation } from '@hushgrid/scenarios'
import type { LabEvent } from '../neighbourhood/events.ts'
import type { LabNeighbourhood, LabSample, RegistrarNews } from '../neighbourhood/neighbourhood.ts'

type Changes = Extract<RegistrarNews, { type: 'changes' }>

/** What a scenario asks for that only the simulator does. */
const SIMULATED_ONLY: readonly PlannedOperation['do'][] = ['delay', 'loss', 'attack']

/**
 * Why a plan cannot be carried out on real nodes, or undefined where it can.
 */
export function whyNotLive(plan: readonly PlannedOperation[]): string | undefined {
  const only = plan.find(
    operation => SIMULATED_ONLY.includes(operation.do) || (operation.do === 'restart' && operation.journal === 'rolled-back')
  )
  if (!only) return undefined
  return `'${only.do}' at ${only.at} is for the simulator: on real nodes a scenario may join, leave, crash, restart, partition, heal, skew and stop aggregator or registrar`
}

/** How many meters a plan has in all, those that join included. */
export function metersOf(plan: readonly PlannedOperation[], members: number): number {
  return Math.max(members, ...plan.map(operation => ('meter' in operation ? (operation.meter ?? 0) + 1 : 0)))
}

/** A scenario on real nodes. */
export class LiveChurn {
  readonly changes: MembershipChange[] = []
  readonly faults: Fault[] = []
  readonly #neighbourhood: LabNeighbourhood
  readonly #plan: readonly PlannedOperation[]
  readonly #emit: (event: LabEvent) => void
  readonly #timers = new Set<NodeJS.Timeout>()
  /** Told by the registrar and not yet accounted for. */
  #news: Changes[] = []
  #before: Readonly<Record<number, number>> = {}
  /** When an operation on a meter began, by performance's clock, and when the registrar told of its change. */
  readonly #begun = new Map<number, number>()
  readonly #told = new Map<Changes, number>()
  #stopped = false

  constructor(neighbourhood: LabNeighbourhood, plan: readonly PlannedOperation[], emit: (event: LabEvent) => void) {
    this.#neighbourhood = neighbourhood
    this.#plan = plan
    this.#emit = emit
    neighbourhood.onNews = news => this.#hear(news)
  }

  /** Sets a timer for each operation; the clock must run. */
  begin(sample: LabSample): void {
    this.#before = sample.agreementsOf
    // What was told before is how the neighbourhood formed.
    this.#news = []
    const { clock } = this.#neighbourhood
    for (const operation of this.#plan) {
      const delay = clock.delayUntil(this.#momentOf(operation)) ?? 0
      const timer = setTimeout(() => {
        this.#timers.delete(timer)
        this.#apply(operation).catch(cause => {
          if (!this.#stopped)
            this.#emit({ type: 'warning', text: `${operation.do} at ${operation.at}: ${String((cause as Error).message ?? cause)}` })
        })
      }, delay)
      this.#timers.add(timer)
    }
  }

  /** `at` counts from the end of the first slot's measuring, in slots; a crash before submitting comes just before. */
  #momentOf(operation: PlannedOperation) {
    const { firstSlot, options } = this.#neighbourhood
    const { slotSeconds } = options.network
    const whole = Math.floor(operation.at)
    const { end, unit } = slotTimes((firstSlot + whole) as Slot, slotSeconds)
    const moment = end + (operation.at - whole) * slotSeconds * 1000
    const early = operation.do === 'crash' && operation.phase !== 'while-releasing' && Number.isInteger(operation.at)
    return Math.floor(moment - (early ? unit : 0)) as typeof end
  }

  async #apply(operation: PlannedOperation): Promise<void> {
    const neighbourhood = this.#neighbourhood
    if ('meter' in operation && operation.meter !== undefined) this.#begun.set(operation.meter, performance.now())
    switch (operation.do) {
      case 'join':
        await neighbourhood.operate({ do: 'join', household: operation.meter })
        return
      case 'leave':
        await neighbourhood.operate({ do: 'leave', household: operation.meter })
        return
      case 'crash': {
        const after = operation.phase === 'after-submitting' ? 'submission' : operation.phase === 'while-releasing' ? 'request' : undefined
        this.#note('crash', operation.meter, Math.floor(operation.at))
        await neighbourhood.operate({ do: 'crash', household: operation.meter, ...(after ? { after } : {}) })
        return
      }
      case 'restart':
        if (operation.journal === 'rolled-back') throw new HushgridError('a rolled-back journal is for the simulator')
        await neighbourhood.operate({ do: 'restart', household: operation.meter, journal: operation.journal })
        return
      case 'partition':
        await neighbourhood.partition(operation.meters)
        return
      case 'heal':
        await neighbourhood.partition([])
        return
      case 'skew':
        await neighbourhood.operate({
          do: 'skew',
          offsets: operation.offsets.map(([meter, seconds]) => [meter, Math.round(seconds * 1000)])
        })
        return
      case 'aggregator-crash':
        await neighbourhood.stopAggregator()
        return
      case 'aggregator-restart':
        await neighbourhood.restartAggregator()
        return
      case 'registrar-crash':
        await neighbourhood.stopRegistrar()
        return
      case 'registrar-restart':
        await neighbourhood.restartRegistrar()
        return
      default:
        throw new HushgridError(`'${operation.do}' is for the simulator`)
    }
  }

  #hear(news: RegistrarNews): void {
    if (news.type === 'changes') {
      this.#news.push(news)
      this.#told.set(news, performance.now())
    } else if (news.type === 'fault') this.#fault(news.slot, this.#householdOf(news.meterId), news.what)
    else if (news.type === 'aggregator-fault') this.#fault(news.slot, 'aggregator', findingText(news))
    else this.#emit({ type: 'note', text: `evidence against ${news.against}: ${findingText(news.what)}` })
  }

  #fault(slot: Slot, who: Party, what: string): void {
    this.faults.push({ slot: slot - this.#neighbourhood.firstSlot, who, what })
    this.#emit({ type: 'note', text: `fault of ${typeof who === 'number' ? `meter ${who}` : who}: ${what}` })
  }

  #householdOf(id: MeterId): number {
    return this.#neighbourhood.households.get(id) ?? -1
  }

  #note(kind: ChangeKind, meter: number, slot: number): void {
    const nothing = { own: 0, others: 0, again: 0 }
    this.changes.push({
      slot,
      kind,
      meter,
      epoch: undefined,
      messages: 0,
      bytes: 0,
      keyAgreements: nothing,
      touched: [],
      deltaBytes: 0,
      changesInDelta: 0
    })
  }

  /**
   * Accounts for the changes that were announced since the sample before, once their roster has been taken up. Bytes
   * are those of the roster message times its receivers; key agreements of others are shared evenly by the joins and
   * leaves of one epoch.
   */
  account(slot: Slot, sample: LabSample): void {
    const due = this.#news.filter(({ epoch }) =>
      this.#neighbourhood.memberships.some(each => each.epoch === epoch && each.firstSlot <= slot)
    )
    if (due.length === 0) return
    this.#news = this.#news.filter(news => !due.includes(news))
    const grown = new Map<number, number>()
    for (const [household, count] of Object.entries(sample.agreementsOf)) {
      const more = count - (this.#before[Number(household)] ?? 0)
      if (more > 0) grown.set(Number(household), more)
    }
    // Newcomers of a roster that is announced already have agreed on keys too; that is accounted for with theirs.
    const pending = new Set(this.#news.flatMap(news => news.joined.map(id => this.#householdOf(id))))
    for (const household of pending) grown.delete(household)
    this.#before = Object.fromEntries(
      Object.entries(sample.agreementsOf).map(([household, count]) => [
        household,
        pending.has(Number(household)) ? (this.#before[Number(household)] ?? 0) : count
      ])
    )
    const joined = due.flatMap(news => news.joined.map(id => this.#householdOf(id)))
    const left = due.flatMap(news => news.left.map(id => this.#householdOf(id)))
    const others = [...grown].filter(([household]) => !joined.includes(household))
    const shared = others.reduce((sum, [, count]) => sum + count, 0) / Math.max(1, joined.length + left.length)
    for (const news of due) {
      const receivers = this.#neighbourhood.memberships.find(each => each.epoch === news.epoch)?.n ?? 0
      const count = news.joined.length + news.left.length + news.absent.length + news.present.length
      const kinds: readonly (readonly [ChangeKind, readonly MeterId[]])[] = [
        ['join', news.joined],
        ['leave', news.left],
        ['absent', news.absent],
        ['return', news.present]
      ]
      for (const [kind, ids] of kinds) {
        for (const id of ids) {
          const meter = this.#householdOf(id)
          const agrees = kind === 'join' || kind === 'leave'
          this.changes.push({
            slot: slot - this.#neighbourhood.firstSlot,
            kind,
            meter,
            epoch: news.epoch,
            messages: Math.round(receivers / count),
            bytes: Math.round((news.bytes * receivers) / count),
            keyAgreements: {
              own: kind === 'join' ? (grown.get(meter) ?? 0) : 0,
              others: agrees ? shared : 0,
              again: kind === 'return' ? (grown.get(meter) ?? 0) : 0
            },
            touched: agrees ? others.map(([household]) => household) : [],
            deltaBytes: news.bytes,
            changesInDelta: count,
            milliseconds: this.#elapsed(meter, news)
          })
        }
      }
    }
  }

  /** Real milliseconds from the operation to the roster that shows it. */
  #elapsed(meter: number, news: Changes): number | undefined {
    const begun = this.#begun.get(meter)
    const told = this.#told.get(news)
    return begun === undefined || told === undefined ? undefined : Math.round(told - begun)
  }

  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }
}
