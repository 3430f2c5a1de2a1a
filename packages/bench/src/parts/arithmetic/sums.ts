// Costs of adding up a day's masks at a meter, and a slot's submissions at the aggregator.
import { MASK_BATCH_SLOTS } from '@hushgrid/dcnet'
import {
  addLanes,
  DEFAULT_LANES,
  equalLanes,
  HushgridError,
  type LaneVector,
  lanesFromBytes,
  lanesToBytes,
  SeededRng,
  zeroLanes
} from '@hushgrid/primitives'
import { comparedFigure, type Figure } from '../../results/measure.ts'

const NEIGHBOURS = 22
const LANES = DEFAULT_LANES.length

/** Times the sum of a day's masks, a vector of the day's lanes for each neighbour. */
function dayOfMasks(seed: string, rounds: number): Figure {
  const rng = new SeededRng(`${seed} sum`)
  const length = MASK_BATCH_SLOTS * LANES
  const vectors = Array.from({ length: NEIGHBOURS }, () => lanesFromBytes(rng.bytes(8 * length), length))
  const pairs = vectors.map(vector => new Uint32Array(lanesToBytes(vector).buffer))
  return comparedFigure(
    { name: `sum of a day's masks, ${NEIGHBOURS} neighbours, ${LANES} lanes` },
    {
      rounds,
      calls: 500,
      work: () => {
        const sum = zeroLanes(length)
        for (const vector of vectors) addLanes(sum, vector)
        return sum
      },
      floorName: 'pairs of 32-bit words with a carry',
      floor: () => {
        const sum = new Uint32Array(2 * length)
        for (const vector of pairs) {
          for (let i = 0; i < sum.length; i += 2) {
            const low = (sum[i] as number) + (vector[i] as number)
            sum[i] = low
            sum[i + 1] = (sum[i + 1] as number) + (vector[i + 1] as number) + (low > 0xffffffff ? 1 : 0)
          }
        }
        return sum
      }
    }
  )
}

// Functions of the module, since V8 optimises a closure that is made a second time much later.
function laneSum(vectors: readonly LaneVector[]): LaneVector {
  const sum = zeroLanes(LANES)
  for (const vector of vectors) addLanes(sum, vector)
  return sum
}

function plainSum(words: BigUint64Array): LaneVector {
  const sum = zeroLanes(2)
  // Unrolled by hand, since a loop over both lanes takes longer.
  for (let i = 0; i < words.length; i += 2) {
    sum[0] = (sum[0] as bigint) + (words[i] as bigint)
    sum[1] = (sum[1] as bigint) + (words[i + 1] as bigint)
  }
  return sum
}

/** Times the sum of a slot's submissions, each a vector of its own as the aggregator holds them. */
function submissions(seed: string, rounds: number, members: number): Figure {
  const rng = new SeededRng(`${seed} submissions`)
  const vectors = Array.from({ length: members }, () => lanesFromBytes(rng.bytes(8 * LANES), LANES))
  const words = BigUint64Array.from(vectors.flatMap(vector => [...vector]))
  if (!equalLanes(laneSum(vectors), plainSum(words)))
    throw new HushgridError('sum of submissions: expected the floor to come to the same, got another sum')
  return comparedFigure(
    { name: `sum of the submissions of a slot, n = ${members}, ${LANES} lanes` },
    {
      rounds,
      calls: Math.ceil(100_000 / members),
      work: () => laneSum(vectors),
      floorName: 'a plain loop over one typed array',
      floor: () => plainSum(words)
    }
  )
}

/** Times all sums. */
export function sumFigures(seed: string, rounds: number, members: readonly number[]): Figure[] {
  return [dayOfMasks(seed, rounds), ...members.map(n => submissions(seed, rounds, n))]
}
