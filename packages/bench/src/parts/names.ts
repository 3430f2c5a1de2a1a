/** Names of the parts, as `--only` takes them. */
export const PARTS = [
  'computation',
  'codec',
  'double-mask',
  'paillier',
  'reading-proof',
  'billing',
  'simulation',
  'sockets',
  'visitors',
  'start',
  'town'
] as const
export type Part = (typeof PARTS)[number]
