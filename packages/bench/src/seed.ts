/** Seed unless one is given, so that two runs compute with the same numbers. */
export const DEFAULT_SEED = 'bench'
