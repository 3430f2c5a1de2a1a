// The account's record under its password: opening its keys, and sealing them under another.
import { type AccountRecord, RECORD_VERSION } from './account-record.ts'
import { type Bytes, concat, u32, utf8 } from './bytes.ts'
import { CustomerCryptoError } from './errors.ts'

const NONCE_BYTES = 12

/** A meter's K of an epoch, as a source for HKDF. Unwrapped inside WebCrypto: no script ever has its bytes. */
export interface MeterKey {
  readonly meterId: string
  readonly keyEpoch: number
  readonly key: CryptoKey
}

/** Keys in the order of meters and epochs. */
export type MeterKeys = readonly MeterKey[]

/**
 * Opens an account's record by AES-256-GCM (NIST SP 800-38D): first the check value, which tells a wrong password, then
 * each K, bound to account, meter, epoch and version.
 *
 * @throws CustomerCryptoError with fault `password`, or `record` where the password is right and a key was changed
 */
export async function unwrapMeterKeys(record: AccountRecord, wrapping: CryptoKey): Promise<MeterKeys> {
  const check = gcm(record.check, identity('hushgrid/v1/customer/check', record.account))
  const rest = await authentic(crypto.subtle.decrypt(check, wrapping, record.check.subarray(NONCE_BYTES)))
  if (rest?.byteLength !== 0)
    throw new CustomerCryptoError('password', 'The password does not open this account: another password, or a damaged record.')
  const keys: MeterKey[] = []
  for (const { meterId, keyEpoch, wrapped } of record.keys) {
    const bound = gcm(wrapped, identity('hushgrid/v1/customer/meter-key', record.account, meterId, String(keyEpoch)))
    const key = await authentic(
      crypto.subtle.unwrapKey('raw', wrapped.subarray(NONCE_BYTES), wrapping, bound, 'HKDF', false, ['deriveBits'])
    )
    if (!key)
      throw new CustomerCryptoError(
        'record',
        `The password is right, but the key of meter ${meterId.slice(0, 8)}… was changed since it was kept.`
      )
    keys.push({ meterId, keyEpoch, key })
  }
  return keys
}

/** Key and salt of a password, by which a record is sealed. */
export interface Sealing {
  readonly wrapping: CryptoKey
  readonly salt: Bytes
}

/**
 * Seals a record under another password, whose key comes of the same scheme. Each K goes from one key to the other inside
 * WebCrypto, without its bytes in any script.
 *
 * @param from - key of the password until now
 */
export async function resealRecord(record: AccountRecord, from: CryptoKey, { wrapping, salt }: Sealing): Promise<AccountRecord> {
  const { account } = record
  const sealed = gcm(newNonce(), identity('hushgrid/v1/customer/check', account))
  const check = concat(sealed.iv, new Uint8Array(await crypto.subtle.encrypt(sealed, wrapping, new Uint8Array(0))))
  const keys: AccountRecord['keys'][number][] = []
  for (const { meterId, keyEpoch, wrapped } of record.keys) {
    const bound = identity('hushgrid/v1/customer/meter-key', account, meterId, String(keyEpoch))
    // Takes K for a key of AES, since one for HKDF cannot be wrapped.
    const key = await crypto.subtle.unwrapKey(
      'raw',
      wrapped.subarray(NONCE_BYTES),
      from,
      gcm(wrapped, bound),
      { name: 'AES-GCM', length: 256 },
      true,
      ['encrypt']
    )
    const to = gcm(newNonce(), bound)
    keys.push({ meterId, keyEpoch, wrapped: concat(to.iv, new Uint8Array(await crypto.subtle.wrapKey('raw', key, wrapping, to))) })
  }
  return { ...record, salt, check, keys }
}

function newNonce(): Bytes {
  return crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
}

function gcm(wrapped: Bytes, additionalData: Bytes): { name: string; iv: Bytes; additionalData: Bytes; tagLength: number } {
  return { name: 'AES-GCM', iv: wrapped.slice(0, NONCE_BYTES), additionalData, tagLength: 128 }
}

/** Encodes the record's version and each part after its length, so that different parts never give the same bytes. */
function identity(...parts: readonly string[]): Bytes {
  const named = parts.map(utf8).flatMap(bytes => [u32(bytes.byteLength), bytes])
  return concat(...named, u32(RECORD_VERSION))
}

/** Awaits a decryption; undefined where the key, the binding or a byte differs. */
async function authentic<T>(opening: Promise<T>): Promise<T | undefined> {
  try {
    return await opening
  } catch (cause) {
    // Loses nothing: WebCrypto says only that the tag does not fit.
    if (cause instanceof DOMException && cause.name === 'OperationError') return undefined
    throw cause
  }
}
