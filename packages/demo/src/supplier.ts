// Store of the demonstration's supplier before the neighbourhood lives: accounts, a tariff, a month of totals.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ReadingsRecipe } from '@hushgrid/lab'
import { fillableOf, readerOf, unsupportedLanes } from '@hushgrid/lab'
import { openKeyFile, openStore, type Role, type Store } from '@hushgrid/mdms'
import { SystemClock } from '@hushgrid/network'
import { openPseudonyms } from '@hushgrid/node-mdms'
import { concatBytes, type Millis, type Slot, sha256, systemRng, u64, utf8 } from '@hushgrid/primitives'
import { makeFolder } from '@hushgrid/runtime'
import { laneCodes, type Network } from '@hushgrid/topology'
import type { DemoAccount } from '@hushgrid/web-api'
import type { MadeHousehold } from './household.ts'

const TARIFF = new URL('../../billing/tariffs/evening-peak.yaml', import.meta.url)
const SUPPLIER_ACCOUNTS = [
  { account: 'ada', roles: ['admin'], for: 'accounts' },
  { account: 'eve', roles: ['supplier-analyst'], for: 'load, forecast, peaks' },
  { account: 'bill', roles: ['billing'], for: 'billing runs' },
  { account: 'otto', roles: ['auditor'], for: 'the audit log' }
] as const satisfies readonly { account: string; roles: readonly Role[]; for: string }[]

/** Draws a password that nobody guesses and a person can type: 16 letters and digits, in fours. */
export function drawPassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
  const drawn: string[] = []
  while (drawn.length < 16) {
    // Bytes beyond a multiple of the letters would make some letters likelier.
    for (const byte of systemRng.bytes(32)) if (byte < 256 - (256 % letters.length)) drawn.push(letters[byte % letters.length] as string)
  }
  return drawn
    .slice(0, 16)
    .join('')
    .replace(/(.{4})(?=.)/g, '$1-')
}

export interface SupplierOrder {
  readonly folder: string
  readonly network: Network
  readonly recipe: ReadingsRecipe
  readonly members: number
  /** First slot of the totals behind it. */
  readonly from: Slot
  readonly until: Slot
  readonly households: readonly MadeHousehold[]
}

/** Data of the supplier that is needed once its store is closed. */
export interface MadeSupplier {
  readonly accounts: readonly DemoAccount[]
  /** One-time password of each customer's registration, by account. */
  readonly oneTimePasswords: ReadonlyMap<string, string>
}

/** Gives the tariff of the demonstration. */
export function demoTariff(): { readonly name: string; readonly text: string } {
  return { name: 'evening-peak', text: readFileSync(TARIFF, 'utf8') }
}

/** Makes the supplier's store: accounts, a tariff, the month's totals. */
export async function makeSupplier(order: SupplierOrder): Promise<MadeSupplier> {
  const { folder, network, households, from } = order
  makeFolder(folder)
  const keys = openKeyFile(join(folder, 'mdms.keys'), systemRng)
  // The store lives as long as the demonstration: nothing has to outlive a loss of power.
  const store = await openStore({ location: join(folder, 'mdms.db'), keys, clock: new SystemClock(), flush: false })
  try {
    await store.registerNetwork({ network: network.name, slotSeconds: network.slotSeconds })
    await keepTotals(store, order)
    const accounts = SUPPLIER_ACCOUNTS.map(each => ({ ...each, password: drawPassword() }))
    const [admin, ...others] = accounts
    if (admin) await store.createFirstAccount(admin.account, admin.password)
    const actor = { account: SUPPLIER_ACCOUNTS[0].account, role: 'admin' } as const
    for (const { account, roles, password } of others) await store.createAccount(actor, { account, roles }, password)
    const { name, text } = demoTariff()
    const valid = (from * network.slotSeconds * 1000) as Millis
    await store.addTariff({ account: 'bill', role: 'billing' }, { tariff: name, text, from: valid })
    const pseudonymOf = openPseudonyms(folder, systemRng)
    const oneTimePasswords = new Map(households.map(({ account }) => [account, drawPassword()]))
    for (const { account, meter } of households)
      await store.createAccount(actor, { account, roles: ['customer'], household: pseudonymOf(meter) }, oneTimePasswords.get(account) ?? '')
    return { accounts: accounts.map(({ account, password, for: what }) => ({ account, password, for: what })), oneTimePasswords }
  } finally {
    await store.close()
  }
}

/** Records the month's totals as sums made here, since no neighbourhood ran then; lanes that too few can fill are withheld. */
async function keepTotals(store: Store, { network, recipe, members, from, until }: SupplierOrder): Promise<void> {
  const read = readerOf(recipe)
  const lanes = laneCodes(network)
  const households = Array.from({ length: members }, (_, household) => household)
  const withheld = unsupportedLanes(network, households, fillableOf(recipe))
  for (let slot = from; slot < until; slot = (slot + 1) as Slot) {
    const sums = lanes.map(() => 0)
    for (const household of households)
      for (const [lane, value] of (read(household, slot, lanes) ?? []).entries()) sums[lane] = (sums[lane] ?? 0) + value
    const bytes = sums.map(sum => u64(sum))
    await store.recordTotal({
      network: network.name,
      slot,
      mode: 'dcnet',
      lanes: { ...Object.fromEntries(lanes.map((lane, i) => [lane, BigInt(sums[i] ?? 0)])), ...withheld },
      contributors: members,
      missing: 0,
      resultHash: sha256(concatBytes(utf8('hushgrid demo, before the neighbourhood'), u64(slot), ...bytes)),
      received: ((slot + 1) * network.slotSeconds * 1000) as Millis
    })
  }
}
