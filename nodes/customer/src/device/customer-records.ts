// The customer's files, which hold nothing that opens a reading without the password.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { equalBytes, HushgridError, InvalidArgumentError, type MeterId, meterId, type Slot, slot, utf8 } from '@hushgrid/primitives'
import { makeFolder, readOrCreateSecret, readSecret, replaceSecret } from '@hushgrid/runtime'
import { type AccountRecord, AccountRecordError, decodeAccount, encodeAccount } from './account-record.ts'

/** Reports a record that would take the place of another one. */
export class RecordConflictError extends HushgridError {
  override name = 'RecordConflictError'
}

/** Reports a record that was asked for and is not kept. */
export class NoSuchRecordError extends HushgridError {
  override name = 'NoSuchRecordError'
}

/** Most bytes of a file, larger than any batch or bill of a month. */
const MOST_BYTES = 64 * 1024 * 1024
const BATCH = /^(\d{1,15})\.batch$/
const BILL = /^([a-z0-9][a-z0-9._-]{0,127})\.bill$/

/**
 * Records that a server keeps of one customer: the account with its wrapped keys, the meters' batches as they were signed
 * and encrypted, and the bills. No method takes a password, a key or a reading, and only {@link CustomerDevice}
 * decrypts.
 *
 * A folder of files, readable by their owner only: `account.json`, `batches/<meter>/<first slot>.batch`, `bills/<name>.bill`.
 */
export class CustomerRecords {
  readonly #folder: string

  /** @throws FolderError */
  constructor(folder: string) {
    this.#folder = folder
    makeFolder(folder)
  }

  /** @throws AccountRecordError, SecretFileError */
  readAccount(): AccountRecord | undefined {
    const path = this.#accountFile
    if (!existsSync(path)) return undefined
    return decodeAccount(decodeUtf8(readSecret(path, undefined, MOST_BYTES), path), path)
  }

  /**
   * Keeps a new account.
   *
   * @throws RecordConflictError where there is one
   */
  createAccount(record: AccountRecord): void {
    const { created } = readOrCreateSecret(this.#accountFile, undefined, () => utf8(encodeAccount(record)))
    if (!created) throw new RecordConflictError(`${this.#accountFile}: expected no account yet, got one`)
  }

  /**
   * Replaces an account by one that was made from it.
   *
   * @throws RecordConflictError where another was kept in between
   */
  replaceAccount(before: AccountRecord, after: AccountRecord): void {
    const now = this.readAccount()
    if (!now || encodeAccount(now) !== encodeAccount(before) || now.account !== after.account)
      throw new RecordConflictError(`${this.#accountFile}: expected the account as it was read, got another one`)
    replaceSecret(this.#accountFile, utf8(encodeAccount(after)))
  }

  /**
   * Keeps a meter's batch, of which each period has only one, ever.
   *
   * @returns true where it is new
   * @throws RecordConflictError where another batch is kept under the same first slot
   */
  putBatch(meter: MeterId, firstSlot: Slot, batch: Uint8Array): boolean {
    const folder = this.#batchFolder(meter)
    makeFolder(folder)
    return keep(join(folder, `${slot(firstSlot)}.batch`), batch)
  }

  /** Lists the first slots of a meter's batches, in order. */
  batches(meter: MeterId): Slot[] {
    return names(this.#batchFolder(meter), BATCH)
      .map(name => slot(Number(name)))
      .sort((a, b) => a - b)
  }

  /** @throws NoSuchRecordError, SecretFileError */
  readBatch(meter: MeterId, firstSlot: Slot): Uint8Array {
    return read(join(this.#batchFolder(meter), `${slot(firstSlot)}.batch`), 'a batch')
  }

  /**
   * Keeps a bill.
   *
   * @param name - name of the bill, such as its period
   * @returns true where it is new
   * @throws RecordConflictError where another one has the name
   */
  putBill(name: string, bill: Uint8Array): boolean {
    const folder = join(this.#folder, 'bills')
    makeFolder(folder)
    return keep(join(folder, billFile(name)), bill)
  }

  /** Lists the names of the bills, in order. */
  bills(): string[] {
    return names(join(this.#folder, 'bills'), BILL).sort()
  }

  /** @throws NoSuchRecordError, SecretFileError */
  readBill(name: string): Uint8Array {
    return read(join(this.#folder, 'bills', billFile(name)), 'a bill')
  }

  get #accountFile(): string {
    return join(this.#folder, 'account.json')
  }

  #batchFolder(meter: MeterId): string {
    // Checks the id here too, since it becomes a path.
    return join(this.#folder, 'batches', meterId(meter))
  }
}

function billFile(name: string): string {
  const file = `${name}.bill`
  if (!BILL.test(file)) throw new InvalidArgumentError('bill name', '1 to 128 of a-z, 0-9, ".", "_" and "-"', JSON.stringify(name))
  return file
}

function names(folder: string, pattern: RegExp): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap(file => {
    const name = pattern.exec(file)?.[1]
    return name === undefined ? [] : [name]
  })
}

function keep(path: string, bytes: Uint8Array): boolean {
  if (bytes.byteLength === 0 || bytes.byteLength > MOST_BYTES)
    throw new InvalidArgumentError('record', `1 to ${MOST_BYTES} bytes`, String(bytes.byteLength))
  if (!existsSync(path)) {
    replaceSecret(path, bytes)
    return true
  }
  if (!equalBytes(read(path, 'what is kept'), bytes))
    throw new RecordConflictError(`${path}: expected what is kept there already, got something else`)
  return false
}

function read(path: string, what: string): Uint8Array {
  if (!existsSync(path)) throw new NoSuchRecordError(`${path}: expected ${what}, got none`)
  return readSecret(path, undefined, MOST_BYTES)
}

function decodeUtf8(bytes: Uint8Array, from: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw new AccountRecordError(`${from}: expected UTF-8, got something else`)
  }
}
