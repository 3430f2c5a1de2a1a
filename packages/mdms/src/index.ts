export type { Account } from './accounts.ts'
export type { AuditHead, AuditLine } from './audit-log.ts'
export {
  acceptBill,
  BillChecker,
  type BillOffer,
  type BillTerms,
  type BillToCheck,
  billCheckers,
  type CheckedBill,
  checkedBill,
  decodeOffered
} from './bill-desk.ts'
export { MAX_BILL_BYTES } from './bills.ts'
export { CONSENT_PURPOSES } from './consents.ts'
export type { Retained } from './context.ts'
export {
  type DailyProfile,
  type DailyProfileOptions,
  dailyProfile,
  type ProfileSlot,
  type Spread,
  type TypeProfile
} from './daily-profile.ts'
export * from './errors.ts'
export {
  type ForecastOptions,
  forecastNextDay,
  type ModelScore,
  type NextDayForecast,
  ShortHistoryError,
  type SlotForecast
} from './forecast.ts'
export type { ForecastErrors } from './forecast-evaluation.ts'
export { addKey, dropOldKeys, openKeyFile } from './key-file.ts'
export { type KeyRing, keyRing, type WrappingKey } from './key-ring.ts'
export { openStore, type StoreOptions } from './open-store.ts'
export {
  type DurationOptions,
  type DurationPoint,
  loadDurationCurve,
  type PeakOptions,
  type PeakSlot,
  type Peaks,
  peakSlots
} from './peak-slots.ts'
export * from './records.ts'
export { DEFAULT_RETENTION, type Deleted } from './retention.ts'
export { type Actor, ROLES, type Role } from './roles.ts'
export type { SlotRange, SlotTotalRow } from './slot-total.ts'
export type { CalendarOptions } from './slot-total-calendar.ts'
export type { Conflicts, Rotation, Store, StoreAccess, StoreKeeping, SupplierTerms } from './store.ts'
export type { NewTariff } from './tariffs.ts'
