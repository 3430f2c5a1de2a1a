// A customer's change of password by the page: the proof at the supplier and the record here, together or not at all.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemRng } from '@hushgrid/primitives'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { encodeAccount } from '../../src/device/account-record.ts'
import { Vault } from '../../src/device/vault.ts'
import type { PortalBrowser } from '../support/portal-browser.ts'
import { type Customer, customer, PortalRig } from '../support/portal-rig.ts'

const NEW_PASSWORD = 'another password of ada'

let [ada, eve]: [Customer, Customer] = [] as never
let changed: Vault
let rig: PortalRig
let browser: PortalBrowser
beforeAll(async () => {
  ;[ada, eve] = await Promise.all([customer('ada', '11'), customer('eve', '22')])
  changed = await ada.vault.withPassword(NEW_PASSWORD)
})
beforeEach(async () => {
  rig = await PortalRig.start([ada, eve])
  for (const each of [ada, eve]) await rig.register(each)
  browser = await rig.signedIn(ada)
})
afterEach(async () => await rig.stop())

const bodyOf = (more: object = {}): object => ({
  current: ada.vault.signInProof(),
  proof: changed.signInProof(),
  record: encodeAccount(changed.record),
  ...more
})
const change = async (body: object = bodyOf(), by = browser, csrf?: string): Promise<number> =>
  (await by.ask('PUT', '/api/session/password', body, csrf === undefined ? {} : { 'x-csrf-token': csrf })).status
const isSignedIn = async (by: PortalBrowser): Promise<boolean> => (await by.ask('GET', '/api/session')).status === 200
const recordNow = async (): Promise<unknown> => (await browser.ask('GET', `/api/households/${ada.household}/vault`)).body
const signsIn = async (vault: Vault): Promise<number> =>
  (await rig.browser().ask('POST', '/api/session', { account: 'ada', proof: vault.signInProof() })).status

describe('a change of password', () => {
  it('wraps the keys anew, ends the other sessions, and this one goes on', async () => {
    const [other, eves] = [await rig.signedIn(ada), await rig.signedIn(eve)]
    expect(await change()).toBe(200)
    expect([await isSignedIn(browser), await isSignedIn(other), await isSignedIn(eves)]).toEqual([true, false, true])
    expect(await recordNow()).toEqual({ record: encodeAccount(changed.record) })
    expect([await signsIn(ada.vault), await signsIn(changed)]).toEqual([401, 200])
    expect((await Vault.unlock(changed.record, NEW_PASSWORD, systemRng)).meters).toEqual(ada.vault.meters)
    expect(rig.log.some(line => line.includes('password-changed'))).toBe(true)
  })

  it.each([
    ['another present password', 403, () => ({ current: 'ab'.repeat(32) })],
    ['no present password', 400, () => ({ current: undefined })],
    ['a proof that is none', 400, () => ({ proof: NEW_PASSWORD })],
    ['no record', 400, () => ({ record: '{}' })],
    ['the record of another', 400, () => ({ record: encodeAccount(eve.vault.record) })],
    ['a record that is too long', 413, () => ({ record: 'x'.repeat(600_000) })]
  ])('with %s changes nothing', async (_, status, more) => {
    expect(await change(bodyOf(more()))).toBe(status)
    expect(await recordNow()).toEqual({ record: encodeAccount(ada.vault.record) })
    expect([await signsIn(ada.vault), await signsIn(changed)]).toEqual([200, 401])
  })

  it('takes a session and its csrf token', async () => {
    const eves = await rig.signedIn(eve)
    expect(await change(bodyOf(), rig.browser())).toBe(401)
    for (const csrf of ['', 'x', eves.csrf ?? '']) expect(await change(bodyOf(), browser, csrf)).toBe(403)
    // The record names the account; a session of another cannot put it there.
    expect(await change(bodyOf(), eves)).toBe(400)
    expect(await signsIn(ada.vault)).toBe(200)
  })

  it('leaves all as it was where the record cannot be kept', async () => {
    const folder = join(rig.dataDir, 'accounts')
    rmSync(folder, { recursive: true })
    writeFileSync(folder, '')
    expect(await change()).toBe(500)
    expect([await signsIn(ada.vault), await signsIn(changed)]).toEqual([200, 401])
  })

  it('whose answer was lost is finished by the same once more', async () => {
    rig.supplier.instead = ({ path, body }) => {
      if (path !== '/api/session/password') return undefined
      const account = rig.supplier.accounts.get('ada') as { password: string }
      account.password = JSON.parse(body).password
      return { status: 500, body: '{}' }
    }
    expect(await change()).toBe(503)
    rig.supplier.instead = undefined
    expect(await recordNow()).toEqual({ record: encodeAccount(ada.vault.record) })
    expect(await change()).toBe(200)
    expect(await recordNow()).toEqual({ record: encodeAccount(changed.record) })
    expect(await signsIn(changed)).toBe(200)
  })

  it('in two tabs at once is one of the two, whole', async () => {
    const third = await ada.vault.withPassword('a third password of ada')
    const other = await rig.signedIn(ada)
    const body = bodyOf({ proof: third.signInProof(), record: encodeAccount(third.record) })
    const statuses = await Promise.all([change(), change(body, other)])
    expect(statuses.filter(status => status === 200)).toHaveLength(1)
    const kept = statuses[0] === 200 ? changed : third
    const proof = kept.signInProof()
    const again = rig.browser()
    await again.signIn('ada', proof)
    const { body: vault } = await again.ask('GET', `/api/households/${ada.household}/vault`)
    expect(vault).toEqual({ record: encodeAccount(kept.record) })
  })

  it('ends the session where the supplier has ended its own', async () => {
    rig.supplier.sessions.clear()
    expect(await change()).toBe(401)
    expect(await isSignedIn(browser)).toBe(false)
  })
})
