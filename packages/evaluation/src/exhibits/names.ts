// Names of the figures and tables of an evaluation, in the order of its report. Imports nothing, for options.

/** - `cpu` … `memory`: measured; `energy`: a model on top of `cpu`; `collusion` … `published`: known without a run. */
export const EXHIBIT_NAMES = [
  'headline',
  'cpu',
  'bytes',
  'messages',
  'rounds',
  'setup',
  'join-leave',
  'dropout',
  'differences',
  'growth',
  'storage',
  'memory',
  'energy',
  'collusion',
  'exposure',
  'views',
  'security',
  'published'
] as const
export type ExhibitName = (typeof EXHIBIT_NAMES)[number]
