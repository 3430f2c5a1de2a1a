import { randomBytes } from 'node:crypto'
import { checkCsrf, type PageServer, servedPages, startPageServer } from '@hushgrid/http'
import type { DemoState } from '@hushgrid/web-api'

/** Address of the page: passwords are for this machine only. */
const HOST = '127.0.0.1'
const TOKEN_BYTES = 32

/** A start page that is served. */
export interface StartPage {
  readonly server: PageServer
  /** Whole address: who lacks the token at its end, as another user of this machine does, gets no password. */
  readonly url: string
}

/** Serves the start page, with the guards of all pages. */
export async function serveStartPage(port: number, state: DemoState, warn: (text: string) => void): Promise<StartPage> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const server = await startPageServer({
    page: 'demo',
    pages: await servedPages(),
    listen: { host: HOST, port },
    routes: app => {
      app.get('/api/demo', c => {
        checkCsrf(c, { csrf: token })
        return c.json(state)
      })
    },
    warn
  })
  // The part behind # stays in the browser: no request and no log has it.
  return { server, url: `${server.url}#${token}` }
}
