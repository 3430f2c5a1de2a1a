// What all routes of the desk have in common: who asks, and how a store's refusal is answered.
import { checkCsrf, HttpProblem, type Session, sessionOf } from '@hushgrid/http'
import type { Role } from '@hushgrid/mdms'
import { InvalidArgumentError } from '@hushgrid/primitives'
import type { Context } from 'hono'
import { jsonText } from '../commands/tables.ts'
import { standing } from './session-standing.ts'
import { problemOf } from './store-problems.ts'
import type { DeskSession, WebDesk } from './web-desk.ts'

const SAFE = new Set(['GET', 'HEAD'])

/** Handles a request of somebody who is signed in. */
export type Handler = (c: Context) => Promise<Response>

/**
 * A route for those who are signed in; whatever changes something needs the session's other token as well. A session whose
 * account is gone, or is another than it was, ends.
 */
export function signedIn(desk: WebDesk, run: (c: Context, session: DeskSession) => Promise<Response>): Handler {
  return async c => {
    const session: Session<DeskSession> = sessionOf(c, desk.sessions)
    if (!SAFE.has(c.req.method)) checkCsrf(c, session)
    await standing(desk, session)
    try {
      return await run(c, session.value)
    } catch (cause) {
      const problem = problemOf(cause)
      if (problem?.status === 401) desk.sessions.end(session.token)
      throw problem ?? cause
    }
  }
}

/** The role that a session uses where several would do; where it has none of them, the store refuses, and notes it. */
export function roleOf({ roles }: DeskSession, anyOf: readonly [Role, ...Role[]]): Role {
  return anyOf.find(role => roles.includes(role)) ?? anyOf[0]
}

/**
 * Runs what looks at something that came with the request.
 *
 * @throws HttpProblem 400 where it was not as it has to be
 */
export function asked<T>(run: () => T): T {
  try {
    return run()
  } catch (cause) {
    throw badRequest(cause) ?? cause
  }
}

/** {@link asked} for what takes its time. */
export async function askedOf<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    throw badRequest(cause) ?? cause
  }
}

function badRequest(cause: unknown): HttpProblem | undefined {
  return cause instanceof InvalidArgumentError ? new HttpProblem(400, cause.message) : undefined
}

/** An answer with integers of any length in it. */
export function answer(c: Context, value: unknown): Response {
  return c.body(jsonText(value), 200, { 'content-type': 'application/json; charset=utf-8' })
}
