// Names of the contenders and of what people choose one by. Imports nothing, so that a command can read its options
// before it loads the nodes; `contenders.ts` has a contender for each name.

/** Names of the contenders in options, files and tables, in the order in which those show them. */
export const CONTENDER_NAMES = ['plain', 'dcnet', 'dcnet-double', 'pes-reencrypt', 'pes-direct'] as const
export type ContenderName = (typeof CONTENDER_NAMES)[number]

/** Modes of `pnpm nodes:start`, and the variants of those that have some. */
export const LAB_MODES = ['dcnet', 'pes'] as const
export const LAB_VARIANTS = ['reencrypt', 'direct'] as const
