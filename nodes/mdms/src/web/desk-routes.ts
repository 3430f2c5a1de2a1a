// The common part of all routes of the desk: the asking account, and answers to a store's refusal.
import { checkCsrf, HttpProblem, type Session, sessionOf } from '@hushgrid/http'
import type { Role } from '@hushgrid/mdms'
import { InvalidArgumentError } from '@hushgrid/primitives'
import type { Context } from 'hono'
import { jsonText } from '../commands/tables.ts'
import { standing } from './session/session-standing.ts'
import { problemOf } from './store-problems.ts'
import type { DeskSession, WebDesk } from './web-desk.ts'

const SAFE = new Set(['GET', 'HEAD'])

/** Handles a request of somebody who is signed in. */
export type Handler = (c: Context) => Promise<Response>

/**
 * Makes a route for signed-in accounts; changes need the session's other token as well. Ends a session whose account is
 * gone or was replaced.
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

/** Picks the role of a session where several would do; where it has none of them, the store refuses, and notes it. */
export function roleOf({ roles }: DeskSession, anyOf: readonly [Role, ...Role[]]): Role {
  return anyOf.find(role => roles.includes(role)) ?? anyOf[0]
}

/**
 * Runs a check of the request's content.
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

/** Runs {@link asked} for a check that takes its time. */
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

/** Answers with a value that may have integers of any length. */
export function answer(c: Context, value: unknown): Response {
  return c.body(jsonText(value), 200, { 'content-type': 'application/json; charset=utf-8' })
}
