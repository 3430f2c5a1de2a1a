import { InvalidArgumentError } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import type { Actor, Role } from '../../src/access/roles.ts'
import { ConflictError, NotAllowedError, StoreDamagedError } from '../../src/errors.ts'
import { behind, freshStore, MONDAY, onEachBackend, PASSWORD } from '../support/store-backends.ts'

const ADMIN: Actor = { account: 'root@example', role: 'admin' }
const RANGE = { from: MONDAY, until: MONDAY + 96 }

onEachBackend(backend => {
  it('binds a customer’s account to one household, for good', async () => {
    const { store } = await freshStore(backend)
    await store.createFirstAccount(ADMIN.account, PASSWORD)
    const ann = { account: 'ann', roles: ['customer'] as const, household: 'household-1' }
    await store.createAccount(ADMIN, ann, PASSWORD)
    expect(await store.signIn('ann', PASSWORD)).toEqual(ann)
    const actor: Actor = { account: 'ann', role: 'customer' }
    expect(await store.readReadings(actor, 'household-1', RANGE)).toEqual([])
    await store.changePassword(actor, 'ann', 'another password')
    expect(await store.signIn('ann', 'another password')).toEqual(ann)
    await expect(store.changePassword(actor, ADMIN.account, PASSWORD)).rejects.toThrow(NotAllowedError)
    await expect(store.changeRoles(ADMIN, 'ann', ['billing'])).rejects.toThrow(ConflictError)
    await expect(store.changeRoles(ADMIN, ADMIN.account, ['customer'])).rejects.toThrow(ConflictError)
    await store.changeRoles(ADMIN, 'ann', ['customer'])
    expect(await store.readAccounts(ADMIN)).toEqual([ann, { account: ADMIN.account, roles: ['admin'] }])
  })

  it('makes no customer without a household, or with another role beside, and gives no other account a household', async () => {
    const { store } = await freshStore(backend)
    await store.createFirstAccount(ADMIN.account, PASSWORD)
    const wrong: { roles: Role[]; household?: string }[] = [
      { roles: ['customer'] },
      { roles: ['customer', 'billing'], household: 'household-1' },
      { roles: ['billing'], household: 'household-1' },
      { roles: ['customer'], household: '' }
    ]
    for (const fields of wrong) {
      await expect(store.createAccount(ADMIN, { account: 'bob', ...fields }, PASSWORD)).rejects.toThrow(InvalidArgumentError)
    }
    await expect(store.changeRoles(ADMIN, ADMIN.account, ['admin', 'customer'])).rejects.toThrow(InvalidArgumentError)
    expect(await store.readAccounts(ADMIN)).toEqual([{ account: ADMIN.account, roles: ['admin'] }])
  })

  it('reads no account whose household was taken away, or given to another role', async () => {
    const open = await freshStore(backend)
    await open.store.createFirstAccount(ADMIN.account, PASSWORD)
    await behind(open, database => database.transaction(transaction => transaction.run("UPDATE accounts SET household = 'h'")))
    await expect(open.store.readAccounts(ADMIN)).rejects.toThrow(StoreDamagedError)
  })
})
