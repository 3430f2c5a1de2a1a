// Every method that people use, with every role.
import { expect, it } from 'vitest'
import { type Actor, ROLES, type Role } from '../../src/access/roles.ts'
import type { Store } from '../../src/database/store.ts'
import { NotAllowedError, UnknownAccountError } from '../../src/errors.ts'
import {
  actors,
  behind,
  freshStore,
  HOUSEHOLD,
  MONDAY,
  NETWORK,
  type OpenStore,
  onEachBackend,
  PASSWORD,
  totalOf
} from '../support/store-backends.ts'

const RANGE = { from: MONDAY, until: MONDAY + 96 }

/** Every method that takes an actor, with the roles that may call it and the line that it leaves. */
const METHODS: Readonly<
  Record<string, { roles: readonly Role[]; action: string; call: (store: Store, actor: Actor) => Promise<unknown> }>
> = {
  readNetworks: {
    roles: ['supplier-analyst', 'billing', 'auditor'],
    action: 'read networks',
    call: (store, actor) => store.readNetworks(actor)
  },
  readTotals: { roles: ['supplier-analyst'], action: 'read totals', call: (store, actor) => store.readTotals(actor, NETWORK, RANGE) },
  readLostSlots: {
    roles: ['supplier-analyst'],
    action: 'read lost slots',
    call: (store, actor) => store.readLostSlots(actor, NETWORK, RANGE)
  },
  readResultRange: {
    roles: ['supplier-analyst'],
    action: 'read result range',
    call: (store, actor) => store.readResultRange(actor, NETWORK)
  },
  exportTotals: { roles: ['supplier-analyst'], action: 'export totals', call: (store, actor) => store.exportTotals(actor, NETWORK, RANGE) },
  readConsumption: {
    roles: ['billing'],
    action: 'read consumption',
    call: (store, actor) => store.readConsumption(actor, NETWORK, RANGE, 'h-0417')
  },
  readReadings: { roles: ['customer'], action: 'read readings', call: (store, actor) => store.readReadings(actor, HOUSEHOLD, RANGE) },
  readHouseholdConsumption: {
    roles: ['customer'],
    action: 'read household consumption',
    call: (store, actor) => store.readHouseholdConsumption(actor, HOUSEHOLD, RANGE)
  },
  readConsents: { roles: ['customer'], action: 'read consents', call: (store, actor) => store.readConsents(actor, HOUSEHOLD) },
  setConsent: {
    roles: ['customer'],
    action: 'withdraw consent',
    call: (store, actor) => store.setConsent(actor, HOUSEHOLD, 'keep-readings', false)
  },
  deleteReadings: { roles: ['customer'], action: 'delete readings', call: (store, actor) => store.deleteReadings(actor, HOUSEHOLD) },
  closeAccount: { roles: ['customer'], action: 'close account', call: (store, actor) => store.closeAccount(actor, HOUSEHOLD) },
  readHouseholdAccess: {
    roles: ['customer'],
    action: 'read household access',
    call: (store, actor) => store.readHouseholdAccess(actor, HOUSEHOLD)
  },
  readBills: { roles: ['billing'], action: 'read bills', call: (store, actor) => store.readBills(actor, NETWORK, RANGE) },
  readHouseholdBills: {
    roles: ['billing', 'customer'],
    action: 'read household bills',
    call: (store, actor) => store.readHouseholdBills(actor, HOUSEHOLD, RANGE)
  },
  readBillingRun: {
    roles: ['billing'],
    action: 'read billing run',
    call: (store, actor) => store.readBillingRun(actor, NETWORK, RANGE)
  },
  readTariffs: { roles: ['billing', 'customer'], action: 'read tariffs', call: (store, actor) => store.readTariffs(actor) },
  addTariff: {
    roles: ['billing'],
    action: 'add tariff',
    call: (store, actor) => store.addTariff(actor, { tariff: 'T1', text: 'price: 1\n', from: 0 as never })
  },
  readConflicts: { roles: ['auditor'], action: 'read conflicts', call: (store, actor) => store.readConflicts(actor, NETWORK) },
  readAuditLog: { roles: ['auditor'], action: 'read audit log', call: (store, actor) => store.readAuditLog(actor) },
  verifyAuditLog: { roles: ['auditor'], action: 'verify audit log', call: (store, actor) => store.verifyAuditLog(actor) },
  readAccounts: { roles: ['admin'], action: 'read accounts', call: (store, actor) => store.readAccounts(actor) },
  createAccount: {
    roles: ['admin'],
    action: 'create account',
    call: (store, actor) => store.createAccount(actor, { account: `by ${actor.role}`, roles: ['billing'] }, PASSWORD)
  },
  changeRoles: {
    roles: ['admin'],
    action: 'change roles',
    call: (store, actor) => store.changeRoles(actor, 'the auditor', ['auditor'])
  },
  changePassword: {
    roles: ['admin'],
    action: 'change password',
    call: (store, actor) => store.changePassword(actor, 'somebody', PASSWORD)
  },
  removeAccount: { roles: ['admin'], action: 'remove account', call: (store, actor) => store.removeAccount(actor, 'somebody') }
}

/** Methods of the node itself: they give out nothing about energy. */
const KEEPING = [
  'registerNetwork',
  'recordTotal',
  'recordLost',
  'recordConsumption',
  'recordReadings',
  'recordBill',
  'readTerms',
  'applyRetention',
  'rotateKeys',
  'createFirstAccount',
  'signIn',
  'markOf',
  'close'
]

async function addSomebody(open: OpenStore): Promise<void> {
  await behind(open, database =>
    database.transaction(transaction =>
      transaction.run("INSERT INTO accounts (account, password, roles) VALUES ('somebody', 'none', 'billing')")
    )
  )
}

onEachBackend(backend => {
  it('has no method that is not tested here', async () => {
    const { store } = await freshStore(backend)
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(store)).filter(name => name !== 'constructor' && name !== 'name')
    expect(methods.sort()).toEqual([...Object.keys(METHODS), ...KEEPING].sort())
  })

  it.each(Object.entries(METHODS))('%s: for its roles only, and each try is in the audit log', async (_, { roles, action, call }) => {
    const open = await freshStore(backend)
    const everybody = await actors(open)
    await addSomebody(open)
    for (const role of ROLES) {
      const before = await lastLine(open)
      const tried = call(open.store, everybody[role])
      if (roles.includes(role)) await tried
      else await expect(tried).rejects.toThrow(NotAllowedError)
      const line = await lastLine(open)
      expect(line).toMatchObject({ account: `the ${role}`, role, action, outcome: roles.includes(role) ? 'done' : 'denied' })
      expect(line.number).toBe(Number(before.number) + 1)
    }
  })

  it('knows who and in which role, and which network and range was asked for', async () => {
    const open = await freshStore(backend)
    const { auditor, billing, 'supplier-analyst': analyst } = await actors(open)
    await open.store.readTotals(analyst, NETWORK, RANGE)
    await open.store.readConsumption(billing, NETWORK, RANGE, 'h-0417')
    await expect(open.store.readTotals({ account: 'nobody', role: 'supplier-analyst' }, NETWORK, RANGE)).rejects.toThrow(
      UnknownAccountError
    )
    await expect(open.store.readTotals({ account: 'the auditor', role: 'supplier-analyst' }, NETWORK, RANGE)).rejects.toThrow(
      NotAllowedError
    )
    const lines = await open.store.readAuditLog(auditor)
    expect(lines.map(({ number: _number, at: _at, ...line }) => line)).toEqual([
      { account: 'the supplier-analyst', role: 'supplier-analyst', action: 'read totals', outcome: 'done', network: NETWORK, range: RANGE },
      {
        account: 'the billing',
        role: 'billing',
        action: 'read consumption',
        outcome: 'done',
        network: NETWORK,
        range: RANGE,
        detail: 'h-0417'
      },
      { account: 'nobody', role: 'supplier-analyst', action: 'read totals', outcome: 'denied', network: NETWORK, range: RANGE },
      { account: 'the auditor', role: 'supplier-analyst', action: 'read totals', outcome: 'denied', network: NETWORK, range: RANGE },
      { account: 'the auditor', role: 'auditor', action: 'read audit log', outcome: 'done', detail: 'from line 1' }
    ])
    expect(lines.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5])
    expect(lines.every((line, i) => i === 0 || line.at > (lines[i - 1]?.at ?? 0))).toBe(true)
    expect(await open.store.readAuditLog(auditor, 5)).toHaveLength(2)
  })

  it('gives nothing out where the line cannot be written', async () => {
    const open = await freshStore(backend)
    const { 'supplier-analyst': analyst } = await actors(open)
    await open.store.recordTotal(totalOf(MONDAY))
    await behind(open, database => database.transaction(transaction => transaction.script('ALTER TABLE audit RENAME TO away')))
    await expect(open.store.readTotals(analyst, NETWORK, RANGE)).rejects.toThrow(/audit/)
  })
})

async function lastLine(open: OpenStore) {
  return await behind(open, database =>
    database.transaction(
      async transaction => (await transaction.all('SELECT * FROM audit ORDER BY number DESC LIMIT 1'))[0] ?? { number: 0 }
    )
  )
}
