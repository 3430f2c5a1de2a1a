// What the parties of each role have cost so far, and the costs between two such moments. All contenders are counted by one
// rule: a message at its sender and at its receiver, a published one once for each receiver, a copy that was lost and sent
// again once.
import { ROLES, type RoleName } from '@hushgrid/schemes'
import type { CostByRole, EvaluatedCost } from '../../record/run.ts'
import type { Opened } from './contender.ts'
import type { CpuAccount, Kept } from './cpu-account.ts'

/** Costs of a role up to a moment. */
interface RoleTotals extends Omit<EvaluatedCost, 'cpuMs'> {
  readonly cpuMicros: number
  readonly kept: Kept
}

/** Costs of all roles up to a moment. */
export interface Totals {
  readonly roles: ReadonlyMap<RoleName, RoleTotals>
  readonly keyAgreements: number | null
}

/** Reads the costs of a contender's parties. */
export class Books {
  readonly #opened: Opened
  readonly #account: CpuAccount

  constructor(opened: Opened, account: CpuAccount) {
    this.#opened = opened
    this.#account = account
  }

  /** Counts the parties of each role. */
  parties(): Readonly<Partial<Record<RoleName, number>>> {
    return Object.fromEntries([...this.#peers()].map(([role, peers]) => [role, peers.length]))
  }

  /** Gives the costs so far. */
  totals(): Totals {
    const work = this.#opened.work?.()
    const roles = [...this.#peers()].map(([role, peers]) => [role, this.#totalsOf(role, peers, work?.get(role))] as const)
    return { roles: new Map(roles), keyAgreements: this.#opened.keyAgreements() }
  }

  /** Gives the peers of each role, in the order of `ROLES`. */
  #peers(): ReadonlyMap<RoleName, readonly number[]> {
    const { neighbourhood } = this.#opened
    const peers = Array.from({ length: neighbourhood.network.size }, (_, peer) => peer)
    const byRole = Map.groupBy(peers, peer => neighbourhood.roleOf(peer))
    return new Map(ROLES.flatMap(role => (byRole.has(role) ? [[role, byRole.get(role) ?? []] as const] : [])))
  }

  #totalsOf(role: RoleName, peers: readonly number[], work: RoleTotals['work']): RoleTotals {
    const { traffic } = this.#opened.neighbourhood.network
    const sent = { messages: 0, bytes: 0 }
    const received = { messages: 0, bytes: 0 }
    for (const peer of peers) {
      addTo(sent, traffic.sentBy(peer))
      addTo(received, traffic.receivedBy(peer))
    }
    return {
      cpuMicros: this.#account.microsOf(role),
      kept: this.#account.keptBy(role),
      sentMessages: sent.messages,
      receivedMessages: received.messages,
      sentBytes: sent.bytes,
      receivedBytes: received.bytes,
      sentWire: null,
      receivedWire: null,
      ...(work && { work })
    }
  }
}

function addTo(sum: { messages: number; bytes: number }, each: { readonly messages: number; readonly bytes: number }): void {
  sum.messages += each.messages
  sum.bytes += each.bytes
}

/** Gives the costs from one moment to a later one; from the beginning where the first is left out. */
export function costsBetween(before: Totals | undefined, after: Totals): CostByRole {
  return Object.fromEntries([...after.roles].map(([role, totals]) => [role, costBetween(before?.roles.get(role), totals)]))
}

function costBetween(before: RoleTotals | undefined, after: RoleTotals): EvaluatedCost {
  const of = (field: 'sentMessages' | 'receivedMessages' | 'sentBytes' | 'receivedBytes' | 'cpuMicros'): number =>
    after[field] - (before?.[field] ?? 0)
  return {
    cpuMs: of('cpuMicros') / 1000,
    sentMessages: of('sentMessages'),
    receivedMessages: of('receivedMessages'),
    sentBytes: of('sentBytes'),
    receivedBytes: of('receivedBytes'),
    sentWire: null,
    receivedWire: null,
    ...(after.work && { work: workBetween(before?.work, after.work) })
  }
}

/** Gives the operations that there were any of. */
function workBetween(before: RoleTotals['work'], after: NonNullable<RoleTotals['work']>): Readonly<Record<string, number>> {
  const times = Object.entries(after).map(([kind, count]) => [kind, count - (before?.[kind] ?? 0)] as const)
  return Object.fromEntries(times.filter(([, count]) => count > 0))
}
