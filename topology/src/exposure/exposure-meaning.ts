import { colludersInWholeSums, colludersTolerated, type RecoveryMode, recoveryLie } from '../ring/recovery.ts'

/**
 * Meanings of "exposed" for an honest meter that is not marked absent. Nobody is missing; the aggregator and ceil(γn) members pool what they know
 * (PROTOCOL.md sections 1 and 7).
 *
 * - `reading-alone`: all d mask neighbours collude or are absent, so they can take every mask off its submission. The reading is
 *   learnt in any recovery mode (double mask: all shares of the private mask are with colluders too), without a lie.
 * - `few-in-sum`: honest meters that are joined by masks, directly or through one another, are fewer than h. The sum of
 *   these few readings is learnt, likewise. Contains the case before.
 * - `reading-unprotected`, `few-unprotected`: more neighbours collude than section 7 allows for h = 2, for h. The
 *   guarantee is gone: an aggregator that lies about who is missing can get the reading (for h: a sum of fewer than h);
 *   with edge release only by keeping those it names from disputing, too. Contain the cases before. Not with recovery
 *   'none', where nothing is ever released.
 * - `part-unprotected`, with double mask: more neighbours collude than section 7 allows for sums of whole components. A
 *   sum of fewer than `minMembers` can be learnt, or one of a lane that fewer than `support` can fill. Contains the cases
 *   before.
 */
export type ExposureKind = 'reading-alone' | 'few-in-sum' | 'reading-unprotected' | 'few-unprotected' | 'part-unprotected'

/** An exposure as a condition on the ring: a part below so many honest members, or more colluders than tolerated. */
export type ExposureMeaning = { readonly kind: ExposureKind; readonly text: string } & (
  | { readonly below: number; readonly tolerated?: undefined }
  | { readonly below?: undefined; readonly tolerated: number }
)

/** The conditions that apply to a recovery mode, mildest last in each pair. */
export function exposureMeanings(neighbours: number, recovery: RecoveryMode, honest: number): ExposureMeaning[] {
  const out: ExposureMeaning[] = [
    { kind: 'reading-alone', text: `all ${neighbours} mask neighbours collude or are absent: the reading is learnt`, below: 2 },
    { kind: 'few-in-sum', text: `masks join fewer than ${honest} honest meters: their sum is learnt`, below: honest }
  ]
  const how = recoveryLie(recovery)
  if (how === undefined) return out
  for (const [kind, tolerated, what] of [
    ['reading-unprotected', colludersTolerated(recovery, neighbours, 2), 'the reading can be learnt'],
    ['few-unprotected', colludersTolerated(recovery, neighbours, honest), `a sum of fewer than ${honest} can be learnt`],
    ['part-unprotected', colludersInWholeSums(recovery, neighbours), 'a sum below minMembers or support can be learnt']
  ] as const) {
    if (tolerated === undefined) continue
    const when = tolerated < 0 ? 'always, colluders or not' : `more than ${tolerated} of ${neighbours} mask neighbours collude`
    out.push({ kind, text: `${when}: ${what} ${how}`, tolerated })
  }
  return out
}
