/**
 * The customer's own system, `pnpm node:customer`: `device/` has the keys and the readings, `commands/` pairs with a meter,
 * fetches, bills and sends, `export/` writes files for other programs, `portal/` serves many customers their page and never
 * has a key.
 *
 * @packageDocumentation
 */

export { decodeAccount, encodeAccount } from './device/account-record.ts'
export { CustomerDevice } from './device/customer-device.ts'
export { CustomerRecords } from './device/customer-records.ts'
export { ARGON2ID, PBKDF2 } from './device/password-key.ts'
export { measuredSlots } from './device/reading-span.ts'
export { Vault } from './device/vault.ts'
export { toCsv } from './export/csv-export.ts'
export { toGreenButton } from './export/green-button.ts'
