// What is known of a scheme without running it. Lists and texts for people are made of it and of nothing else.
import { InvalidArgumentError, type LaneVector, READING_LIMIT, signedLanes } from '@hushgrid/primitives'

/** Largest |reading| that any scheme takes: 65,535 of them sum to less than 2^63. */
export const MOST_READING = READING_LIMIT

/** Tells whether sums of such readings fit 64 bits. Drivers give a meter no other: a total would wrap, unnoticed. */
export function isSummable(reading: LaneVector): boolean {
  return signedLanes(reading).every(value => value >= -MOST_READING && value <= MOST_READING)
}

/** Facts about a scheme. Clauses begin in lower case and have no full stop; sentences have both. */
export interface SchemeFacts {
  /** Its authors' names, and what tells it from others of the same paper. */
  readonly title: string
  /** Authors, title, place and year; more than one where several papers describe it. */
  readonly citation: string
  /**
   * What hides a reading.
   *
   * - `none`: nothing, or trust.
   * - `interactive`: messages among meters in each slot.
   * - `non-interactive`: own secrets of meters, and public values.
   * - `keys`: a key of each meter; together they make the key that opens the sum.
   * - `masks`: masks that cancel in the sum.
   * - `concentrator`: encryption to the aggregator, added up by a party on the way.
   */
  readonly family: 'none' | 'interactive' | 'non-interactive' | 'keys' | 'masks' | 'concentrator'
  /** Who deals keys, if anybody does. */
  readonly dealer: 'none' | 'parameters' | 'keys'
  /** What becomes of a slot in which a member is missing; `unnoticed`: the sum alone would not show it. */
  readonly missing: 'lost, unnoticed' | 'lost, noticed' | 'recovered by a round more' | 'recovered at once'
  /** Who sees a single reading by being curious alone. */
  readonly sees: string
  /** Who must collude to see one. */
  readonly collusion: string
  /** Bits of security of its weakest part. */
  readonly strength: number
  /**
   * Largest |reading| in a lane, in the lane's unit (Wh of energy). Schemes that end in a discrete logarithm need it small and find no total below zero unless
   * they are noisy; dimitriou-awad-robust takes no reading below zero.
   */
  readonly maxReading: bigint
  /** Most lanes of a reading, where its lanes share one number; as many as a network has otherwise. */
  readonly mostLanes?: number
  /** Bills: a sum for each meter at the end of a period. Absent: a total of all meters in each slot. */
  readonly yields?: 'bills'
  /** Whether a total may differ from the sum on purpose. */
  readonly noisy: boolean
  /** Rounds of a slot in which nobody is missing. */
  readonly rounds: number
  /** Messages of a slot among so many meters, a broadcast counted once. */
  readonly messages: (meters: number) => number
  /** Half a page for a person, a paragraph each: how it works, what a change of members costs, what is known against it. */
  readonly how: readonly string[]
  /** What we chose or could not check where the paper leaves it open; each a sentence. */
  readonly uncertain: readonly string[]
}

/** @throws InvalidArgumentError where a scheme cannot carry so many lanes */
export function checkLanes({ name, facts: { mostLanes } }: { readonly name: string; readonly facts: SchemeFacts }, lanes: number): void {
  if (mostLanes !== undefined && lanes > mostLanes)
    throw new InvalidArgumentError(`lanes of ${name}`, `at most ${mostLanes}, which share one number`, String(lanes))
}
