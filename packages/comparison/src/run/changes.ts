// A join, a leave and a crash in a run: the moment of each, the slots in which it shows, its cost beyond steady slots.
import { type HostOperation, median, type RoleCost } from '@hushgrid/lab'
import { lostByContender } from '../results/costs.ts'
import type { ComparedChange, ComparedSlot, SlotPhase } from '../results/result.ts'

/** Number of slots that warm the compiler up, unless a run says otherwise. */
export const WARM_UP_SLOTS = 2
/** Number of slots in which a change shows: it takes force with the next epoch, and a crash is noticed after two slots. */
export const CHANGE_SLOTS = 3

/** One join, leave or crash. */
export interface Change {
  readonly kind: ComparedChange['kind']
  /** Index of the slot after whose result it happens. */
  readonly after: number
  readonly operation: HostOperation
}

/** Plans one join, one leave and one crash, each with slots of its own. */
export function changesFor(n: number, first: number): Change[] {
  const at = (i: number): number => first - 1 + i * CHANGE_SLOTS
  return [
    { kind: 'join', after: at(0), operation: { do: 'join', household: n } },
    { kind: 'leave', after: at(1), operation: { do: 'leave', household: 1 } },
    { kind: 'crash', after: at(2), operation: { do: 'crash', household: 2 } }
  ]
}

/** Gives the phase of a slot. */
export function phaseOf(index: number, changes: readonly Change[], churn: boolean): SlotPhase {
  if (churn) return 'churn'
  return changes.findLast(({ after }) => index > after)?.kind ?? 'steady'
}

/** Carries changes out as their slots come, and keeps account of each. */
export class ChangeAccount {
  readonly #changes: readonly Change[]
  readonly #operate: (operation: HostOperation) => Promise<void>
  readonly #warn: (text: string) => void
  /** Real ms that each change took, once it has ended. */
  readonly #took: (number | null)[]
  /** Key agreements of all meters, by change. */
  readonly #agreements: { before: number; after: number }[]

  constructor(changes: readonly Change[], operate: (operation: HostOperation) => Promise<void>, warn: (text: string) => void) {
    this.#changes = changes
    this.#operate = operate
    this.#warn = warn
    this.#took = changes.map(() => null)
    this.#agreements = changes.map(() => ({ before: 0, after: 0 }))
  }

  /** Notes that a slot is over. */
  over(index: number, keyAgreements: number): void {
    this.#changes.forEach(({ after, operation, kind }, i) => {
      const account = this.#agreements[i]
      if (account && index === after) {
        account.before = keyAgreements
        const from = performance.now()
        this.#operate(operation).then(
          () => {
            if (kind !== 'crash') this.#took[i] = Math.round(performance.now() - from)
          },
          cause => this.#warn(`${kind}: ${String((cause as Error).message ?? cause)}`)
        )
      }
      if (account && index === after + CHANGE_SLOTS) account.after = keyAgreements
    })
  }

  /**
   * Gives the cost of each change.
   *
   * @param measured - all slots of the run, those that warm up included
   * @param warmUp - number of these
   * @param masks - true where the contender agrees on keys
   */
  costs(measured: readonly ComparedSlot[], warmUp: number, masks: boolean): readonly ComparedChange[] {
    const steady = measured.slice(warmUp).filter(slot => slot.phase === 'steady')
    return this.#changes.map((change, i) => {
      const window = measured.slice(change.after + 1, change.after + 1 + CHANGE_SLOTS)
      return changeOf(change.kind, { window, steady }, this.#took[i] ?? null, masks ? this.#agreements[i] : undefined)
    })
  }
}

/** Sums up the costs of all roles in a slot. Bytes and messages count once, where they are sent. */
function totalOf({ roles }: ComparedSlot): {
  readonly cpu: number
  readonly bytes: number
  readonly messages: number
  readonly payload: number
} {
  const all = Object.values(roles)
  const sum = (field: keyof RoleCost): number => all.reduce((total, cost) => total + cost[field], 0)
  return { cpu: sum('cpuMs'), bytes: sum('sentBytes'), messages: sum('sentMessages'), payload: sum('sentPayload') }
}

function changeOf(
  kind: Change['kind'],
  { window, steady }: { readonly window: readonly ComparedSlot[]; readonly steady: readonly ComparedSlot[] },
  ms: number | null,
  agreements: { readonly before: number; readonly after: number } | undefined
): ComparedChange {
  const extra = (of: (total: ReturnType<typeof totalOf>) => number): number => {
    const usual = median(steady.map(slot => of(totalOf(slot)))) ?? 0
    return window.reduce((sum, slot) => sum + of(totalOf(slot)) - usual, 0)
  }
  return {
    kind,
    ms,
    extraCpuMs: Math.round(10 * extra(total => total.cpu)) / 10,
    extraBytes: Math.round(extra(total => total.bytes)),
    extraMessages: Math.round(extra(total => total.messages)),
    extraPayload: Math.round(extra(total => total.payload)),
    keyAgreements: agreements ? agreements.after - agreements.before : null,
    lostSlots: window.filter(lostByContender).length
  }
}
