/**
 * Which households' sums of a billing period can be given beside the sums of its slots: whoever has both can subtract.
 *
 * Readings are the edges of a graph between slots and households; each is in one slot's sum, and in one household's if that
 * is given. Whoever adds up slots and subtracts households learns the sum, signs aside, of the edges that lead out of the set
 * of nodes that was chosen, and of no fewer. If a meter was there for one slot, all slots less all other households are its
 * reading; a concentrator that passes on each half of the meters in a half of the slots, and one meter once among the others,
 * learns as much. Let T be the slots with a sum, m and M the terms' `minReadings` and `minMembers`, r a household's readings
 * in such slots, and r* the M-th largest r.
 *
 * - A sum is given where r >= m + T - r*. Two households, one of which has r* at least, have m slots in common, and so have any
 *   two where nobody of r* is given. A choice of one of the two leaves an edge over at each slot in common: m at least. With the
 *   M-th largest in the place of the largest, this holds as well for those who know up to M - 2 households' readings.
 * - Where some household has readings and is not given, another one is withheld that could be. What all slots have more than
 *   all households is then m readings of that one at least, and of no meter alone.
 *
 * Every sum that can be worked out is of min(m, M) readings at least. Whoever knows the sum of the one that is withheld from
 * elsewhere, as that household or from its bill, can subtract it and has the other's sum.
 */
import { concatBytes, sha256, u32, utf8 } from '@hushgrid/primitives'
import type { PesLimits } from './setup.ts'
import type { Period } from './state.ts'

const WITHHELD = utf8('hushgrid/v2/pes-withheld')

/** Gives the indices of those households whose sums of a period are given. */
export function givenSums(period: Period, { minMembers, minReadings }: Pick<PesLimits, 'minMembers' | 'minReadings'>): Set<number> {
  const counts = [...period.sums.values()].map(({ readings }) => readings).sort((a, b) => b - a)
  const least = minReadings + period.slots - (counts[minMembers - 1] ?? 0)
  const given = [...period.sums].filter(([, { readings }]) => readings >= least).map(([index]) => index)
  if (given.length < period.sums.size) given.splice(chosen(period, given.length), 1)
  return new Set(given)
}

/**
 * Chooses one of so many by all sums as they are encrypted: nobody else knows these, so nobody can arrange who it is, and a PES
 * that closes the period once more after a restart chooses the same.
 */
function chosen({ sums }: Period, count: number): number {
  const parts = [...sums].map(([index, { product }]) => concatBytes(u32(index), sha256(utf8(product.toString(16)))))
  const digest = sha256(WITHHELD, ...parts)
  return count === 0 ? 0 : new DataView(digest.buffer, digest.byteOffset).getUint32(0, true) % count
}
