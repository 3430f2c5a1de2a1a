// Names of the roles that contenders are made of, in the order in which tables list them. Imports nothing, for options.

/** Parts that a party plays. Every party has an Ed25519 key; its id is written like a meter's. */
export const ROLES = [
  'meter',
  'device',
  'aggregator',
  'dealer',
  'collector',
  'key-authority',
  'store',
  'registrar',
  'concentrator',
  'pes',
  'supplier'
] as const
export type RoleName = (typeof ROLES)[number]
