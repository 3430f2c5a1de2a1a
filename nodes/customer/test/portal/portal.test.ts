// The customers' portal: what it lets whom see, and what it never has.
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Hono } from 'hono'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { encodeAccount } from '../../src/device/account-record.ts'
import { PBKDF2 } from '../../src/device/password-key.ts'
import { portalRoutes } from '../../src/portal/portal.ts'
import type { PortalContext } from '../../src/portal/portal-context.ts'
import type { Got, PortalBrowser } from '../support/portal-browser.ts'
import { type Customer, customer, PortalRig, registration, spellings } from '../support/portal-rig.ts'
import { SupplierStub } from '../support/portal-supplier.ts'

/** Every route of a household. */
const HOUSEHOLD_ROUTES = [
  ['GET', 'vault'],
  ['GET', 'batches'],
  ['GET', 'batches?from=1&until=2'],
  ['GET', 'bills'],
  ['GET', 'seen'],
  ['GET', 'consents'],
  ['PUT', 'consents', { purpose: 'keep-readings', given: false }],
  ['DELETE', 'readings'],
  ['DELETE', 'account', { proof: 'ab'.repeat(32) }]
] as const

const NOBODYS_HOUSEHOLD = 'household-there-is-none'

let [ada, eve]: [Customer, Customer] = [] as never
let rig: PortalRig
beforeAll(async () => {
  ;[ada, eve] = await Promise.all([customer('ada', '11'), customer('eve', '22')])
})
afterEach(async () => await rig.stop())

async function started(init: Parameters<typeof PortalRig.start>[1] = {}): Promise<void> {
  rig = await PortalRig.start([ada, eve], init)
  await rig.register(ada)
  await rig.register(eve)
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
}

describe('signing in', () => {
  it('gives a session of the own household, with a cookie that scripts and other pages do not have', async () => {
    await started()
    const browser = rig.browser()
    expect((await browser.ask('GET', '/api/session')).status).toBe(401)
    const answer = await browser.ask('POST', '/api/session', { account: 'ada', proof: ada.vault.signInProof() })
    expect(answer.headers.getSetCookie()[0]).toMatch(/^hushgrid-customer-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(answer.body).toEqual({
      account: 'ada',
      roles: ['customer'],
      household: ada.household,
      csrf: expect.stringMatching(/^[\w-]{43}$/)
    })
    // The supplier's own token stays here.
    for (const token of rig.supplier.sessions.keys()) expect(JSON.stringify([...answer.headers])).not.toContain(token)
    expect((await browser.ask('GET', '/api/session')).body).toEqual(answer.body)
  })

  it('ends at the supplier too when somebody signs out, which takes the csrf token', async () => {
    await started()
    const browser = await rig.signedIn(ada)
    expect(rig.supplier.sessions.size).toBe(1)
    expect((await browser.ask('DELETE', '/api/session', {}, { 'x-csrf-token': 'x' })).status).toBe(403)
    const { cookie } = browser
    expect((await browser.ask('DELETE', '/api/session')).status).toBe(200)
    expect(rig.supplier.sessions.size).toBe(0)
    browser.cookie = cookie
    expect((await browser.ask('GET', '/api/session')).status).toBe(401)
  })

  it('is refused in the same words for another proof, nobody’s account, and one of the supplier’s own people', async () => {
    await started()
    const proof = 'ab'.repeat(32)
    rig.supplier.accounts.set('root', { password: proof, roles: ['admin'] })
    const before = rig.supplier.asked.length
    const answers: Got[] = []
    for (const account of ['ada', 'nobody', 'root']) answers.push(await rig.browser().ask('POST', '/api/session', { account, proof }))
    for (const { status, body } of answers) expect({ status, body }).toEqual({ status: 401, body: answers[0]?.body })
    // All are tried at the supplier, but no account there can be locked from here.
    const names = rig.supplier.asked.slice(before).map(({ body }) => JSON.parse(body).account as string)
    expect(names).toEqual(['ada', expect.stringMatching(/^nobody-[0-9a-f]{32}$/), expect.stringMatching(/^nobody-[0-9a-f]{32}$/)])
    expect(new Set(names).size).toBe(3)
  })

  it('has to wait after ten failures of an account, but on no device that it has signed in from', async () => {
    await started()
    const adas = await rig.signedIn(ada)
    await adas.ask('DELETE', '/api/session')
    const wrong = { account: 'ada', proof: 'ab'.repeat(32) }
    const right = { account: 'ada', proof: ada.vault.signInProof() }
    for (let i = 0; i < 10; i++) expect((await rig.browser().ask('POST', '/api/session', wrong)).status).toBe(401)
    const before = rig.supplier.asked.length
    const { status, body, headers } = await rig.browser().ask('POST', '/api/session', right)
    expect(status).toBe(429)
    expect(body).toEqual({ error: expect.stringMatching(/^too many .+ min$/) })
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(800)
    expect((await rig.browser().ask('POST', '/api/registration', registration(ada.vault, 'ada', ada.oneTime))).status).toBe(429)
    expect(rig.supplier.asked.length).toBe(before)
    await rig.signedIn(eve)
    expect((await adas.ask('POST', '/api/session', right)).status).toBe(200)
    // The device is still known after the portal has been started anew.
    await rig.stopPortal()
    await rig.startPortal()
    const again = rig.browser()
    again.cookies = adas.cookies
    for (let i = 0; i < 10; i++) expect((await rig.browser().ask('POST', '/api/session', wrong)).status).toBe(401)
    expect((await rig.browser().ask('POST', '/api/session', right)).status).toBe(429)
    expect((await again.ask('POST', '/api/session', right)).status).toBe(200)
    rig.later = 15 * 60_000
    await rig.signedIn(ada)
  })

  it('makes an account that does not exist wait just as long', async () => {
    await started()
    const answersOf = async (account: string): Promise<unknown[]> => {
      const answers: unknown[] = []
      for (let i = 0; i < 12; i++) {
        const { status, body } = await rig.browser().ask('POST', '/api/session', { account, proof: 'ab'.repeat(32) })
        answers.push({ status, body })
      }
      return answers
    }
    expect(await answersOf('ada')).toEqual(await answersOf('nobody'))
  })

  it('that the supplier limits tells nobody that there is the account, but a device of its own', async () => {
    await started()
    const adas = await rig.signedIn(ada)
    // As where somebody has tried it at the supplier itself.
    rig.supplier.instead = ({ method, path, body }) =>
      method === 'POST' && path === '/api/session' && JSON.parse(body).account === 'ada'
        ? { status: 429, body: '{"error":"too many sign-ins have failed"}', headers: { 'retry-after': '61' } }
        : undefined
    const ask = async (account: string, browser = rig.browser()): Promise<unknown> => {
      const { status, body, headers } = await browser.ask('POST', '/api/session', { account, proof: ada.vault.signInProof() })
      return { status, body, wait: headers.get('retry-after') }
    }
    expect(await ask('ada')).toEqual(await ask('nobody'))
    const register = (await rig.browser().ask('POST', '/api/registration', registration(ada.vault, 'ada', ada.oneTime))).status
    expect(register).toBe(401)
    expect(await ask('ada', adas)).toMatchObject({ status: 429, wait: '61' })
    expect(rig.log.some(line => line.includes('--web-portal'))).toBe(true)
  })

  it('in a browser ends the session that was there, also at the supplier', async () => {
    await started()
    const browser = await rig.signedIn(ada)
    const first = browser.cookie
    await browser.signIn('eve', eve.vault.signInProof())
    expect([...rig.supplier.sessions.values()].map(({ account }) => account)).toEqual(['eve'])
    browser.cookie = first
    expect((await browser.ask('GET', '/api/session')).status).toBe(401)
  })

  it('says that the supplier cannot be reached, and counts no failure then', async () => {
    await started()
    const { supplier } = rig
    await supplier.stop()
    for (let i = 0; i < 10; i++) {
      const { status, body } = await rig.browser().ask('POST', '/api/session', { account: 'ada', proof: ada.vault.signInProof() })
      expect({ status, body }).toEqual({ status: 503, body: { error: 'the supplier cannot be reached now' } })
    }
    expect(rig.log.some(line => line.includes('ECONNREFUSED'))).toBe(true)
  })

  it.each([
    ['no JSON', '{', 400],
    ['no proof', { account: 'ada' }, 400],
    ['a proof that is none', { account: 'ada', proof: 'AB'.repeat(32) }, 400],
    ['a name that is a path', { account: '../ada', proof: 'ab'.repeat(32) }, 400],
    ['a name of another type', { account: { $ne: '' }, proof: 'ab'.repeat(32) }, 400],
    ['too much', { account: 'ada', proof: 'ab'.repeat(4_000) }, 413]
  ])('is not tried with %s', async (_, body, status) => {
    await started()
    const before = rig.supplier.asked.length
    const answer = await rig.browser().ask('POST', '/api/session', body)
    expect(answer.status).toBe(status)
    expect(answer.body).toEqual({ error: expect.any(String) })
    expect(rig.supplier.asked.length).toBe(before)
  })

  it('is not tried for a page of another origin', async () => {
    await started()
    const body = { account: 'ada', proof: ada.vault.signInProof() }
    expect((await rig.browser().ask('POST', '/api/session', body, { origin: 'http://elsewhere.example' })).status).toBe(403)
    expect((await rig.browser().ask('POST', '/api/session', body, { 'content-type': 'text/plain' })).status).toBe(415)
  })
})

describe('how a password becomes a key', () => {
  it('is the account’s own, and of accounts that do not exist of the same shape, different and always the same', async () => {
    await started()
    const terms = async (account: string): Promise<{ scheme: { scheme: string }; salt: string }> =>
      (await rig.browser().ask('POST', '/api/password-scheme', { account })).body as never
    const own = await terms('ada')
    expect(own).toEqual({ scheme: ada.vault.record.scheme, salt: Buffer.from(ada.vault.record.salt).toString('hex') })
    const names = Array.from({ length: 40 }, (_, i) => `nobody-${i}`)
    const madeUp = await Promise.all(names.map(terms))
    expect(new Set(madeUp.map(({ salt }) => salt)).size).toBe(names.length)
    for (const { scheme, salt } of madeUp) {
      expect(salt).toMatch(/^[0-9a-f]{32}$/)
      expect([ada.vault.record.scheme, PBKDF2]).toContainEqual(scheme)
    }
    await rig.stopPortal()
    await rig.startPortal()
    expect(await Promise.all(names.map(terms))).toEqual(madeUp)
    expect(await terms('ada')).toEqual(own)
  })

  it('is made up under a secret of the portal', async () => {
    await started()
    const terms = async (): Promise<unknown> => (await rig.browser().ask('POST', '/api/password-scheme', { account: 'nobody' })).body
    const first = await terms()
    await rig.stopPortal()
    writeFileSync(join(rig.dataDir, 'portal.key'), new Uint8Array(32))
    await rig.startPortal()
    expect(await terms()).not.toEqual(first)
  })

  it('is not asked without end', async () => {
    await started()
    const adas = await rig.signedIn(ada)
    const statuses = new Set<number>()
    for (let i = 0; i < 310; i++) statuses.add((await rig.browser().ask('POST', '/api/password-scheme', { account: `nobody-${i}` })).status)
    expect([...statuses]).toEqual([200, 429])
    // Or nobody who has signed in before could do so behind the same address.
    const ask = async (account: string): Promise<number> => (await adas.ask('POST', '/api/password-scheme', { account })).status
    expect([await ask('ada'), await ask('eve')]).toEqual([200, 429])
  })
})

/** Routes that are about no household; the tests above and those of registering have them. */
const OTHER_ROUTES = [
  'POST /api/password-scheme',
  'POST /api/session',
  'GET /api/session',
  'DELETE /api/session',
  'PUT /api/session/password',
  'POST /api/registration'
]

it('has each route of the portal in one of the two lists', () => {
  const app = new Hono()
  portalRoutes(app, {} as PortalContext)
  const ofHouseholds = HOUSEHOLD_ROUTES.map(([method, rest]) => `${method} /api/households/:household/${rest.split('?')[0]}`)
  expect(app.routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([...new Set([...ofHouseholds, ...OTHER_ROUTES])].sort())
})

describe('a household', () => {
  it.each(HOUSEHOLD_ROUTES)('of somebody else is there for nobody: %s %s', async (method, rest, body?: unknown) => {
    await started()
    const browser = await rig.signedIn(eve)
    const before = rig.supplier.asked.length
    const files = filesOf(rig.dataDir).map(path => readFileSync(path, 'latin1'))
    const others = await browser.ask(method, `/api/households/${ada.household}/${rest}`, body)
    const nobodys = await browser.ask(method, `/api/households/${NOBODYS_HOUSEHOLD}/${rest}`, body)
    for (const { status, body: got } of [others, nobodys])
      expect({ status, got }).toEqual({ status: 404, got: { error: 'no such household' } })
    for (const odd of [`${eve.household}%2F..%2F${ada.household}`, `..%2f${ada.household}`, `${eve.household}%00`])
      expect((await browser.ask(method, `/api/households/${odd}/${rest}`, body)).status).toBe(404)
    // Nothing was forwarded and nothing was changed, and the session is still one.
    expect(rig.askedSince(before)).toEqual([])
    expect(filesOf(rig.dataDir).map(path => readFileSync(path, 'latin1'))).toEqual(files)
    expect((await browser.ask('GET', '/api/session')).status).toBe(200)
  })

  it.each(HOUSEHOLD_ROUTES)('is not there without a session: %s %s', async (method, rest, body?: unknown) => {
    await started()
    const before = rig.supplier.asked.length
    expect((await rig.browser().ask(method, `/api/households/${ada.household}/${rest}`, body)).status).toBe(401)
    const forged = rig.browser()
    forged.cookie = `hushgrid-customer-session=${[...rig.supplier.sessions.keys()][0] ?? 'x'.repeat(43)}`
    expect((await forged.ask(method, `/api/households/${ada.household}/${rest}`, body)).status).toBe(401)
    expect(rig.askedSince(before)).toEqual([])
  })

  it.each(HOUSEHOLD_ROUTES.filter(([method]) => method !== 'GET'))(
    'is not changed without the csrf token: %s %s',
    async (method, rest, body?: unknown) => {
      await started()
      const [browser, other] = [await rig.signedIn(ada), await rig.signedIn(eve)]
      const before = rig.supplier.asked.length
      for (const csrf of ['', other.csrf ?? '']) {
        expect((await browser.ask(method, `/api/households/${ada.household}/${rest}`, body, { 'x-csrf-token': csrf })).status).toBe(403)
      }
      expect(rig.askedSince(before)).toEqual([])
    }
  )

  it('has its wrapped keys from here, byte for byte, and all else from the supplier', async () => {
    await started()
    const browser = await rig.signedIn(ada)
    const at = `/api/households/${ada.household}`
    const before = rig.supplier.asked.length
    expect((await browser.ask('GET', `${at}/vault`)).body).toEqual({ record: encodeAccount(ada.vault.record) })
    expect(rig.askedSince(before)).toEqual([])
    const get = async (rest: string): Promise<unknown> => (await browser.ask('GET', `${at}/${rest}`)).body
    expect(await get('batches?from=10&until=20&household=household-2222&x=%26')).toEqual({
      of: ada.household,
      rest: 'batches',
      method: 'GET'
    })
    for (const rest of ['bills', 'seen', 'consents']) expect(await get(rest)).toEqual({ of: ada.household, rest, method: 'GET' })
    const consent = { purpose: 'keep-readings', given: false }
    expect((await browser.ask('PUT', `${at}/consents`, { ...consent, household: eve.household })).body).toMatchObject({ put: consent })
    expect((await browser.ask('DELETE', `${at}/readings`)).body).toMatchObject({ method: 'DELETE', rest: 'readings' })
    expect(rig.askedSince(before)).toEqual([
      `GET ${at}/batches?from=10&until=20`,
      ...['bills', 'seen', 'consents'].map(rest => `GET ${at}/${rest}`),
      `PUT ${at}/consents`,
      `DELETE ${at}/readings`
    ])
  })

  it('is asked for with our headers only', async () => {
    await started()
    const browser = await rig.signedIn(ada)
    const odd = { 'x-forwarded-for': '192.0.2.1', authorization: 'Basic eA==', 'x-odd': 'odd', 'accept-language': 'tlh' }
    await browser.ask('GET', `/api/households/${ada.household}/bills`, undefined, odd)
    const headers = rig.supplier.asked.at(-1)?.headers ?? {}
    const [token] = [...rig.supplier.sessions].find(([, { account }]) => account === 'ada') ?? []
    expect(headers.cookie).toBe(`hushgrid-supplier-session=${token}`)
    expect(JSON.stringify(headers)).not.toMatch(/192\.0\.2\.1|Basic|odd|tlh/)
  })

  it.each([
    ['POST', 'batches', 404],
    ['PUT', 'bills', 404],
    ['DELETE', 'vault', 404],
    ['GET', 'account', 404],
    ['GET', 'totals', 404],
    ['GET', 'batches?from=-1', 400],
    ['GET', 'batches?from=1&from=2', 400],
    ['GET', 'batches?until=1;DROP', 400]
  ])('has no %s %s', async (method, rest, status) => {
    await started()
    const browser = await rig.signedIn(ada)
    const before = rig.supplier.asked.length
    expect((await browser.ask(method, `/api/households/${ada.household}/${rest}`)).status).toBe(status)
    expect(rig.askedSince(before)).toEqual([])
  })

  it.each([
    ['PUT', 'consents', { purpose: 'keep-readings', given: 'no' }, 400],
    ['PUT', 'consents', { purpose: '../x', given: true }, 400],
    ['PUT', 'consents', `{"purpose":"keep-readings","given":true,"x":"${'x'.repeat(5_000)}"}`, 413],
    ['PUT', 'consents', '[', 400],
    ['DELETE', 'account', {}, 400]
  ])('takes no %s %s with %j', async (method, rest, body, status) => {
    await started()
    const browser = await rig.signedIn(ada)
    const before = rig.supplier.asked.length
    expect((await browser.ask(method, `/api/households/${ada.household}/${rest}`, body)).status).toBe(status)
    expect(rig.askedSince(before)).toEqual([])
  })
})

describe('the supplier', () => {
  const path = (): string => `/api/households/${ada.household}/bills`
  let browser: PortalBrowser
  const signIn = async (init = {}): Promise<void> => {
    await started(init)
    browser = await rig.signedIn(ada)
  }

  it('that has ended its session ends ours', async () => {
    await signIn()
    const { cookie } = browser
    rig.supplier.sessions.clear()
    const { status, body } = await browser.ask('GET', path())
    expect({ status, body }).toEqual({ status: 401, body: { error: 'the session has ended: sign in again' } })
    expect(browser.cookie).toBeUndefined()
    browser.cookie = cookie
    expect((await browser.ask('GET', '/api/session')).status).toBe(401)
  })

  it('is away: 503, and the session goes on', async () => {
    await signIn()
    await rig.supplier.stop()
    const { status, body } = await browser.ask('GET', path())
    expect({ status, body }).toEqual({ status: 503, body: { error: 'the supplier cannot be reached now' } })
    expect((await browser.ask('GET', '/api/session')).status).toBe(200)
  })

  it('does not answer in time', async () => {
    // Long enough for the sign-ins before.
    await signIn({ supplierWithin: 2_000 })
    rig.supplier.instead = () => 'never'
    const { status, body } = await browser.ask('GET', path())
    expect({ status, body }).toEqual({ status: 503, body: { error: 'the supplier cannot be reached now' } })
    expect(rig.log.join()).toContain('got none within 2 s')
    // Signing out does not need it.
    expect((await browser.ask('DELETE', '/api/session')).status).toBe(200)
  })

  it.each([
    ['a refusal with its sentence', { status: 409, body: '{"error":"a bill is being checked"}' }, 409, 'a bill is being checked'],
    ['a refusal without one', { status: 404, body: '<h1>', type: 'text/html' }, 404, 'the supplier has refused this (status 404)'],
    ['a failure', { status: 500, body: '{"error":"the server has failed at this"}' }, 503, 'the server has failed at this'],
    ['a page', { status: 200, body: '<script>', type: 'text/html' }, 502, 'the supplier has answered something else than was asked'],
    ['more than 32 MiB', { status: 200, body: Buffer.alloc(33 * 1024 * 1024, ' ') }, 503, 'the supplier cannot be reached now']
  ])('answers with %s', async (_, answer, status, error) => {
    await signIn()
    rig.supplier.instead = () => answer
    const got = await browser.ask('GET', path())
    expect({ status: got.status, body: got.body }).toEqual({ status, body: { error } })
  })

  it('sends us nowhere else', async () => {
    await signIn()
    const elsewhere = await SupplierStub.start()
    elsewhere.instead = () => ({ status: 200, body: '{}' })
    rig.supplier.instead = ({ path }) => ({ status: 307, body: '', headers: { location: `${elsewhere.url}${path}` } })
    const { status, body } = await browser.ask('GET', path())
    await elsewhere.stop()
    expect({ status, body }).toEqual({ status: 503, body: { error: 'the supplier cannot be reached now' } })
    expect(elsewhere.asked).toEqual([])
  })

  it('passes on how long to wait', async () => {
    await signIn()
    rig.supplier.instead = () => ({ status: 429, body: '{"error":"too many"}', headers: { 'retry-after': '61' } })
    const got = await browser.ask('GET', path())
    expect([got.status, got.headers.get('retry-after')]).toEqual([429, '61'])
  })
})

describe('what the portal keeps', () => {
  it('outlives a restart; sessions do not', async () => {
    await started()
    const browser = await rig.signedIn(ada)
    const { cookie } = browser
    await rig.stopPortal()
    await rig.startPortal()
    const again = rig.browser()
    again.cookie = cookie
    expect((await again.ask('GET', '/api/session')).status).toBe(401)
    await again.signIn('ada', ada.vault.signInProof())
    expect((await again.ask('GET', `/api/households/${ada.household}/vault`)).body).toEqual({ record: encodeAccount(ada.vault.record) })
  })

  it('is its owner’s only, and neither there nor in the log is anything secret, or a name in the log', async () => {
    await started()
    const browser = await rig.signedIn(ada)
    await browser.ask('GET', `/api/households/${ada.household}/batches`)
    await rig.browser().ask('POST', '/api/session', { account: 'ada', proof: 'cd'.repeat(32) })
    rig.supplier.instead = () => ({ status: 200, body: 'x', type: 'text/html' })
    await browser.ask('GET', `/api/households/${ada.household}/seen`)
    const files = filesOf(rig.dataDir)
    expect(files.length).toBe(3)
    for (const path of files) expect(statSync(path).mode & 0o777).toBe(0o600)
    const kept = files.map(path => readFileSync(path, 'latin1')).join('\n')
    const log = rig.log.join('\n')
    expect(log).toContain('signed-in')
    const secrets = [
      ada.password,
      ada.oneTime,
      ada.vault.signInProof(),
      Buffer.from(ada.vault.signInProof(), 'hex'),
      ada.key,
      eve.key,
      'cd'.repeat(32)
    ]
    for (const spelling of secrets.flatMap(spellings)) {
      expect(kept).not.toContain(spelling)
      expect(log).not.toContain(spelling)
    }
    for (const name of ['"ada"', '"eve"', ada.household, browser.csrf ?? '', (browser.cookie ?? '').slice(-43)])
      expect(log).not.toContain(name)
    // Without the temporary folder, whose name is random.
    expect(files.map(path => relative(rig.dataDir, path)).join()).not.toMatch(/ada|eve/)
  })

  it('is refused where others may read it, it was moved, or is no account', async () => {
    await started()
    await rig.stopPortal()
    const [first, second] = readdirSync(join(rig.dataDir, 'accounts')).map(name => join(rig.dataDir, 'accounts', name)) as [string, string]
    const text = readFileSync(first)
    writeFileSync(first, readFileSync(second))
    await expect(rig.startPortal()).rejects.toThrow('moved here')
    writeFileSync(first, '{}')
    await expect(rig.startPortal()).rejects.toThrow('hushgrid customer account')
    writeFileSync(first, text)
    chmodSync(first, 0o644)
    await expect(rig.startPortal()).rejects.toThrow('mode 600')
    chmodSync(first, 0o600)
    await rig.startPortal()
  })

  it('is deleted with the account, and its sessions end', async () => {
    await started()
    const [browser, other] = [await rig.signedIn(ada), await rig.signedIn(ada)]
    const path = `/api/households/${ada.household}/account`
    const wrong = await browser.ask('DELETE', path, { proof: 'ab'.repeat(32) })
    expect([wrong.status, wrong.body]).toEqual([403, { error: 'expected the proof of the account' }])
    expect((await browser.ask('GET', `/api/households/${ada.household}/vault`)).status).toBe(200)
    const files = filesOf(rig.dataDir).length
    expect((await browser.ask('DELETE', path, { proof: ada.vault.signInProof() })).body).toEqual({ batches: 2, bills: 1 })
    expect(filesOf(rig.dataDir).length).toBe(files - 1)
    for (const held of [browser, other]) expect((await held.ask('GET', '/api/session')).status).toBe(401)
    const terms = async (): Promise<unknown> => (await rig.browser().ask('POST', '/api/password-scheme', { account: 'ada' })).body
    const madeUp = await terms()
    expect(madeUp).not.toMatchObject({ salt: Buffer.from(ada.vault.record.salt).toString('hex') })
    const signIn = { account: 'ada', proof: ada.vault.signInProof() }
    expect((await rig.browser().ask('POST', '/api/session', signIn)).status).toBe(401)
    await rig.stopPortal()
    await rig.startPortal()
    expect(await terms()).toEqual(madeUp)
    expect((await rig.browser().ask('POST', '/api/session', signIn)).status).toBe(401)
  })
})
