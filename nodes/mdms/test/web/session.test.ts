// Signing in at the supplier's server, and how a session ends.
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LONG } from '../support/command-tools.ts'
import { statusFrom } from '../support/web-client.ts'
import { NETWORK, PASSWORD, type SupplierServer, startSupplierServer } from '../support/web-tools.ts'

const MINUTE = 60_000
const ACCOUNTS = '/api/accounts'

let server: SupplierServer
beforeEach(async () => {
  server = await startSupplierServer()
}, LONG)
afterEach(() => server.stop())

describe('a session', { timeout: LONG }, () => {
  it('begins with account and password, and ends at sign-out', async () => {
    const { status, text, headers } = await server.signIn('zoe')
    const { csrf, ...info } = JSON.parse(text)
    expect([status, info]).toEqual([200, { account: 'zoe', roles: ['supplier-analyst', 'billing', 'auditor', 'admin'] }])
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^hushgrid-supplier-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
      expect.stringMatching(/^hushgrid-supplier-device=/)
    ])
    expect(text).not.toContain(headers.getSetCookie()[0]?.slice('hushgrid-supplier-session='.length).split(';')[0])
    const who = { cookie: headers.getSetCookie()[0]?.split(';')[0] ?? '', csrf }
    expect(JSON.parse((await server.ask('/api/session', who)).text)).toEqual({ ...info, csrf })
    expect(await server.statusOf('/api/session', who, { method: 'DELETE', csrf: false })).toBe(403)
    expect(await server.statusOf('/api/session', who, { method: 'DELETE', csrf: 'another' })).toBe(403)
    expect(await server.statusOf('/api/session', who)).toBe(200)
    expect(JSON.parse((await server.ask('/api/signed-in', who)).text)).toEqual({ ...info, csrf })
    expect(await server.statusOf('/api/session', who, { method: 'DELETE' })).toBe(200)
    expect(await server.statusOf('/api/session', who)).toBe(401)
    for (const each of [who, undefined]) expect(await server.ask('/api/signed-in', each)).toMatchObject({ status: 200, text: 'null' })
    expect(await server.statusOf('/api/networks', who)).toBe(401)
  })

  it('says of a customer whose household it is', async () => {
    const { text } = await server.signIn('kim')
    expect(JSON.parse(text)).toMatchObject({ account: 'kim', roles: ['customer'], household: 'household-of-kim' })
  })

  it('does not begin with a wrong password, and says the same where there is no such account', async () => {
    const wrong = await server.signIn('zoe', `${PASSWORD}!`)
    const nobody = await server.signIn('nobody', PASSWORD)
    expect([wrong.status, nobody.status, nobody.text]).toEqual([401, 401, wrong.text])
    expect([...nobody.headers.keys()]).toEqual([...wrong.headers.keys()])
    expect(wrong.headers.getSetCookie()).toEqual([])
    for (const body of [{}, { account: 'zoe' }, { account: 7, password: PASSWORD }, { account: 'a'.repeat(2_000), password: 'b' }, 'zoe'])
      expect(await server.statusOf('/api/session', undefined, { method: 'POST', body })).toBe(400)
    const lines = await server.store.readAuditLog({ account: 'otto', role: 'auditor' })
    expect(lines.filter(({ action }) => action === 'sign in').map(({ account, outcome }) => [account, outcome])).toEqual([
      ['zoe', 'denied'],
      [undefined, 'denied']
    ])
  })

  it('takes the same time to refuse whether there is the account or not', async () => {
    const timed = async (account: string): Promise<number> => {
      const begun = performance.now()
      await server.signIn(account, 'not the password')
      return performance.now() - begun
    }
    await timed('zoe')
    const [known, unknown]: [number[], number[]] = [[], []]
    // In turn and several times: the machine may be busy with something else for a while.
    for (let round = 0; round < 4; round++) {
      known.push(await timed(round % 2 === 0 ? 'zoe' : 'ann'))
      unknown.push(await timed(round % 2 === 0 ? 'nobody' : 'none'))
    }
    // Hashing is nearly all of it: without, it would be a tenth.
    expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) / 3)
  })

  it('has to wait after ten failures from one address, which nobody else has to', async () => {
    const { url } = server
    const eve = { url, from: '127.0.0.2', account: 'zoe' }
    for (let i = 0; i < 10; i++) expect(await statusFrom({ ...eve, password: 'not the password' })).toBe(401)
    expect(await statusFrom({ ...eve, password: PASSWORD })).toBe(429)
    // Neither the owner, wherever she is, nor another account.
    expect(await statusFrom({ url, from: '127.0.0.3', account: 'zoe', password: PASSWORD })).toBe(200)
    expect(await statusFrom({ ...eve, account: 'ann', password: PASSWORD })).toBe(200)
    server.later(15 * MINUTE)
    expect(await statusFrom({ ...eve, password: PASSWORD })).toBe(200)
  })

  it('is to be had from a known device, however many have guessed behind the same address', async () => {
    const { url } = server
    const from = '127.0.0.2'
    const known = (await server.signIn('zoe')).headers.getSetCookie().map(cookie => cookie.split(';')[0])
    const cookie = known.find(each => each?.startsWith('hushgrid-supplier-device=')) ?? ''
    expect(cookie).not.toBe('')
    for (let i = 0; i < 11; i++) await statusFrom({ url, from, account: 'zoe', password: 'not the password' })
    expect(await statusFrom({ url, from, account: 'zoe', password: PASSWORD })).toBe(429)
    expect(await statusFrom({ url, from, account: 'zoe', password: PASSWORD, cookie })).toBe(200)
    // It is no password, and of one account.
    expect(await statusFrom({ url, from, account: 'zoe', password: 'not the password', cookie })).toBe(401)
    for (let i = 0; i < 10; i++) await statusFrom({ url, from, account: 'ann', password: 'not the password', cookie })
    expect(await statusFrom({ url, from, account: 'ann', password: PASSWORD, cookie })).toBe(429)
  })

  it('that cannot begin since the store is away is no failure, and open ones go on when it is back', async () => {
    const ann = await server.signedIn('ann')
    const file = join(server.folder, 'mdms.db')
    renameSync(file, `${file}.away`)
    for (let i = 0; i < 12; i++)
      expect(await statusFrom({ url: server.url, from: '127.0.0.2', account: 'zoe', password: PASSWORD })).toBe(503)
    const change = { method: 'PUT', body: { current: PASSWORD, password: 'another long password' } }
    for (let i = 0; i < 12; i++) expect(await server.statusOf('/api/session/password', ann, change)).toBe(503)
    const { status, headers } = await server.ask('/api/networks', ann)
    expect([status, headers.get('retry-after')]).toEqual([503, '5'])
    renameSync(`${file}.away`, file)
    expect(await statusFrom({ url: server.url, from: '127.0.0.2', account: 'zoe', password: PASSWORD })).toBe(200)
    expect(await server.statusOf('/api/networks', ann)).toBe(200)
    expect(await server.statusOf('/api/session/password', ann, change)).toBe(200)
    expect(server.warnings).toEqual([])
  })

  it('of a browser ends with the next that begins there', async () => {
    const ann = await server.signedIn('ann')
    const next = await server.ask('/api/session', ann, { method: 'POST', body: { account: 'bill', password: PASSWORD } })
    expect(next.status).toBe(200)
    expect(await server.statusOf('/api/session', ann)).toBe(401)
  })

  it('ends after half an hour without a question, and after twelve hours', async () => {
    const idle = await server.signedIn('ann')
    server.later(29 * MINUTE)
    expect(await server.statusOf('/api/session', idle)).toBe(200)
    server.later(30 * MINUTE)
    expect(await server.statusOf('/api/session', idle)).toBe(401)
    const busy = await server.signedIn('ann')
    for (let passed = 0; passed < 12 * 60 - 20; passed += 20) {
      server.later(20 * MINUTE)
      expect(await server.statusOf('/api/networks', busy)).toBe(200)
    }
    server.later(20 * MINUTE)
    expect(await server.statusOf('/api/networks', busy)).toBe(401)
  })
})

describe('an account', { timeout: LONG }, () => {
  it('that is removed has no session any more, whoever removes it', async () => {
    const [ada, ann, bill] = [await server.signedIn('ada'), await server.signedIn('ann'), await server.signedIn('bill')]
    expect(await server.statusOf(`${ACCOUNTS}/ann`, ada, { method: 'DELETE', body: {} })).toBe(200)
    expect(await server.statusOf('/api/session', ann)).toBe(401)
    // Past the server, as "pnpm node:mdms account remove" does.
    await server.store.removeAccount({ account: 'ada', role: 'admin' }, 'bill')
    const gone = await server.ask('/api/networks', bill)
    expect([gone.status, JSON.parse(gone.text)]).toEqual([401, { error: 'the account of this session is gone' }])
    expect(await server.statusOf('/api/session', bill)).toBe(401)
  })

  it('whose roles change signs in anew, and a role that is gone does nothing at once', async () => {
    const [ada, ann] = [await server.signedIn('ada'), await server.signedIn('ann')]
    expect(await server.statusOf(`/api/networks/${NETWORK}/latest`, ann)).toBe(200)
    // Past the server: the session goes on, and the store refuses.
    await server.store.changeRoles({ account: 'ada', role: 'admin' }, 'ann', ['billing'])
    expect(await server.statusOf(`/api/networks/${NETWORK}/latest`, ann)).toBe(403)
    expect(await server.statusOf('/api/tariffs', ann)).toBe(200)
    expect(await server.statusOf(`${ACCOUNTS}/ann`, ada, { method: 'PUT', body: { roles: ['auditor'] } })).toBe(200)
    expect(await server.statusOf('/api/tariffs', ann)).toBe(401)
    expect(JSON.parse((await server.signIn('ann')).text).roles).toEqual(['auditor'])
  })

  it('is made, changed and removed by an administrator, within the rules of the store', async () => {
    const ada = await server.signedIn('ada')
    const post = (body: object, csrf?: false) => server.ask(ACCOUNTS, ada, { method: 'POST', body, ...(csrf === false && { csrf }) })
    const made = { account: 'eve', roles: ['billing'], password: 'a long password' }
    expect((await post(made, false)).status).toBe(403)
    expect(await post(made)).toMatchObject({ status: 200, text: expect.not.stringContaining('a long password') })
    expect(await post(made)).toMatchObject({ status: 409 })
    expect(await post({ ...made, account: 'two', password: 'short' })).toMatchObject({
      status: 400,
      text: expect.stringMatching(/password: expected 12 to \d+ characters, got 5"/)
    })
    for (const wrong of [
      { roles: [] },
      { roles: ['boss'] },
      { roles: ['billing', 'billing'] },
      { roles: 'billing' },
      { account: '\0' },
      { roles: ['customer'] }
    ])
      expect({ wrong, status: (await post({ ...made, account: 'two', ...wrong })).status }).toEqual({ wrong, status: 400 })
    await server.signedIn('eve', 'a long password')
    const { accounts } = JSON.parse((await server.ask(ACCOUNTS, ada)).text)
    expect(accounts.map(({ account }: { account: string }) => account)).toEqual(['ada', 'ann', 'bill', 'eve', 'kim', 'otto', 'zoe'])
    expect(JSON.stringify(accounts)).not.toMatch(/password|scrypt/)
    const put = (account: string, roles: readonly string[]) =>
      server.statusOf(`${ACCOUNTS}/${account}`, ada, { method: 'PUT', body: { roles } })
    expect([await put('none', ['billing']), await put('kim', ['billing']), await put('eve', ['customer'])]).toEqual([404, 409, 409])
    expect(await put('zoe', ['billing'])).toBe(200)
    const last = await server.ask(`${ACCOUNTS}/ada`, ada, { method: 'DELETE', body: {} })
    expect([last.status, JSON.parse(last.text)]).toEqual([409, { error: 'accounts: expected an admin to be left, got none' }])
    expect(await server.statusOf('/api/session', ada)).toBe(200)
    expect(await server.statusOf(`${ACCOUNTS}/none`, ada, { method: 'DELETE', body: {} })).toBe(404)
    expect(server.warnings).toEqual([])
  })
})
