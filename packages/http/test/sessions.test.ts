// Sessions, their cookies, and limits of signing in.
import { systemRng } from '@hushgrid/primitives'
import { afterEach, describe, expect, it } from 'vitest'
import { parseHostPort } from '../src/host-port.ts'
import { HttpProblem } from '../src/problem.ts'
import { remoteAddress } from '../src/server-environment.ts'
import { KnownDevices } from '../src/sessions/known-devices.ts'
import { checkCsrf, clearSessionCookie, sessionOf, setSessionCookie } from '../src/sessions/session-cookie.ts'
import { Sessions } from '../src/sessions/sessions.ts'
import { SignInLimiter, type SignInTry } from '../src/sessions/sign-in-limiter.ts'
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
  const limiterOf = (more: object = {}): SignInLimiter => new SignInLimiter({ now, windowMs: 60_000, ...more })
  const statusOf = (limiter: SignInLimiter, each: SignInTry): number | undefined => {
    try {
      limiter.admit(each)
    } catch (cause) {
      return (cause as HttpProblem).status
    }
    return undefined
  }
  const from = (address: string, account = 'ada'): SignInTry => ({ account, address })

  it('make their account wait at their address, and their address after more of them', () => {
    const limiter = limiterOf({ perSource: 3, perAddress: 5 })
    for (let i = 0; i < 3; i++) limiter.admit(from('192.0.2.1'))
    expect(statusOf(limiter, from('192.0.2.1'))).toBe(429)
    // Whoever tries elsewhere has done nothing.
    expect(statusOf(limiter, from('192.0.2.9'))).toBeUndefined()
    for (let i = 0; i < 2; i++) limiter.admit(from('192.0.2.1', `other-${i}`))
    expect(statusOf(limiter, from('192.0.2.1', 'other-9'))).toBe(429)
    expect(statusOf(limiter, from('192.0.2.2', 'other-9'))).toBeUndefined()
    time += 60_000
    expect(statusOf(limiter, from('192.0.2.1'))).toBeUndefined()
  })

  it('make an account wait wherever it is not known, once they come from many addresses', () => {
    const limiter = limiterOf({ perAccount: 5 })
    for (let i = 0; i < 5; i++) limiter.admit(from(`192.0.2.${i}`))
    expect(statusOf(limiter, from('198.51.100.1'))).toBe(429)
    expect(statusOf(limiter, from('198.51.100.1', 'eve'))).toBeUndefined()
    expect(statusOf(limiter, { ...from('192.0.2.1'), device: 'hers' })).toBeUndefined()
  })

  it('of a known device are its own, and beyond its limit those of a stranger', () => {
    const limiter = limiterOf({ perDevice: 2, perSource: 3 })
    const hers = { ...from('192.0.2.1'), device: 'hers' }
    for (let i = 0; i < 3; i++) limiter.admit(from('192.0.2.1'))
    // Somebody behind the same address has used it up, and she signs in all the same.
    limiter.admit(hers).succeeded()
    for (let i = 0; i < 2; i++) limiter.admit(hers)
    expect(statusOf(limiter, hers)).toBe(429)
    expect(statusOf(limiter, { ...hers, address: '192.0.2.2' })).toBeUndefined()
    expect(statusOf(limiter, { ...hers, device: 'other' })).toBeUndefined()
  })

  it('of a session are its own, and make nothing else wait', () => {
    const limiter = limiterOf({ perDevice: 2, perSource: 2 })
    for (let i = 0; i < 2; i++) limiter.admit({ ...from('192.0.2.1'), session: 'one' })
    expect(statusOf(limiter, { ...from('192.0.2.1'), session: 'one' })).toBe(429)
    expect(statusOf(limiter, { ...from('192.0.2.1'), session: 'two' })).toBeUndefined()
    expect(statusOf(limiter, from('192.0.2.1'))).toBeUndefined()
  })

  it('are forgotten by one that succeeds, and its own address is not charged', () => {
    const limiter = limiterOf({ perSource: 3, perAddress: 3, perAccount: 3 })
    for (let i = 0; i < 20; i++) limiter.admit(from('192.0.2.1')).succeeded()
    for (let i = 0; i < 20; i++) limiter.admit(from('192.0.2.1')).takeBack()
    for (let i = 0; i < 2; i++) limiter.admit(from('192.0.2.1'))
    limiter.admit(from('192.0.2.1')).succeeded()
    expect(statusOf(limiter, from('192.0.2.1'))).toBeUndefined()
    // What others tried is not forgotten with it.
    expect(statusOf(limiter, from('192.0.2.1'))).toBe(429)
  })

  it('of a server that brings those of many make nobody else wait, nor do those of others make it wait', () => {
    const limiter = limiterOf({ perSource: 2, perAddress: 2, perAccount: 2, perServer: 3, servers: new Set(['192.0.2.7']) })
    for (let i = 0; i < 9; i++) limiter.admit(from('192.0.2.7', `account-${i}`))
    for (let i = 0; i < 3; i++) statusOf(limiter, from('192.0.2.1'))
    expect(statusOf(limiter, from('192.0.2.1'))).toBe(429)
    for (let i = 0; i < 3; i++) limiter.admit(from('192.0.2.7'))
    expect(statusOf(limiter, from('192.0.2.7'))).toBe(429)
    expect(statusOf(limiter, from('192.0.2.7', 'account-1'))).toBeUndefined()
    expect(statusOf(limiter, from('192.0.2.9', 'account-1'))).toBeUndefined()
  })

  it('cannot be mixed up by names: no name is another’s count', () => {
    const limiter = limiterOf({ perSource: 1 })
    limiter.admit({ account: 'a","192.0.2.1', address: '192.0.2.2' })
    expect(statusOf(limiter, { account: 'a', address: '192.0.2.1' })).toBeUndefined()
    expect(statusOf(limiter, { account: '__proto__', address: '192.0.2.3' })).toBeUndefined()
  })

  it('say how long to wait', () => {
    const limiter = limiterOf({ perSource: 1, windowMs: 90_000 })
    limiter.admit(from('192.0.2.1'))
    time += 1_000
    expect(() => limiter.admit(from('192.0.2.1'))).toThrow(
      new HttpProblem(429, 'too many sign-ins have failed: try again in 2 min', { 'retry-after': '89' })
    )
  })
})

describe('a known device', () => {
  const signingIn = async (devices: KnownDevices) => {
    const { url } = await serverWith(app => {
      app.post('/api/session/:account', c => {
        const before = devices.find(c, c.req.param('account'))
        devices.remember(c, c.req.param('account'))
        return c.json({ before: before ?? null })
      })
    })
    return async (account: string, cookie = ''): Promise<{ before: string | null; set: string; cookie: string }> => {
      const headers = { 'content-type': 'application/json', cookie }
      const answer = await fetch(`${url}api/session/${account}`, { method: 'POST', headers, body: '{}' })
      const set = answer.headers.getSetCookie()[0] ?? ''
      return { ...((await answer.json()) as { before: string | null }), set, cookie: set.split(';')[0] as string }
    }
  }

  it('is one for the account that signed in there, by a cookie that scripts and other sites do not have', async () => {
    const signIn = await signingIn(new KnownDevices(new Uint8Array(32)))
    const { before, set, cookie } = await signIn('ada')
    expect(before).toBeNull()
    expect(set).toMatch(/^hushgrid-supplier-device=[\w-]{38}; Max-Age=15552000; Path=\/; HttpOnly; SameSite=Strict$/)
    const again = await signIn('ada', cookie)
    expect([again.before, again.cookie]).toEqual([cookie.split('=')[1], cookie])
    expect((await signIn('eve', cookie)).before).toBeNull()
    for (const wrong of [cookie.slice(0, -1), `${cookie.slice(0, -2)}AA`, 'hushgrid-supplier-device=..', 'hushgrid-supplier-device=%00'])
      expect((await signIn('ada', wrong)).before).toBeNull()
    expect((await (await signingIn(new KnownDevices(new Uint8Array(32).fill(1))))('ada', cookie)).before).toBeNull()
  })

  it('is one for all of a household who sign in there, the last eight', async () => {
    const signIn = await signingIn(new KnownDevices(new Uint8Array(32)))
    let cookie = ''
    for (let i = 0; i < 10; i++) ({ cookie } = await signIn(`account-${i}`, cookie))
    expect(cookie.split('=')[1]?.split('.')).toHaveLength(8)
    const known = await Promise.all(Array.from({ length: 10 }, async (_, i) => (await signIn(`account-${i}`, cookie)).before !== null))
    expect(known).toEqual([false, false, true, true, true, true, true, true, true, true])
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
