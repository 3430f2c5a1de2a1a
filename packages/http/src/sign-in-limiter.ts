// A limit to the guessing of passwords.
import { HttpProblem } from './problem.ts'
import { networkOf } from './remote-network.ts'

const DEFAULT_PER_ACCOUNT = 10
const DEFAULT_PER_ADDRESS = 100
const DEFAULT_WINDOW = 15 * 60_000
/** Most accounts and addresses whose failures are counted; beyond it the longest known are forgotten. */
const MOST_COUNTED = 100_000

export interface SignInLimits {
  /** Clock, ms. */
  readonly now: () => number
  /** Failures of one account within the window, after which it has to wait. */
  readonly perAccount?: number
  /** Failures of one address, or of one IPv6 network of 64 bits, since the owner of one of its addresses has all. */
  readonly perAddress?: number
  readonly windowMs?: number
  /** Addresses whose failures are not counted here: servers that bring the sign-ins of many, and count them themselves. */
  readonly exempt?: ReadonlySet<string>
}

interface Failures {
  count: number
  readonly since: number
}

/** Slows down the guessing of passwords: by account, since addresses are cheap, and by address, since accounts may be many. */
export class SignInLimiter {
  readonly #now: () => number
  readonly #perAccount: number
  readonly #perAddress: number
  readonly #window: number
  readonly #exempt: ReadonlySet<string>
  readonly #failures = new Map<string, Failures>()

  constructor({
    now,
    perAccount = DEFAULT_PER_ACCOUNT,
    perAddress = DEFAULT_PER_ADDRESS,
    windowMs = DEFAULT_WINDOW,
    exempt
  }: SignInLimits) {
    this.#now = now
    this.#perAccount = perAccount
    this.#perAddress = perAddress
    this.#window = windowMs
    this.#exempt = new Set([...(exempt ?? [])].map(networkOf))
  }

  /**
   * Admits a try before its password is looked at. Counts it as a failure until {@link SignInLimiter.succeeded}, so that many
   * tries at once are no more than many in a row.
   *
   * @throws HttpProblem 429, with the seconds to wait in `Retry-After`
   */
  check(account: string, address: string): void {
    const counted = !this.#exempt.has(networkOf(address))
    const ofAddress = counted ? this.#left(addressKey(address), this.#perAddress) : 0
    const left = Math.max(this.#left(accountKey(account), this.#perAccount), ofAddress)
    if (left > 0) {
      const seconds = Math.ceil(left / 1000)
      throw new HttpProblem(429, `too many sign-ins have failed: try again in ${Math.ceil(seconds / 60)} min`, {
        'retry-after': String(seconds)
      })
    }
    this.#count(accountKey(account))
    if (counted) this.#count(addressKey(address))
  }

  /** Takes back the try that {@link SignInLimiter.check} counted, and forgets the account's failures. */
  succeeded(account: string, address: string): void {
    this.#failures.delete(accountKey(account))
    const failures = this.#failures.get(addressKey(address))
    if (failures && failures.count > 0) failures.count--
  }

  /** Gives the milliseconds to wait; 0 for none. */
  #left(key: string, most: number): number {
    const failures = this.#failures.get(key)
    if (!failures) return 0
    const over = failures.since + this.#window - this.#now()
    if (over <= 0) {
      this.#failures.delete(key)
      return 0
    }
    return failures.count >= most ? over : 0
  }

  #count(key: string): void {
    const failures = this.#failures.get(key)
    if (failures) failures.count++
    else {
      const oldest = this.#failures.keys().next().value
      if (this.#failures.size >= MOST_COUNTED && oldest !== undefined) this.#failures.delete(oldest)
      this.#failures.set(key, { count: 1, since: this.#now() })
    }
  }
}

function accountKey(account: string): string {
  return `account ${account}`
}

function addressKey(address: string): string {
  return `address ${networkOf(address)}`
}
