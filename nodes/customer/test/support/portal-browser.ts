// A browser as far as the portal's tests need one: a cookie, a csrf token, JSON.
import type { SessionInfo } from '@hushgrid/web-api'

export interface Got {
  readonly status: number
  readonly body: unknown
  readonly headers: Headers
}

export class PortalBrowser {
  readonly #portal: string
  cookie: string | undefined
  csrf: string | undefined

  /** @param portal - its URL, with a slash at its end */
  constructor(portal: string) {
    this.#portal = portal
  }

  async ask(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Got> {
    const response = await fetch(`${this.#portal.replace(/\/$/, '')}${path}`, {
      method,
      headers: {
        ...(method !== 'GET' && { 'content-type': 'application/json' }),
        ...(this.cookie !== undefined && { cookie: this.cookie }),
        ...(method !== 'GET' && this.csrf !== undefined && { 'x-csrf-token': this.csrf }),
        ...headers
      },
      ...(method !== 'GET' && { body: typeof body === 'string' ? body : JSON.stringify(body ?? {}) })
    })
    const set = response.headers.getSetCookie()[0]
    if (set !== undefined) this.cookie = /max-age=0/i.test(set) ? undefined : set.split(';', 1)[0]
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers }
  }

  /** @throws where it does not succeed */
  async signIn(account: string, proof: string): Promise<SessionInfo> {
    const { status, body } = await this.ask('POST', '/api/session', { account, proof })
    if (status !== 200) throw new Error(`signing in: status ${status}, ${JSON.stringify(body)}`)
    this.csrf = (body as SessionInfo).csrf
    return body as SessionInfo
  }
}
