// What is known of a scheme without running it. Lists, help texts and the comparison's tables are made of it and of nothing
// else.
import { type LaneVector, signedLanes } from '@hushgrid/primitives'

/** Largest |reading| that any scheme takes: 65,535 of them sum to less than 2^63. */
export const MOST_READING = 1n << 47n

/** Tells whether sums of such readings fit 64 bits. Drivers give a meter no other: a total would wrap, unnoticed. */
export function isSummable(reading: LaneVector): boolean {
  return signedLanes(reading).every(value => value >= -MOST_READING && value <= MOST_READING)
}

/** Facts about a scheme. */
export interface SchemeFacts {
  readonly title: string
  /** Authors, title, place and year; more than one where several papers describe it. */
  readonly citation: string
  readonly family: 'none' | 'interactive' | 'non-interactive' | 'keys' | 'masks' | 'concentrator'
  /** Who deals keys, if anybody does. */
  readonly dealer: 'none' | 'parameters' | 'keys'
  /** What becomes of a slot in which a member is missing. */
  readonly missing: 'lost, unnoticed' | 'lost, noticed' | 'recovered by a round more' | 'recovered at once'
  /** Who sees a single reading if it is curious, and who must collude to see it. */
  readonly sees: string
  readonly collusion: string
  /** Bits of security of its weakest part. */
  readonly strength: number
  /**
   * Largest |reading| in a lane. Schemes that end in a discrete logarithm need it small and find no total below zero unless
   * they are noisy; dimitriou-awad-robust takes no reading below zero.
   */
  readonly maxReading: bigint
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
