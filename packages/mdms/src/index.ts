/**
 * The supplier's store: meter data management on SQLite or PostgreSQL. It keeps totals of neighbourhoods; of households,
 * it keeps nothing finer than a billing period, except readings that it cannot decrypt. People read and change it
 * through accounts with roles, each time with a line in an audit log; energy and amounts are encrypted under keys that
 * are not in the database.
 *
 * ```ts
 * import { openKeyFile, openStore } from '@hushgrid/mdms'
 * import { type Clock, systemRng } from '@hushgrid/primitives'
 *
 * const keys = openKeyFile('mdms/mdms.keys', systemRng)
 * const clock: Clock = new SystemClock() // of packages/network
 * const store = await openStore({ location: 'mdms/mdms.db', keys, clock })
 * await store.registerNetwork({ network: 'elm-street', slotSeconds: 1800 })
 * await store.createFirstAccount('ada', password)
 * const lines = await store.readAuditLog({ account: 'ada', role: 'auditor' }) // throws: ada is an admin
 * await store.close()
 * ```
 *
 * @packageDocumentation
 */

export type { Account } from './access/accounts.ts'
export type { AuditLine } from './access/audit-log.ts'
export { type Actor, ROLES, type Role } from './access/roles.ts'
export { openStore, type StoreOptions } from './database/open-store.ts'
export type { Store, SupplierTerms } from './database/store.ts'
export {
  ConflictError,
  ConsentWithdrawnError,
  NotAllowedError,
  RetentionError,
  SingleHouseholdError,
  StoreDamagedError,
  StoreUnavailableError,
  TariffNotValidError,
  UnknownAccountError,
  UnknownHouseholdError,
  UnknownNetworkError,
  UnknownTariffError
} from './errors.ts'
export { openKeyFile } from './keys/key-file.ts'
export { keyRing } from './keys/key-ring.ts'
export { CONSENT_PURPOSES } from './records/consents.ts'
export type {
  BillingRun,
  Consent,
  ConsentPurpose,
  EncryptedReadings,
  HouseholdBill,
  HouseholdConsumption,
  LostSlot,
  Network,
  Recorded,
  SlotTotal
} from './records/records.ts'
export { DEFAULT_RETENTION } from './records/retention.ts'
