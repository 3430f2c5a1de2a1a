import { HttpProblem, type Session } from '@hushgrid/http'
import { asProblem } from '../store-problems.ts'
import type { DeskSession, WebDesk } from '../web-desk.ts'

/**
 * Tells whether a session's account is still the one that signed in, with its password of then, and ends the session
 * otherwise: commands and other servers change accounts too.
 */
export async function stands(desk: WebDesk, session: Session<DeskSession>): Promise<boolean> {
  return (await whyNot(desk, session)) === undefined
}

/**
 * Gives a session whose account {@link stands}.
 *
 * @throws HttpProblem 401
 */
export async function standing(desk: WebDesk, session: Session<DeskSession>): Promise<Session<DeskSession>> {
  const why = await whyNot(desk, session)
  if (why !== undefined) throw new HttpProblem(401, why)
  return session
}

async function whyNot({ store, sessions }: WebDesk, { token, value }: Session<DeskSession>): Promise<string | undefined> {
  const mark = await asProblem(() => store.markOf(value.account))
  if (mark === value.mark) return undefined
  sessions.end(token)
  return mark === undefined ? 'the account of this session is gone' : 'the account of this session has another password now: sign in again'
}
