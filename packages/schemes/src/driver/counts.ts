// What a run costs, by phase, round and role: counted where it happens, without a clock.
import { type Phase, type RoleName, WORK, type Work, type WorkKind } from '../scheme.ts'

/** Costs of some rounds. A broadcast counts once for each receiver, at its sender. */
export interface SchemeCounts {
  readonly messages: number
  /** Bytes of the bodies before sealing. */
  readonly bodyBytes: number
  /** Everything else of the envelopes: addresses, signature, and the tag where a body is sealed. */
  readonly envelopeBytes: number
  /** Messages that were sealed, each receiver's. */
  readonly sealed: number
  /** Signatures made, one a message and one a broadcast. */
  readonly signatures: number
  /** Signatures checked at the receiver, in the round in which they were sent. */
  readonly verifications: number
  readonly work: Readonly<Record<WorkKind, number>>
}

/** Place that costs are booked at. Rounds are from 1, as messages have them. */
export interface CostPlace {
  readonly phase: Phase
  readonly round: number
  readonly role: RoleName
}

type Counted = { -readonly [Field in keyof Omit<SchemeCounts, 'work'>]: number }

/** Costs of one phase, round and role so far. */
export class CostAccount implements Work, Counted {
  messages = 0
  bodyBytes = 0
  envelopeBytes = 0
  sealed = 0
  signatures = 0
  verifications = 0
  readonly work = noWork()

  count(kind: WorkKind, times = 1): void {
    this.work[kind] += times
  }

  /** Books a message that was signed once and goes to so many receivers. */
  sent({ copies, body, bytes, sealed }: { copies: number; body: number; bytes: number; sealed: boolean }): void {
    this.signatures++
    this.messages += copies
    this.bodyBytes += copies * body
    this.envelopeBytes += copies * (bytes - body)
    if (sealed) this.sealed += copies
  }
}

/** Books of a run: one for a party, or one for all. */
export class CostLedger {
  readonly #accounts = new Map<string, CostPlace & { readonly account: CostAccount }>()

  at({ phase, round, role }: CostPlace): CostAccount {
    const key = `${phase} ${round} ${role}`
    let entry = this.#accounts.get(key)
    if (!entry) {
      entry = { phase, round, role, account: new CostAccount() }
      this.#accounts.set(key, entry)
    }
    return entry.account
  }

  /** Adds up what a filter takes; everything, unless there is one. */
  total(takes: (place: CostPlace) => boolean = () => true): SchemeCounts {
    const sum = new CostAccount()
    for (const { account, ...place } of this.#accounts.values()) if (takes(place)) addInto(sum, account)
    const { messages, bodyBytes, envelopeBytes, sealed, signatures, verifications, work } = sum
    return { messages, bodyBytes, envelopeBytes, sealed, signatures, verifications, work }
  }

  /** Adds up by role. */
  byRole(): ReadonlyMap<RoleName, SchemeCounts> {
    const roles = new Set([...this.#accounts.values()].map(({ role }) => role))
    return new Map([...roles].map(role => [role, this.total(place => place.role === role)]))
  }
}

function addInto(sum: CostAccount, each: CostAccount): void {
  for (const field of ['messages', 'bodyBytes', 'envelopeBytes', 'sealed', 'signatures', 'verifications'] as const)
    sum[field] += each[field]
  for (const kind of WORK) sum.work[kind] += each.work[kind]
}

function noWork(): Record<WorkKind, number> {
  return Object.fromEntries(WORK.map(kind => [kind, 0])) as Record<WorkKind, number>
}
