// Requests that nobody sends in good faith, and what they must not come to.
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { systemRng } from '@hushgrid/primitives'
import { afterEach, describe, expect, it } from 'vitest'
import { eventStream } from '../src/event-stream.ts'
import { field, readJson } from '../src/read-json.ts'
import { findSession, setSessionCookie } from '../src/sessions/session-cookie.ts'
import { Sessions } from '../src/sessions/sessions.ts'
import { SignInLimiter } from '../src/sessions/sign-in-limiter.ts'
import { endServers, serverWith, statusWith } from './test-server.ts'

afterEach(endServers)

const json = { 'content-type': 'application/json' }
const now = Date.now

describe('a page server', () => {
  it('begins no stream of events that nobody can read', async () => {
    let begun = 0
    const { url } = await serverWith(app =>
      app.get('/api/events', c =>
        eventStream(c, () => {
          begun++
        })
      )
    )
    expect(await statusWith(`${url}api/events`, {}, 'HEAD')).toBe(200)
    expect(begun).toBe(0)
  })

  it('does not keep a connection of somebody who asks and never reads', { timeout: 60_000 }, async () => {
    const letGo = Promise.withResolvers<void>()
    const { url } = await serverWith(
      app =>
        app.get('/api/much', c => {
          const { incoming } = c.env as { incoming: IncomingMessage }
          incoming.socket.once('close', () => letGo.resolve())
          return c.body(new Uint8Array(64 << 20))
        }),
      { idleWithin: 1_000 }
    )
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {
      // Cut off, which is what is asked for.
    })
    const closed = new Promise<string>(resolve => socket.on('close', () => resolve('closed')))
    socket.write(`GET /api/much HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`)
    socket.pause()
    await letGo.promise
    // What is in buffers still comes, and then the end.
    socket.resume()
    let bytes = 0
    socket.on('data', part => {
      bytes += part.length
    })
    expect(await Promise.race([closed, wait(30_000, 'open')])).toBe('closed')
    expect(bytes).toBeLessThan(64 << 20)
  })

  it('shares its connections: one address has no more than its part, and gets a place again for each that it gives back', async () => {
    const { url } = await serverWith(app => app.get('/api/thing', c => c.json({})), { mostEach: 3 })
    const { hostname, port } = new URL(url)
    const opened = async (from: string): Promise<Socket | undefined> => {
      const socket = connect({ host: hostname, port: Number(port), localAddress: from })
      socket.on('error', () => {
        // Cut off, which is what is asked for.
      })
      socket.write(`GET /api/thing HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`)
      const answered = await Promise.race([once(socket, 'data').then(() => true), once(socket, 'close').then(() => false)])
      return answered ? socket : undefined
    }
    const held: Socket[] = []
    for (let i = 0; i < 3; i++) held.push((await opened('127.0.0.2')) as Socket)
    expect(await opened('127.0.0.2')).toBeUndefined()
    const [other, own] = [await opened('127.0.0.3'), await Promise.all(Array.from({ length: 5 }, () => opened('127.0.0.1')))]
    expect([other, ...own]).not.toContain(undefined)
    held[0]?.end()
    await once(held[0] as Socket, 'close')
    const again = await opened('127.0.0.2')
    expect(again).toBeDefined()
    for (const socket of [...held, other, ...own, again]) socket?.destroy()
  })

  it('waits for no head that does not come', { timeout: 60_000 }, async () => {
    const { url } = await serverWith(() => {}, { headWithin: 200 })
    const { hostname, port } = new URL(url)
    for (const part of ['', 'GET / HTTP/1.1\r\nHost: '] as const) {
      const socket = connect(Number(port), hostname)
      socket.on('error', () => {
        // Cut off, which is what is asked for.
      })
      const closed = once(socket, 'close').then(() => 'closed')
      socket.resume()
      socket.write(part)
      expect(await Promise.race([closed, wait(10_000, 'open')])).toBe('closed')
    }
  })

  it('gives no other site anything to ask for, though it could not read the answer', async () => {
    const { url } = await serverWith(app => app.get('/api/thing', c => c.json({})))
    const from = (site: string, path = 'api/thing'): Promise<number | undefined> => statusWith(`${url}${path}`, { 'sec-fetch-site': site })
    expect([await from('same-origin'), await from('none')]).toEqual([200, 200])
    // Another port of this machine is another origin of the same site.
    expect([await from('cross-site'), await from('same-site'), await from('odd')]).toEqual([403, 403, 403])
    // A link to the page is none of that.
    expect(await from('cross-site', '')).toBe(200)
  })

  const HOST = 'Host: HERE\r\n'
  const JSON_HEAD = `${HOST}Content-Type: application/json\r\n`
  it.each([
    ['no host', 'GET /api/thing HTTP/1.1\r\n\r\n', 400],
    ['an empty host', 'GET /api/thing HTTP/1.1\r\nHost:\r\n\r\n', 400],
    ['a host that is none', 'GET /api/thing HTTP/1.1\r\nHost: u@HERE/x?\r\n\r\n', 400],
    ['two hosts', `GET /api/thing HTTP/1.1\r\n${HOST}Host: evil.example\r\n\r\n`, 421],
    ['two hosts, ours the second', `GET /api/thing HTTP/1.1\r\nHost: evil.example\r\n${HOST}\r\n`, 421],
    ['our name forwarded', 'GET /api/thing HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: HERE\r\n\r\n', 421],
    ['our address as a target of another host', 'GET http://HERE/api/thing HTTP/1.1\r\nHost: evil.example\r\n\r\n', 421],
    ['a target that is none', `GET http://[ HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['two lengths', `POST /api/thing HTTP/1.1\r\n${JSON_HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400],
    [
      'a length and chunks',
      `POST /api/thing HTTP/1.1\r\n${JSON_HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400
    ],
    [
      'another method in a header',
      `POST /api/read HTTP/1.1\r\n${JSON_HEAD}X-HTTP-Method-Override: GET\r\nContent-Length: 2\r\n\r\n{}`,
      404
    ],
    ['a method of nobody', `TRACE /api/thing HTTP/1.1\r\n${HOST}\r\n`, 415],
    ['a path out of the server', `GET /assets/..%2f..%2f..%2fetc%2fpasswd HTTP/1.1\r\n${HOST}\r\n`, 404],
    ['a path that is no UTF-8', `GET /assets/%ff%zz HTTP/1.1\r\n${HOST}\r\n`, 404],
    ['a head beyond all bounds', `GET /api/thing HTTP/1.1\r\n${HOST}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['a compressed body', `POST /api/thing HTTP/1.1\r\n${JSON_HEAD}Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b`, 400]
  ])('has failed at nothing where there is %s', async (_, text, status) => {
    const told: string[] = []
    const { url } = await serverWith(
      app => {
        app.get('/api/read', c => c.json({}))
        app.get('/api/thing', c => c.json({}))
        app.post('/api/thing', async c => c.json({ got: await readJson(c, value => field(value, 'name', 'string')) }))
      },
      { warn: warning => told.push(warning) }
    )
    const { hostname, port, host } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.write(Buffer.from(text.replaceAll('HERE', host), 'latin1'))
    const [answer] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    expect([answer.toString('latin1').split(' ', 2)[1], told]).toEqual([String(status), []])
  })

  it('does not take a client that goes away for a defect of its own', async () => {
    const told: string[] = []
    const begun = Promise.withResolvers<void>()
    const over = Promise.withResolvers<void>()
    const { url } = await serverWith(
      app =>
        app.post('/api/thing', async c => {
          begun.resolve()
          try {
            return c.json({ got: await readJson(c, value => field(value, 'name', 'string')) })
          } finally {
            over.resolve()
          }
        }),
      { warn: text => told.push(text) }
    )
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.write(
      `POST /api/thing HTTP/1.1\r\nHost: ${hostname}:${port}\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n{"na`
    )
    await begun.promise
    socket.destroy()
    await over.promise
    await wait(20)
    expect(told).toEqual([])
  })

  it('has a cookie of its own beside that of another page on the same host', async () => {
    const all = new Sessions<string>({ now, rng: systemRng })
    const routes = (app: Parameters<Parameters<typeof serverWith>[0]>[0]): void => {
      app.post('/api/session', c => {
        setSessionCookie(c, all.start('ada'))
        return c.json({})
      })
      app.get('/api/session', c => c.json(findSession(c, all)?.value ?? null))
    }
    const named = async (page: 'supplier' | 'customer'): Promise<string | undefined> => {
      const { url } = await serverWith(routes, { page })
      const { headers } = await fetch(`${url}api/session`, { method: 'POST', headers: json, body: '{}' })
      const cookie = headers.getSetCookie()[0]?.split(';')[0] ?? ''
      expect(await (await fetch(`${url}api/session`, { headers: { cookie } })).json()).toBe('ada')
      return cookie.split('=')[0]
    }
    // A browser does not tell ports apart: with the same name, signing in at one would sign out at the other.
    expect(await named('supplier')).not.toBe(await named('customer'))
  })
})

describe('sessions', () => {
  it('of one account are so many at most, and take no place of another’s', () => {
    const all = new Sessions<string>({ now, rng: systemRng, most: 100, ownerOf: value => value, mostEach: 3 })
    const ada = all.start('ada')
    const eves = Array.from({ length: 200 }, () => all.start('eve'))
    expect(all.find(ada.token)?.value).toBe('ada')
    expect(eves.filter(({ token }) => all.find(token))).toEqual(eves.slice(-3))
  })
})

describe('sign-ins that fail', () => {
  const tries = (limiter: SignInLimiter, addresses: readonly string[]): number => {
    let done = 0
    try {
      for (const address of addresses) {
        limiter.admit({ account: `account-${done}`, address })
        done++
      }
    } catch {
      // 429: the rest is not tried.
    }
    return done
  }
  const limiter = (more: object = {}): SignInLimiter => new SignInLimiter({ now, perAddress: 5, ...more })

  it('are counted of a whole IPv6 network, of which anybody has all addresses', () => {
    const within = (prefix: string): string[] => Array.from({ length: 9 }, (_, i) => `${prefix}${i + 1}`)
    expect(tries(limiter(), within('2001:db8:0:7:1:2:3:'))).toBe(5)
    expect(tries(limiter(), ['2001:db8:0:7::1', '2001:db8::7:0:0:0:2', '2001:db8:0:7:ffff::', ...within('2001:db8:0:7::')])).toBe(5)
    expect(
      tries(
        limiter(),
        within('2001:db8:0:').map(prefix => `${prefix}::1`)
      )
    ).toBe(9)
  })

  it('are those of one IPv4 address, however it is written', () => {
    expect(
      tries(
        limiter(),
        [1, 2, 3, 4, 5, 6, 7].map(i => `::ffff:192.0.2.${i}`)
      )
    ).toBe(7)
    expect(
      tries(
        limiter(),
        [1, 2, 3, 4, 5, 6, 7].map(i => `${i % 2 ? '::ffff:' : ''}192.0.2.1`)
      )
    ).toBe(5)
  })

  it('of a portal are not counted where the server listens for IPv6 too', () => {
    const addresses = Array.from({ length: 9 }, () => '::ffff:192.0.2.7')
    expect(tries(limiter({ servers: new Set(['192.0.2.7']) }), addresses)).toBe(9)
  })
})
