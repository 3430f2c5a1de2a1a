// A request's question about one network, as the desk's views take it.
import { HttpProblem } from '@hushgrid/http'
import { type Actor, type Network, UnknownNetworkError } from '@hushgrid/mdms'
import { IMPORT_LANE, InvalidArgumentError, type ObisCode, obisCode } from '@hushgrid/primitives'
import { moment } from '@hushgrid/runtime'
import type { SlotRange } from '@hushgrid/statistics'
import type { Context } from 'hono'
import { type Question, slotsWithin, type Viewer } from '../commands/view.ts'
import { asked } from './desk-routes.ts'
import type { DeskSession, WebDesk } from './web-desk.ts'

const DAY = 86_400_000
/** Most days of a request: a year and its neighbouring months. Longer answers would keep everybody else waiting. */
const MOST_DAYS = 400
const DEFAULT_COUNT = 10
const MOST_COUNT = 1_000

/**
 * Finds the network that a request's path or query names.
 *
 * @throws UnknownNetworkError, once the store has let the actor know which there are; NotAllowedError
 */
export async function networkOf({ store }: WebDesk, actor: Actor, name: string | undefined): Promise<Network> {
  const { networks } = await store.readTerms()
  const network = networks.find(each => each.network === name)
  if (network) return network
  await store.readNetworks(actor)
  throw new UnknownNetworkError('expected a network of the store, got another name')
}

/**
 * Runs a request about a network. Refuses an account without the role before any other fault of the request, which would
 * tell the networks' names and slot lengths.
 */
export async function aboutNetwork<T>({ store }: WebDesk, { roles }: DeskSession, actor: Actor, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    // Lets the store refuse and note it.
    if (cause instanceof HttpProblem && cause.status === 400 && !roles.includes(actor.role)) await store.readNetworks(actor)
    throw cause
  }
}

/** @throws HttpProblem 400 where there is none, or it is no time */
export function timeOf(c: Context, name: 'from' | 'until'): number {
  const text = c.req.query(name)
  if (text === undefined) throw new HttpProblem(400, `${name}: expected a time such as 2026-03-29T00:00:00Z, got none`)
  return asked(() => moment(name, text))
}

/**
 * Reads `from` and `until` of a request.
 *
 * @throws HttpProblem 400 where one is missing, or there are more days between them
 */
export function timesOf(c: Context, mostDays = MOST_DAYS): Viewer['times'] {
  return checkTimes({ from: timeOf(c, 'from'), until: timeOf(c, 'until') }, mostDays)
}

/** @throws HttpProblem 400 */
export function checkTimes(times: Viewer['times'], mostDays = MOST_DAYS): Viewer['times'] {
  if (times.from >= times.until) throw new HttpProblem(400, 'until: expected a time after from, got one that is not')
  if (times.until - times.from > mostDays * DAY)
    throw new HttpProblem(400, `until: expected a time at most ${mostDays} days after from, got a later one`)
  return times
}

/**
 * Gives the slots that begin within the times.
 *
 * @throws HttpProblem 400 where there is none
 */
export function slotsOf({ slotSeconds }: Pick<Network, 'slotSeconds'>, times: Viewer['times']): SlotRange {
  const range = slotsWithin(times, slotSeconds)
  if (range) return range
  throw new HttpProblem(400, `until: expected at least one slot of ${slotSeconds} s between from and it, got none`)
}

/** @throws HttpProblem 400 */
export function countOf(c: Context, name: string, least = 1, unlessSaid = DEFAULT_COUNT, most = MOST_COUNT): number {
  const text = c.req.query(name)
  if (text === undefined) return unlessSaid
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (count >= least && count <= most) return count
  throw new HttpProblem(400, `${name}: expected a whole number from ${least} to ${most}, got something else`)
}

/** Makes a question about one network, with the request's `lane`, `zone` and `count`. */
export function questionOf(desk: WebDesk, c: Context, actor: Actor, network: Network, times: Viewer['times']): Question {
  return {
    ...{ store: desk.store, actor, network, times, range: slotsOf(network, times) },
    ...{ lane: laneOf(c), zone: zoneOf(c), count: countOf(c, 'count'), csv: false }
  }
}

function laneOf(c: Context): ObisCode {
  const text = c.req.query('lane')
  return text === undefined ? IMPORT_LANE : asked(() => obisCode(text))
}

function zoneOf(c: Context): string {
  const text = c.req.query('zone') ?? 'UTC'
  return asked(() => {
    try {
      return new Intl.DateTimeFormat('en-US', { timeZone: text }).resolvedOptions().timeZone
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause
      throw new InvalidArgumentError('zone', 'a time zone such as Europe/London', 'something else')
    }
  })
}
