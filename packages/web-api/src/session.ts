// Sessions of the pages' servers, each held by a cookie that scripts cannot read.

/** Body of an answer that is no success: one sentence for the person. */
export interface Problem {
  readonly error: string
}

/** Header of every request that changes something; its value is {@link SessionInfo.csrf}. */
export const CSRF_HEADER = 'x-csrf-token'

/**
 * `GET /api/session`, and the answer to signing in by `POST /api/session`; 401 where nobody is signed in. The desk has
 * `GET /api/signed-in` too, which then answers `null`, for a page that opens.
 */
export interface SessionInfo {
  readonly account: string
  readonly roles: readonly string[]
  /** Pseudonym of a customer's household, part of each path below `/api/households/`. */
  readonly household?: string
  readonly csrf: string
}

/** `POST /api/session` of the supplier's desk. `DELETE /api/session` signs out. */
export interface SignIn {
  readonly account: string
  readonly password: string
}
