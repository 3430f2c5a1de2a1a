// The keeper of the customer's keys, which runs in a worker.
import { type CustomerPasswordChange, type PasswordScheme, passwordMisfit, SALT_BYTES } from '@hushgrid/web-api'
import {
  type AccountRecord,
  type Batch,
  type Bytes,
  Committer,
  CustomerCryptoError,
  checkScheme,
  decodeBatch,
  decodeRecord,
  decryptBatch,
  encodeRecord,
  fromBase64,
  fromHex,
  type MeterKeys,
  PAD_BYTES,
  passwordKeys,
  type Readings,
  resealRecord,
  signatureHolds,
  toHex,
  unwrapMeterKeys
} from '../crypto/index.ts'
import type { KeeperTask, KeeperTasks, ReceivedBatch, TakenBatch } from './keeper-messages.ts'

/** Number of encrypted bytes that are shown. */
const SHOWN_BYTES = 160

type Progress = (done: number) => void
type Task<Name extends KeeperTask> = (
  given: KeeperTasks[Name]['given'],
  progress: Progress
) => Promise<KeeperTasks[Name]['answer']> | KeeperTasks[Name]['answer']

interface Account {
  readonly account: string
  readonly scheme: PasswordScheme
  readonly salt: Bytes
  readonly wrapping: CryptoKey
  readonly proof: string
}

/** A new password that the server may have by now, or not. */
interface NewPassword {
  readonly account: Account
  readonly record: AccountRecord
  readonly change: CustomerPasswordChange
}

/**
 * Keeper of the keys that only the customer may have: the key of the password and the meters' keys, none of which can be
 * exported. Runs in a worker, which ends with all of them when the customer signs out.
 */
export class Keeper {
  #account: Account | undefined
  #record: AccountRecord | undefined
  #new: NewPassword | undefined
  #keys: MeterKeys = []
  #batches: (Batch | undefined)[] = []
  readonly #readings = new Map<number, Promise<Readings>>()
  #committer: Committer | undefined

  readonly tasks: { readonly [Name in KeeperTask]: Task<Name> } = {
    'make-key': async ({ account, password, terms }, progress) => {
      const { scheme, salt } = checkTerms(terms)
      const { wrapping, proof } = await passwordKeys(password, scheme, salt, progress)
      this.#account = { account, scheme, salt, wrapping, proof }
      return { proof }
    },
    'prove-again': async ({ password }, progress) => ({ proof: await this.#proveAgain(password, progress) }),
    'change-password': async ({ current, password }, progress) => ({ change: await this.#change(current, password, progress) }),
    'password-changed': () => {
      this.#account = this.#new?.account ?? this.#account
      this.#record = this.#new?.record ?? this.#record
      this.#new = undefined
      return {}
    },
    unlock: async ({ record: text }) => {
      const account = this.#opened()
      const record = decodeRecord(text, account)
      this.#keys = await unwrapMeterKeys(record, account.wrapping)
      this.#record = record
      return { meters: [...new Set(this.#keys.map(({ meterId }) => meterId))] }
    },
    take: ({ batches, slotSeconds }) => {
      this.#readings.clear()
      const taken = batches.map(batch => this.#take(batch, slotSeconds))
      this.#batches = taken.map(({ batch }) => batch)
      return { batches: taken.map(({ about }) => about) }
    },
    read: async ({ batch }) => ({ readings: await this.#read(batch) }),
    check: async ({ batch: number }, progress) => {
      const start = performance.now()
      const { batch, key } = this.#batch(number)
      this.#committer ??= new Committer()
      const holds = await signatureHolds(batch, await this.#read(number), key, this.#committer, progress)
      return { holds, ms: performance.now() - start }
    }
  }

  #opened(): Account {
    if (!this.#account) throw new CustomerCryptoError('password', 'Sign in first: there is no key yet.')
    return this.#account
  }

  async #proveAgain(password: string, progress: Progress): Promise<string> {
    const { scheme, salt, proof: first } = this.#opened()
    const { proof } = await passwordKeys(password, scheme, salt, progress)
    if (proof !== first) throw new CustomerCryptoError('password', 'That is not the password that you signed in with. Nothing was done.')
    return proof
  }

  /** Makes the same change again for the same password, since the server may have begun with it. */
  async #change(current: string, password: string, progress: Progress): Promise<CustomerPasswordChange> {
    const misfit = passwordMisfit(password)
    if (misfit)
      throw new CustomerCryptoError(
        'password',
        `The new password has to have ${misfit.expected}; that one has ${misfit.got}. Nothing was done.`
      )
    const [open, record] = [this.#opened(), this.#record]
    if (!record) throw new CustomerCryptoError('password', 'Sign in first: the keys of your meters are not open yet.')
    const proofNow = await this.#proveAgain(current, done => progress(done / 2))
    const salt = this.#new?.account.salt ?? crypto.getRandomValues(new Uint8Array(SALT_BYTES))
    const { wrapping, proof } = await passwordKeys(password, open.scheme, salt, done => progress((1 + done) / 2))
    if (this.#new?.change.proof === proof) return this.#new.change
    const sealed = await resealRecord(record, open.wrapping, { wrapping, salt })
    const change = { current: proofNow, proof, record: encodeRecord(sealed) }
    this.#new = { account: { ...open, salt, wrapping, proof }, record: sealed, change }
    return change
  }

  #take(received: ReceivedBatch, slotSeconds: number): { batch?: Batch; about: TakenBatch } {
    const { firstSlot, slots } = received
    const refused = (why: string): { about: TakenBatch } => ({ about: { refused: why, firstSlot, slots } })
    const bytes = fromBase64(received.batch)
    if (!bytes) return refused('Readings that the server gave cannot be read: they are not base64.')
    try {
      const batch = decodeBatch(bytes)
      const { header } = batch
      if (header.firstSlot !== firstSlot || header.slots !== slots || header.slotSeconds !== slotSeconds)
        return refused('The server says that these readings are of another time than the meter says.')
      const { meterId, lanes } = header
      if (!this.#keys.some(key => key.meterId === meterId)) return refused('These readings are of a meter that your account has no key of.')
      if (!this.#keyOf(batch))
        return refused('These readings are under a key of your meter that your account does not have: the meter was paired anew.')
      const encrypted = toHex(batch.ciphertexts.subarray(0, SHOWN_BYTES))
      const encryptedBytes = batch.ciphertexts.byteLength
      const gaps = slots - encryptedBytes / (lanes.length * PAD_BYTES)
      return { batch, about: { meterId, slotSeconds, firstSlot, slots, lanes, gaps, encrypted, encryptedBytes } }
    } catch (cause) {
      if (!(cause instanceof CustomerCryptoError)) throw cause
      return refused(cause.message)
    }
  }

  #keyOf({ header }: Batch): CryptoKey | undefined {
    return this.#keys.find(({ meterId, keyEpoch }) => meterId === header.meterId && keyEpoch === header.keyEpoch)?.key
  }

  #batch(number: number): { batch: Batch; key: CryptoKey } {
    const batch = this.#batches[number]
    const key = batch && this.#keyOf(batch)
    if (!batch || !key) throw new CustomerCryptoError('batch', 'There are no such readings.')
    return { batch, key }
  }

  async #read(number: number): Promise<Readings> {
    const { batch, key } = this.#batch(number)
    const known = this.#readings.get(number) ?? decryptBatch(batch, key)
    this.#readings.set(number, known)
    return await known
  }
}

/** @throws CustomerCryptoError with fault `scheme` */
function checkTerms(terms: unknown): { scheme: PasswordScheme; salt: Bytes } {
  const { scheme, salt: text } = (typeof terms === 'object' && terms !== null ? terms : {}) as Readonly<Record<string, unknown>>
  const salt = fromHex(text, 16)
  if (!salt) throw new CustomerCryptoError('scheme', 'The server gave no salt that a key can be made with.')
  return { scheme: checkScheme(scheme), salt }
}
