// The household of a signed-in customer: its batches, and their state of opening and checking.
import type { EncryptedBatches, PasswordTerms, SessionInfo, WrappedKeys } from '@hushgrid/web-api'
import { type Signal, signal } from '@preact/signals'
import { ApiProblem, getJson, sendJson } from '../../common/api-client.ts'
import { browserZone } from '../../common/local-time.ts'
import type { Readings } from '../crypto/index.ts'
import type { Span } from '../figures/energy.ts'
import { type KeeperClient, KeeperError } from './keeper-client.ts'
import type { ReadableBatch } from './keeper-messages.ts'

/** State of the meter's signature over a batch. */
type Signature = 'not yet checked' | 'being checked' | 'holds' | 'does not hold'

/** A batch in the page's hands. */
export interface HeldBatch extends Omit<ReadableBatch, 'meterId'> {
  /** Id of the meter; undefined where the batch could not be read. */
  readonly meterId?: string
  readonly readings?: Readings
  /** Reason why the page does not use it, in a sentence. */
  readonly refused?: string
  readonly signature: Signature
  /** Duration of the check, ms. */
  readonly ms?: number
}

/** Progress of signing in, in words; `done` from 0 to 1 where it can be told. */
export interface SignInStep {
  readonly what: string
  readonly done?: number
}

/**
 * A signed-in customer's household: the server's data, and the keeper's work on them. In memory only; nothing of it is
 * left after {@link Household.end}.
 */
export class Household {
  readonly session: SessionInfo
  readonly meters: readonly string[]
  /** IANA name of the browser's zone. */
  readonly zone = browserZone()
  readonly batches: Signal<readonly HeldBatch[]> = signal([])
  /** Reason why the session ended without the customer asking for it. */
  readonly ended: Signal<string | undefined> = signal(undefined)
  /** Number of the list that the batches' numbers refer to; grows with each list. */
  readonly list: Signal<number> = signal(0)
  slotSeconds = 900
  network = ''
  /** The server's clock when the batches were fetched, seconds since 1970; the page has no other, so that no two disagree. */
  readonly now: Signal<number> = signal(0)
  readonly #keeper: KeeperClient
  #checks: Promise<void> = Promise.resolve()
  /** Batches as the server gave them. */
  #given: ReadonlySet<string> = new Set()
  #fetching: Promise<number> | undefined

  constructor(session: SessionInfo, keeper: KeeperClient, meters: readonly string[]) {
    this.session = session
    this.meters = meters
    this.#keeper = keeper
  }

  /**
   * Signs in: the password stays here, a proof goes to the server.
   *
   * @param keeper - left to the caller to end where this fails
   * @throws ApiProblem, KeeperError
   */
  static async signIn(keeper: KeeperClient, account: string, password: string, step: (now: SignInStep) => void): Promise<Household> {
    step({ what: 'Asking the server how your key is made' })
    const terms = await sendJson<PasswordTerms>('POST', '/api/password-scheme', { account })
    const making = 'Making your key from your password, on this machine only'
    step({ what: making })
    const { proof } = await keeper.ask('make-key', { account, password, terms }, done => step({ what: making, done }))
    step({ what: 'Signing in' })
    const session = await sendJson<SessionInfo>('POST', '/api/session', { account, proof })
    step({ what: 'Opening the keys of your meters' })
    const { record } = await getJson<WrappedKeys>(`${pathOf(session)}/vault`)
    const { meters } = await keeper.ask('unlock', { record })
    const household = new Household(session, keeper, meters)
    step({ what: 'Fetching your encrypted readings' })
    await household.fetchBatches()
    return household
  }

  /**
   * Fetches the batches that the server has. Only on demand: a page that looked by itself would keep its session alive for ever.
   *
   * @returns number of new ones
   * @throws ApiProblem, KeeperError
   */
  async fetchBatches(): Promise<number> {
    this.#fetching ??= this.#fetchBatches().finally(() => {
      this.#fetching = undefined
    })
    return await this.#fetching
  }

  /** Gets from below the household's own path. @throws ApiProblem */
  async get<T>(path: string): Promise<T> {
    return await this.#whileSignedIn(getJson<T>(`${pathOf(this.session)}${path}`))
  }

  /** Sends a change to the household's own path. */
  async send<T>(method: 'PUT' | 'DELETE', path: string, body: unknown): Promise<T> {
    return await this.#whileSignedIn(sendJson<T>(method, `${pathOf(this.session)}${path}`, body, this.session.csrf))
  }

  async #whileSignedIn<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (cause) {
      if (cause instanceof ApiProblem && cause.status === 401) this.ended.value = 'Your session has ended. Sign in again to go on.'
      throw cause
    }
  }

  async #fetchBatches(): Promise<number> {
    const { network, slotSeconds, now, batches } = await this.get<EncryptedBatches>('/batches')
    this.now.value = Date.parse(now) / 1000
    const given = new Set(batches.map(({ batch }) => batch))
    const fresh = [...given].filter(batch => !this.#given.has(batch)).length
    if (fresh === 0 && given.size === this.#given.size) return 0
    this.network = network
    this.slotSeconds = slotSeconds
    const received = batches.map(({ firstSlot, slots, batch }) => ({ firstSlot, slots, batch }))
    const taken = await this.#keeper.ask('take', { batches: received, slotSeconds })
    const ends = new Map<string, number>()
    this.#given = given
    this.list.value++
    this.batches.value = taken.batches.map((about): HeldBatch => {
      const { firstSlot, slots } = about
      const nothing = { lanes: [], gaps: 0, encrypted: '', encryptedBytes: 0 }
      if ('refused' in about) return { ...about, ...nothing, slotSeconds, signature: 'not yet checked' }
      const { meterId } = about
      const twice = firstSlot < (ends.get(meterId) ?? 0)
      ends.set(meterId, Math.max(ends.get(meterId) ?? 0, firstSlot + slots))
      return { ...about, signature: 'not yet checked', ...(twice && { refused: 'The server gave readings of the same time twice.' }) }
    })
    return fresh
  }

  /** Lists the numbers of a meter's batches with a slot in [from, until), slots. */
  numbersOf(meter: string, from = 0, until = Number.POSITIVE_INFINITY): number[] {
    return this.batches.value.flatMap(({ meterId, firstSlot, slots }, i) =>
      meterId === meter && firstSlot < until && firstSlot + slots > from ? [i] : []
    )
  }

  /**
   * Decrypts a meter's batches in [from, until), slots, and begins to check their signatures.
   *
   * @returns settles when all are decrypted
   */
  async open(meter: string, from?: number, until?: number): Promise<void> {
    const numbers = this.numbersOf(meter, from, until)
    await Promise.all(numbers.map(number => this.#read(number)))
    for (const number of numbers) this.#checkLater(number)
  }

  /** Waits for all signature checks that are under way. */
  async checked(): Promise<void> {
    await this.#checks
  }

  /** Lists the open spans of a meter, in order; without those that are known to have been changed. */
  spans(meter: string): Span[] {
    return this.batches.value
      .flatMap(({ meterId, readings, slotSeconds, firstSlot, lanes, refused }) =>
        meterId === meter && readings && refused === undefined ? [{ slotSeconds, firstSlot, lanes, readings }] : []
      )
      .toSorted((a, b) => a.firstSlot - b.firstSlot)
  }

  async #read(number: number): Promise<void> {
    const list = this.list.value
    const batch = this.batches.value[number]
    if (!batch || batch.readings || batch.refused !== undefined) return
    try {
      const { readings } = await this.#keeper.ask('read', { batch: number })
      this.#set(list, number, { readings })
    } catch (cause) {
      if (!(cause instanceof KeeperError) || cause.fault !== 'batch') throw cause
      this.#set(list, number, { refused: cause.message })
    }
  }

  #checkLater(number: number): void {
    const list = this.list.value
    const batch = this.batches.value[number]
    if (!batch?.readings || batch.refused !== undefined || batch.signature !== 'not yet checked') return
    this.#set(list, number, { signature: 'being checked' })
    this.#checks = this.#checks.then(async () => await this.#check(list, number))
  }

  async #check(list: number, number: number): Promise<void> {
    if (list !== this.list.value) return
    try {
      const { holds, ms } = await this.#keeper.ask('check', { batch: number })
      if (holds) this.#set(list, number, { signature: 'holds', ms })
      else
        this.#set(list, number, {
          signature: 'does not hold',
          ms,
          refused: 'These readings are not what your meter signed: they were changed on the way.'
        })
    } catch (cause) {
      // Claims nothing of a signature where the customer signed out meanwhile, or this browser lacks Ed25519.
      if (!(cause instanceof KeeperError)) throw cause
      this.#set(list, number, { signature: 'not yet checked' })
    }
  }

  /** Changes the state of a batch, unless another list is shown by now. */
  #set(list: number, number: number, change: Partial<HeldBatch>): void {
    if (list !== this.list.value) return
    this.batches.value = this.batches.value.map((batch, i) => (i === number ? { ...batch, ...change } : batch))
  }

  /** Makes the proof from the password, typed once more. @throws KeeperError for another password */
  async proveAgain(password: string, progress: (done: number) => void): Promise<string> {
    return (await this.#keeper.ask('prove-again', { password }, progress)).proof
  }

  /**
   * Changes the password: neither of the two leaves this machine, but proofs of both and the keys, wrapped anew.
   *
   * @throws ApiProblem, KeeperError
   */
  async changePassword(current: string, password: string, progress: (done: number) => void): Promise<void> {
    const { change } = await this.#keeper.ask('change-password', { current, password }, progress)
    await this.#whileSignedIn(sendJson('PUT', '/api/session/password', change, this.session.csrf))
    await this.#keeper.ask('password-changed', {})
  }

  /** Forgets the batches, once the server has deleted its copies. */
  forgetBatches(): void {
    this.#given = new Set()
    this.list.value++
    this.batches.value = []
  }

  /** Ends the session at the server, too. @throws ApiProblem */
  async signOut(): Promise<void> {
    this.end()
    await sendJson('DELETE', '/api/session', undefined, this.session.csrf)
  }

  /** Ends the keeper, and with it all keys. */
  end(): void {
    this.#keeper.end()
    this.batches.value = []
  }
}

function pathOf({ household }: SessionInfo): string {
  if (household === undefined) throw new ApiProblem('This account has no household at the supplier yet.', 404)
  return `/api/households/${encodeURIComponent(household)}`
}
