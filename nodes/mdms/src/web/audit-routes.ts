// The audit log of all reading and changing; reading the log is in it, too.
import { HttpProblem } from '@hushgrid/http'
import { type Actor, type AuditLine, StoreDamagedError } from '@hushgrid/mdms'
import { toHex } from '@hushgrid/primitives'
import type { Audit } from '@hushgrid/web-api'
import type { Context, Hono } from 'hono'
import { instant } from '../commands/tables.ts'
import { answer, signedIn } from './desk-routes.ts'
import { actorOf, type WebDesk } from './web-desk.ts'

/** Lines that the store gives at once. */
const CHUNK = 1_000
/** Most chunks to look through for one answer, which has the lines of a page at most. */
const MOST_CHUNKS = 10
const PAGE = 100
const MOST_TEXT = 128

type Filter = (line: AuditLine) => boolean

export function auditRoutes(app: Hono, desk: WebDesk): void {
  app.get(
    '/api/audit',
    signedIn(desk, async (c, session) => {
      const actor = actorOf(session, 'auditor')
      const [before, fits] = [beforeOf(c), filterOf(c)]
      if (before !== undefined) return answer(c, await pageOf(desk, actor, before, fits))
      const verified = await verify(desk, actor)
      if (!verified.holds) return answer(c, { verified, lines: [] } satisfies Audit)
      return answer(c, { verified, ...(await pageOf(desk, actor, verified.number + 1, fits)) } satisfies Audit)
    })
  )
}

async function verify({ store }: WebDesk, actor: Actor): Promise<NonNullable<Audit['verified']>> {
  try {
    const { number, mac } = await store.verifyAuditLog(actor)
    return { holds: true, number, mac: toHex(mac) }
  } catch (cause) {
    if (!(cause instanceof StoreDamagedError)) throw cause
    // Leaves out where the store is, which is nobody's business here.
    return { holds: false, problem: cause.message.replace(`${store.name}: `, '') }
  }
}

/** Reads lines before a number that fit, the last first. */
async function pageOf({ store, shownAt }: WebDesk, actor: Actor, before: number, fits: Filter): Promise<Omit<Audit, 'verified'>> {
  const lines: AuditLine[] = []
  let end = before
  for (let chunk = 0; chunk < MOST_CHUNKS && end > 1 && lines.length < PAGE; chunk++) {
    const from = Math.max(1, end - CHUNK)
    const read = await store.readAuditLog(actor, from)
    for (const line of read.filter(({ number }) => number < end).reverse()) {
      if (lines.length === PAGE) break
      end = line.number
      if (fits(line)) lines.push(line)
    }
    if (lines.length < PAGE) end = from
  }
  return { lines: lines.map(({ at, ...line }) => ({ ...line, at: instant(shownAt(at)) })), ...(end > 1 && { before: end }) }
}

function beforeOf(c: Context): number | undefined {
  const text = c.req.query('before')
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new HttpProblem(400, 'before: expected the number of a line, got something else')
  return Number(text)
}

/** Makes a filter of lines from the request, whose texts may be parts of a line's. */
function filterOf(c: Context): Filter {
  const text = (name: string): string => (c.req.query(name) ?? '').slice(0, MOST_TEXT).toLowerCase()
  const [account, action, outcome, about] = [text('account'), text('action'), text('outcome'), text('about')]
  const has = (value: string | undefined, part: string): boolean => part === '' || (value ?? '').toLowerCase().includes(part)
  return line =>
    has(line.account, account) &&
    has(line.action, action) &&
    (outcome === '' || line.outcome === outcome) &&
    (about === '' || has(line.detail, about) || has(line.network, about))
}
