// A report's figures against each other: slots in sequence, latencies that fit, sums of what is counted.
import { isDeepStrictEqual } from 'node:util'
import { type Slot, slotTimes } from '@hushgrid/primitives'
import { type MembershipChange, summarise } from '@hushgrid/scenarios'
import { median } from '../../measures/statistics.ts'
import { loadVerdict, wasLate } from '../../run/busy-machine.ts'
import { slotMedians, unitsOf } from '../schema/latency.ts'
import type { RunDocument } from '../schema/run.ts'
import type { RunSlot } from '../schema/slots.ts'
import { inWords } from './replayed.ts'

/** Milliseconds by which figures may differ that were rounded to tenths apart. */
const ROUNDING = 0.11

/** Milliseconds by which a quarter of a slot may differ whose length was rounded to one. */
const QUARTER_MS = 0.125

/** Lists the figures of a report that contradict others of it. */
export function contradictoryFigures(run: RunDocument): string[] {
  return [
    ...run.slots.flatMap((slot, i) => slotProblems(run, slot, i)),
    ...summaryProblems(run),
    ...churnProblems(run),
    ...loadProblems(run)
  ]
}

function slotProblems(run: RunDocument, slot: RunSlot, index: number): string[] {
  const { slotSeconds } = run.configuration.network
  const first = run.slots[0]?.slot ?? slot.slot
  const { start } = slotTimes(slot.slot as Slot, slotSeconds)
  const isTrue = slot.total !== null && Object.entries(slot.total).every(([lane, sum]) => sum === slot.expected[lane])
  const claims: readonly (readonly [field: string, says: unknown, is: unknown])[] = [
    ['slot', slot.slot, first + index],
    ['start', slot.start, new Date(start).toISOString()],
    ['lost', slot.lost, slot.total === null],
    ['exact', slot.exact, isTrue],
    ['reason', slot.reason !== undefined, slot.lost],
    ['busy', slot.busy, slot.busy && slot.lost && slot.slotMs !== null && wasLate({ slotMs: slot.slotMs, lagMs: slot.lagMs ?? 0 })],
    ['missing', slot.missing, slot.missingMeters.length],
    ['recovered', slot.recovered, slot.lost ? 0 : slot.missing],
    ['protocolMs', slot.protocolMs === null, slot.lost],
    ['rounds', slot.rounds === null, slot.lost],
    ['units', slot.units, unitsOf(slot.protocolMs, slotSeconds)]
  ]
  return [
    ...claims.flatMap(([field, says, is]) =>
      isDeepStrictEqual(says, is) ? [] : [`slot ${slot.slot}: ${field} is ${inWords(says)}, its other figures make it ${inWords(is)}`]
    ),
    ...laneProblems(run, slot),
    ...realTimeProblems(run, slot)
  ]
}

/** A total has each lane of the network, or the reason why not; the truth has all. */
function laneProblems({ configuration }: RunDocument, slot: RunSlot): string[] {
  const lanes = configuration.network.lanes.map(({ obis }) => obis as string).sort()
  const claims: readonly (readonly [string, readonly string[]])[] = [
    ['expected', Object.keys(slot.expected)],
    ...(slot.total ? [['total and withheld', [...Object.keys(slot.total), ...Object.keys(slot.withheld)]] as const] : [])
  ]
  return claims.flatMap(([field, has]) =>
    isDeepStrictEqual([...has].sort(), lanes)
      ? []
      : [`slot ${slot.slot}: ${field} has lanes ${has.join(', ')}, the network ${lanes.join(', ')}`]
  )
}

/** Real time is measured in a live run, and fits protocol time; in virtual time there is none. */
function realTimeProblems({ kind, configuration: { network } }: RunDocument, slot: RunSlot): string[] {
  const { latencyMs, sinceEndMs, protocolMs, slotMs } = slot
  if (kind === 'virtual') {
    const measured = (['latencyMs', 'sinceEndMs', 'slotMs', 'lagMs', 'cpuMs', 'bytes'] as const).filter(field => slot[field] !== null)
    return measured.map(field => `slot ${slot.slot}: ${field} is ${slot[field]}, and in virtual time there is none`)
  }
  if (slotMs === null || slot.lagMs === null) return [`slot ${slot.slot}: expected its real length, and how late the machine was`]
  if (sinceEndMs === null || latencyMs === null || protocolMs === null) {
    const isWhole = slot.lost && sinceEndMs === null && latencyMs === null
    return isWhole ? [] : [`slot ${slot.slot}: expected the real time of a total, and none of a loss`]
  }
  const rate = (network.slotSeconds * 1000) / slotMs
  const { end, deadline } = slotTimes(slot.slot as Slot, network.slotSeconds)
  const fits =
    Math.abs(sinceEndMs - latencyMs - (deadline - end) / rate) <= ROUNDING + QUARTER_MS &&
    Math.abs(sinceEndMs * rate - protocolMs) <= ROUNDING * rate + 1
  return fits
    ? []
    : [`slot ${slot.slot}: latencyMs ${latencyMs}, sinceEndMs ${sinceEndMs} and protocolMs ${protocolMs} are not the same moment`]
}

function summaryProblems({ kind, slots, summary, wire, memory, keyAgreements }: RunDocument): string[] {
  const round = (value: number | null, digits: number): number | null => (value === null ? null : Math.round(value * digits) / digits)
  const of = (field: 'cpuMs' | 'bytes'): number[] => slots.flatMap(slot => slot[field] ?? [])
  const is: Readonly<Partial<Record<keyof typeof summary, unknown>>> = {
    slots: slots.length,
    exact: slots.filter(({ exact }) => exact).length,
    lost: slots.filter(({ lost, busy }) => lost && !busy).length,
    busy: slots.filter(({ busy }) => busy).length,
    ...slotMedians(slots),
    medianCpuMs: kind === 'virtual' ? null : (round(median(of('cpuMs')), 10) ?? 0),
    bytesPerSlot: kind === 'virtual' ? null : (round(median(of('bytes')), 1) ?? 0),
    keyAgreements,
    rssBytes: memory.rssBytes
  }
  const wrong = (Object.keys(is) as (keyof typeof summary)[]).filter(field => summary[field] !== is[field])
  return [
    ...wrong.map(field => `run.json: summary has ${field} ${inWords(summary[field])}, its slots make it ${inWords(is[field])}`),
    ...(wire.bytesPerSlot === summary.bytesPerSlot
      ? []
      : [`run.json: wire.bytesPerSlot is ${inWords(wire.bytesPerSlot)}, not the summary's`])
  ]
}

/** The verdict on the machine follows from the slots and the cores in use; in virtual time nobody waits for a machine. */
function loadProblems({ kind, load, slots }: RunDocument): string[] {
  if ((load === null) !== (kind === 'virtual')) return [`run.json: expected ${kind === 'virtual' ? 'no load' : 'the load'} of the machine`]
  if (load === null) return []
  const measured = slots.flatMap(({ slotMs, lagMs, busy }) => (slotMs === null || lagMs === null ? [] : [{ slotMs, lagMs, busy }]))
  const is = loadVerdict({ average: load.average, cores: load.cores }, measured)
  return (['lagMs', 'verdict', 'reason'] as const)
    .filter(field => !isDeepStrictEqual(load[field], is[field]))
    .map(field => `run.json: load has ${field} ${inWords(load[field])}, its slots and cores make it ${inWords(is[field])}`)
}

function churnProblems({ slots, churn }: RunDocument): string[] {
  const results = slots.map(slot => ({
    result: slot.lost ? ('lost' as const) : ('total' as const),
    ...(slot.busy && { busy: true }),
    exact: slot.lost ? undefined : slot.exact,
    recovered: slot.recovered > 0
  }))
  const is = summarise(results, churn.changes as readonly MembershipChange[])
  return (Object.keys(is) as (keyof typeof is)[])
    .filter(field => churn.summary[field] !== is[field])
    .map(field => `run.json: churn.summary has ${field} ${churn.summary[field]}, its slots and changes make it ${is[field]}`)
}
