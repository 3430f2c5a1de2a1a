// Registering at the portal: only with what the supplier's store has as the password, and only one's own record.
import { createHmac } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { keyEpoch } from '@hushgrid/billing'
import { InvalidArgumentError, meterId, SeededRng, systemRng, utf8 } from '@hushgrid/primitives'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { encodeAccount } from '../../src/device/account-record.ts'
import { ARGON2ID, passwordKey } from '../../src/device/password-key.ts'
import { signInProof } from '../../src/device/sign-in-proof.ts'
import { Vault } from '../../src/device/vault.ts'
import type { Got } from '../support/portal-browser.ts'
import { type Customer, customer, PortalRig, registration } from '../support/portal-rig.ts'

let [ada, eve]: [Customer, Customer] = [] as never
let rig: PortalRig
beforeAll(async () => {
  ;[ada, eve] = await Promise.all([customer('ada', '11'), customer('eve', '22')])
})
beforeEach(async () => {
  rig = await PortalRig.start([ada, eve])
})
afterEach(async () => await rig.stop())

const register = async (body: unknown): Promise<Got> => await rig.browser().ask('POST', '/api/registration', body)
const passwordAt = (account: string): string | undefined => rig.supplier.accounts.get(account)?.password
const kept = (): number => readdirSync(join(rig.dataDir, 'accounts')).length

describe('a sign-in proof', () => {
  it('is HKDF-SHA-256 of the password’s key', async () => {
    // RFC 5869 section 2 by hand: extract under zeros, expand to one block.
    const key = await passwordKey('correct horse battery staple', utf8('0123456789abcdef'), ARGON2ID)
    const extracted = createHmac('sha256', new Uint8Array(32)).update(key).digest()
    const byHand = createHmac('sha256', extracted).update('hushgrid/v1/customer/sign-in\u0001').digest('hex')
    expect(signInProof(key)).toBe(byHand)
    // Made with @noble/hashes 2.4.0.
    expect(signInProof(key)).toBe('6179c8b741dbec709e04ed7e18e0c136c9526f4d7ee880fbf5bd3e8f78445b39')
    expect(signInProof(new Uint8Array(32))).toBe('1f62e0e137a692697293660cdc8d310498bb5b536cfb2b6771016e1674b56f5f')
    expect(() => signInProof(new Uint8Array(31))).toThrow(InvalidArgumentError)
  })

  it('comes of a vault without its key, the same each time it is opened, and another with another password', async () => {
    const proof = ada.vault.signInProof()
    expect((await Vault.unlock(ada.vault.record, ada.password, systemRng)).signInProof()).toBe(proof)
    expect(ada.vault.withKey(meterId('33'.repeat(32)), { epoch: keyEpoch(0), key: new Uint8Array(32) }).signInProof()).toBe(proof)
    expect((await ada.vault.withPassword('another password of hers')).signInProof()).not.toBe(proof)
    expect(JSON.stringify(ada.vault)).not.toContain(proof)
    expect(encodeAccount(ada.vault.record)).not.toContain(proof)
  })
})

describe('registering', () => {
  it('puts the proof in the place of the one-time password, keeps the record, and leaves no session behind', async () => {
    const { status, body } = await register(registration(ada.vault, 'ada', ada.oneTime))
    expect({ status, body }).toEqual({ status: 200, body: { household: ada.household } })
    expect(passwordAt('ada')).toBe(ada.vault.signInProof())
    expect(kept()).toBe(1)
    expect(rig.supplier.sessions.size).toBe(0)
    // The one-time password was for once.
    expect((await register(registration(ada.vault, 'ada', ada.oneTime))).status).toBe(401)
  })

  it('again brings a new record, and ends sessions where the proof is another', async () => {
    await rig.register(ada)
    const browser = await rig.signedIn(ada)
    const vault = async (held = browser): Promise<unknown> => (await held.ask('GET', `/api/households/${ada.household}/vault`)).body
    const more = ada.vault.withKey(meterId('33'.repeat(32)), { epoch: keyEpoch(0), key: new SeededRng('K 3').bytes(32) })
    expect((await register(registration(more, 'ada', more.signInProof()))).status).toBe(200)
    expect(await vault()).toEqual({ record: encodeAccount(more.record) })

    const changed = await more.withPassword('another password of hers')
    expect((await register(registration(changed, 'ada', more.signInProof()))).status).toBe(200)
    expect((await browser.ask('GET', '/api/session')).status).toBe(401)
    expect((await rig.browser().ask('POST', '/api/session', { account: 'ada', proof: more.signInProof() })).status).toBe(401)
    expect(await vault(await rig.signedIn({ ...ada, vault: changed }))).toEqual({ record: encodeAccount(changed.record) })
  })

  it('is refused with another password, somebody else’s, and for an account that is no customer’s', async () => {
    rig.supplier.accounts.set('root', { password: 'the password of an admin', roles: ['admin'], household: 'household-of-an-admin' })
    const root = await customer('root', '44')
    const refusals = [
      await register(registration(ada.vault, 'ada', 'not the one-time password')),
      await register(registration(ada.vault, 'ada', eve.oneTime)),
      await register(registration((await customer('nobody', '55')).vault, 'nobody', ada.oneTime)),
      await register(registration(root.vault, 'root', 'the password of an admin'))
    ]
    for (const { status, body } of refusals) expect({ status, body }).toEqual({ status: 401, body: refusals[0]?.body })
    expect(passwordAt('ada')).toBe(ada.oneTime)
    expect(passwordAt('root')).toBe('the password of an admin')
    expect(rig.supplier.sessions.size).toBe(0)
    expect(kept()).toBe(0)
  })

  it('of a registered account by somebody who is not its customer changes nothing', async () => {
    await rig.register(ada)
    const impostor = await customer('ada', '66')
    for (const password of [ada.oneTime, impostor.vault.signInProof(), 'cd'.repeat(32)])
      expect((await register(registration(impostor.vault, 'ada', password))).status).toBe(401)
    const browser = await rig.signedIn(ada)
    expect((await browser.ask('GET', `/api/households/${ada.household}/vault`)).body).toEqual({ record: encodeAccount(ada.vault.record) })
  })

  it.each([
    ['no record', { record: undefined }, 400],
    ['a record that is none', { record: '{}' }, 400],
    ['a record of too many characters', { record: 'x'.repeat(300_000) }, 400],
    ['more than a record can be', { record: 'x'.repeat(600_000) }, 413],
    ['no password', { password: '' }, 400],
    ['a password of a million characters', { password: 'x'.repeat(100_000) }, 400],
    ['a proof that is none', { proof: 'the proof' }, 400],
    ['a name that is a path', { account: '../../ada' }, 400],
    ['the record of another account', { account: 'eve' }, 400]
  ])('is not tried with %s', async (_, wrong, status) => {
    const answer = await register({ ...registration(ada.vault, 'ada', ada.oneTime), ...wrong })
    expect([answer.status, answer.body]).toEqual([status, { error: expect.any(String) }])
    expect(rig.supplier.asked).toEqual([])
    expect(kept()).toBe(0)
  })

  it('takes no record that is spelled otherwise, and keeps nothing of it', async () => {
    const body = registration(ada.vault, 'ada', ada.oneTime)
    const with1 = body.record.replace('{', '{\n  "key": "0123",')
    for (const record of [with1, `${body.record} `, body.record.replaceAll('  ', '')])
      expect((await register({ ...body, record })).status).toBe(400)
    expect(rig.supplier.asked).toEqual([])
  })

  it('keeps no record where the supplier does not take the proof, and signs out', async () => {
    rig.supplier.instead = ({ path }) => (path === '/api/session/password' ? { status: 409, body: '{"error":"not now"}' } : undefined)
    const { status, body } = await register(registration(ada.vault, 'ada', ada.oneTime))
    expect({ status, body }).toEqual({ status: 409, body: { error: 'not now' } })
    expect(rig.supplier.sessions.size).toBe(0)
    expect(kept()).toBe(0)
    rig.supplier.instead = undefined
    await rig.register(ada)
  })

  it('of one account is done once at a time', async () => {
    const body = registration(ada.vault, 'ada', ada.oneTime)
    const { promise: held, resolve: letGo } = Promise.withResolvers<undefined>()
    // The one that was first waits for the supplier until the other has its answer.
    rig.supplier.instead = asked => (asked.path === '/api/session/password' && asked.body.includes(ada.oneTime) ? held : undefined)
    const both = [register(body), register(body)]
    expect((await Promise.race(both)).status).toBe(409)
    await rig.register(eve)
    letGo(undefined)
    expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([200, 409])
    expect(kept()).toBe(2)
  })
})
