// The supplier's HTTP API as its contract says, in memory, for tests of the portal.
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request, as it came. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

interface SupplierAccount {
  password: string
  readonly roles: readonly string[]
  readonly household?: string
}

/** An answer that is not the API's own. */
export interface OwnAnswer {
  readonly status: number
  readonly type?: string
  readonly body: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

const COOKIE = 'hushgrid-supplier-session'

export class SupplierStub {
  readonly accounts = new Map<string, SupplierAccount>()
  readonly sessions = new Map<string, { account: string; csrf: string }>()
  /** All requests. */
  readonly asked: Asked[] = []
  /** Answers in the place of the API where it gives one; `never` never answers, a promise lets the API answer once it resolves. */
  instead: ((asked: Asked) => OwnAnswer | 'never' | undefined | Promise<undefined>) | undefined
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#serve(request, response)
    })
  }

  static async start(port = 0): Promise<SupplierStub> {
    const stub = new SupplierStub()
    await new Promise<void>(resolve => stub.#server.listen(port, '127.0.0.1', resolve))
    return stub
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async stop(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const { method = '', url: path = '', headers } = request
    const asked = { method, path, headers, body: Buffer.concat(parts).toString('utf8') }
    this.asked.push(asked)
    const own = await this.instead?.(asked)
    if (own === 'never') return
    const answer = own ?? this.#answer(asked)
    response.writeHead(answer.status, { 'content-type': answer.type ?? 'application/json', ...answer.headers }).end(answer.body)
  }

  #answer(asked: Asked): OwnAnswer {
    const { method, path, headers, body } = asked
    if (method !== 'GET' && headers['content-type'] !== 'application/json') return problem(415, 'expected application/json')
    if (method === 'POST' && path === '/api/session') return this.#signIn(body)
    const token = headers.cookie?.split('=')[1] ?? ''
    const session = this.sessions.get(token)
    if (!session) return problem(401, 'nobody is signed in, or the session has ended')
    if (method !== 'GET' && headers['x-csrf-token'] !== session.csrf) return problem(403, 'expected the header x-csrf-token')
    const account = this.accounts.get(session.account) as SupplierAccount
    if (path === '/api/session' && method === 'DELETE') {
      this.sessions.delete(token)
      return json({})
    }
    if (path === '/api/session/password' && method === 'PUT') {
      const { current, password } = JSON.parse(body)
      if (current !== account.password) return problem(403, 'current: expected the present password')
      if (password.length < 12) return problem(400, 'password: expected 12 to 256 characters')
      account.password = password
      return json({})
    }
    const [, household, rest] = /^\/api\/households\/([^/]+)\/([a-z]+)(?:\?.*)?$/.exec(path) ?? []
    if (household !== account.household) return problem(404, 'no such household')
    if (method === 'DELETE' && rest === 'account') {
      if (JSON.parse(body).proof !== account.password) return problem(403, 'expected the proof of the account')
      this.accounts.delete(session.account)
      this.sessions.delete(token)
      return json({ batches: 2, bills: 1 })
    }
    return json({ of: household, rest, method, ...(method === 'PUT' && { put: JSON.parse(body) }) })
  }

  #signIn(body: string): OwnAnswer {
    const { account, password } = JSON.parse(body)
    const known = this.accounts.get(account)
    if (!known || known.password !== password) return problem(401, 'expected an account and its password, got another name or password')
    const [token, csrf] = [randomUUID(), randomUUID()]
    this.sessions.set(token, { account, csrf })
    const { roles, household } = known
    return {
      ...json({ account, roles, csrf, ...(household !== undefined && { household }) }),
      headers: { 'set-cookie': `${COOKIE}=${token}; Path=/; HttpOnly; SameSite=Strict` }
    }
  }
}

function json(value: unknown): OwnAnswer {
  return { status: 200, body: JSON.stringify(value) }
}

function problem(status: number, error: string): OwnAnswer {
  return { status, body: JSON.stringify({ error }) }
}
