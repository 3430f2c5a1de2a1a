// What a server of pages answers, and to whom.
import { afterEach, describe, expect, it } from 'vitest'
import { eventStream } from '../src/event-stream.ts'
import { ListenError, startPageServer } from '../src/page-server.ts'
import { PagesMissingError } from '../src/pages.ts'
import { HttpProblem } from '../src/problem.ts'
import { field, readJson } from '../src/read-json.ts'
import { endServers, pagesFolder, serverWith, statusWith } from './test-server.ts'

afterEach(endServers)

const json = { 'content-type': 'application/json' }

describe('a page server', () => {
  it('serves its page and what the page loads, and no other file', async () => {
    const { url } = await serverWith(() => {})
    expect(await (await fetch(url)).text()).toBe('<!doctype html><script src="/assets/supplier-1.js"></script>')
    const asset = await fetch(`${url}assets/supplier-1.js`)
    expect([asset.status, asset.headers.get('content-type'), await asset.text()]).toEqual([200, 'text/javascript; charset=utf-8', '1'])
    for (const path of ['assets/lab-1.js', 'assets/..%2flab%2findex.html', 'lab/index.html', 'assets/', '%2e%2e/package.json'])
      expect([path, (await fetch(`${url}${path}`)).status]).toEqual([path, 404])
  })

  it('says with every answer that nothing else is to be contacted, run or kept', async () => {
    const { url } = await serverWith(app => app.get('/api/thing', c => c.json({})))
    for (const path of ['', 'api/thing', 'api/nothing', 'nothing']) {
      const { headers } = await fetch(`${url}${path}`)
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; /)
      expect(headers.get('content-security-policy')).not.toMatch(/unsafe|https?:|\*/)
      expect([headers.get('x-content-type-options'), headers.get('referrer-policy')]).toEqual(['nosniff', 'no-referrer'])
      expect(headers.has('access-control-allow-origin')).toBe(false)
    }
    expect((await fetch(`${url}api/thing`)).headers.get('cache-control')).toBe('no-store')
  })

  it('answers for its own names only', async () => {
    const { url } = await serverWith(app => app.get('/api/thing', c => c.json({})))
    const { host, port } = new URL(url)
    expect(await statusWith(`${url}api/thing`, { host })).toBe(200)
    expect(await statusWith(`${url}api/thing`, { host: `localhost:${port}` })).toBe(200)
    for (const name of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1.evil.example:${port}`])
      expect([name, await statusWith(`${url}api/thing`, { host: name })]).toEqual([name, 421])
  })

  it('takes what changes something from its own page only, and as JSON', async () => {
    const { url } = await serverWith(app => app.post('/api/thing', c => c.json({})))
    const { origin } = new URL(url)
    const post = (headers: Record<string, string>): Promise<number | undefined> => statusWith(`${url}api/thing`, headers, 'POST', '{}')
    expect(await post(json)).toBe(200)
    expect(await post({ ...json, origin, 'sec-fetch-site': 'same-origin' })).toBe(200)
    expect(await post({ ...json, origin: 'https://evil.example' })).toBe(403)
    expect(await post({ ...json, origin: 'null' })).toBe(403)
    expect(await post({ ...json, 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await post({ ...json, 'sec-fetch-site': 'same-site' })).toBe(403)
    expect(await post({ 'content-type': 'text/plain' })).toBe(415)
    expect(await post({ 'content-type': 'application/x-www-form-urlencoded' })).toBe(415)
  })

  it('says a problem in a sentence, and of a defect nothing but that there is one', async () => {
    const told: string[] = []
    const server = await serverWith(
      app => {
        app.get('/api/problem', () => {
          throw new HttpProblem(409, 'it does not fit', { 'retry-after': '3' })
        })
        app.get('/api/defect', () => {
          throw new Error('secret 17')
        })
      },
      { warn: text => told.push(text) }
    )
    const problem = await fetch(`${server.url}api/problem`)
    expect([problem.status, problem.headers.get('retry-after'), await problem.json()]).toEqual([409, '3', { error: 'it does not fit' }])
    const defect = await fetch(`${server.url}api/defect`)
    expect([defect.status, await defect.json()]).toEqual([500, { error: 'the server has failed at this' }])
    expect(told).toEqual([expect.stringContaining('GET /api/defect: Error: secret 17')])
    expect(await (await fetch(`${server.url}api/none`)).json()).toEqual({ error: 'there is nothing at this address' })
  })

  it('refuses a body that is too large, no UTF-8, no JSON or of another shape', async () => {
    const { url } = await serverWith(app =>
      app.post('/api/thing', async c => c.json({ got: await readJson(c, value => field(value, 'name', 'string'), 64) }))
    )
    const post = async (body: string | Uint8Array<ArrayBuffer>): Promise<unknown> => {
      const answer = await fetch(`${url}api/thing`, { method: 'POST', headers: json, body })
      return [answer.status, await answer.json()]
    }
    expect(await post('{"name":"ada"}')).toEqual([200, { got: 'ada' }])
    expect(await post(`{"name":"${'a'.repeat(64)}"}`)).toEqual([413, { error: 'expected at most 64 bytes, got more' }])
    expect(await post('{"name"')).toEqual([400, { error: 'expected JSON, got something else' }])
    expect(await post(Uint8Array.of(0xff, 0xfe))).toEqual([400, { error: 'expected UTF-8, got something else' }])
    expect(await post('{"name":7}')).toEqual([400, { error: 'name: expected a string, got something else' }])
    expect(await post('{"__proto__":{"name":"a"}}')).toEqual([400, { error: 'name: expected a string, got none' }])
    expect(await post('null')).toEqual([400, { error: 'name: expected a string, got none' }])
  })

  it('refuses to be reached from elsewhere without TLS, a port that is taken, and pages that are not there', async () => {
    const init = { page: 'lab', pages: pagesFolder(), routes: () => {}, warn: () => {} } as const
    await expect(startPageServer({ ...init, listen: { host: '0.0.0.0', port: 0 } })).rejects.toThrow(
      new ListenError('0.0.0.0:0: expected an address of this machine only, or TLS with certificate and key')
    )
    const { url } = await serverWith(() => {})
    const port = Number(new URL(url).port)
    await expect(startPageServer({ ...init, listen: { host: '127.0.0.1', port } })).rejects.toThrow(
      new ListenError(`127.0.0.1:${port}: expected to listen there, could not: the port is taken`)
    )
    await expect(startPageServer({ ...init, pages: '/nonexistent', listen: { host: '127.0.0.1', port: 0 } })).rejects.toThrow(
      PagesMissingError
    )
  })
})

describe('a stream of events', () => {
  it('sends each as JSON, and tells the route when the reader has gone', async () => {
    const gone = Promise.withResolvers<void>()
    const { url } = await serverWith(app =>
      app.get('/api/events', c =>
        eventStream(c, (send, signal) => {
          send({ one: 1 })
          send({ text: 'line\nbreak' })
          signal.addEventListener('abort', () => gone.resolve())
        })
      )
    )
    const reading = new AbortController()
    const answer = await fetch(`${url}api/events`, { signal: reading.signal })
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    let text = ''
    for await (const part of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += part
      if (text.endsWith('break"}\n\n')) break
    }
    expect(text).toBe('retry: 1000\n\ndata: {"one":1}\n\ndata: {"text":"line\\nbreak"}\n\n')
    reading.abort()
    await gone.promise
  })

  it('cuts a reader off that does not read', async () => {
    const cut = Promise.withResolvers<number>()
    const { url } = await serverWith(app =>
      app.get('/api/events', c =>
        eventStream(c, (send, signal) => {
          let sent = 0
          signal.addEventListener('abort', () => cut.resolve(sent))
          const more = (): void => {
            for (let i = 0; i < 100 && !signal.aborted; i++, sent++) send('x'.repeat(10_000))
            if (!signal.aborted) setTimeout(more, 1)
          }
          more()
        })
      )
    )
    const answer = await fetch(`${url}api/events`)
    // Some of it is in buffers of the machine.
    expect(await cut.promise).toBeLessThan(20_000)
    await answer.body?.cancel()
  })

  it('keeps for a reader that does not read so many bytes at most, however few events they are', async () => {
    const cut = Promise.withResolvers<number>()
    const { url } = await serverWith(app =>
      app.get('/api/events', c =>
        eventStream(c, (send, signal) => {
          let sent = 0
          signal.addEventListener('abort', () => cut.resolve(sent))
          for (; sent < 200 && !signal.aborted; sent++) send('x'.repeat(1 << 20))
          if (!signal.aborted) cut.resolve(sent)
        })
      )
    )
    const answer = await fetch(`${url}api/events`)
    expect(await cut.promise).toBeLessThan(20)
    await answer.body?.cancel()
  })
})
