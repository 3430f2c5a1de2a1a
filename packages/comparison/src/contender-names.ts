import { CONTENDER_NAMES } from '@hushgrid/lab/options'

/** Names of the contenders that are compared where nobody says which; `contenders.ts` has more. */
export const COMPARED_MODES: readonly string[] = [...CONTENDER_NAMES]
