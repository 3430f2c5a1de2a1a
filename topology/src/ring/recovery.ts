/** What happens when members are missing (PROTOCOL.md section 7); a mode's index is its byte in the roster hash. */
export const RECOVERY_MODES = ['none', 'edge-release', 'double-mask'] as const
export type RecoveryMode = (typeof RECOVERY_MODES)[number]

/** Words as an error lists what it expected: "a, b or c". */
export function oneOf(words: readonly (string | number)[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/** h: the fewest honest readings in any sum that can be learnt (PROTOCOL.md section 5). */
export const HONEST_IN_SUM = 3

/** Double mask numbers the holders of a meter's shares 1 … 254 in GF(2^8) (PROTOCOL.md section 7). */
export const MAX_SHARE_HOLDERS = 254

/** Gives f = ceil(d/2), the neighbours out of d that must stay before a meter releases edge masks (PROTOCOL.md section 7). */
export function releaseThreshold(neighbours: number): number {
  return Math.ceil(neighbours / 2)
}

/** Gives t = floor(2d/3) + 1, the neighbours out of d that restore a meter's private mask (PROTOCOL.md section 7). */
export function shareThreshold(neighbours: number): number {
  return Math.floor((2 * neighbours) / 3) + 1
}

/** Facts about a mode, and its demands on the mask graph. */
interface ModeFacts {
  /** Effect on a slot in which meters are missing. */
  readonly effect: string
  /** Rank among the modes by whose word a reading's secrecy rests on: a meter's floor holds every weaker mode off. */
  readonly strength: number
  /** Neighbours of a meter, out of d, that must be present: f or t for a slot to be recovered, one for a reading to be masked. */
  readonly needed: (neighbours: number) => number
  /** Neighbours of a meter that stay in a sum that is learnt of it, colluders included. */
  readonly kept: (neighbours: number) => number
  /** Colluding neighbours of a meter while sums that are learnt are whole components; absent where the mode has no such bound. */
  readonly whole?: (neighbours: number) => number
  /** True where meters add a private mask, of which their neighbours hold shares. */
  readonly privateMasks: boolean
  /** Way in which a lying aggregator would get at a reading; absent for a mode that never answers a request. */
  readonly lie?: string
}

const MODES: Readonly<Record<RecoveryMode, ModeFacts>> = {
  none: { effect: 'loses the slot', strength: 0, needed: () => 1, kept: releaseThreshold, privateMasks: false },
  'edge-release': {
    effect: 'costs nothing while all are there',
    strength: 1,
    needed: releaseThreshold,
    kept: releaseThreshold,
    privateMasks: false,
    lie: 'by naming present members missing and cutting them off'
  },
  'double-mask': {
    effect: "costs a second message in every slot and takes nobody's word for who is missing",
    strength: 2,
    needed: shareThreshold,
    kept: neighbours => 2 * shareThreshold(neighbours) - neighbours,
    whole: neighbours => Math.floor(shareThreshold(neighbours) - neighbours / 2 - 1),
    privateMasks: true,
    lie: 'by lying about who is missing'
  }
}

/** The modes with the effect of each, in one sentence. */
export const RECOVERY_EFFECTS = RECOVERY_MODES.map(mode => `'${mode}' ${MODES[mode].effect}`).join(', ')

/** Gives the lie that would expose a reading beyond the bound; undefined for a mode that does not recover. */
export function recoveryLie(recovery: RecoveryMode): string | undefined {
  return MODES[recovery].lie
}

/** f or t: so many of a meter's d neighbours must be present for it to take part; without recovery one. */
export function neighboursNeeded(recovery: RecoveryMode, neighbours: number): number {
  return MODES[recovery].needed(neighbours)
}

/** Tells whether a mode is at least as strong as a floor. */
export function isAsStrong(recovery: RecoveryMode, floor: RecoveryMode): boolean {
  return MODES[recovery].strength >= MODES[floor].strength
}

/** Tells whether meters add private masks, so that a meter has at most {@link MAX_SHARE_HOLDERS} neighbours. */
export function hasPrivateMasks(recovery: RecoveryMode): boolean {
  return MODES[recovery].privateMasks
}

/**
 * c: while at most so many of a meter's d neighbours collude, its reading is learnt only in sums over at least h honest
 * ones, whoever lies (PROTOCOL.md sections 5 and 7). Negative where no meter is safe even without colluders, as on the
 * plain ring.
 *
 * Edge release: a meter that releases keeps f neighbours in the sum, so f − c honest ones beside itself. Double mask: an
 * aggregator that shows different lists of the missing needs t neighbours behind each of two, and two sets of t out of
 * d share at least 2t − d.
 */
export function colludersTolerated(recovery: RecoveryMode, neighbours: number, honest = HONEST_IN_SUM): number {
  return MODES[recovery].kept(neighbours) - honest + 1
}

/**
 * t − d/2 − 1, rounded down: while at most so many of a meter's d neighbours collude, sums that are learnt with double mask
 * are all the honest members of whole components, so `minMembers` and `support` hold against the aggregator too (PROTOCOL.md
 * section 7). Negative where that never holds; undefined for a mode without such a bound.
 */
export function colludersInWholeSums(recovery: RecoveryMode, neighbours: number): number | undefined {
  return MODES[recovery].whole?.(neighbours)
}
