// The store on a database: every method in one transaction, with its line in the audit log.
import type { PublishedTariff } from '@hushgrid/billing'
import { counted, InvalidArgumentError, type Millis } from '@hushgrid/primitives'
import type { SlotRange } from '@hushgrid/statistics'
import {
  type Account,
  changePassword,
  changeRoles,
  findAccount,
  findPassword,
  insertAccount,
  inWords,
  newAccount,
  readAccounts,
  removeAccount
} from '../access/accounts.ts'
import type { AuditHead, AuditLine } from '../access/audit-log.ts'
import { audited, auditedOfHousehold, type Scope } from '../access/audited.ts'
import { readHouseholdAccess } from '../access/household-access.ts'
import { checkPassword, hashPassword, markOf, NOBODYS_PASSWORD } from '../access/password.ts'
import type { Action, Actor, Role } from '../access/roles.ts'
import { ConflictError } from '../errors.ts'
import { rotateKeys } from '../keys/rotation.ts'
import { readBillingRun, readBills, readHouseholdBills, recordBill } from '../records/bills.ts'
import { readConsents } from '../records/consents.ts'
import { readConsumption, readConsumptionConflicts, readHouseholdConsumption, recordConsumption } from '../records/consumption.ts'
import { totalsToCsv } from '../records/export-totals.ts'
import { closeAccount, setConsent } from '../records/household-choices.ts'
import { readHouseholdConflicts } from '../records/household-periods.ts'
import { deleteReadings, readReadings, recordReadings } from '../records/readings.ts'
import type {
  BillingRun,
  ClosedAccount,
  Consent,
  ConsentPurpose,
  EncryptedReadings,
  HouseholdBill,
  HouseholdConsumption,
  LostSlot,
  Network,
  Recorded,
  SlotTotal
} from '../records/records.ts'
import { readLost, readResultConflicts, readResultRange, readTotals, recordLost, recordTotal } from '../records/results.ts'
import { type Deleted, deleteOld, RETAINED } from '../records/retention.ts'
import { addTariff, type NewTariff, readTariffs } from '../records/tariffs.ts'
import { type Context, isName, readNetworks, registerNetwork, slotSecondsOf } from './context.ts'
import type { Transaction } from './database.ts'
import type { Rotation, Store, SupplierTerms } from './store.ts'

/** Most lines of the audit log that are read at once. */
const LINES = 1_000
/** Tables of a customer's own records, which the customer may empty. */
const OF_READINGS = ['reading_batches', 'household_conflicts']

/** The store on a database; made by `openStore`. */
export class DatabaseStore implements Store {
  readonly #context: Context

  constructor(context: Context) {
    this.#context = context
  }

  get name(): string {
    return this.#context.database.name
  }

  registerNetwork(network: Network): Promise<Recorded> {
    return this.#transaction(transaction => registerNetwork(transaction, network))
  }

  recordTotal(total: SlotTotal): Promise<Recorded> {
    return this.#record(transaction => recordTotal(this.#context, transaction, total))
  }

  recordLost(lost: LostSlot): Promise<Recorded> {
    return this.#record(transaction => recordLost(this.#context, transaction, lost))
  }

  recordConsumption(consumption: HouseholdConsumption): Promise<Recorded> {
    return this.#record(transaction => recordConsumption(this.#context, transaction, consumption))
  }

  recordReadings(readings: EncryptedReadings): Promise<Recorded> {
    return this.#record(transaction => recordReadings(this.#context, transaction, readings))
  }

  recordBill(bill: HouseholdBill): Promise<Recorded> {
    return this.#record(transaction => recordBill(this.#context, transaction, bill))
  }

  readTerms(): Promise<SupplierTerms> {
    return this.#transaction(async transaction => ({
      networks: await readNetworks(transaction),
      tariffs: await readTariffs(transaction)
    }))
  }

  async applyRetention(now: Millis): Promise<Deleted> {
    const deleted = await this.#transaction(async transaction => {
      const result = await deleteOld(this.#context, transaction, now)
      const { results, consumption, bills, readings, conflicts } = result
      const detail = `${counted(results, 'result')}, ${counted(consumption, 'period')}, ${counted(bills, 'bill')}, ${counted(readings, 'batch', 'batches')}, ${counted(conflicts, 'conflict')} deleted`
      await this.#context.audit.append(transaction, { action: 'apply retention', outcome: 'done', detail })
      return result
    })
    await this.#context.database.reclaim(RETAINED)
    return deleted
  }

  rotateKeys(batch?: number): Promise<Rotation> {
    return rotateKeys(this.#context, batch)
  }

  async createFirstAccount(account: string, password: string): Promise<void> {
    const made = await newAccount({ account, roles: ['admin'] }, password, this.#context.rng)
    await this.#transaction(async transaction => {
      if ((await readAccounts(transaction)).length > 0) throw new ConflictError('accounts: expected none yet, got at least one')
      await insertAccount(transaction, made)
      await this.#context.audit.append(transaction, { action: 'create first account', outcome: 'done', detail: account })
    })
  }

  async signIn(account: string, password: string): Promise<Account | undefined> {
    const kept = isName(account) ? await this.#transaction(transaction => findPassword(transaction, account)) : undefined
    const right = await checkPassword(password, kept ?? NOBODYS_PASSWORD)
    return await this.#transaction(async transaction => {
      // Looks again, since the password or the account may have gone during the check.
      const same = kept !== undefined && (await findPassword(transaction, account)) === kept
      // Leaves out a name that is no account's: it may be a password in the wrong field.
      const who = kept === undefined ? {} : { account }
      await this.#context.audit.append(transaction, { ...who, action: 'sign in', outcome: right && same ? 'done' : 'denied' })
      return right && same ? await findAccount(transaction, account) : undefined
    })
  }

  async markOf(account: string): Promise<string | undefined> {
    if (!isName(account)) return undefined
    const kept = await this.#transaction(transaction => findPassword(transaction, account))
    return kept === undefined ? undefined : markOf(kept)
  }

  readNetworks(actor: Actor): Promise<Network[]> {
    return this.#as(actor, 'read networks', {}, readNetworks)
  }

  readTotals(actor: Actor, network: string, range: SlotRange): Promise<SlotTotal[]> {
    return this.#as(actor, 'read totals', { network, range }, transaction => readTotals(this.#context, transaction, network, range))
  }

  readLostSlots(actor: Actor, network: string, range: SlotRange): Promise<LostSlot[]> {
    return this.#as(actor, 'read lost slots', { network, range }, transaction => readLost(this.#context, transaction, network, range))
  }

  readResultRange(actor: Actor, network: string): Promise<SlotRange> {
    return this.#as(actor, 'read result range', { network }, transaction => readResultRange(transaction, network))
  }

  exportTotals(actor: Actor, network: string, range: SlotRange): Promise<string> {
    return this.#as(actor, 'export totals', { network, range }, async transaction => {
      const totals = await readTotals(this.#context, transaction, network, range)
      return totalsToCsv(totals, await slotSecondsOf(transaction, network))
    })
  }

  readConsumption(actor: Actor, network: string, range: SlotRange, household?: string): Promise<HouseholdConsumption[]> {
    const scope = { network, range, ...(household !== undefined && { detail: household }) }
    return this.#as(actor, 'read consumption', scope, transaction => readConsumption(this.#context, transaction, network, range, household))
  }

  readHouseholdConsumption(actor: Actor, household: string, range: SlotRange): Promise<HouseholdConsumption[]> {
    const run = (transaction: Transaction) => readHouseholdConsumption(this.#context, transaction, household, range)
    return this.#asHousehold(actor, 'read household consumption', household, run, range)
  }

  readConsents(actor: Actor, household: string): Promise<Consent[]> {
    return this.#asHousehold(actor, 'read consents', household, transaction => readConsents(transaction, household))
  }

  async setConsent(actor: Actor, household: string, purpose: ConsentPurpose, given: boolean): Promise<Consent[]> {
    const action = given ? 'give consent' : 'withdraw consent'
    const run = (transaction: Transaction) => setConsent(this.#context, transaction, household, purpose, given)
    const consents = await this.#asHousehold(actor, action, household, run)
    if (!given) await this.#context.database.reclaim(OF_READINGS)
    return consents
  }

  async deleteReadings(actor: Actor, household: string): Promise<number> {
    const batches = await this.#asHousehold(actor, 'delete readings', household, transaction => deleteReadings(transaction, household))
    await this.#context.database.reclaim(OF_READINGS)
    return batches
  }

  async closeAccount(actor: Actor, household: string): Promise<ClosedAccount> {
    const run = (transaction: Transaction) => closeAccount(this.#context, transaction, actor.account, household)
    const closed = await this.#asHousehold(actor, 'close account', household, run)
    await this.#context.database.reclaim(OF_READINGS)
    return closed
  }

  readHouseholdAccess(actor: Actor, household: string): Promise<AuditLine[]> {
    const run = (transaction: Transaction) => readHouseholdAccess(this.#context, transaction, actor, household)
    return this.#asHousehold(actor, 'read household access', household, run)
  }

  readReadings(actor: Actor, household: string, range: SlotRange): Promise<EncryptedReadings[]> {
    const run = (transaction: Transaction) => readReadings(this.#context, transaction, household, range)
    return this.#asHousehold(actor, 'read readings', household, run, range)
  }

  readBills(actor: Actor, network: string, range: SlotRange): Promise<HouseholdBill[]> {
    return this.#as(actor, 'read bills', { network, range }, transaction => readBills(this.#context, transaction, network, range))
  }

  readHouseholdBills(actor: Actor, household: string, range: SlotRange): Promise<HouseholdBill[]> {
    const run = (transaction: Transaction) => readHouseholdBills(this.#context, transaction, household, range)
    return this.#asHousehold(actor, 'read household bills', household, run, range)
  }

  readBillingRun(actor: Actor, network: string, period: SlotRange): Promise<BillingRun> {
    return this.#as(actor, 'read billing run', { network, range: period }, transaction => readBillingRun(transaction, network, period))
  }

  readTariffs(actor: Actor): Promise<PublishedTariff[]> {
    return this.#as(actor, 'read tariffs', {}, readTariffs)
  }

  addTariff(actor: Actor, tariff: NewTariff): Promise<Recorded> {
    return this.#as(actor, 'add tariff', { detail: tariff.tariff }, transaction => addTariff(transaction, tariff))
  }

  readConflicts(actor: Actor, network: string): ReturnType<Store['readConflicts']> {
    return this.#as(actor, 'read conflicts', { network }, async transaction => ({
      results: await readResultConflicts(this.#context, transaction, network),
      consumption: await readConsumptionConflicts(transaction, network),
      households: await readHouseholdConflicts(transaction, network)
    }))
  }

  readAuditLog(actor: Actor, from = 1): Promise<AuditLine[]> {
    return this.#as(actor, 'read audit log', { detail: `from line ${from}` }, transaction => {
      if (!Number.isSafeInteger(from) || from < 1) throw new InvalidArgumentError('from', 'a whole number from 1 on', String(from))
      return this.#context.audit.lines(transaction, from, LINES)
    })
  }

  verifyAuditLog(actor: Actor, noted?: AuditHead): Promise<AuditHead> {
    return this.#as(actor, 'verify audit log', {}, transaction => this.#context.audit.verify(transaction, noted))
  }

  readAccounts(actor: Actor): Promise<Account[]> {
    return this.#as(actor, 'read accounts', {}, readAccounts)
  }

  async createAccount(actor: Actor, account: Account, password: string): Promise<void> {
    const made = await newAccount(account, password, this.#context.rng)
    await this.#as(actor, 'create account', { detail: inWords(made) }, transaction => insertAccount(transaction, made))
  }

  async changeRoles(actor: Actor, account: string, roles: readonly Role[]): Promise<void> {
    const detail = `${account}: ${roles.join(', ')}`
    await this.#as(actor, 'change roles', { detail }, transaction => changeRoles(transaction, account, roles))
  }

  async changePassword(actor: Actor, account: string, password: string): Promise<string> {
    const hashed = await hashPassword(password, this.#context.rng)
    const action = account === actor.account ? 'change own password' : 'change password'
    await this.#as(actor, action, { detail: account }, transaction => changePassword(transaction, account, hashed))
    return markOf(hashed)
  }

  async removeAccount(actor: Actor, account: string): Promise<void> {
    await this.#as(actor, 'remove account', { detail: account }, transaction => removeAccount(transaction, account))
  }

  close(): Promise<void> {
    return this.#context.database.close()
  }

  #transaction<T>(action: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#context.database.transaction(action)
  }

  /** Evidence of a conflict is committed before the conflict is raised. */
  async #record(action: (transaction: Transaction) => Promise<Recorded | ConflictError>): Promise<Recorded> {
    const outcome = await this.#transaction(action)
    if (outcome instanceof ConflictError) throw outcome
    return outcome
  }

  #as<T>(actor: Actor, action: Action, scope: Scope, run: (transaction: Transaction) => Promise<T>): Promise<T> {
    return audited(this.#context, { actor, action, ...scope }, run)
  }

  #asHousehold<T>(
    actor: Actor,
    action: Action,
    household: string,
    run: (transaction: Transaction) => Promise<T>,
    range?: SlotRange
  ): Promise<T> {
    return auditedOfHousehold(this.#context, { actor, action, household, ...(range && { range }) }, run)
  }
}
