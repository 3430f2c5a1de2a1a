// One slot of a simulated run: what is noted while it is open, and its report once it is over.
import type { HeldRoster, SlotResult } from '@hushgrid/dcnet'
import { decodeEnvelope } from '@hushgrid/messages'
import {
  addLanes,
  type MeterId,
  namedSums,
  type ObisCode,
  publishedSums,
  type Slot,
  signedLanes,
  slotTimes,
  zeroLanes
} from '@hushgrid/primitives'
import type { EnergySums, SlotReport } from '@hushgrid/scenarios'
import type { LaneReadings } from '../neighbourhood/lane-readings.ts'

/** The part of a neighbourhood that a slot's report is made from. */
interface Households {
  readonly readings: LaneReadings
  readonly lanes: readonly ObisCode[]
  meterOf(id: MeterId): number | undefined
}

/** Record of one slot so far. */
export class SlotRecord {
  readonly slot: Slot
  /** Submission of each meter, by number, to find a second one that differs. */
  readonly submissions = new Map<number, Uint8Array>()
  readonly refused: { by: number; reason: string }[] = []
  readonly disputed: number[] = []
  requested: readonly MeterId[] = []
  /** Ids of the members whose mask releases the aggregator has taken. */
  readonly releases = new Set<MeterId>()
  /** Requests of the aggregator, each once. */
  readonly rounds = new Set<number | 'shares'>()
  heard = 0
  result: SlotResult | undefined
  /** Protocol time of the result, ms. */
  resultAt: number | undefined

  constructor(slot: Slot) {
    this.slot = slot
  }

  /** Counts submissions under the slot's roster; those of members that missed it count for nobody. */
  #submittedUnder(held: HeldRoster | undefined): number {
    return [...this.submissions.values()].filter(bytes => decodeEnvelope(bytes).epoch === held?.roster.epoch).length
  }

  /** Gives the report of the slot, once nothing can come any more. */
  report(index: number, held: HeldRoster | undefined, of: Households): SlotReport {
    const { result, resultAt } = this
    const numbers = (ids: readonly MeterId[]): number[] => ids.flatMap(id => of.meterOf(id) ?? []).sort((a, b) => a - b)
    const total = result?.type === 'total' ? result : undefined
    const truth = trueSums(this.slot, held, new Set(total?.missing), of)
    const published = total && publishedSums(namedSums(total.open, total.lanes, total.withheld))
    const missing = numbers(result?.type === 'total' ? result.missing : this.requested)
    const times = held && slotTimes(this.slot, held.roster.slotSeconds)
    const since = (moment: number | undefined) => (resultAt === undefined || moment === undefined ? undefined : resultAt - moment)
    return {
      slot: index,
      epoch: held?.roster.epoch,
      members: held?.roster.n ?? 0,
      present: held?.roster.presentCount ?? 0,
      submitted: this.#submittedUnder(held),
      missing,
      recovered: result?.type === 'total' && result.missing.length > 0,
      refused: this.refused,
      disputed: this.disputed,
      releases: this.releases.size,
      result: result?.type ?? 'none',
      ...(result?.type === 'lost' ? { reason: result.reason } : {}),
      named: result?.type === 'lost' ? numbers(result.members) : [],
      exact:
        total && published
          ? held?.roster.epoch === total.epoch &&
            truth.readings === total.contributors &&
            truth.gaps === 0 &&
            Object.entries(published).every(([lane, sum]) => sum === truth.sums[lane])
          : undefined,
      total: published ? energySums(published) : null,
      withheld: total?.withheld ?? {},
      expected: energySums(truth.sums),
      rounds: total && 1 + this.rounds.size,
      latency: since(times?.deadline),
      sinceEnd: since(times?.end),
      heard: this.heard
    }
  }
}

/** Adds up the readings of the present members but the missing; counts those with a reading, and those without. */
function trueSums(slot: Slot, held: HeldRoster | undefined, missing: ReadonlySet<MeterId>, { readings, lanes, meterOf }: Households) {
  const sum = zeroLanes(lanes.length)
  const count = { readings: 0, gaps: 0 }
  for (let index = 0; held && index < held.roster.n; index++) {
    const id = held.roster.meterId(index)
    if (held.roster.isAbsent(index) || missing.has(id)) continue
    const meter = meterOf(id)
    const reading = meter === undefined ? undefined : readings(meter, slot, lanes)
    if (reading) addLanes(sum, reading)
    count[reading ? 'readings' : 'gaps']++
  }
  const signed = signedLanes(sum)
  return { sums: Object.fromEntries(lanes.map((lane, i) => [lane, signed[i] as bigint])), ...count }
}

function energySums(sums: Readonly<Record<string, bigint>>): EnergySums {
  return Object.fromEntries(Object.entries(sums).map(([lane, sum]) => [lane, String(sum)]))
}
