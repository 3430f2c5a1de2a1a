// Names of the roles that contenders are made of, in the order in which tables list them.

export const ROLES = ['meter', 'aggregator', 'registrar', 'concentrator', 'pes', 'supplier'] as const
/** Name of the role that does the work or bears the cost. `meter` stands for all meters, which share one process. */
export type RoleName = (typeof ROLES)[number]

/** Names of the roles for a person. */
export const ROLE_TITLES: Readonly<Record<RoleName, string>> = {
  meter: 'meter',
  aggregator: 'aggregator',
  registrar: 'registrar',
  concentrator: 'concentrator',
  pes: 'PES',
  supplier: 'supplier'
}
