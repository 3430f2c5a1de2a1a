// A browser as far as the portal's tests need one: a cookie, a csrf token, JSON.
import type { SessionInfo } from '@hushgrid/web-api'

export interface Got {
  readonly status: number
  readonly body: unknown
  readonly headers: Headers
}

const SESSION = 'hushgrid-customer-session'

export class PortalBrowser {
  readonly #portal: string
  /** Cookies by name. */
  cookies: ReadonlyMap<string, string> = new Map()
  csrf: string | undefined

  /** @param portal - its URL, with a slash at its end */
  constructor(portal: string) {
    this.#portal = portal
  }

  /** Cookie of the session, `name=value`. */
  get cookie(): string | undefined {
    const value = this.cookies.get(SESSION)
    return value === undefined ? undefined : `${SESSION}=${value}`
  }

  set cookie(text: string | undefined) {
    const others = [...this.cookies].filter(([name]) => name !== SESSION)
    this.cookies = new Map(text === undefined ? others : [...others, [SESSION, text.slice(SESSION.length + 1)]])
  }

  async ask(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Got> {
    const response = await fetch(`${this.#portal.replace(/\/$/, '')}${path}`, {
      method,
      headers: {
        ...(method !== 'GET' && { 'content-type': 'application/json' }),
        ...(this.cookies.size > 0 && { cookie: [...this.cookies].map(each => each.join('=')).join('; ') }),
        ...(method !== 'GET' && this.csrf !== undefined && { 'x-csrf-token': this.csrf }),
        ...headers
      },
      ...(method !== 'GET' && { body: typeof body === 'string' ? body : JSON.stringify(body ?? {}) })
    })
    for (const set of response.headers.getSetCookie()) {
      const [name, value] = (set.split(';', 1)[0] ?? '').split('=') as [string, string]
      const others = [...this.cookies].filter(([known]) => known !== name)
      this.cookies = new Map(/max-age=0/i.test(set) ? others : [...others, [name, value]])
    }
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
