import type { HeldRoster, SlotResult } from '@hushgrid/dcnet'
import { decodeEnvelope } from '@hushgrid/messages'
import { addLanes, equalLanes, type MeterId, type Slot, slotTimes, zeroLanes } from '@hushgrid/primitives'
import type { SlotReport } from '@hushgrid/scenarios'
import type { LaneReadings } from '../neighbourhood/lane-readings.ts'

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
  report(index: number, held: HeldRoster | undefined, numberOf: (id: MeterId) => number | undefined, readings: LaneReadings): SlotReport {
    const { result, resultAt } = this
    const numbers = (ids: readonly MeterId[]): number[] => ids.flatMap(id => numberOf(id) ?? []).sort((a, b) => a - b)
    const missing = numbers(result?.type === 'total' ? result.missing : this.requested)
    const deadline = held && slotTimes(this.slot, held.roster.slotSeconds).deadline
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
      exact: result?.type === 'total' && held ? isExact(result, held, numberOf, readings) : undefined,
      latency: resultAt === undefined || deadline === undefined ? undefined : resultAt - deadline,
      heard: this.heard
    }
  }
}

/** Tells whether a total is the sum of the readings of its contributors, in each of its lanes. */
function isExact(
  total: Extract<SlotResult, { type: 'total' }>,
  { roster }: HeldRoster,
  numberOf: (id: MeterId) => number | undefined,
  readings: LaneReadings
): boolean {
  if (roster.epoch !== total.epoch) return false
  const missing = new Set(total.missing)
  const sum = zeroLanes(total.open.length)
  let contributors = 0
  for (let index = 0; index < roster.n; index++) {
    const id = roster.meterId(index)
    if (roster.isAbsent(index) || missing.has(id)) continue
    const meter = numberOf(id)
    const reading = meter === undefined ? undefined : readings(meter, total.slot, total.open)
    if (!reading) return false
    addLanes(sum, reading)
    contributors++
  }
  return contributors === total.contributors && equalLanes(sum, total.lanes)
}
