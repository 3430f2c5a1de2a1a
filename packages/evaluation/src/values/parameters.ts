// Parameters that a figure can be drawn against.

export const PARAMETERS = ['n', 'degree', 'gamma', 'bits', 'lanes', 'dropout', 'delayMs', 'loss'] as const
export type Parameter = (typeof PARAMETERS)[number]

export const PARAMETER_TITLES: Readonly<Record<Parameter, string>> = {
  n: 'meters n',
  degree: 'mask neighbours of a meter',
  gamma: 'colluding fraction γ planned for',
  bits: 'bits of the modulus',
  lanes: 'lanes of a reading',
  dropout: 'missing meters in a slot (fraction)',
  delayMs: 'mean delay one way (ms)',
  loss: 'lost messages (fraction)'
}
