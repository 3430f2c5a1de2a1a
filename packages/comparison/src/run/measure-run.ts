// One run of a combination: forms a neighbourhood, runs its slots, and notes the costs of every role.
import {
  type Contender,
  type LabReadings,
  LiveChurn,
  type LoadVerdict,
  loadVerdict,
  ROLES,
  type RoleCost,
  type RoleName,
  RoleNeighbourhood,
  type RoleSample,
  runSlots,
  type SlotRow,
  watchMachine
} from '@hushgrid/lab'
import { HushgridError } from '@hushgrid/primitives'
import { makeFolder } from '@hushgrid/runtime'
import type { PlannedOperation } from '@hushgrid/scenarios'
import type { Network } from '@hushgrid/topology'
import type { ComparedRun, ComparedSlot, SlotPhase } from '../results/result.ts'
import { attributed } from '../results/verdict.ts'
import { CHANGE_SLOTS, type Change, ChangeAccount, changesFor, phaseOf, WARM_UP_SLOTS } from './changes.ts'

/** Order for one run. */
export interface RunOrder {
  readonly contender: Contender
  readonly bits: number
  readonly n: number
  readonly repeat: number
  readonly network: Network
  readonly readings: LabReadings
  /** Number of slots measured while nothing happens but readings. */
  readonly slots: number
  /** Number of slots before them; {@link WARM_UP_SLOTS} unless given. */
  readonly warmUp?: number
  /** False to have no meter join, leave or crash after them. */
  readonly changes?: boolean
  /** Real length of a slot, ms. */
  readonly slotMs: number
  /** Operations in place of one join, one leave and one crash. */
  readonly churn?: readonly PlannedOperation[] | undefined
  /** Folder for keys and journals; the caller removes it. */
  readonly state: string
  readonly warn: (text: string) => void
  readonly signal: AbortSignal
}

type Samples = RoleNeighbourhood['samples']

/**
 * Runs one combination once.
 *
 * @throws HushgridError where a role fails, or the readings end too soon
 */
export async function measureRun(order: RunOrder): Promise<ComparedRun> {
  const { contender, n, network, readings, slots, slotMs, churn, state, signal, warmUp = WARM_UP_SLOTS } = order
  // What is broken off at Ctrl-C is no news.
  const warn = (text: string): void => (signal.aborted ? undefined : order.warn(text))
  makeFolder(state)
  const failure = new AbortController()
  const neighbourhood = new RoleNeighbourhood(
    {
      bits: order.bits,
      network,
      members: n,
      readings,
      slotMs,
      processes: 1,
      state,
      emit: event => {
        if (event.type === 'warning') warn(event.text)
      },
      fail: cause => failure.abort(cause)
    },
    contender.processes
  )
  const changes = churn || order.changes === false ? [] : changesFor(n, warmUp + slots)
  const wanted = warmUp + slots + changes.length * CHANGE_SLOTS
  const { firstSlot } = neighbourhood
  if (readings.endSlot !== undefined && readings.endSlot - firstSlot < wanted)
    throw new HushgridError(`readings: expected those of ${wanted} slots, got ${readings.endSlot - firstSlot}`)
  try {
    const begun = performance.now()
    await Promise.race([neighbourhood.form(), rejectOn(AbortSignal.any([signal, failure.signal]))])
    const setupMs = performance.now() - begun
    await neighbourhood.sample()
    const formed = neighbourhood.samples
    const account = new ChangeAccount(changes, operation => neighbourhood.operate(operation), warn)
    const { measured, load } = await measureSlots(order, { neighbourhood, account, changes, wanted, failure: failure.signal })
    const { key, masks } = contender.facts
    return {
      mode: contender.facts.name,
      bits: key ? order.bits : null,
      n,
      degree: masks ? (neighbourhood.memberships[0]?.degree ?? null) : null,
      repeat: order.repeat,
      slotSeconds: network.slotSeconds,
      slotMs,
      warmUpSlots: warmUp,
      slots: measured.slice(warmUp),
      setup: { ms: Math.round(setupMs), roles: costs({}, formed) },
      changes: account.costs(measured, warmUp, masks),
      peakRssBytes: byRole(neighbourhood.samples, sample => sample.peakRss),
      drops: neighbourhood.drops,
      load
    }
  } finally {
    await neighbourhood.stop()
  }
}

/** Runs the slots with their changes or their churn, and measures each. */
async function measureSlots(
  { churn, signal, warn, warmUp = WARM_UP_SLOTS }: RunOrder,
  run: {
    readonly neighbourhood: RoleNeighbourhood
    readonly account: ChangeAccount
    readonly changes: readonly Change[]
    readonly wanted: number
    readonly failure: AbortSignal
  }
): Promise<{ readonly measured: readonly ComparedSlot[]; readonly load: LoadVerdict }> {
  const { neighbourhood, account, changes, wanted, failure } = run
  const { firstSlot } = neighbourhood
  const live = new LiveChurn(neighbourhood, churn ?? [], event => {
    if (event.type === 'warning') warn(event.text)
  })
  const measured: ComparedSlot[] = []
  let before = neighbourhood.samples
  const usedSince = cpuSince(neighbourhood)
  const loadSince = watchMachine()
  try {
    const { rows } = await runSlots(neighbourhood, wanted, AbortSignal.any([signal, failure]), {
      begun: sample => live.begin(sample),
      row: (row, _publishedAt, sample) => {
        const index = row.slot - firstSlot
        live.account(row.slot as typeof firstSlot, sample)
        measured.push(slotOf(row, phaseOf(index, changes, churn !== undefined), costs(before, neighbourhood.samples)))
        before = neighbourhood.samples
        account.over(index, sample.keyAgreements)
      }
    })
    if (failure.aborted) throw failure.reason
    signal.throwIfAborted()
    if (rows.length < wanted) throw new HushgridError(`expected ${wanted} slots, got ${rows.length}`)
    const load = loadVerdict(loadSince(usedSince()), rows.slice(warmUp))
    return { measured: attributed(measured, load), load }
  } finally {
    live.stop()
  }
}

/** Gives the function that tells the CPU time of all processes since, this one's included, ms. */
function cpuSince(neighbourhood: RoleNeighbourhood): () => number {
  const used = (): number => {
    const { user, system } = process.cpuUsage()
    const roles = Object.values(neighbourhood.samples)
    return roles.reduce((sum, { cpuMs }) => sum + cpuMs, (user + system) / 1000)
  }
  const before = used()
  return () => used() - before
}

/** Takes a figure from each role's sample. */
function byRole<T>(samples: Samples, of: (sample: RoleSample, role: RoleName) => T): Readonly<Partial<Record<RoleName, T>>> {
  return Object.fromEntries(
    ROLES.flatMap(role => {
      const sample = samples[role]
      return sample ? [[role, of(sample, role)]] : []
    })
  )
}

function costs(before: Samples, after: Samples): ComparedSlot['roles'] {
  return byRole(after, (sample, role) => costBetween(before[role], sample))
}

/** Gives the costs between two samples. */
function costBetween(before: RoleSample | undefined, after: RoleSample): RoleCost {
  const of = (field: keyof RoleCost): number => after[field] - (before?.[field] ?? 0)
  return {
    cpuMs: Math.round(1000 * of('cpuMs')) / 1000,
    sentBytes: of('sentBytes'),
    receivedBytes: of('receivedBytes'),
    sentMessages: of('sentMessages'),
    receivedMessages: of('receivedMessages'),
    sentPayload: of('sentPayload'),
    receivedPayload: of('receivedPayload')
  }
}

function slotOf(row: SlotRow, phase: SlotPhase, roles: ComparedSlot['roles']): ComparedSlot {
  const { start, submitted, missing, recovered, lost, busy, reason, lagMs, exact, withheld } = row
  const { latencyMs, sinceEndMs, protocolMs, units, rounds } = row
  const counted = { start, phase, submitted, missing, recovered, lost, ...(lost && reason !== undefined && { reason }), busy, lagMs, exact }
  const without = Object.keys(withheld).length > 0 ? { withheld } : {}
  return { ...counted, ...without, latencyMs, sinceEndMs, protocolMs, units, rounds, roles }
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
