// The slots of a lab run: published totals against the true sums, and their cost.
import { type MeterId, namedSums, publishedSums, type Slot, slotTimes, withheldLanes } from '@hushgrid/primitives'
import { laneCodes } from '@hushgrid/topology'
import { median } from '../measures/statistics.ts'
import { worstLag } from '../meters/event-loop-lag.ts'
import { readerOf } from '../meters/readings.ts'
import type { RunSummary, SlotRow } from '../neighbourhood/events.ts'
import { type LabNeighbourhood, type LabSample, membershipAt, type TimedResult } from '../neighbourhood/neighbourhood.ts'
import { sleepUntil } from '../neighbourhood/slot-results.ts'
import { slotMedians, unitsOf } from '../report/schema/latency.ts'
import { NO_RESULT } from '../report/schema/slots.ts'
import { isBusyLoss } from './busy-machine.ts'
import { areTrue, laneValues } from './slot-sums.ts'

/**
 * Starts the clock and runs slots until their number is reached, the readings end or the signal says stop.
 *
 * @returns a row for each slot with a known result
 */
export async function runSlots(
  neighbourhood: LabNeighbourhood,
  slots: number | undefined,
  signal: AbortSignal,
  on: {
    /** Takes the first sample once the clock runs. */
    readonly begun: (sample: LabSample) => void
    readonly row: (row: SlotRow, publishedAt: number | undefined, sample: LabSample) => void
  }
): Promise<{ rows: SlotRow[]; last: LabSample; ended: 'slots' | 'data' | 'signal' }> {
  const { clock, firstSlot, options } = neighbourhood
  const { slotSeconds } = options.network
  const { endSlot } = options.readings
  const truth = trueReadings(neighbourhood)
  const rows: SlotRow[] = []
  // The cost of building the first truth falls before the first slot's window.
  let expected: Truth = { ...truth(firstSlot), cpuMs: 0 }
  let last = await neighbourhood.sample()
  neighbourhood.begin()
  on.begun(last)
  for (let slot = firstSlot; ; slot = (slot + 1) as Slot) {
    if (slots !== undefined && slot >= firstSlot + slots) return { rows, last, ended: 'slots' }
    if (endSlot !== undefined && slot >= endSlot) return { rows, last, ended: 'data' }
    await sleepUntil(clock, slotTimes(slot, slotSeconds).deadline, signal)
    if (signal.aborted) return { rows, last, ended: 'signal' }
    const result = await neighbourhood.resultOf(slot, signal)
    if (signal.aborted) return { rows, last, ended: 'signal' }
    const before = last
    last = await neighbourhood.sample()
    const row = rowOf(neighbourhood, slot, result, expected, before, last)
    neighbourhood.results.delete(slot)
    rows.push(row)
    on.row(row, result?.at, last)
    expected = truth((slot + 1) as Slot)
  }
}

interface Truth {
  /** Readings by household; undefined where there is none. */
  readonly readings: readonly (readonly number[] | undefined)[]
  readonly cpuMs: number
}

/** Gives the function that reads the true readings of all households in a slot; a node knows at most its own. */
function trueReadings(neighbourhood: LabNeighbourhood): (slot: Slot) => Truth {
  const { network, readings } = neighbourhood.options
  const read = readerOf(readings.recipe)
  const lanes = laneCodes(network)
  return slot => {
    const before = process.cpuUsage()
    // Households that have not joined yet may be in by the slot's end.
    const all = Array.from({ length: readings.households }, (_, household) => read(household, slot, lanes))
    const { user, system } = process.cpuUsage(before)
    return { readings: all, cpuMs: (user + system) / 1000 }
  }
}

/** Adds some households' readings up, by lane; counts the households without one in `gaps`. */
function sumOver(truth: Truth, households: readonly number[], lanes: readonly string[]) {
  const readings = households.flatMap(household => {
    const reading = truth.readings[household]
    return reading ? [reading] : []
  })
  const sum = (lane: number): bigint => BigInt(readings.reduce((all, reading) => all + (reading[lane] ?? 0), 0))
  return { sums: Object.fromEntries(lanes.map((code, lane) => [code, sum(lane)])), gaps: households.length - readings.length }
}

function rowOf(
  neighbourhood: LabNeighbourhood,
  slot: Slot,
  result: TimedResult | undefined,
  truth: Truth,
  before: LabSample,
  after: LabSample
): SlotRow {
  const { clock, options, households } = neighbourhood
  const { slotSeconds } = options.network
  const times = slotTimes(slot, slotSeconds)
  const membership = membershipAt(neighbourhood, slot)
  const present = membership?.present ?? []
  const total = result?.type === 'total' ? result : undefined
  const course = neighbourhood.courses.get(slot)
  const taken = neighbourhood.submittedIn?.(slot)
  neighbourhood.courses.delete(slot)
  const household = (id: MeterId): number => households.get(id) ?? -1
  const missing = total ? total.missing : result?.type === 'lost' && result.reason === 'MembersMissing' ? result.members : []
  const counted = present.filter(id => !missing.includes(id)).map(household)
  const reading = present.filter(id => truth.readings[household(id)] !== undefined).length
  // A slot lost for another reason does not publish its submitters; where nobody has counted them, those with a reading may be.
  const submitted = total?.contributors ?? (missing.length > 0 ? present.length - missing.length : (taken ?? reading))
  const since = (moment: typeof times.end): number | null => {
    const real = clock.realAt(moment)
    return total === undefined || real === undefined ? null : round(total.at - real)
  }
  const sinceEndMs = since(times.end)
  const { sums: expected, gaps } = sumOver(truth, total ? counted : present.map(household), laneCodes(options.network))
  const sums = total && namedSums(total.open, total.lanes, total.withheld)
  const lag = { slotMs: neighbourhood.slotMsAt(slot), lagMs: round(worstLag(after.stalls, clock.realAt(times.end))) }
  const protocolMs = sinceEndMs === null ? null : Math.round((sinceEndMs * slotSeconds * 1000) / lag.slotMs)
  const loss = total ? undefined : result?.type === 'lost' ? result.reason : NO_RESULT
  const away = neighbourhood.awayAt(slot)
  const asked = { missing: missing.map(household), away: away.meters, collectorAway: away.collector, attacked: away.attacked }
  return {
    slot,
    start: new Date(times.start).toISOString(),
    epoch: membership?.epoch ?? 0,
    members: present.length,
    entries: membership?.n ?? 0,
    submitted,
    missing: missing.length,
    missingMeters: missing.map(household).sort((a, b) => a - b),
    recovered: total ? missing.length : 0,
    releases: course?.releases ?? 0,
    refused: course?.refused ?? [],
    disputed: course?.disputed ?? [],
    lost: loss !== undefined,
    busy: loss !== undefined && isBusyLoss({ ...lag, ...asked, reason: loss }),
    ...(loss !== undefined && { reason: loss }),
    named: result?.type === 'lost' ? result.members.map(household).sort((a, b) => a - b) : [],
    exact: sums !== undefined && gaps === 0 && counted.length === total?.contributors && areTrue(sums, expected),
    total: sums ? laneValues(publishedSums(sums)) : null,
    withheld: sums ? withheldLanes(sums) : {},
    expected: laneValues(expected),
    latencyMs: since(times.deadline),
    sinceEndMs,
    protocolMs,
    units: unitsOf(protocolMs, slotSeconds),
    rounds: total ? neighbourhood.rounds + (course?.requests ?? 0) : null,
    ...lag,
    cpuMs: round(Math.max(0, after.cpuMs - before.cpuMs - truth.cpuMs)),
    bytes: after.bytes - before.bytes,
    verifiedBy: after.verified[slot] ?? 0
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

export function summarise(neighbourhood: LabNeighbourhood, rows: readonly SlotRow[], last: LabSample): RunSummary {
  const membership = neighbourhood.memberships.at(-1)
  return {
    slots: rows.length,
    exact: rows.filter(row => row.exact).length,
    lost: rows.filter(row => row.lost && !row.busy).length,
    busy: rows.filter(row => row.busy).length,
    members: membership?.n ?? neighbourhood.options.members,
    degree: membership?.degree ?? 0,
    medianCpuMs: round(median(rows.map(row => row.cpuMs)) ?? 0),
    ...slotMedians(rows),
    bytesPerSlot: Math.round(median(rows.map(row => row.bytes)) ?? 0),
    keyAgreements: last.keyAgreements,
    rssBytes: last.rss
  }
}
