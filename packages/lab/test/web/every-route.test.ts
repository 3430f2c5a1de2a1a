// Every route of the lab's server: it shows single readings to this machine alone, and changes nothing without its token.
import { HttpProblem } from '@hushgrid/http'
import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { LabWeb } from '../../src/web/server.ts'

const READ = ['GET /api/lab', 'GET /api/lab/events', 'GET /api/lab/meters/:household']
const CHANGE = ['POST /api/lab/actions']

function labApp(): Hono {
  const app = new Hono()
  app.onError((cause, c) => c.text(cause.message, cause instanceof HttpProblem ? cause.status : 500))
  new LabWeb().routes(app)
  return app
}

it('is one that reads, or one that takes the token', async () => {
  const app = labApp()
  expect(app.routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([...READ, ...CHANGE].sort())
  for (const route of READ) {
    const [method, path] = route.split(' ') as [string, string]
    expect([route, (await app.request(path.replace(':household', '1'), { method })).status]).toEqual([route, 503])
  }
  for (const route of CHANGE) {
    const [method, path] = route.split(' ') as [string, string]
    for (const token of ['', 'x', '__proto__'])
      expect((await app.request(path, { method, headers: { 'x-csrf-token': token }, body: '{}' })).status).toBe(403)
  }
})
