// A limit to the guessing of passwords that locks nobody out of a device of their own.
import { HttpProblem } from '../problem.ts'
import { networkOf } from '../remote-network.ts'

const DEFAULTS = { perDevice: 10, perSource: 10, perAddress: 100, perAccount: 50, perServer: 200, windowMs: 15 * 60_000 } as const
/** Most keys whose failures are counted; beyond it the longest known are forgotten. */
const MOST_COUNTED = 100_000

export interface SignInLimits {
  /** Clock, ms. */
  readonly now: () => number
  /** Failures of one known device, or of one session, within the window. */
  readonly perDevice?: number
  /** Failures of one account from one address. */
  readonly perSource?: number
  /** Failures of one address, or of one IPv6 network of 64 bits, since the owner of one of its addresses has all. */
  readonly perAddress?: number
  /** Failures of one account from all addresses together, known devices aside: more than one address can bring. */
  readonly perAccount?: number
  /** Failures of one account from one of the servers that are named as `servers`. */
  readonly perServer?: number
  readonly windowMs?: number
  /**
   * Addresses of servers that bring the sign-ins of many, and limit them themselves. Neither is their address limited, nor
   * do failures from elsewhere make their accounts wait, or theirs make others wait.
   */
  readonly servers?: ReadonlySet<string>
}

/** A try of a password. */
export interface SignInTry {
  /** Name that was typed, whether there is an account of it or not. */
  readonly account: string
  readonly address: string
  /** Device from which the account has signed in before; see `KnownDevices`. */
  readonly device?: string | undefined
  /** Token of the account's session, where it has to show its password once more. */
  readonly session?: string
}

/** A try that was admitted, and counted as a failure until one of these says otherwise. */
interface AdmittedTry {
  /** Forgets the failures of the try's device, or of its account from its address. */
  succeeded(): void
  /** Counts as if there had been no try. */
  takeBack(): void
}

interface Failures {
  count: number
  readonly since: number
}

/** Key of a count, and the number from which it has to wait. */
type Count = readonly [key: string, most: number]

/**
 * Slows down the guessing of passwords: of one account from one address, of one address, since accounts may be many, and of
 * one account from everywhere, since addresses are cheap. A device that is known for the account has a count of its own,
 * so that no stranger can make it wait.
 */
export class SignInLimiter {
  readonly #now: () => number
  readonly #limits: Omit<Required<SignInLimits>, 'now' | 'servers'>
  readonly #servers: ReadonlySet<string>
  readonly #failures = new Map<string, Failures>()

  constructor({ now, servers, ...limits }: SignInLimits) {
    this.#now = now
    this.#limits = { ...DEFAULTS, ...limits }
    this.#servers = new Set([...(servers ?? [])].map(networkOf))
  }

  /**
   * Admits a try before its password is looked at. Counts it as a failure at once, so that many tries at a time are no more
   * than many in a row.
   *
   * @throws HttpProblem 429, with the seconds to wait in `Retry-After`
   */
  admit(each: SignInTry): AdmittedTry {
    const counts = this.#countsOf(each)
    const left = Math.max(...counts.map(count => this.#left(count)))
    if (left > 0) {
      const seconds = Math.ceil(left / 1000)
      throw new HttpProblem(429, `too many sign-ins have failed: try again in ${Math.ceil(seconds / 60)} min`, {
        'retry-after': String(seconds)
      })
    }
    for (const [key] of counts) this.#count(key)
    const takeBack = (): void => {
      for (const [key] of counts) this.#uncount(key)
    }
    return {
      takeBack,
      succeeded: () => {
        takeBack()
        this.#failures.delete(counts[0][0])
      }
    }
  }

  /**
   * Runs a try, within the limits. Does not count one that throws: nothing was tried then, as where a store is away.
   *
   * @param run - gives undefined for a wrong password
   * @throws HttpProblem 429; what `run` throws
   */
  async attempt<T>(each: SignInTry, run: () => Promise<T | undefined>): Promise<T | undefined> {
    const admitted = this.admit(each)
    try {
      const right = await run()
      if (right !== undefined) admitted.succeeded()
      return right
    } catch (cause) {
      admitted.takeBack()
      throw cause
    }
  }

  /** Gives the counts of a try, the narrowest first. */
  #countsOf({ account, address, device, session }: SignInTry): [Count, ...Count[]] {
    const { perDevice, perSource, perAddress, perAccount, perServer } = this.#limits
    if (session !== undefined) return [[keyOf('session', session), perDevice]]
    const ofDevice: Count | undefined = device === undefined ? undefined : [keyOf('device', account, device), perDevice]
    // Takes a device that has failed too often for a stranger's.
    if (ofDevice && this.#left(ofDevice) === 0) return [ofDevice]
    const network = networkOf(address)
    const source = keyOf('source', account, network)
    if (this.#servers.has(network)) return [[source, perServer]]
    return [
      [source, perSource],
      [keyOf('address', network), perAddress],
      [keyOf('account', account), perAccount]
    ]
  }

  /** Gives the milliseconds to wait; 0 for none. */
  #left([key, most]: Count): number {
    const failures = this.#failures.get(key)
    if (!failures) return 0
    const over = failures.since + this.#limits.windowMs - this.#now()
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

  #uncount(key: string): void {
    const failures = this.#failures.get(key)
    if (failures && failures.count > 0) failures.count--
  }
}

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts)
}
