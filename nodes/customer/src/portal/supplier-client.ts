// The supplier's HTTP API, asked by the portal in the name of customers.
import { HttpProblem } from '@hushgrid/http'
import type { SessionInfo } from '@hushgrid/web-api'
import { type Answer, askServer, jsonOf, type Question, ServerAwayError, sentenceOf } from './ask-server.ts'

/** A customer's session at the supplier, held by the portal and never given to a browser. */
export interface SupplierSession {
  readonly account: string
  /** Pseudonym of the household. */
  readonly household: string
  /** Cookie of the session, `name=value`. */
  readonly cookie: string
  readonly csrf: string
}

/** Reports that the supplier's session has ended before ours. */
export class SupplierSessionEndedError extends HttpProblem {
  override name = 'SupplierSessionEndedError'

  constructor() {
    super(401, 'the session has ended: sign in again')
  }
}

/** Statuses of the supplier's refusals that are passed on with their sentence. */
const PASSED_ON = [400, 403, 404, 409, 413, 415, 429] as const

export interface SupplierClientInit {
  /** Origin of the supplier's server. */
  readonly supplier: string
  /** Longest time of an answer, ms. */
  readonly within?: number
  /** Notes that the supplier does not answer, or not as it should. */
  readonly away: (problem: string) => void
}

/** The supplier's HTTP API, asked in the name of customers. */
export class SupplierClient {
  readonly #supplier: string
  readonly #limits: { readonly within?: number }
  readonly #away: (problem: string) => void

  constructor({ supplier, within, away }: SupplierClientInit) {
    this.#supplier = supplier
    this.#limits = within === undefined ? {} : { within }
    this.#away = away
  }

  /**
   * Signs a customer in.
   *
   * @returns undefined for another account or password, or for an account that is no customer's; the three are not told apart
   * @throws HttpProblem 429, 503
   */
  async signIn(account: string, password: string): Promise<SupplierSession | undefined> {
    const answer = await this.#ask({ method: 'POST', path: '/api/session', body: { account, password } })
    if (answer.status === 401) return undefined
    if (answer.status === 429) {
      this.#away('expected to sign customers in, got 429: --web-portal at the supplier has to name the address of this portal')
      throw new SupplierLimitProblem(waitOf(answer))
    }
    this.#checkDone(answer)
    const { csrf, roles, household } = (jsonOf(answer) ?? {}) as Partial<SessionInfo>
    const cookie = answer.headers.getSetCookie()[0]?.split(';', 1)[0]
    if (typeof csrf !== 'string' || cookie === undefined || !Array.isArray(roles)) throw this.#malformed('a session')
    if (typeof household === 'string' && household !== '' && roles.length === 1 && roles[0] === 'customer')
      return { account, household, cookie, csrf }
    await this.signOut({ cookie, csrf })
    return undefined
  }

  /** Signs out. A session whose supplier does not answer ends by itself after a while. */
  async signOut({ cookie, csrf }: Pick<SupplierSession, 'cookie' | 'csrf'>): Promise<void> {
    await this.#ask({ method: 'DELETE', path: '/api/session', cookie, csrf }).catch(cause => {
      if (!(cause instanceof HttpProblem)) throw cause
      // Swallows it: the supplier's absence was told already, and the customer is signed out here.
    })
  }

  /**
   * Changes the password of a signed-in customer.
   *
   * @param current - password until now
   * @throws HttpProblem
   */
  async changePassword(session: SupplierSession, current: string, password: string): Promise<void> {
    await this.forward(session, { method: 'PUT', path: '/api/session/password', body: { current, password } })
  }

  /**
   * Tells whether a signed-in customer's account has a password, by setting it once more.
   *
   * @throws HttpProblem
   */
  async isPassword(session: SupplierSession, password: string): Promise<boolean> {
    try {
      await this.changePassword(session, password, password)
      return true
    } catch (cause) {
      if (cause instanceof HttpProblem && cause.status === 403) return false
      throw cause
    }
  }

  /**
   * Asks as a customer.
   *
   * @returns an answer that is a success
   * @throws SupplierSessionEndedError; HttpProblem with the supplier's refusal, or 503
   */
  async forward({ cookie, csrf }: SupplierSession, question: Omit<Question, 'cookie' | 'csrf'>): Promise<Answer> {
    const answer = await this.#ask({ ...question, cookie, ...(question.method !== 'GET' && { csrf }) })
    if (answer.status === 401) throw new SupplierSessionEndedError()
    this.#checkDone(answer)
    if (answer.body.byteLength > 0 && !answer.isJson) throw this.#malformed('JSON')
    return answer
  }

  /** @throws HttpProblem 503 */
  async #ask(question: Question): Promise<Answer> {
    try {
      return await askServer(this.#supplier, question, this.#limits)
    } catch (cause) {
      if (!(cause instanceof ServerAwayError)) throw cause
      this.#away(cause.message)
      throw new SupplierAwayProblem()
    }
  }

  /** @throws HttpProblem where the answer is no success */
  #checkDone(answer: Answer): void {
    const { status } = answer
    if (status >= 200 && status < 300) return
    const passedOn = PASSED_ON.find(known => known === status)
    if (passedOn !== undefined) {
      throw new HttpProblem(passedOn, sentenceOf(answer) ?? `the supplier has refused this (status ${status})`, waitOf(answer))
    }
    this.#away(`expected an answer of the API, got status ${status}`)
    throw new HttpProblem(503, sentenceOf(answer) ?? 'the supplier cannot answer now')
  }

  #malformed(expected: string): HttpProblem {
    this.#away(`expected ${expected}, got an answer that is none`)
    return new HttpProblem(502, 'the supplier has answered something else than was asked')
  }
}

function waitOf({ headers }: Answer): Readonly<Record<string, string>> {
  const retryAfter = headers.get('retry-after') ?? ''
  return /^\d{1,6}$/.test(retryAfter) ? { 'retry-after': retryAfter } : {}
}

/** Reports that the supplier takes no sign-ins for a while, of this portal or of an account. */
export class SupplierLimitProblem extends HttpProblem {
  override name = 'SupplierLimitProblem'

  constructor(wait: Readonly<Record<string, string>>) {
    super(429, 'too many sign-ins have failed at the supplier: try again in a while', wait)
  }
}

/** Reports that the supplier gave no answer. */
class SupplierAwayProblem extends HttpProblem {
  override name = 'SupplierAwayProblem'

  constructor() {
    super(503, 'the supplier cannot be reached now')
  }
}
