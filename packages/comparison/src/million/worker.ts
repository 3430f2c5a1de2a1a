// One thread of `pnpm compare --million`: takes neighbourhoods until there are none left.
import { parentPort, workerData } from 'node:worker_threads'
import { syntheticNeighbourhood } from '@hushgrid/load-profiles'
import { DEFAULT_LANES, type LaneVector, SeededRng } from '@hushgrid/primitives'
import { BULK_PARTS, type BulkDayConfig, type BulkDayResult, type BulkPart, bulkDay, syntheticReadings } from '@hushgrid/simulator'
import type { MillionWork } from './plan.ts'

/** Report of a thread on a neighbourhood. */
export interface MillionPiece {
  readonly households: number
  readonly result: BulkDayResult
  /** CPU time of the thread, µs. */
  readonly parts: Readonly<Record<BulkPart, number>>
}

/** Gives a neighbourhood its households: number of the first, and their count; sizes differ by one at most. */
function shareOf({ households, neighbourhoods }: Pick<MillionWork, 'households' | 'neighbourhoods'>, index: number) {
  const first = Math.floor((index * households) / neighbourhoods)
  return { first, members: Math.floor(((index + 1) * households) / neighbourhoods) - first }
}

function flipLowestBit(mask: LaneVector, member: number): void {
  if (member === 0) mask[0] = (mask[0] as bigint) ^ 1n
}

function readingsOf({ readings, seed, households, slotSeconds }: MillionWork, first: number): BulkDayConfig['readingAt'] {
  if (readings === 'uniform') {
    const lanesAt = syntheticReadings(seed, DEFAULT_LANES.length)
    return (member, at) => {
      const lanes = lanesAt(first + member, at)
      return lanes ? [Number(lanes[0]), Number(lanes[1])] : []
    }
  }
  // All households share one seed, since they share their weather. A source keeps its days: each neighbourhood has its own.
  const source = syntheticNeighbourhood({ seed, households, slotSeconds })
  return (member, at) => source.readingAt(first + member, at)
}

function work(all: MillionWork, index: number): MillionPiece {
  const { first, members } = shareOf(all, index)
  const parts = Object.fromEntries(BULK_PARTS.map(part => [part, 0])) as Record<BulkPart, number>
  let part: BulkPart = 'keys'
  let since = process.threadCpuUsage()
  const enter = (next: BulkPart): void => {
    const now = process.threadCpuUsage()
    parts[part] += now.user + now.system - since.user - since.system
    part = next
    since = now
  }
  const result = bulkDay({
    members,
    degree: all.degrees.get(members) as number,
    minMembers: all.minMembers,
    lanes: DEFAULT_LANES,
    slotSeconds: all.slotSeconds,
    firstSlot: all.firstSlot,
    slots: all.slots,
    missing: all.missing,
    rng: new SeededRng(`${all.seed} neighbourhood ${index}`),
    readingAt: readingsOf(all, first),
    enter,
    damage: index === all.flipIn ? flipLowestBit : undefined
  })
  enter('keys')
  return { households: members, result, parts }
}

const all = workerData as MillionWork
const next = new Int32Array(all.next)
for (let index = Atomics.add(next, 0, 1); index < all.neighbourhoods; index = Atomics.add(next, 0, 1)) {
  parentPort?.postMessage(work(all, index))
}
