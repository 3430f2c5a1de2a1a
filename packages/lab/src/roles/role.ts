// Names of the roles, in a process's orders and for a person. `meter` stands for all meters, which share one process.
import type { RoleName } from '@hushgrid/schemes/roles'

export { ROLES, type RoleName } from '@hushgrid/schemes/roles'

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
