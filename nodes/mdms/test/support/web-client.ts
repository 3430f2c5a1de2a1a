// Somebody who asks a supplier's server, and the pages that it needs.
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { CSRF_HEADER } from '@hushgrid/web-api'
import { expect } from 'vitest'

/** One who is signed in. */
export interface SignedIn {
  readonly cookie: string
  readonly csrf: string
}

interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

export interface Asked {
  readonly method?: string
  readonly body?: unknown
  /** Undefined sends the session's own; false none. */
  readonly csrf?: string | false
}

export interface WebClient {
  ask(path: string, who?: SignedIn, more?: Asked): Promise<Answer>
  signIn(account: string, password?: string): Promise<Answer>
  /** Signs in, which has to succeed. */
  signedIn(account: string, password?: string): Promise<SignedIn>
}

/** @param usual - password of those for whom none is named */
export function webClient(url: string, usual: string): WebClient {
  const ask: WebClient['ask'] = async (path, who, { method = 'GET', body, csrf } = {}) => {
    const headers: Record<string, string> = {
      ...(who && { cookie: who.cookie }),
      ...(method !== 'GET' && { 'content-type': 'application/json' }),
      ...(method !== 'GET' && who && csrf !== false && { [CSRF_HEADER]: csrf ?? who.csrf })
    }
    const answer = await fetch(new URL(path, url), { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
    return { status: answer.status, text: await answer.text(), headers: answer.headers }
  }
  const signIn: WebClient['signIn'] = (account, password = usual) =>
    ask('/api/session', undefined, { method: 'POST', body: { account, password } })
  return {
    ask,
    signIn,
    signedIn: async (account, password) => {
      const { status, text, headers } = await signIn(account, password)
      expect({ account, status }).toEqual({ account, status: 200 })
      return { cookie: headers.getSetCookie()[0]?.split(';', 1)[0] ?? '', csrf: JSON.parse(text).csrf }
    }
  }
}

interface SignInFrom {
  readonly url: string
  /** Address of this machine that the connection comes from, as 127.0.0.2. */
  readonly from: string
  readonly account: string
  readonly password: string
  readonly cookie?: string
}

/** Status of a sign-in from another address. */
export async function statusFrom({ url, from, account, password, cookie }: SignInFrom): Promise<number | undefined> {
  const headers = { 'content-type': 'application/json', ...(cookie !== undefined && { cookie }) }
  const sent = request(new URL('/api/session', url), { method: 'POST', localAddress: from, headers, agent: false })
  sent.end(JSON.stringify({ account, password }))
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  answer.resume()
  return answer.statusCode
}

/** A page that says nothing: only the API is asked. */
export function pagesIn(folder: string): string {
  for (const name of ['supplier', 'assets']) mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, 'supplier', 'index.html'), '<!doctype html><title>supplier</title>')
  return folder
}
