// Cost of each change of the membership in a run on real nodes, from the registrar's news and from samples of the meters'
// key agreements.
import type { MeterId, Slot } from '@hushgrid/primitives'
import type { ChangeKind, MembershipChange } from '@hushgrid/scenarios'
import type { LabNeighbourhood, LabSample, RegistrarNews } from '../neighbourhood/neighbourhood.ts'

export type Changes = Extract<RegistrarNews, { type: 'changes' }>

/** Key agreements since the sample before, for changes of one epoch. */
interface Grown {
  readonly of: ReadonlyMap<number, number>
  /** Number of households that agreed on keys without joining. */
  readonly others: readonly number[]
  /** Key agreements of {@link others} for each join and leave. */
  readonly shared: number
}

/** Lists the changes of an epoch by kind. */
export function changesOf(news: Changes): readonly (readonly [Exclude<ChangeKind, 'crash'>, readonly MeterId[]])[] {
  return [
    ['join', news.joined],
    ['leave', news.left],
    ['absent', news.absent],
    ['return', news.present]
  ]
}

/** Keeps account of the changes of one run. */
export class ChangeAccount {
  readonly changes: MembershipChange[] = []
  readonly #neighbourhood: LabNeighbourhood
  /** Changes that the registrar has told and that are not yet accounted for. */
  #news: Changes[] = []
  #before: Readonly<Record<number, number>> = {}
  /** Moments at which operations began that have not shown yet, by performance's clock. */
  readonly #begun = new Map<string, number>()
  /** Real milliseconds from an operation to the news that show it; changes whose operation nobody began have none. */
  readonly #took = new Map<Changes, ReadonlyMap<string, number>>()

  constructor(neighbourhood: LabNeighbourhood) {
    this.#neighbourhood = neighbourhood
  }

  /** Starts the account; earlier news are of the neighbourhood's forming and do not count. */
  start(sample: LabSample): void {
    this.#before = sample.agreementsOf
    this.#news = []
  }

  /** Notes that an operation on a meter begins now, and the kinds of change that it may show as. */
  begins(meter: number, ...kinds: readonly ChangeKind[]): void {
    for (const kind of kinds) this.#begun.set(`${kind} ${meter}`, performance.now())
  }

  /** Notes a crash, which no roster tells at once. */
  crashed(meter: number, slot: number): void {
    this.changes.push({
      slot,
      kind: 'crash',
      meter,
      epoch: undefined,
      messages: 0,
      bytes: 0,
      keyAgreements: { own: 0, others: 0, again: 0 },
      touched: [],
      deltaBytes: 0,
      changesInDelta: 0
    })
  }

  /** Notes the registrar's news. */
  hear(news: Changes): void {
    this.#news.push(news)
    const now = performance.now()
    const took = new Map<string, number>()
    // Is done now, since the account comes slots later, and the same meter may have begun its next change by then.
    for (const [kind, ids] of changesOf(news))
      for (const id of ids) {
        const change = `${kind} ${this.householdOf(id)}`
        const begun = this.#begun.get(change)
        if (begun !== undefined) took.set(change, Math.round(now - begun))
        this.#begun.delete(change)
      }
    this.#took.set(news, took)
  }

  /** Gives the household of a meter's id; -1 where nobody knows it. */
  householdOf(id: MeterId): number {
    return this.#neighbourhood.households.get(id) ?? -1
  }

  /**
   * Accounts for the changes announced since the sample before, once their roster has been taken up. Bytes
   * are those of the roster message times its receivers; key agreements of others are shared evenly by the joins and
   * leaves of one epoch.
   */
  account(slot: Slot, sample: LabSample): void {
    const due = this.#news.filter(({ epoch }) =>
      this.#neighbourhood.memberships.some(each => each.epoch === epoch && each.firstSlot <= slot)
    )
    if (due.length === 0) return
    this.#news = this.#news.filter(news => !due.includes(news))
    const grown = this.#grown(due, sample)
    for (const news of due) this.#accountFor(news, slot, grown)
  }

  #grown(due: readonly Changes[], { agreementsOf }: LabSample): Grown {
    const of = new Map<number, number>()
    for (const [household, count] of Object.entries(agreementsOf)) {
      const more = count - (this.#before[Number(household)] ?? 0)
      if (more > 0) of.set(Number(household), more)
    }
    // Newcomers of the next roster may have agreed on keys already; that counts with their own change.
    const pending = new Set(this.#news.flatMap(news => news.joined.map(id => this.householdOf(id))))
    for (const household of pending) of.delete(household)
    this.#before = Object.fromEntries(
      Object.entries(agreementsOf).map(([household, count]) => [
        household,
        pending.has(Number(household)) ? (this.#before[Number(household)] ?? 0) : count
      ])
    )
    const joined = due.flatMap(news => news.joined.map(id => this.householdOf(id)))
    const left = due.flatMap(news => news.left)
    const others = [...of].filter(([household]) => !joined.includes(household))
    const shared = others.reduce((sum, [, count]) => sum + count, 0) / Math.max(1, joined.length + left.length)
    return { of, others: others.map(([household]) => household), shared }
  }

  #accountFor(news: Changes, slot: Slot, grown: Grown): void {
    const receivers = this.#neighbourhood.memberships.find(each => each.epoch === news.epoch)?.n ?? 0
    const kinds = changesOf(news)
    const count = kinds.reduce((sum, [, ids]) => sum + ids.length, 0)
    for (const [kind, ids] of kinds) {
      for (const id of ids) {
        const meter = this.householdOf(id)
        const agrees = kind === 'join' || kind === 'leave'
        this.changes.push({
          slot: slot - this.#neighbourhood.firstSlot,
          kind,
          meter,
          epoch: news.epoch,
          messages: Math.round(receivers / count),
          bytes: Math.round((news.bytes * receivers) / count),
          keyAgreements: {
            own: kind === 'join' ? (grown.of.get(meter) ?? 0) : 0,
            others: agrees ? grown.shared : 0,
            again: kind === 'return' ? (grown.of.get(meter) ?? 0) : 0
          },
          touched: agrees ? grown.others : [],
          deltaBytes: news.bytes,
          changesInDelta: count,
          milliseconds: this.#took.get(news)?.get(`${kind} ${meter}`)
        })
      }
    }
  }
}
