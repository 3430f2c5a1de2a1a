// Data directory of a PES: its keys, and the snapshot of its sums. Without that snapshot a slot could be added up twice,
// over different meters.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { HushgridError, type IdentityKey, type Rng } from '@hushgrid/primitives'
import { openJournal, type RecordLog, readOrCreateSecret } from '@hushgrid/runtime'

/** Data directory of a PES that cannot be relied on. */
export class PesStoreError extends HushgridError {
  override name = 'PesStoreError'
}

const RSA_BITS = 3072

/** Data directory of a PES: its keys, and the snapshot of its sums and of the meters' keys. */
export class PesStore {
  readonly identity: IdentityKey
  readonly rsaKey: KeyObject
  readonly snapshot: Uint8Array | undefined
  readonly #log: RecordLog

  private constructor(identity: IdentityKey, rsaKey: KeyObject, snapshot: Uint8Array | undefined, log: RecordLog) {
    this.identity = identity
    this.rsaKey = rsaKey
    this.snapshot = snapshot
    this.#log = log
  }

  /** Public half, which meters wrap their keys with. */
  get rsaPublicKey(): KeyObject {
    return createPublicKey(this.rsaKey)
  }

  /**
   * Opens a data directory, made where there is none; a new RSA key of 3072 bits takes a moment.
   *
   * @param flush - makes snapshots outlive a loss of power; a lab's need not
   * @throws PesStoreError, SecretFileError, RecordLogError
   */
  static open(directory: string, rng: Rng, flush: boolean): PesStore {
    const { identity, log, records } = openJournal({ directory, file: 'sums.log', rng, flush, notIntact })
    try {
      const rsa = join(directory, 'rsa.key')
      const made = readOrCreateSecret(rsa, undefined, newRsaKey, flush)
      return new PesStore(identity, rsaKeyOf(rsa, made.secret), records.at(-1), log)
    } catch (cause) {
      log.close()
      throw cause
    }
  }

  /** Replaces the snapshot before by a new one. */
  keep(snapshot: Uint8Array): void {
    this.#log.replace([snapshot])
  }

  close(): void {
    this.#log.close()
  }
}

function newRsaKey(): Uint8Array {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: RSA_BITS })
  return new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }))
}

function rsaKeyOf(path: string, der: Uint8Array): KeyObject {
  let key: KeyObject | undefined
  try {
    key = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
  } catch (cause) {
    // OpenSSL's errors, which have a code, mean bytes that are no key; any other is not about the file.
    if (!(cause instanceof Error && 'code' in cause)) throw cause
  }
  if (key?.asymmetricKeyType !== 'rsa')
    throw new PesStoreError(`${path}: expected an RSA private key in DER (PKCS #8), got something else. Restore it`)
  return key
}

function notIntact(path: string, got: string): PesStoreError {
  return new PesStoreError(
    `${path}: expected the PES's intact snapshot, got ${got}; without it a slot could be added up twice, over other meters. Restore it, or begin in an empty directory`
  )
}
