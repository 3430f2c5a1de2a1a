// The supplier's keys and its PES's setup, in files of the data directory.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Ciphertext, PublicKey } from '@hushgrid/paillier'
import { decodeKeyShare, decodeSupplierKey, decryptWith, encodeSupplierKey, type KeyShare, type PesVariantName } from '@hushgrid/pes'
import { HushgridError, IdentityKey, type Rng, systemRng } from '@hushgrid/primitives'
import { makeFolder, RecordLog, readOrCreateSecret, readSecret } from '@hushgrid/runtime'

/** A data directory of a supplier that cannot be relied on. */
export class SupplierStoreError extends HushgridError {
  override name = 'SupplierStoreError'
}

/** Key, or share of one, by which a supplier decrypts. */
export interface SupplierDecryption {
  readonly variant: PesVariantName
  readonly publicKey: PublicKey
  readonly decrypt: (aggregate: Ciphertext, partial: Uint8Array) => bigint
  /** Share of the key that the dealer gave, with `direct`. */
  readonly share: KeyShare | undefined
}

/** Keeps the supplier's keys, and the setup of its PES, in the data directory beside the database. */
export class SupplierStore {
  readonly identity: IdentityKey
  readonly decryption: SupplierDecryption
  /** Envelope of the PesSetup that was taken first. */
  setup: Uint8Array | undefined
  readonly #log: RecordLog

  private constructor(identity: IdentityKey, decryption: SupplierDecryption, setup: Uint8Array | undefined, log: RecordLog) {
    this.identity = identity
    this.decryption = decryption
    this.setup = setup
    this.#log = log
  }

  /**
   * Opens a data directory, made where there is none.
   *
   * @param key - `make` draws a Paillier key where there is none yet; `share` is a file that the dealer gave, for `direct`
   * @throws SupplierStoreError, SecretFileError, RecordLogError, KeyFileError
   */
  static open(
    directory: string,
    key: { readonly make: () => ReturnType<typeof decodeSupplierKey> } | { readonly share: string },
    rng: Rng,
    flush: boolean
  ): SupplierStore {
    makeFolder(directory)
    const path = join(directory, 'setup.log')
    // Reads the log before opening it, which cuts off damage: another PES could become the first then.
    if (existsSync(path) && RecordLog.read(path).damaged)
      throw new SupplierStoreError(
        `${path}: expected the intact setup of the PES that was taken, got a damaged one. Restore it, or remove it to take the next PES that comes`
      )
    const identity = openIdentity(directory, rng, flush)
    const decryption = 'share' in key ? withShare(key.share) : withKey(join(directory, 'paillier.key'), key.make, flush)
    const { log, records } = RecordLog.open(path, flush)
    return new SupplierStore(identity, decryption, records[0], log)
  }

  /** Keeps the setup that was taken: no other PES is listened to from now on. */
  keepSetup(setup: Uint8Array): void {
    this.#log.replace([setup])
    this.setup = setup
  }

  close(): void {
    this.#log.close()
  }
}

/**
 * Opens the key that the node is known by, made where there is none.
 *
 * @throws SecretFileError
 */
export function openIdentity(directory: string, rng: Rng = systemRng, flush = true): IdentityKey {
  return new IdentityKey(readOrCreateSecret(join(directory, 'identity.key'), 32, () => rng.bytes(32), flush).secret)
}

function withKey(path: string, make: () => ReturnType<typeof decodeSupplierKey>, flush: boolean): SupplierDecryption {
  const { secret } = readOrCreateSecret(path, undefined, () => encodeSupplierKey(make()), flush)
  const privateKey = decodeSupplierKey(secret)
  return { variant: 'reencrypt', publicKey: privateKey.publicKey, decrypt: aggregate => privateKey.decrypt(aggregate), share: undefined }
}

function withShare(path: string): SupplierDecryption {
  const share = decodeKeyShare(readSecret(path, undefined))
  return { variant: 'direct', publicKey: share.publicKey, decrypt: decryptWith(share), share }
}
