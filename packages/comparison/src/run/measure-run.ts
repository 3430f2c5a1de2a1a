// One combination once: a neighbourhood is formed, runs its slots, and what every role used is written down.
import { mkdirSync } from 'node:fs'
import type { HostOperation, LabReadings, LabSample, SlotRow } from '@hushgrid/lab'
import { LiveChurn, median, runSlots } from '@hushgrid/lab'
import { HushgridError } from '@hushgrid/primitives'
import type { PlannedOperation } from '@hushgrid/scenarios'
import type { Network } from '@hushgrid/topology'
import {
  COMPARED_ROLES,
  type ComparedChange,
  type ComparedMode,
  type ComparedRole,
  type ComparedRun,
  type ComparedSlot,
  type RoleCost,
  type SlotPhase
} from '../results/compare-result.ts'



/** What is run. */
export interface RunOrder {
  readonly mode: ComparedMode
  readonly bits: number
  readonly n: number
  readonly repeat: number
  readonly network: Network
  readonly readings: LabReadings
  /** Slots that are measured while nothing happens but readings. */
  readonly slots: number
  /** Real length of a slot, ms. */
  readonly slotMs: number
  /** Instead of one join, one leave and one crash. */
  readonly churn?: readonly PlannedOperation[] | undefined
  /** Folder for keys and journals; the caller removes it. */
  readonly state: string
  readonly warn: (text: string) => void
  readonly signal: AbortSignal
}

/** Slots that warm the compiler up. */
export const WARM_UP_SLOTS = 2
/** Slots over which a change shows: it comes into force with the next epoch, and a crash is noticed after two. */
export const CHANGE_SLOTS = 3

type Samples = Readonly<Partial<Record<ComparedRole, RoleSample>>>

interface Change {
  readonly kind: ComparedChange['kind']
  /** Index of the slot after whose result it happens. */
  readonly after: number
  readonly operation: HostOperation
}

/**
 * Runs one combination once.
 *
 * @throws HushgridError where a role fails, or the readings end too soon
 */
export async function measureRun(order: RunOrder): Promise<ComparedRun> {
  const { mode, n, network, readings, slots, slotMs, churn, state, signal, warn } = order
  mkdirSync(state, { recursive: true, mode: 0o700 })
  const failure = new AbortController()
  const ending = AbortSignal.any([signal, failure.signal])
  const neighbourhood = new RoleNeighbourhood({
    mode,
    bits: order.bits,
    network,
    members: n,
    readings,
    slotMs,
    state,
    emit: event => {
      if (event.type === 'warning') warn(event.text)
    },
    fail: cause => failure.abort(cause)
  })
  const changes = churn ? [] : changesFor(n, WARM_UP_SLOTS + slots)
  const wanted = WARM_UP_SLOTS + slots + changes.length * CHANGE_SLOTS
  const live = new LiveChurn(neighbourhood, churn ?? [], event => {
    if (event.type === 'warning') warn(event.text)
  })
  const { firstSlot } = neighbourhood
  if (readings.endSlot !== undefined && readings.endSlot - firstSlot < wanted)
    throw new HushgridError(`readings: expected those of ${wanted} slots, got ${readings.endSlot - firstSlot}`)
  try {
    const begun = performance.now()
    await Promise.race([neighbourhood.form(), rejectOn(ending)])
    const setupMs = performance.now() - begun
    await neighbourhood.sample()
    const formed = neighbourhood.samples
    const measured: ComparedSlot[] = []
    const took: (number | null)[] = changes.map(() => null)
    const agreements: { before: number; after: number }[] = changes.map(() => ({ before: 0, after: 0 }))
    let before = formed
    const { rows } = await runSlots(neighbourhood, wanted, ending, {
      begun: sample => live.begin(sample),
      row: (row: SlotRow, _publishedAt, sample: LabSample) => {
        const index = row.slot - firstSlot
        live.account(row.slot as typeof firstSlot, sample)
        measured.push(slotOf(row, phaseOf(index, changes, churn !== undefined), costs(before, neighbourhood.samples)))
        before = neighbourhood.samples
        changes.forEach(({ after, operation, kind }, i) => {
          const account = agreements[i]
          if (account && index === after) {
            account.before = sample.keyAgreements
            const from = performance.now()
            neighbourhood.operate(operation).then(
              () => {
                if (kind !== 'crash') took[i] = Math.round(performance.now() - from)
              },
              cause => warn(`${kind}: ${String((cause as Error).message ?? cause)}`)
            )
          }
          if (account && index === after + CHANGE_SLOTS) account.after = sample.keyAgreements
        })
      }
    })
    live.stop()
    if (failure.signal.aborted) throw failure.signal.reason
    signal.throwIfAborted()
    if (rows.length < wanted) throw new HushgridError(`expected ${wanted} slots, got ${rows.length}`)
    const masks = mode === 'dcnet' || mode === 'dcnet-double'
    return {
      mode,
      bits: mode === 'pes-reencrypt' || mode === 'pes-direct' ? order.bits : null,
      n,
      degree: masks ? (neighbourhood.memberships[0]?.degree ?? null) : null,
      repeat: order.repeat,
      slotSeconds: network.slotSeconds,
      slotMs,
      warmUpSlots: WARM_UP_SLOTS,
      slots: measured.slice(WARM_UP_SLOTS),
      setup: { ms: Math.round(setupMs), roles: costs({}, formed) },
      changes: changes.map((change, i) => changeOf(change, measured, took[i] ?? null, masks ? agreements[i] : undefined)),
      peakRssBytes: Object.fromEntries(
        COMPARED_ROLES.flatMap(role => {
          const sample = neighbourhood.samples[role]
          return sample ? [[role, sample.peakRss]] : []
        })
      ),
      drops: neighbourhood.drops
    }
  } finally {
    live.stop()
    await neighbourhood.stop()
  }
}

/** One join, one leave and one crash, each with slots of its own. */
function changesFor(n: number, first: number): Change[] {
  const at = (i: number): number => first - 1 + i * CHANGE_SLOTS
  return [
    { kind: 'join', after: at(0), operation: { do: 'join', household: n } },
    { kind: 'leave', after: at(1), operation: { do: 'leave', household: 1 } },
    { kind: 'crash', after: at(2), operation: { do: 'crash', household: 2 } }
  ]
}

function phaseOf(index: number, changes: readonly Change[], churn: boolean): SlotPhase {
  if (churn) return 'churn'
  return changes.findLast(({ after }) => index > after)?.kind ?? 'steady'
}

function costs(before: Samples, after: Samples): ComparedSlot['roles'] {
  return Object.fromEntries(
    COMPARED_ROLES.flatMap(role => {
      const sample = after[role]
      return sample ? [[role, costBetween(before[role], sample)]] : []
    })
  )
}

function slotOf(row: SlotRow, phase: SlotPhase, roles: ComparedSlot['roles']): ComparedSlot {
  const { start, submitted, missing, recovered, lost, exact, latencyMs, sinceEndMs } = row
  return { start, phase, submitted, missing, recovered, lost, exact, latencyMs, sinceEndMs, roles }
}

/** Everything that all roles used in a slot. Bytes and messages count once, where they are sent. */
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
  { kind, after }: Change,
  measured: readonly ComparedSlot[],
  ms: number | null,
  agreements: { readonly before: number; readonly after: number } | undefined
): ComparedChange {
  const window = measured.slice(after + 1, after + 1 + CHANGE_SLOTS)
  const steady = measured.slice(WARM_UP_SLOTS).filter(slot => slot.phase === 'steady')
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
    lostSlots: window.filter(slot => slot.lost).length
  }
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
