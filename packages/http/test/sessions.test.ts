// Sessions, their cookies, and limits of signing in.
import { systemRng } from '@hushgrid/primitives'
import { afterEach, describe, expect, it } from 'vitest'
import { parseHostPort } from '../src/host-port.ts'
import { HttpProblem } from '../src/problem.ts'
import { remoteAddress } from '../src/server-environment.ts'
import { checkCsrf, clearSessionCookie, sessionOf, setSessionCookie } from '../src/session-cookie.ts'
import { Sessions } from '../src/sessions.ts'
import { SignInLimiter } from '../src/sign-in-limiter.ts'
import { endServers, serverWith } from './test-server.ts'

afterEach(endServers)

let time = 0
const now = (): number => time
const sessions = (more: object = {}): Sessions<string> => new Sessions<string>({ now, rng: systemRng, ...more })

describe('sessions', () => {
  it('are found by their token alone, and each has tokens of its own', () => {
    const all = sessions()
    const [ada, eve] = [all.start('ada'), all.start('eve')]
    expect(new Set([ada.token, ada.csrf, eve.token, eve.csrf]).size).toBe(4)
    expect([all.find(ada.token)?.value, all.find(eve.token)?.value]).toEqual(['ada', 'eve'])
    expect([all.find(ada.csrf), all.find(''), all.find(`${ada.token}x`)]).toEqual([undefined, undefined, undefined])
  })

  it('end when they are not used, after their longest time, at sign-out, and where a rule says so', () => {
    const all = sessions({ idleMs: 100, longestMs: 1_000 })
    const { token } = all.start('ada')
    for (let i = 1; i < 10; i++) {
      time += 99
      expect(all.find(token)?.value).toBe('ada')
    }
    time += 99
    expect(all.find(token)?.value).toBe('ada')
    time += 99
    expect(all.find(token)).toBeUndefined()
    const idle = all.start('eve')
    time += 100
    expect(all.find(idle.token)).toBeUndefined()
    const [one, two] = [all.start('one'), all.start('two')]
    all.end(one.token)
    all.endWhere(value => value === 'two')
    expect([all.find(one.token), all.find(two.token), all.size]).toEqual([undefined, undefined, 0])
  })

  it('are so many at most: the one that was not used for longest ends', () => {
    const all = sessions({ most: 2 })
    const [one, two] = [all.start('one'), all.start('two')]
    all.find(one.token)
    const three = all.start('three')
    expect([one, two, three].map(({ token }) => all.find(token)?.value)).toEqual(['one', undefined, 'three'])
  })
})

describe('a session’s cookie', () => {
  it('cannot be read by scripts or sent by other sites, and changes need its other token', async () => {
    const all = sessions()
    const { url } = await serverWith(app => {
      app.post('/api/session', c => {
        const session = all.start('ada')
        setSessionCookie(c, session)
        return c.json({ csrf: session.csrf, address: remoteAddress(c) })
      })
      app.get('/api/session', c => c.json({ account: sessionOf(c, all).value }))
      app.delete('/api/session', c => {
        const session = sessionOf(c, all)
        checkCsrf(c, session)
        all.end(session.token)
        clearSessionCookie(c)
        return c.json({})
      })
    })
    const json = { 'content-type': 'application/json' }
    const signedIn = await fetch(`${url}api/session`, { method: 'POST', headers: json, body: '{}' })
    const set = signedIn.headers.get('set-cookie') ?? ''
    expect(set).toMatch(/^hushgrid-supplier-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
    const { csrf, address } = (await signedIn.json()) as { csrf: string; address: string }
    expect(address).toBe('127.0.0.1')
    const cookie = set.split(';')[0] as string
    const asked = async (method: string, headers: Record<string, string>): Promise<number> =>
      (await fetch(`${url}api/session`, { method, headers: { ...json, ...headers } })).status
    expect(await asked('GET', { cookie })).toBe(200)
    expect(await asked('GET', {})).toBe(401)
    expect(await asked('GET', { cookie: 'hushgrid-supplier-session=none' })).toBe(401)
    expect(await asked('DELETE', { cookie })).toBe(403)
    expect(await asked('DELETE', { cookie, 'x-csrf-token': `${csrf}x` })).toBe(403)
    expect(await asked('DELETE', { cookie, 'x-csrf-token': csrf })).toBe(200)
    expect(await asked('GET', { cookie })).toBe(401)
  })
})

describe('sign-ins that fail', () => {
  const refused = (run: () => void): number | undefined => {
    try {
      run()
    } catch (cause) {
      return (cause as HttpProblem).status
    }
    return undefined
  }

  it('make their account wait, and their address after more of them', () => {
    const limiter = new SignInLimiter({ now, perAccount: 3, perAddress: 5, windowMs: 60_000 })
    for (let i = 0; i < 3; i++) limiter.check('ada', '192.0.2.1')
    expect(refused(() => limiter.check('ada', '192.0.2.9'))).toBe(429)
    for (let i = 0; i < 2; i++) limiter.check(`other-${i}`, '192.0.2.1')
    expect(refused(() => limiter.check('other-9', '192.0.2.1'))).toBe(429)
    expect(refused(() => limiter.check('other-9', '192.0.2.2'))).toBeUndefined()
    time += 60_000
    expect(refused(() => limiter.check('ada', '192.0.2.1'))).toBeUndefined()
  })

  it('are forgotten by one that succeeds, and its own address is not charged', () => {
    const limiter = new SignInLimiter({ now, perAccount: 3, perAddress: 3, windowMs: 60_000 })
    for (let i = 0; i < 20; i++) {
      limiter.check('ada', '192.0.2.1')
      limiter.succeeded('ada', '192.0.2.1')
    }
    expect(refused(() => limiter.check('ada', '192.0.2.1'))).toBeUndefined()
  })

  it('of a server that brings those of many are counted by account only', () => {
    const limiter = new SignInLimiter({ now, perAccount: 2, perAddress: 2, windowMs: 60_000, exempt: new Set(['192.0.2.7']) })
    for (let i = 0; i < 9; i++) limiter.check(`account-${i}`, '192.0.2.7')
    limiter.check('account-1', '192.0.2.7')
    expect(refused(() => limiter.check('account-1', '192.0.2.7'))).toBe(429)
  })

  it('say how long to wait', () => {
    const limiter = new SignInLimiter({ now, perAccount: 1, windowMs: 90_000 })
    limiter.check('ada', '192.0.2.1')
    time += 1_000
    expect(() => limiter.check('ada', '192.0.2.1')).toThrow(
      new HttpProblem(429, 'too many sign-ins have failed: try again in 2 min', { 'retry-after': '89' })
    )
  })
})

describe('where to listen', () => {
  it('is an address and a port', () => {
    expect(parseHostPort('--web', '127.0.0.1:7480')).toEqual({ host: '127.0.0.1', port: 7480 })
    expect(parseHostPort('--web', '[::1]:0')).toEqual({ host: '::1', port: 0 })
    expect(parseHostPort('--web', 'desk.example:443')).toEqual({ host: 'desk.example', port: 443 })
    for (const text of ['', '7480', '127.0.0.1', '127.0.0.1:', ':1', '::1:80', '127.0.0.1:65536', 'a b:1', '127.0.0.1:1 '])
      expect(() => parseHostPort('--web', text)).toThrow(/^--web: expected an address and a port/)
  })
})
