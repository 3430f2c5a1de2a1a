// Live runs: libp2p nodes with a process for each role, measured as `pnpm compare` does, in the record of an evaluation.
import { basename, join } from 'node:path'
import { comparedContender, isDisturbed, measureRun, usualSlotMs } from '@hushgrid/comparison'
import { runInputs } from '@hushgrid/comparison/inputs'
import { type RoleCost, type RoleName, recordedReadings, stateFolder } from '@hushgrid/lab'
import type { RunOrder } from '../record/order.ts'
import type { CostByRole, EvaluatedCost, EvaluatedRun, EvaluatedSlot } from '../record/run.ts'
import type { RunContext } from './context.ts'

type ComparedRun = Awaited<ReturnType<typeof measureRun>>
type ComparedSlot = ComparedRun['slots'][number]

/** Runs live nodes; the module of a run's process calls it. */
export async function run(order: RunOrder, { warn, signal }: RunContext): Promise<EvaluatedRun> {
  const started = new Date().toISOString()
  const state = stateFolder('lab')
  try {
    const compared = await measureRun({ ...(await measuredOrder(order)), state: join(state.path, 'run'), warn, signal })
    return evaluatedRun(order, compared, started)
  } finally {
    state.remove()
  }
}

async function measuredOrder(order: RunOrder): Promise<Omit<Parameters<typeof measureRun>[0], 'state' | 'warn' | 'signal'>> {
  const { point, seed, slots, warmUpSlots: warmUp, slotSeconds, changes, data } = order
  const { n, churn } = point
  const contender = comparedContender(point.contender)
  const { key, recoveries } = contender.facts
  const recorded = data === undefined ? undefined : { recording: await recordedReadings(data, {}, slotSeconds), name: basename(data) }
  const network = {
    ...(point.degree !== null && { degree: point.degree }),
    ...(point.gamma !== null && { collusion: point.gamma }),
    recovery: recoveries?.[0],
    slotSeconds,
    lanes: order.lanes.map(obis => ({ obis }))
  }
  const inputs = runInputs({ n, network, churn: churn ?? undefined, slots, warmUp, seed, recorded })
  const bits = point.bits ?? key?.bits ?? 0
  const slotMs = usualSlotMs([contender], n, [bits])
  return { contender, bits, n, repeat: point.repeat, ...inputs, slots, warmUp, changes, slotMs }
}

/** Writes a measured run as an evaluation keeps it. */
export function evaluatedRun(order: RunOrder, compared: ComparedRun, started: string): EvaluatedRun {
  const { point, seed, slotSeconds, warmUpSlots } = order
  const roles = Object.keys(compared.setup.roles) as RoleName[]
  const disturbance = isDisturbed(compared) ? compared.load?.reason : undefined
  return {
    format: 'hushgrid-evaluation-run/1',
    point,
    seed,
    started,
    ended: new Date().toISOString(),
    slotSeconds,
    warmUpSlots,
    parties: Object.fromEntries(roles.map(role => [role, partiesOf(role, point.n)])),
    setup: { ms: compared.setup.ms, roles: costsOf(compared.setup.roles) },
    slots: compared.slots.map(slotOf),
    changes: compared.changes.map(({ kind, extraMessages, extraPayload, extraCpuMs, keyAgreements, lostSlots }) => ({
      ...{ kind, messages: extraMessages, bytes: extraPayload, cpuMs: extraCpuMs, keyAgreements, lostSlots }
    })),
    storage: {},
    // All meters share a process, whose code and libraries each of them bears a part of.
    memory: Object.fromEntries(Object.entries(compared.peakRssBytes).map(([role, peak]) => [role, peak / partiesOf(role, point.n)])),
    disturbed: disturbance !== undefined,
    ...(disturbance !== undefined && { disturbance }),
    violations: []
  }
}

function partiesOf(role: string, n: number): number {
  return role === 'meter' || role === 'device' ? n : 1
}

function slotOf(slot: ComparedSlot, index: number): EvaluatedSlot {
  const { phase, submitted, missing, recovered, lost, reason, busy, exact, latencyMs, protocolMs, rounds, roles } = slot
  return {
    index,
    phase,
    members: submitted + missing,
    submitted,
    missing,
    recovered,
    outcome: lost ? 'lost' : 'total',
    ...(reason !== undefined && { reason }),
    late: latencyMs !== null && latencyMs > 0,
    busy: busy ?? false,
    exact: lost ? null : exact,
    rounds: lost ? null : (rounds ?? null),
    sinceEndMs: lost ? null : (protocolMs ?? null),
    roles: costsOf(roles)
  }
}

function costsOf(roles: ComparedSlot['roles']): CostByRole {
  return Object.fromEntries(Object.entries(roles).map(([role, cost]) => [role, costOf(cost)]))
}

function costOf({
  cpuMs,
  sentMessages,
  receivedMessages,
  sentPayload,
  receivedPayload,
  sentBytes,
  receivedBytes
}: RoleCost): EvaluatedCost {
  return {
    cpuMs,
    sentMessages,
    receivedMessages,
    sentBytes: sentPayload,
    receivedBytes: receivedPayload,
    sentWire: sentBytes,
    receivedWire: receivedBytes
  }
}
