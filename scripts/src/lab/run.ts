// The slots of a lab run: what was published against what is true, and what it cost.
import { setTimeout as wait } from 'node:timers/promises'
import { type LaneVector, type ObisCode, type Slot, signedLanes, slotTimes } from '@hushgrid/primitives'
import type { LaneValues, RunSummary, SlotRow } from './lab-events.ts'
import { readerOf } from './lab-readings.ts'
import type { LabSample, Neighbourhood, TimedResult } from './neighbourhood.ts'

/**
 * Lets the clock run, and slot follow slot until there have been so many, the readings end or the signal says stop.
 *
 * @returns the rows; one for each slot whose result is known
 */
export async function runSlots(
  neighbourhood: Neighbourhood,
  slots: number | undefined,
  signal: AbortSignal,
  onRow: (row: SlotRow, publishedAt: number | undefined) => void
): Promise<{ rows: SlotRow[]; last: LabSample; ended: 'slots' | 'data' | 'signal' }> {
  const { clock, firstSlot, options } = neighbourhood
  const { slotSeconds } = options.network
  const { endSlot } = options.readings
  const truth = trueTotals(neighbourhood)
  const rows: SlotRow[] = []
  // What building it costs lies before the first slot's window.
  let expected: Truth = { ...truth(firstSlot), cpuMs: 0 }
  let last = await neighbourhood.sample()
  neighbourhood.begin()
  for (let slot = firstSlot; ; slot = (slot + 1) as Slot) {
    if (slots !== undefined && slot >= firstSlot + slots) return { rows, last, ended: 'slots' }
    if (endSlot !== undefined && slot >= endSlot) return { rows, last, ended: 'data' }
    await sleepUntil(clock.delayUntil(slotTimes(slot, slotSeconds).deadline) ?? 0, signal)
    if (signal.aborted) return { rows, last, ended: 'signal' }
    const result = await neighbourhood.resultOf(slot, signal)
    if (signal.aborted) return { rows, last, ended: 'signal' }
    const before = last
    last = await neighbourhood.sample()
    const row = rowOf(neighbourhood, slot, result, expected, before, last)
    neighbourhood.results.delete(slot)
    rows.push(row)
    onRow(row, result?.at)
    expected = truth((slot + 1) as Slot)
  }
}

async function sleepUntil(delay: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(delay, undefined, { signal })
  } catch (cause) {
    if (!signal.aborted) throw cause
  }
}

interface Truth {
  readonly sums: readonly number[]
  readonly withReading: number
  readonly cpuMs: number
}

/** The true sum of a slot: the script knows the plain readings, the nodes but for their own meter's do not. */
function trueTotals(neighbourhood: Neighbourhood): (slot: Slot) => Truth {
  const { network, members, readings } = neighbourhood.options
  const read = readerOf(readings.recipe)
  return slot => {
    const before = process.cpuUsage()
    const sums = network.lanes.map(() => 0)
    let withReading = 0
    for (let household = 0; household < members; household++) {
      const reading = read(household, slot, network.lanes)
      if (!reading) continue
      withReading++
      reading.forEach((value, lane) => {
        sums[lane] = (sums[lane] ?? 0) + value
      })
    }
    const { user, system } = process.cpuUsage(before)
    return { sums, withReading, cpuMs: (user + system) / 1000 }
  }
}

function rowOf(
  neighbourhood: Neighbourhood,
  slot: Slot,
  result: TimedResult | undefined,
  truth: Truth,
  before: LabSample,
  after: LabSample
): SlotRow {
  const { clock, options, rosters } = neighbourhood
  const { lanes, slotSeconds } = options.network
  const times = slotTimes(slot, slotSeconds)
  const roster = rosters.findLast(held => held.from <= slot)?.roster
  const members = roster?.presentCount ?? 0
  const total = result?.type === 'total' ? result : undefined
  const submitted = total?.contributors ?? (result?.type === 'lost' ? members - result.members.length : 0)
  const since = (moment: typeof times.end): number | null => {
    const real = clock.realAt(moment)
    return total === undefined || real === undefined ? null : round(total.at - real)
  }
  const expected = laneValues(lanes, truth.sums.map(BigInt))
  return {
    slot,
    start: new Date(times.start).toISOString(),
    epoch: roster?.epoch ?? 0,
    members,
    submitted,
    missing: members - submitted,
    recovered: 0,
    lost: total === undefined,
    ...(total === undefined ? { reason: result?.type === 'lost' ? result.reason : 'no result' } : {}),
    exact: total !== undefined && truth.withReading === total.contributors && sameSums(total.lanes, truth.sums),
    total: total ? laneValues(lanes, signedLanes(total.lanes)) : null,
    expected,
    latencyMs: since(times.deadline),
    sinceEndMs: since(times.end),
    cpuMs: round(Math.max(0, after.cpuMs - before.cpuMs - truth.cpuMs)),
    bytes: after.bytes - before.bytes,
    verifiedBy: after.verified[slot] ?? 0
  }
}

function sameSums(lanes: LaneVector, sums: readonly number[]): boolean {
  return signedLanes(lanes).every((value, lane) => value === BigInt(sums[lane] ?? 0))
}

function laneValues(lanes: readonly ObisCode[], values: readonly bigint[]): LaneValues {
  return Object.fromEntries(lanes.map((lane, i) => [lane, String(values[i])]))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** The middle value; the mean of the two middle ones where their number is even. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

export function summarise(neighbourhood: Neighbourhood, rows: readonly SlotRow[], last: LabSample): RunSummary {
  const roster = neighbourhood.rosters.at(-1)?.roster
  const latencies = rows.flatMap(row => (row.latencyMs === null ? [] : [row.latencyMs]))
  return {
    slots: rows.length,
    exact: rows.filter(row => row.exact).length,
    lost: rows.filter(row => row.lost).length,
    members: roster?.n ?? neighbourhood.options.members,
    degree: roster?.degree ?? 0,
    medianCpuMs: round(median(rows.map(row => row.cpuMs)) ?? 0),
    medianLatencyMs: median(latencies),
    bytesPerSlot: Math.round(median(rows.map(row => row.bytes)) ?? 0),
    keyAgreements: last.keyAgreements,
    rssBytes: last.rss
  }
}
