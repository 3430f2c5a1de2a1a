// Sessions of people who are signed in.
import { createHash } from 'node:crypto'
import { InvalidArgumentError, type Rng } from '@hushgrid/primitives'

/** Bytes of a token: 256 bits from the machine's generator cannot be guessed. */
const TOKEN_BYTES = 32
const DEFAULT_IDLE = 30 * 60_000
const DEFAULT_LONGEST = 12 * 3_600_000
const DEFAULT_MOST = 10_000
const DEFAULT_MOST_EACH = 50

/** A session of a person who is signed in. */
export interface Session<T> {
  /** Secret of the cookie. */
  readonly token: string
  /** Second secret, named by each request that changes something. */
  readonly csrf: string
  readonly value: T
}

interface Kept<T> extends Session<T> {
  readonly begun: number
  used: number
}

export interface SessionsInit<T> {
  /** Clock, ms. */
  readonly now: () => number
  readonly rng: Rng
  /** Time after which an unused session ends, ms. */
  readonly idleMs?: number
  /** Time after which every session ends, ms. */
  readonly longestMs?: number
  /** Most sessions at a time; one more ends the least recently used. */
  readonly most?: number
  /** Names the owner of a session. Without it all sessions have one owner. */
  readonly ownerOf?: (value: T) => string
  /** Most sessions of one owner, so that no account's sign-ins end the sessions of others. */
  readonly mostEach?: number
}

/** Sessions in memory: they end with the process. Looks them up by a hash of the token, so that the time tells nothing. */
export class Sessions<T> {
  readonly #now: () => number
  readonly #rng: Rng
  readonly #idle: number
  readonly #longest: number
  readonly #most: number
  readonly #ownerOf: ((value: T) => string) | undefined
  readonly #mostEach: number
  /** Sessions in the order of their last use. */
  readonly #kept = new Map<string, Kept<T>>()

  constructor({
    now,
    rng,
    idleMs = DEFAULT_IDLE,
    longestMs = DEFAULT_LONGEST,
    most = DEFAULT_MOST,
    ownerOf,
    mostEach = DEFAULT_MOST_EACH
  }: SessionsInit<T>) {
    if (!(most >= 1)) throw new InvalidArgumentError('most', 'at least 1 session', String(most))
    this.#now = now
    this.#rng = rng
    this.#idle = idleMs
    this.#longest = longestMs
    this.#most = most
    this.#ownerOf = ownerOf
    this.#mostEach = mostEach
  }

  get size(): number {
    return this.#kept.size
  }

  /** Signs somebody in. */
  start(value: T): Session<T> {
    const now = this.#now()
    this.#tidy(now)
    this.#makeRoom(value)
    const oldest = this.#kept.keys().next().value
    if (this.#kept.size >= this.#most && oldest !== undefined) this.#kept.delete(oldest)
    const session: Kept<T> = { token: this.#draw(), csrf: this.#draw(), value, begun: now, used: now }
    this.#kept.set(keyOf(session.token), session)
    return session
  }

  /** Finds the session of a token and counts it as used; undefined where there is none, or it is over. */
  find(token: string): Session<T> | undefined {
    const key = keyOf(token)
    const session = this.#kept.get(key)
    const now = this.#now()
    if (!session) return undefined
    this.#kept.delete(key)
    if (this.#isOver(session, now)) return undefined
    session.used = now
    this.#kept.set(key, session)
    return session
  }

  /** Signs out. */
  end(token: string): void {
    this.#kept.delete(keyOf(token))
  }

  /** Ends all sessions that the predicate picks, such as those of an account that is gone. */
  endWhere(predicate: (value: T) => boolean): void {
    for (const [key, { value }] of this.#kept) if (predicate(value)) this.#kept.delete(key)
  }

  #isOver({ begun, used }: Kept<T>, now: number): boolean {
    return now - used >= this.#idle || now - begun >= this.#longest
  }

  #tidy(now: number): void {
    for (const [key, session] of this.#kept) if (this.#isOver(session, now)) this.#kept.delete(key)
  }

  /** Ends the least recently used sessions of the value's owner, until one more may begin. */
  #makeRoom(value: T): void {
    const ownerOf = this.#ownerOf
    if (!ownerOf) return
    const owner = ownerOf(value)
    const theirs = [...this.#kept].filter(([, session]) => ownerOf(session.value) === owner)
    for (const [key] of theirs.slice(0, Math.max(0, theirs.length - this.#mostEach + 1))) this.#kept.delete(key)
  }

  #draw(): string {
    return Buffer.from(this.#rng.bytes(TOKEN_BYTES)).toString('base64url')
  }
}

function keyOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
