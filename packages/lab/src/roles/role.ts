// Names of the roles that contenders are made of, in the order in which tables list them.

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
/** Name of the role that does the work or bears the cost. `meter` stands for all meters, which share one process. */
export type RoleName = (typeof ROLES)[number]

/** Names of the roles for a person. */
export const ROLE_TITLES: Readonly<Record<RoleName, string>> = {
  meter: 'meter',
  device: 'device',
  aggregator: 'aggregator',
  dealer: 'dealer',
  collector: 'collector',
  'key-authority': 'key authority',
  store: 'store',
  registrar: 'registrar',
  concentrator: 'concentrator',
  pes: 'PES',
  supplier: 'supplier'
}
