// The store as others see it: what the node does itself, and what people do through accounts.
import type { PublishedTariff } from '@hushgrid/billing'
import type { Millis } from '@hushgrid/primitives'
import type { SlotRange } from '@hushgrid/statistics'
import type { Account } from '../access/accounts.ts'
import type { AuditHead, AuditLine } from '../access/audit-log.ts'
import type { Actor, Role } from '../access/roles.ts'
import type {
  BillingRun,
  ClosedAccount,
  Consent,
  ConsentPurpose,
  ConsumptionConflict,
  EncryptedReadings,
  HouseholdBill,
  HouseholdConflict,
  HouseholdConsumption,
  LostSlot,
  Network,
  Recorded,
  ResultConflict,
  SlotTotal
} from '../records/records.ts'
import type { Deleted } from '../records/retention.ts'
import type { NewTariff } from '../records/tariffs.ts'

/** Records that contradicted earlier ones. */
interface Conflicts {
  readonly results: ResultConflict[]
  readonly consumption: ConsumptionConflict[]
  /** Second bills, and second batches of readings. */
  readonly households: HouseholdConflict[]
}

/** Outcome of a rotation of the keys. */
export interface Rotation {
  /** Keys of the store that the ring's current key wraps now, and did not before. */
  readonly rewrapped: number
  /** Rows that were encrypted again. */
  readonly resealed: number
  /** Earlier keys that were forgotten. */
  readonly dropped: number
}

/** The supplier's own words, by which deliveries are checked; they say nothing of any household. */
export interface SupplierTerms {
  readonly networks: readonly Network[]
  /** In the order of the start of their validity. */
  readonly tariffs: readonly PublishedTariff[]
}

/**
 * What the node that runs the store does itself: it takes in results, and keeps the house. Nothing here gives out what
 * came in, and so nothing asks for an account.
 */
interface StoreKeeping {
  /** @throws ConflictError where the network is known with slots of another length */
  registerNetwork(network: Network): Promise<Recorded>
  /**
   * Keeps a neighbourhood's total of a slot.
   *
   * @throws ConflictError where the slot has another result: that one stays, this one is kept as evidence;
   *   SingleHouseholdError where too few meters are in it; RetentionError, UnknownNetworkError, InvalidArgumentError
   */
  recordTotal(total: SlotTotal): Promise<Recorded>
  /** Keeps that a slot is lost; throws as {@link recordTotal} does. */
  recordLost(lost: LostSlot): Promise<Recorded>
  /**
   * Keeps what a household used over a billing period.
   *
   * @throws ConflictError where the source has another figure for the period, which stays, or the household is in another
   *   network; SingleHouseholdError where the period is too short or overlaps another of the household; RetentionError,
   *   UnknownNetworkError, InvalidArgumentError
   */
  recordConsumption(consumption: HouseholdConsumption): Promise<Recorded>
  /**
   * Keeps a batch of encrypted readings as a household's meter delivered it.
   *
   * @throws ConsentWithdrawnError where the household's customer does not want them kept; ConflictError where another
   *   batch has one of its slots: that one stays, of this one evidence is kept; or where the household is in another
   *   network; SingleHouseholdError where it is of one slot; RetentionError, UnknownNetworkError, InvalidArgumentError
   */
  recordReadings(readings: EncryptedReadings): Promise<Recorded>
  /**
   * Keeps a bill whose proof the caller has checked, as `BillChecker` of packages/billing does.
   *
   * @throws ConflictError where the household has another bill for the period, which stays, and of this one evidence is
   *   kept; or where it is in another network; SingleHouseholdError where the period is too short or overlaps another
   *   billing period of the household; UnknownTariffError, TariffNotValidError, RetentionError, UnknownNetworkError,
   *   InvalidArgumentError
   */
  recordBill(bill: HouseholdBill): Promise<Recorded>
  /** @throws StoreDamagedError where a tariff's text no longer has its hash */
  readTerms(): Promise<SupplierTerms>
  /** Deletes what is older than the configured ages. */
  applyRetention(now: Millis): Promise<Deleted>
  /**
   * Wraps the store's keys by the ring's current key, makes a new key for the rows, and encrypts all rows under it. What
   * a stopped rotation left is done by the next.
   *
   * @param batch - rows a transaction
   * @throws KeyRingError where the ring does not have a key that is still needed
   */
  rotateKeys(batch?: number): Promise<Rotation>
  /**
   * Makes the first account, an administrator's.
   *
   * @throws ConflictError where there is an account already; InvalidArgumentError
   */
  createFirstAccount(account: string, password: string): Promise<void>
  /**
   * The account whose password it is; undefined where there is no such account or it has another password, which take
   * the same time to find out. How often may be tried is for the caller to limit.
   */
  signIn(account: string, password: string): Promise<Account | undefined>
  /**
   * A mark that an account keeps as long as it has its password and is not made anew, for sessions to be checked by; taken
   * before {@link signIn} it is of that password or an earlier one. It says nothing of the password.
   *
   * @returns undefined where there is no such account
   */
  markOf(account: string): Promise<string | undefined>
  close(): Promise<void>
}

/**
 * What people read and change, each through an account. What was read or refused is in the audit log when the promise is
 * settled.
 *
 * @throws NotAllowedError, UnknownAccountError from every method; UnknownNetworkError where one is named
 */
export interface StoreAccess {
  readNetworks(actor: Actor): Promise<Network[]>
  /** In order of time. */
  readTotals(actor: Actor, network: string, range: SlotRange): Promise<SlotTotal[]>
  readLostSlots(actor: Actor, network: string, range: SlotRange): Promise<LostSlot[]>
  /** Totals as CSV: the slot's start in UTC, lanes in Wh, contributors, missing. */
  exportTotals(actor: Actor, network: string, range: SlotRange): Promise<string>
  /** Billing periods that lie within the range; of all households, or of one. */
  readConsumption(actor: Actor, network: string, range: SlotRange, household?: string): Promise<HouseholdConsumption[]>
  /**
   * A household's encrypted readings, for its customer's account and nobody else: batches that have a slot in the range.
   *
   * @throws UnknownHouseholdError for every household that is not the account's, there or not
   */
  readReadings(actor: Actor, household: string, range: SlotRange): Promise<EncryptedReadings[]>
  /**
   * One household's billing periods that lie within the range, for its customer's account and nobody else.
   *
   * @throws UnknownHouseholdError as {@link readReadings}
   */
  readHouseholdConsumption(actor: Actor, household: string, range: SlotRange): Promise<HouseholdConsumption[]>
  /**
   * What a household consents to, each purpose once.
   *
   * @throws UnknownHouseholdError as {@link readReadings}
   */
  readConsents(actor: Actor, household: string): Promise<Consent[]>
  /**
   * Gives or withdraws a consent. With `keep-readings` withdrawn, what was kept of the household's encrypted readings is
   * deleted at once, and no more is taken; given again, it is taken again.
   *
   * @returns what the household consents to now
   * @throws UnknownHouseholdError as {@link readReadings}; InvalidArgumentError
   */
  setConsent(actor: Actor, household: string, purpose: ConsentPurpose, given: boolean): Promise<Consent[]>
  /**
   * Deletes a household's encrypted readings; what its meter brings from then on is kept.
   *
   * @returns how many batches there were
   * @throws UnknownHouseholdError as {@link readReadings}
   */
  deleteReadings(actor: Actor, household: string): Promise<number>
  /**
   * Removes the customer's own account. Where no other is for the household, its encrypted readings go as well, and no more
   * are taken: of its consents that alone is remembered. Bills and billing periods stay as long as they are kept.
   *
   * @throws UnknownHouseholdError as {@link readReadings}
   */
  closeAccount(actor: Actor, household: string): Promise<ClosedAccount>
  /**
   * The audit log's lines about a household, for its customer, in order: the last 1,000, those of others before the
   * customer's own. Lines about all households of its network are among them, whether it had something there or not.
   *
   * @throws UnknownHouseholdError as {@link readReadings}
   */
  readHouseholdAccess(actor: Actor, household: string): Promise<AuditLine[]>
  /** Bills of all households of a network whose periods lie within the range. */
  readBills(actor: Actor, network: string, range: SlotRange): Promise<HouseholdBill[]>
  /**
   * One household's bills whose periods lie within the range; for a customer its own.
   *
   * @throws UnknownHouseholdError where a customer asks for any but its own
   */
  readHouseholdBills(actor: Actor, household: string, range: SlotRange): Promise<HouseholdBill[]>
  /** Which households have a bill of exactly this period, and which have not. */
  readBillingRun(actor: Actor, network: string, period: SlotRange): Promise<BillingRun>
  readTariffs(actor: Actor): Promise<PublishedTariff[]>
  /** @throws ConflictError where another tariff has the name */
  addTariff(actor: Actor, tariff: NewTariff): Promise<Recorded>
  readConflicts(actor: Actor, network: string): Promise<Conflicts>
  /** At most 1,000 lines from a number on, which is 1 for the first. */
  readAuditLog(actor: Actor, from?: number): Promise<AuditLine[]>
  /**
   * Checks the whole log.
   *
   * @param noted - a head that was noted outside the store
   * @returns the head, to be noted outside the store
   * @throws StoreDamagedError where a line is not as it was written, or lines are missing
   */
  verifyAuditLog(actor: Actor, noted?: AuditHead): Promise<AuditHead>
  readAccounts(actor: Actor): Promise<Account[]>
  /** @throws ConflictError where the name is in use; InvalidArgumentError */
  createAccount(actor: Actor, account: Account, password: string): Promise<void>
  /** @throws ConflictError where no administrator would be left, or a customer's account would be made or unmade */
  changeRoles(actor: Actor, account: string, roles: readonly Role[]): Promise<void>
  /**
   * An administrator changes anybody's, everybody their own.
   *
   * @returns the account's mark from now on
   */
  changePassword(actor: Actor, account: string, password: string): Promise<string>
  /** @throws ConflictError where no administrator would be left */
  removeAccount(actor: Actor, account: string): Promise<void>
}

/**
 * The supplier's store. No part of it takes, keeps or gives a single household's slot, but in batches that it cannot
 * decrypt and gives back to that household only.
 */
export interface Store extends StoreKeeping, StoreAccess {
  /** Name for messages, without a password. */
  readonly name: string
}
