// Wraps the meters' keys under the password's key.
import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { KeyEpoch, MeterKey } from '@hushgrid/billing'
import { checkLength, concatBytes, HushgridError, type MeterId, type Rng, u32, utf8 } from '@hushgrid/primitives'
import { type PasswordScheme, SALT_BYTES } from '@hushgrid/web-api'
import { ACCOUNT_VERSION, type AccountRecord, checkAccountName, compareKeys, type WrappedKey } from './account-record.ts'
import { ARGON2ID, checkNewPassword, passwordKey } from './password-key.ts'
import { signInProof } from './sign-in-proof.ts'

/** Length of a meter's key K, bytes. */
const METER_SECRET_BYTES = 32

const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Salt of an account that does not exist. */
const NOBODYS_SALT = new Uint8Array(SALT_BYTES)

/** A meter's key K in the clear. */
interface OpenedKey extends MeterKey {
  readonly meterId: MeterId
}

/** Content of an account that is open. */
interface OpenedAccount {
  readonly account: string
  readonly scheme: PasswordScheme
  readonly keys: readonly OpenedKey[]
}

/** Reports a missing account or a wrong password; the message does not say which. */
export class WrongPasswordError extends HushgridError {
  override name = 'WrongPasswordError'
}

/** Reports an account that its password opens although a part of it was changed. */
export class VaultDamagedError extends HushgridError {
  override name = 'VaultDamagedError'
}

/** Reports a key of a meter that the vault lacks, or already has. */
export class MeterKeyError extends HushgridError {
  override name = 'MeterKeyError'
}

/**
 * The device's side of a customer's account: the keys K of the meters in the clear, and the way they are wrapped. Only
 * {@link Vault.record} is for others. Printed or serialised, the vault shows the account's name and the meters.
 *
 * Each K is wrapped by AES-256-GCM (NIST SP 800-38D) under the key that the password gives, with a random nonce, and
 * bound to account, meter, epoch and version of the file; a new password comes with a new salt, and so with a new key.
 */
export class Vault {
  /** Record that a server may keep. */
  readonly record: AccountRecord
  readonly #wrapping: Uint8Array
  /** Keys in the order of meters and epochs. */
  readonly #keys: readonly OpenedKey[]
  readonly #rng: Rng

  private constructor(record: AccountRecord, wrapping: Uint8Array, keys: readonly OpenedKey[], rng: Rng) {
    this.record = record
    this.#wrapping = wrapping
    this.#keys = keys
    this.#rng = rng
  }

  /**
   * Makes a new account without meters.
   *
   * @throws InvalidArgumentError for a name or password that will not do
   */
  static async create(account: string, password: string, rng: Rng, scheme: PasswordScheme = ARGON2ID): Promise<Vault> {
    checkAccountName(account)
    return await Vault.#sealed({ account, scheme, keys: [] }, checkNewPassword(password), rng)
  }

  /**
   * Opens an account.
   *
   * @param record - undefined for a missing account, which takes as long to refuse
   * @throws WrongPasswordError, VaultDamagedError
   */
  static async unlock(record: AccountRecord | undefined, password: string, rng: Rng): Promise<Vault> {
    const wrapping = await passwordKey(password, record?.salt ?? NOBODYS_SALT, record?.scheme ?? ARGON2ID)
    if (!record || unwrap(wrapping, record.check, checkIdentity(record.account)) === undefined)
      throw new WrongPasswordError('expected an account and its password, got another name or password')
    const keys = record.keys.map(({ meterId, keyEpoch: epoch, wrapped }): OpenedKey => {
      const key = unwrap(wrapping, wrapped, keyIdentity(record.account, meterId, epoch))
      if (!key) throw new VaultDamagedError(`meter ${meterId}: expected the wrapped key that was kept, got one that does not authenticate`)
      return { meterId, epoch, key }
    })
    return new Vault(record, wrapping, keys, rng)
  }

  static async #sealed({ account, scheme, keys }: OpenedAccount, password: string, rng: Rng): Promise<Vault> {
    const salt = rng.bytes(SALT_BYTES)
    const wrapping = await passwordKey(password, salt, scheme)
    const check = wrap(wrapping, new Uint8Array(0), checkIdentity(account), rng)
    const wrapped = keys.map(key => wrapKey(wrapping, account, key, rng))
    return new Vault({ account, scheme, salt, check, keys: wrapped }, wrapping, keys, rng)
  }

  get account(): string {
    return this.record.account
  }

  get meters(): readonly MeterId[] {
    return [...new Set(this.record.keys.map(({ meterId }) => meterId))]
  }

  /**
   * Gives copies of a meter's keys, in the order of their epochs.
   *
   * @throws MeterKeyError where there is none
   */
  keysOf(meter: MeterId): MeterKey[] {
    const keys = this.#keys.filter(({ meterId }) => meterId === meter).map(({ epoch, key }) => ({ epoch, key: Uint8Array.from(key) }))
    if (keys.length === 0) throw new MeterKeyError(`meter ${meter}: expected one that account ${this.account} is paired with, got none`)
    return keys
  }

  /**
   * Gives a copy of the K that a batch is sealed under.
   *
   * @throws MeterKeyError
   */
  keyOf(meter: MeterId, epoch: KeyEpoch): Uint8Array {
    const found = this.keysOf(meter).find(key => key.epoch === epoch)
    if (!found)
      throw new MeterKeyError(
        `meter ${meter}: expected a key of account ${this.account}, got one of epoch ${epoch}, which another pairing drew`
      )
    return found.key
  }

  /** Gives the sign-in proof; see {@link signInProof}. */
  signInProof(): string {
    return signInProof(this.#wrapping)
  }

  /**
   * Makes the account with one more key of a meter.
   *
   * @throws MeterKeyError where it has one of that epoch already
   */
  withKey(meterId: MeterId, { epoch, key }: MeterKey): Vault {
    checkLength(key, METER_SECRET_BYTES, 'meter key')
    if (this.#keys.some(held => held.meterId === meterId && held.epoch === epoch))
      throw new MeterKeyError(`meter ${meterId}: expected a key of an epoch that is new, got one of epoch ${epoch}, which is there`)
    const opened: OpenedKey = { meterId, epoch, key: Uint8Array.from(key) }
    const keys = [...this.record.keys, wrapKey(this.#wrapping, this.account, opened, this.#rng)].toSorted(compareKeys)
    const held = [...this.#keys, opened].toSorted((a, b) => compareKeys(placeOf(a), placeOf(b)))
    return new Vault({ ...this.record, keys }, this.#wrapping, held, this.#rng)
  }

  /**
   * Wraps everything anew under another password, and under another scheme where one is given.
   *
   * @throws InvalidArgumentError for a password that will not do
   */
  async withPassword(password: string, scheme: PasswordScheme = this.record.scheme): Promise<Vault> {
    return await Vault.#sealed({ account: this.account, scheme, keys: this.#keys }, checkNewPassword(password), this.#rng)
  }

  toJSON(): { account: string; meters: readonly MeterId[] } {
    return { account: this.account, meters: this.meters }
  }
}

function placeOf({ meterId, epoch: keyEpoch }: OpenedKey): Omit<WrappedKey, 'wrapped'> {
  return { meterId, keyEpoch }
}

function wrapKey(wrapping: Uint8Array, account: string, opened: OpenedKey, rng: Rng): WrappedKey {
  const { meterId, keyEpoch } = placeOf(opened)
  return { meterId, keyEpoch, wrapped: wrap(wrapping, opened.key, keyIdentity(account, meterId, keyEpoch), rng) }
}

/** Encodes parts so that no two lists of them give the same bytes. */
function identity(...parts: readonly string[]): Uint8Array {
  return concatBytes(
    ...parts.flatMap(part => {
      const bytes = utf8(part)
      return [u32(bytes.byteLength), bytes]
    }),
    u32(ACCOUNT_VERSION)
  )
}

function checkIdentity(account: string): Uint8Array {
  return identity('hushgrid/v1/customer/check', account)
}

function keyIdentity(account: string, meter: MeterId, epoch: KeyEpoch): Uint8Array {
  return identity('hushgrid/v1/customer/meter-key', account, meter, String(epoch))
}

function wrap(key: Uint8Array, plain: Uint8Array, associated: Uint8Array, rng: Rng): Uint8Array {
  const nonce = rng.bytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(associated)
  return concatBytes(nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag())
}

/** Unwraps a key; undefined where the wrapping key, the binding or a byte differs. */
function unwrap(key: Uint8Array, wrapped: Uint8Array, associated: Uint8Array): Uint8Array | undefined {
  const tag = wrapped.byteLength - TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', key, wrapped.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(associated)
  decipher.setAuthTag(wrapped.subarray(tag))
  const plain = decipher.update(wrapped.subarray(NONCE_BYTES, tag))
  try {
    return concatBytes(plain, decipher.final())
  } catch {
    // Loses nothing: OpenSSL says only that the tag does not fit.
    return undefined
  }
}
