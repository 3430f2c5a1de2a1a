export type { Account } from './access/accounts.ts'
export type { AuditLine } from './access/audit-log.ts'
export { type Actor, ROLES, type Role } from './access/roles.ts'
export { openStore, type StoreOptions } from './database/open-store.ts'
export type { Store, StoreAccess, SupplierTerms } from './database/store.ts'
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
  Lanes,
  Network,
  Recorded,
  SlotTotal
} from './records/records.ts'
export { DEFAULT_RETENTION } from './records/retention.ts'
