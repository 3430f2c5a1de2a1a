// Accounts and their passwords.
import { InvalidArgumentError, systemRng } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { checkPassword, hashPassword, NOBODYS_PASSWORD } from '../../src/access/password.ts'
import type { Actor } from '../../src/access/roles.ts'
import { ConflictError, StoreDamagedError, UnknownAccountError } from '../../src/errors.ts'
import { behind, freshStore, onEachBackend, PASSWORD } from '../support/store-backends.ts'

const ADMIN: Actor = { account: 'root@example', role: 'admin' }

describe('passwords', () => {
  it('are kept as Argon2id with a salt of their own', async () => {
    const [one, two] = [await hashPassword(PASSWORD, systemRng), await hashPassword(PASSWORD, systemRng)]
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(one).not.toBe(two)
    expect(await checkPassword(PASSWORD, one)).toBe(true)
    expect(await checkPassword(`${PASSWORD} `, one)).toBe(false)
    expect(await checkPassword('', NOBODYS_PASSWORD)).toBe(false)
  })

  it('are the same however their characters are composed', async () => {
    expect(await checkPassword('gr\u{fc}nes Kabel 12', await hashPassword('gru\u{308}nes Kabel 12', systemRng))).toBe(true)
  })

  it('have 12 to 256 characters', async () => {
    for (const password of ['short', 'x'.repeat(257)]) await expect(hashPassword(password, systemRng)).rejects.toThrow(InvalidArgumentError)
    const longest = await hashPassword('x'.repeat(256), systemRng)
    expect(await checkPassword('x'.repeat(257), longest)).toBe(false)
    expect(await checkPassword('x'.repeat(256), longest)).toBe(true)
  })

  it('are refused where they were hashed in another way', async () => {
    const other = '$argon2i$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b27dTQtRmpXeRPs'
    await expect(checkPassword(PASSWORD, other)).rejects.toThrow(StoreDamagedError)
  })
})

onEachBackend(backend => {
  it('signs in who has the password, and notes each try', async () => {
    const open = await freshStore(backend)
    await open.store.createFirstAccount(ADMIN.account, PASSWORD)
    expect(await open.store.signIn(ADMIN.account, PASSWORD)).toEqual({ account: ADMIN.account, roles: ['admin'] })
    expect(await open.store.signIn(ADMIN.account, 'something else')).toBeUndefined()
    expect(await open.store.signIn('nobody', PASSWORD)).toBeUndefined()
    expect(await open.store.signIn('a\0', PASSWORD)).toBeUndefined()
    await open.store.createAccount(ADMIN, { account: 'eve', roles: ['auditor', 'billing'] }, PASSWORD)
    const lines = await open.store.readAuditLog({ account: 'eve', role: 'auditor' })
    expect(lines.map(({ account, action, outcome }) => [account, action, outcome])).toEqual([
      [undefined, 'create first account', 'done'],
      [ADMIN.account, 'sign in', 'done'],
      [ADMIN.account, 'sign in', 'denied'],
      [undefined, 'sign in', 'denied'],
      [undefined, 'sign in', 'denied'],
      [ADMIN.account, 'create account', 'done'],
      ['eve', 'read audit log', 'done']
    ])
  })

  it('makes a first account only while there is none', async () => {
    const { store } = await freshStore(backend)
    await store.createFirstAccount(ADMIN.account, PASSWORD)
    await expect(store.createFirstAccount('other', PASSWORD)).rejects.toThrow(ConflictError)
    expect(await store.signIn('other', PASSWORD)).toBeUndefined()
  })

  it('makes, changes and removes accounts', async () => {
    const { store } = await freshStore(backend)
    await store.createFirstAccount(ADMIN.account, PASSWORD)
    await store.createAccount(ADMIN, { account: 'ann', roles: ['billing'] }, PASSWORD)
    await expect(store.createAccount(ADMIN, { account: 'ann', roles: ['admin'] }, PASSWORD)).rejects.toThrow(ConflictError)
    const ann: Actor = { account: 'ann', role: 'billing' }
    await store.changePassword(ann, 'ann', 'another password')
    expect(await store.signIn('ann', PASSWORD)).toBeUndefined()
    expect(await store.signIn('ann', 'another password')).toEqual({ account: 'ann', roles: ['billing'] })
    await store.changeRoles(ADMIN, 'ann', ['auditor', 'billing'])
    expect(await store.readAccounts(ADMIN)).toEqual([
      { account: 'ann', roles: ['billing', 'auditor'] },
      { account: ADMIN.account, roles: ['admin'] }
    ])
    await store.removeAccount(ADMIN, 'ann')
    await expect(store.readTariffs(ann)).rejects.toThrow(UnknownAccountError)
    await expect(store.changePassword(ADMIN, 'ann', PASSWORD)).rejects.toThrow(UnknownAccountError)
    await expect(store.removeAccount(ADMIN, 'ann')).rejects.toThrow(UnknownAccountError)
  })

  it('marks an account anew with each password, and where it is made again', async () => {
    const { store } = await freshStore(backend)
    await store.createFirstAccount(ADMIN.account, PASSWORD)
    const make = (): Promise<void> => store.createAccount(ADMIN, { account: 'ann', roles: ['billing'] }, PASSWORD)
    await make()
    const first = await store.markOf('ann')
    await store.changeRoles(ADMIN, 'ann', ['auditor'])
    expect(await store.markOf('ann')).toBe(first)
    const second = await store.changePassword(ADMIN, 'ann', PASSWORD)
    expect(await store.markOf('ann')).toBe(second)
    await store.removeAccount(ADMIN, 'ann')
    expect([await store.markOf('ann'), await store.markOf('a\0')]).toEqual([undefined, undefined])
    await make()
    expect(new Set([first, second, await store.markOf('ann'), await store.markOf(ADMIN.account)]).size).toBe(4)
  })

  it('keeps the last administrator, and refuses roles that are none', async () => {
    const { store } = await freshStore(backend)
    await store.createFirstAccount(ADMIN.account, PASSWORD)
    await expect(store.removeAccount(ADMIN, ADMIN.account)).rejects.toThrow(ConflictError)
    await expect(store.changeRoles(ADMIN, ADMIN.account, ['billing'])).rejects.toThrow(ConflictError)
    expect(await store.readAccounts(ADMIN)).toEqual([{ account: ADMIN.account, roles: ['admin'] }])
    for (const roles of [[], ['admin', 'admin'], ['root']]) {
      await expect(store.changeRoles(ADMIN, ADMIN.account, roles as 'admin'[])).rejects.toThrow(InvalidArgumentError)
    }
  })

  it('does not have the password anywhere', async () => {
    const open = await freshStore(backend)
    await open.store.createFirstAccount(ADMIN.account, PASSWORD)
    const rows = await behind(open, database => database.transaction(transaction => transaction.all('SELECT * FROM accounts')))
    expect(JSON.stringify(rows)).not.toContain(PASSWORD)
  })
})
