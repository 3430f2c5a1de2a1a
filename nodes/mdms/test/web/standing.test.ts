// Sessions whose account becomes another one past this server: by a command, or by a second server on the same store.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LONG } from '../support/command-tools.ts'
import { NETWORK, PASSWORD, type SupplierServer, startSupplierServer } from '../support/web-tools.ts'

const ADMIN = { account: 'ada', role: 'admin' } as const
const OTHER = 'another long password'

let server: SupplierServer
beforeEach(async () => {
  server = await startSupplierServer()
}, LONG)
afterEach(() => server.stop())

describe('a network', { timeout: LONG }, () => {
  const RANGE = 'from=2026-03-01T00:00:01Z&until='
  it.each([
    ['/totals', undefined],
    [`/totals?${RANGE}2026-03-01T00:00:02Z`, undefined],
    ['/bills', undefined],
    ['/bills/check', { household: 'household-of-kim', from: '2026-03-01T00:00:01Z', until: '2026-03-01T00:00:02Z' }]
  ])('is there or not, somebody without the role cannot tell: %s', async (rest, body) => {
    const kim = await server.signedIn('kim')
    const asked = async (network: string): Promise<unknown> => {
      const { status, text } = await server.ask(`/api/networks/${network}${rest}`, kim, body && { method: 'POST', body })
      return { status, text }
    }
    expect(await asked(NETWORK)).toEqual(await asked('no-such-street'))
  })
})

describe('a session', { timeout: LONG }, () => {
  it('does not outlive its account where another of the same name is made at once', async () => {
    const [ann, kim] = [await server.signedIn('ann'), await server.signedIn('kim')]
    await server.store.removeAccount(ADMIN, 'ann')
    await server.store.createAccount(ADMIN, { account: 'ann', roles: ['supplier-analyst', 'admin'] }, OTHER)
    await server.store.removeAccount(ADMIN, 'kim')
    await server.store.createAccount(ADMIN, { account: 'kim', roles: ['customer'], household: 'household-of-another' }, OTHER)
    expect(await server.statusOf('/api/accounts', ann)).toBe(401)
    expect(await server.statusOf(`/api/networks/${NETWORK}/latest`, ann)).toBe(401)
    expect(await server.statusOf('/api/households/household-of-kim/seen', kim)).toBe(401)
  })

  it.each(['/api/session', '/api/networks', '/api/clock'])('ends when its password is changed elsewhere: %s', async path => {
    const [ann, bill] = [await server.signedIn('ann'), await server.signedIn('bill')]
    await server.store.changePassword(ADMIN, 'ann', OTHER)
    expect([await server.statusOf(path, ann), await server.statusOf(path, bill)]).toEqual([401, 200])
    expect((await server.ask('/api/signed-in', ann)).text).toBe('null')
    expect((await server.signIn('ann')).status).toBe(401)
  })

  it('that is stolen cannot set a password once its own is another', async () => {
    const stolen = await server.signedIn('ann')
    await server.store.changePassword(ADMIN, 'ann', OTHER)
    const body = { current: OTHER, password: 'the thief’s password' }
    expect(await server.statusOf('/api/session/password', stolen, { method: 'PUT', body })).toBe(401)
    expect((await server.signIn('ann', OTHER)).status).toBe(200)
  })

  it('that somebody finds open cannot take the account over: a new password takes the present one', async () => {
    const ann = await server.signedIn('ann')
    const put = (body: object): Promise<number> => server.statusOf('/api/session/password', ann, { method: 'PUT', body })
    expect([await put({ password: OTHER }), await put({ current: OTHER, password: OTHER })]).toEqual([400, 403])
    expect((await server.signIn('ann')).status).toBe(200)
    // It is limited as signing in is, or it would be the way to guess.
    for (let i = 0; i < 9; i++) expect(await put({ current: `guess ${i}`, password: OTHER })).toBe(403)
    server.later(15 * 60_000)
    const held = await server.signedIn('ann')
    expect(await server.statusOf('/api/session/password', held, { method: 'PUT', body: { current: PASSWORD, password: OTHER } })).toBe(200)
    expect([await server.statusOf('/api/networks', held), await server.statusOf('/api/networks', ann)]).toEqual([200, 401])
  })

  it('says nothing of how it is checked', async () => {
    const ann = await server.signedIn('ann')
    for (const path of ['/api/session', '/api/signed-in'])
      expect(Object.keys(JSON.parse((await server.ask(path, ann)).text)).sort()).toEqual(['account', 'csrf', 'roles'])
  })
})
