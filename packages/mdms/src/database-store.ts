import { setImmediate } from 'node:timers/promises'
import { InvalidArgumentError, type Millis } from '@hushgrid/primitives'
import {
  type Account,
  changePassword,
  changeRoles,
  findAccount,
  findPassword,
  insertAccount,
  newAccount,
  readAccounts,
  refusalOf,
  removeAccount
} from './accounts.ts'
import type { AuditEntry, AuditHead, AuditLine } from './audit-log.ts'
import { readBillingRun, readBills, readHouseholdBills, recordBill } from './bills.ts'
import { readConsumption, readConsumptionConflicts, recordConsumption } from './consumption.ts'
import { type Context, checkName, checkRange, isName, readNetworks, registerNetwork, slotSecondsOf } from './context.ts'
import type { Transaction } from './database.ts'
import { ConflictError } from './errors.ts'
import { totalsToCsv } from './export-totals.ts'
import { readHouseholdConflicts } from './household-periods.ts'
import { checkPassword, hashPassword, NOBODYS_PASSWORD } from './password.ts'
import { readReadings, recordReadings } from './readings.ts'
import type {
  BillingRun,
  EncryptedReadings,
  HouseholdBill,
  HouseholdConsumption,
  LostSlot,
  Network,
  Recorded,
  SlotTotal,
  Tariff
} from './records.ts'
import { readLost, readResultConflicts, readTotals, recordLost, recordTotal } from './results.ts'
import { type Deleted, deleteOld, RETAINED } from './retention.ts'
import type { Action, Actor, Role } from './roles.ts'
import type { SlotRange } from './slot-total.ts'
import type { Rotation, Store, SupplierTerms } from './store.ts'
import { addTariff, type NewTariff, readTariffs } from './tariffs.ts'
import { SEALED_TABLES } from './vault.ts'

/** Rows that a rotation encrypts again in one transaction. */
const BATCH = 500
/** Lines of the audit log that are read at once. */
const LINES = 1_000

/** A line's scope: which network, slots, household, tariff or account it was about. */
type Scope = Pick<AuditEntry, 'network' | 'range' | 'detail'>

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
      const detail = `${results} results, ${consumption} periods, ${bills} bills, ${readings} batches, ${conflicts} conflicts deleted`
      await this.#context.audit.append(transaction, { action: 'apply retention', outcome: 'done', detail })
      return result
    })
    await this.#context.database.reclaim(RETAINED)
    return deleted
  }

  async rotateKeys(batch = BATCH): Promise<Rotation> {
    if (!Number.isSafeInteger(batch) || batch < 1) throw new InvalidArgumentError('batch', 'a whole number from 1 on', String(batch))
    const { vault, audit, database } = this.#context
    const rewrapped = await this.#transaction(async transaction => {
      const count = await vault.rewrap(transaction)
      await vault.renew(transaction)
      await audit.append(transaction, { action: 'rotate keys', outcome: 'done' })
      return count
    })
    let resealed = 0
    for (const table of SEALED_TABLES) {
      for (let count = batch; count === batch; resealed += count) {
        count = await this.#transaction(transaction => vault.reseal(transaction, table, batch))
        // SQLite's transactions leave the event loop no time by themselves.
        await setImmediate()
      }
    }
    const dropped = await this.#transaction(transaction => vault.dropUnused(transaction))
    await database.reclaim([...SEALED_TABLES.map(({ name }) => name), 'data_keys'])
    return { rewrapped, resealed, dropped }
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
      // The password or the account may have gone while it was checked.
      const same = kept !== undefined && (await findPassword(transaction, account)) === kept
      // A name that is no account's may be a password in the wrong field.
      const who = kept === undefined ? {} : { account }
      await this.#context.audit.append(transaction, { ...who, action: 'sign in', outcome: right && same ? 'done' : 'denied' })
      return right && same ? await findAccount(transaction, account) : undefined
    })
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

  readReadings(actor: Actor, household: string, range: SlotRange): Promise<EncryptedReadings[]> {
    return this.#asHousehold(actor, 'read readings', household, range, transaction =>
      readReadings(this.#context, transaction, household, range)
    )
  }

  readBills(actor: Actor, network: string, range: SlotRange): Promise<HouseholdBill[]> {
    return this.#as(actor, 'read bills', { network, range }, transaction => readBills(this.#context, transaction, network, range))
  }

  readHouseholdBills(actor: Actor, household: string, range: SlotRange): Promise<HouseholdBill[]> {
    return this.#asHousehold(actor, 'read household bills', household, range, transaction =>
      readHouseholdBills(this.#context, transaction, household, range)
    )
  }

  readBillingRun(actor: Actor, network: string, period: SlotRange): Promise<BillingRun> {
    return this.#as(actor, 'read billing run', { network, range: period }, transaction => readBillingRun(transaction, network, period))
  }

  readTariffs(actor: Actor): Promise<Tariff[]> {
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
    const detail = `${made.account}: ${made.roles.join(', ')}${made.household === undefined ? '' : ` of ${made.household}`}`
    await this.#as(actor, 'create account', { detail }, transaction => insertAccount(transaction, made))
  }

  async changeRoles(actor: Actor, account: string, roles: readonly Role[]): Promise<void> {
    const detail = `${account}: ${roles.join(', ')}`
    await this.#as(actor, 'change roles', { detail }, transaction => changeRoles(transaction, account, roles))
  }

  async changePassword(actor: Actor, account: string, password: string): Promise<void> {
    const hashed = await hashPassword(password, this.#context.rng)
    const action = account === actor.account ? 'change own password' : 'change password'
    await this.#as(actor, action, { detail: account }, transaction => changePassword(transaction, account, hashed))
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

  /** What is done through an account, and the line about it, in one transaction; a refusal is noted before it is raised. */
  async #as<T>(actor: Actor, action: Action, scope: Scope, run: (transaction: Transaction) => Promise<T>, household?: string): Promise<T> {
    checkScope(actor, scope)
    const outcome = await this.#transaction(async transaction => {
      const refusal = await refusalOf(transaction, actor, action, household)
      const { account, role } = actor
      await this.#context.audit.append(transaction, { account, role, action, outcome: refusal ? 'denied' : 'done', ...scope })
      return refusal ? { refusal } : { value: await run(transaction) }
    })
    if ('refusal' in outcome) throw outcome.refusal
    return outcome.value
  }

  /** {@link #as} about one household, which a customer's account has to be of. */
  async #asHousehold<T>(
    actor: Actor,
    action: 'read readings' | 'read household bills',
    household: string,
    range: SlotRange,
    run: (transaction: Transaction) => Promise<T>
  ): Promise<T> {
    return await this.#as(actor, action, { range, detail: checkName(household, 'household') }, run, household)
  }
}

/** What goes into the log has to be something that can be written there. */
function checkScope({ account, role }: Actor, { network, range, detail }: Scope): void {
  checkName(account, 'account')
  checkName(role, 'role')
  if (network !== undefined) checkName(network, 'network')
  if (range !== undefined) checkRange(range)
  if (detail !== undefined && (detail.length > 256 || detail.includes('\0'))) {
    throw new InvalidArgumentError('name', 'at most 256 characters', `${detail.length} or a zero among them`)
  }
}
