import { CONTENDER_NAMES } from '@hushgrid/lab/options'

/** Names of the contenders in `--modes` and the results; that of a contender of another package is added here. */
export const COMPARED_MODES: readonly string[] = [...CONTENDER_NAMES]
