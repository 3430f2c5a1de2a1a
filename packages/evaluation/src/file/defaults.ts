// Defaults and names of parameters. Imports nothing, for options.

/** Fewest runs of a point from whose values the order statistics give a 95 % interval of the median: 1 − 2 · 2⁻⁶ is 96.9 %. */
export const LEAST_RUNS = 6

/** Parameters that a file leaves out. */
export const EVALUATION_DEFAULTS = {
  n: 50,
  degree: 'auto',
  gamma: 0.1,
  dropout: 0,
  churn: 'none',
  lanes: 2,
  bits: 2048,
  delayMs: 100,
  loss: 0,
  drive: 'simulated',
  contenders: 'all',
  slots: 8,
  warmUp: 2,
  slotSeconds: 900,
  repeats: LEAST_RUNS,
  changes: true
} as const

/** Parameters whose values are numbers, which a range may give and `pnpm sweep` may vary. */
export const SWEPT = ['n', 'degree', 'gamma', 'dropout', 'lanes', 'bits', 'delayMs', 'loss'] as const
export type Swept = (typeof SWEPT)[number]
