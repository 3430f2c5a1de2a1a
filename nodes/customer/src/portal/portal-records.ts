// Files of the portal: records of accounts, and the key of made-up answers about accounts that do not exist.
import { createHash, createHmac } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { HushgridError, type Rng, toHex, utf8 } from '@hushgrid/primitives'
import { makeFolder, readOrCreateSecret, readSecret, replaceSecret } from '@hushgrid/runtime'
import type { PasswordTerms } from '@hushgrid/web-api'
import { SALT_BYTES } from '@hushgrid/web-api'
import { type AccountRecord, checkAccountName, decodeAccount, encodeAccount } from '../device/account-record.ts'
import { ARGON2ID, PBKDF2 } from '../device/password-key.ts'

/** Most bytes of an account's record. */
export const MOST_RECORD_BYTES = 256 * 1024

const SECRET_BYTES = 32
const FILE = /^[0-9a-f]{64}\.json$/
/** Number of made-up accounts out of 256 that answer with PBKDF2, so that PBKDF2 does not give a real account away. */
const MADE_UP_PBKDF2 = 32

/**
 * The portal's files: each account's record in `accounts/<SHA-256 of the name>.json`, readable by its owner only, and
 * `portal.key`, from which answers about accounts that do not exist are made. Nothing in them opens a reading or signs
 * anybody in.
 */
export class PortalRecords {
  readonly #folder: string
  readonly #secret: Uint8Array
  /** Password terms of each account, in memory so that the time to read a file does not tell which accounts exist. */
  readonly #terms = new Map<string, PasswordTerms>()

  /**
   * Reads the records that are there.
   *
   * @param dataDir - folder that the caller has claimed
   * @throws AccountRecordError, SecretFileError where a file is not as it was written
   */
  constructor(dataDir: string, rng: Rng) {
    this.#secret = readOrCreateSecret(join(dataDir, 'portal.key'), SECRET_BYTES, () => rng.bytes(SECRET_BYTES)).secret
    this.#folder = join(dataDir, 'accounts')
    const names = filesIn(this.#folder)
    for (const name of names) {
      const path = join(this.#folder, name)
      const record = decodeAccount(textOf(path), path)
      if (fileOf(record.account) !== name)
        throw new HushgridError(`${path}: expected the record of another account, got one that was moved here`)
      this.#terms.set(record.account, termsOf(record))
    }
  }

  /** Number of accounts. */
  get size(): number {
    return this.#terms.size
  }

  has(account: string): boolean {
    return this.#terms.has(account)
  }

  /** Tells how an account's password becomes a key; makes it up for a missing account, always the same. */
  terms(account: string): PasswordTerms {
    const madeUp = this.#madeUpTerms(account)
    return this.#terms.get(account) ?? madeUp
  }

  /** Makes up a name that no account at the supplier has, always the same; for sign-ins to accounts that are not kept here. */
  nobody(account: string): string {
    return `nobody-${this.#mac('nobody', account).toString('hex').slice(0, 32)}`
  }

  /** Gives the key of known devices, 32 bytes, the same after a restart. */
  deviceKey(): Uint8Array {
    return this.#mac('devices', '')
  }

  /** Reads the record as the customer's device wrote it; undefined where there is none. */
  read(account: string): string | undefined {
    return this.has(account) ? textOf(this.#path(account)) : undefined
  }

  /** Keeps a record in the place of any earlier one; it is on disk before this returns. */
  keep(record: AccountRecord): void {
    replaceSecret(this.#path(record.account), utf8(encodeAccount(record)))
    this.#terms.set(record.account, termsOf(record))
  }

  /** Deletes a record; it is gone from the disk before this returns. */
  remove(account: string): void {
    rmSync(this.#path(account), { force: true })
    // Flushes the folder, since a deletion has to outlive a loss of power too.
    flush(this.#folder)
    this.#terms.delete(account)
  }

  #path(account: string): string {
    return join(this.#folder, fileOf(checkAccountName(account)))
  }

  #madeUpTerms(account: string): PasswordTerms {
    const mac = this.#mac('terms', account)
    return {
      scheme: (mac[SALT_BYTES] as number) < MADE_UP_PBKDF2 ? PBKDF2 : ARGON2ID,
      salt: mac.subarray(0, SALT_BYTES).toString('hex')
    }
  }

  #mac(what: string, account: string): Buffer {
    return createHmac('sha256', this.#secret).update(`hushgrid/v1/portal/${what}\0${account}`).digest()
  }
}

function termsOf({ scheme, salt }: AccountRecord): PasswordTerms {
  return { scheme, salt: toHex(salt) }
}

/** Names the file by a hash, since an error about it would put the account's name into the log. */
function fileOf(account: string): string {
  return `${createHash('sha256').update(account).digest('hex')}.json`
}

function textOf(path: string): string {
  return Buffer.from(readSecret(path, undefined, MOST_RECORD_BYTES)).toString('utf8')
}

function filesIn(folder: string): string[] {
  makeFolder(folder)
  try {
    return readdirSync(folder).filter(name => FILE.test(name))
  } catch (cause) {
    throw new HushgridError(`${folder}: expected a folder that can be read (${(cause as NodeJS.ErrnoException).code})`)
  }
}

function flush(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
