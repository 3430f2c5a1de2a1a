// Sessions, as every server of the pages keeps them. A session is a cookie that scripts cannot read.

/** What an answer that is no success holds: one sentence for the person. */
export interface Problem {
  readonly error: string
}

/** Header of every request that changes something; its value is {@link SessionInfo.csrf}. */
export const CSRF_HEADER = 'x-csrf-token'

/**
 * `GET /api/session`, and the answer to signing in by `POST /api/session`. 401 where nobody is signed in; the desk's
 * `GET /api/signed-in` answers `null` then, for a page that opens.
 */
export interface SessionInfo {
  readonly account: string
  readonly roles: readonly string[]
  /** Of a customer: the household's pseudonym, part of each path below `/api/households/`. */
  readonly household?: string
  readonly csrf: string
}

/** `POST /api/session` of the supplier's desk. `DELETE /api/session` signs out. */
export interface SignIn {
  readonly account: string
  readonly password: string
}
