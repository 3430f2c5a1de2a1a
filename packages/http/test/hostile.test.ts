// Requests that nobody sends in good faith, and what they must not come to.
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { systemRng } from '@hushgrid/primitives'
import { afterEach, describe, expect, it } from 'vitest'
import { eventStream } from '../src/event-stream.ts'
import { field, readJson } from '../src/read-json.ts'
import { findSession, setSessionCookie } from '../src/session-cookie.ts'
import { Sessions } from '../src/sessions.ts'
import { SignInLimiter } from '../src/sign-in-limiter.ts'
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
