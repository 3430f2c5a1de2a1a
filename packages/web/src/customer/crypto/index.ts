// Opens a customer's readings in the browser. Imports nothing of ours, and so is a second implementation of the formats.
export { type AccountRecord, decodeRecord, encodeRecord } from './account-record.ts'
export { type Batch, decodeBatch, PAD_BYTES } from './batch.ts'

export { type Bytes, fromBase64, fromHex, toHex } from './bytes.ts'
export { Committer } from './commitments.ts'
export { CustomerCryptoError } from './errors.ts'
export { decryptBatch, type Readings, signatureHolds } from './open-batch.ts'
export { type PasswordKeys, passwordKeys } from './password-key.ts'
export { checkScheme } from './password-scheme.ts'
export { type MeterKeys, resealRecord, unwrapMeterKeys } from './vault.ts'
