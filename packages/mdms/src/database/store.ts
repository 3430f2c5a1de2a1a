// The store as others see it: the node's own tasks, and those of people through accounts.
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
  /** Keys of the store that the ring's current key newly wraps. */
  readonly rewrapped: number
  /** Rows that were encrypted again. */
  readonly resealed: number
  /** Earlier keys that were forgotten. */
  readonly dropped: number
}

/** The supplier's own words, by which deliveries are checked; nothing in them is about a household. */
export interface SupplierTerms {
  readonly networks: readonly Network[]
  /** Tariffs in the order of the start of their validity. */
  readonly tariffs: readonly PublishedTariff[]
}

/**
 * Tasks of the node that runs the store: it takes in results, and keeps the house. Nothing here gives out records, and
 * so nothing asks for an account.
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
  /** Keeps the loss of a slot; throws as {@link recordTotal} does. */
  recordLost(lost: LostSlot): Promise<Recorded>
  /**
   * Keeps a household's use over a billing period.
   *
   * @throws ConflictError where the source has another figure for the period, which stays, or the household is in another
   *   network; SingleHouseholdError where the period is too short or overlaps another of the household; RetentionError,
   *   UnknownNetworkError, InvalidArgumentError
   */
  recordConsumption(consumption: HouseholdConsumption): Promise<Recorded>
  /**
   * Keeps a batch of encrypted readings as the household's meter delivered it.
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
   * Wraps the store's keys by the ring's current key, makes a new key for the rows, and encrypts all rows under it. The
   * next rotation finishes one that stopped.
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
   * Finds the account with its password; undefined where there is no such account or it has another password, which take
   * the same time. The caller limits the attempts.
   */
  signIn(account: string, password: string): Promise<Account | undefined>
  /**
   * Gives an account's mark, by which sessions are checked: it changes with the password, and when the account is made
   * anew. Taken before {@link signIn}, it is of that password or an earlier one. It says nothing of the password.
   *
   * @returns undefined where there is no such account
   */
  markOf(account: string): Promise<string | undefined>
  close(): Promise<void>
}

/**
 * Records that people read and change through accounts. A read or a refusal is in the audit log when the promise settles.
 *
 * @throws NotAllowedError, UnknownAccountError from every method; UnknownNetworkError where one is named
 */
export interface StoreAccess {
  readNetworks(actor: Actor): Promise<Network[]>
  /** Reads totals in order of time. */
  readTotals(actor: Actor, network: string, range: SlotRange): Promise<SlotTotal[]>
  readLostSlots(actor: Actor, network: string, range: SlotRange): Promise<LostSlot[]>
  /** Reads the range from the network's first result, a total or a loss, to its last; an empty one where it has none. */
  readResultRange(actor: Actor, network: string): Promise<SlotRange>
  /** Exports totals as CSV: the slot's start in UTC, lanes in Wh, contributors, missing. */
  exportTotals(actor: Actor, network: string, range: SlotRange): Promise<string>
  /** Reads billing periods that lie within the range, of all households or of one. */
  readConsumption(actor: Actor, network: string, range: SlotRange, household?: string): Promise<HouseholdConsumption[]>
  /**
   * Reads a household's encrypted readings, for its customer's account only: batches that have a slot in the range.
   *
   * @throws UnknownHouseholdError for every household but the account's own, whether or not it exists
   */
  readReadings(actor: Actor, household: string, range: SlotRange): Promise<EncryptedReadings[]>
  /**
   * Reads one household's billing periods that lie within the range, for its customer's account only.
   *
   * @throws UnknownHouseholdError as {@link readReadings}
   */
  readHouseholdConsumption(actor: Actor, household: string, range: SlotRange): Promise<HouseholdConsumption[]>
  /**
   * Reads a household's consents, each purpose once.
   *
   * @throws UnknownHouseholdError as {@link readReadings}
   */
  readConsents(actor: Actor, household: string): Promise<Consent[]>
  /**
   * Gives or withdraws a consent. Withdrawing `keep-readings` deletes the household's encrypted readings at once, and no
   * more are taken until it is given again.
   *
   * @returns the household's consents from now on
   * @throws UnknownHouseholdError as {@link readReadings}; InvalidArgumentError
   */
  setConsent(actor: Actor, household: string, purpose: ConsentPurpose, given: boolean): Promise<Consent[]>
  /**
   * Deletes a household's encrypted readings; later batches of its meter are kept.
   *
   * @returns how many batches there were
   * @throws UnknownHouseholdError as {@link readReadings}
   */
  deleteReadings(actor: Actor, household: string): Promise<number>
  /**
   * Removes the customer's own account. Where the household has no other, its encrypted readings go as well, and no more
   * are taken, which is the only consent remembered. Bills and billing periods stay for their time.
   *
   * @throws UnknownHouseholdError as {@link readReadings}
   */
  closeAccount(actor: Actor, household: string): Promise<ClosedAccount>
  /**
   * Reads the audit log's lines about a household, for its customer, in order: the last 1,000, with priority for those
   * of others. Lines about all households of its network are among them, even where it had nothing there.
   *
   * @throws UnknownHouseholdError as {@link readReadings}
   */
  readHouseholdAccess(actor: Actor, household: string): Promise<AuditLine[]>
  /** Reads the bills of a network's households whose periods lie within the range. */
  readBills(actor: Actor, network: string, range: SlotRange): Promise<HouseholdBill[]>
  /**
   * Reads one household's bills whose periods lie within the range; for a customer, its own.
   *
   * @throws UnknownHouseholdError where a customer asks for any but its own
   */
  readHouseholdBills(actor: Actor, household: string, range: SlotRange): Promise<HouseholdBill[]>
  /** Sorts households by whether they have a bill of exactly this period. */
  readBillingRun(actor: Actor, network: string, period: SlotRange): Promise<BillingRun>
  readTariffs(actor: Actor): Promise<PublishedTariff[]>
  /** @throws ConflictError where another tariff has the name */
  addTariff(actor: Actor, tariff: NewTariff): Promise<Recorded>
  readConflicts(actor: Actor, network: string): Promise<Conflicts>
  /** Reads at most 1,000 lines from a number on, which is 1 for the first. */
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
   * Changes a password: an administrator anybody's, others their own.
   *
   * @returns the account's mark from now on
   */
  changePassword(actor: Actor, account: string, password: string): Promise<string>
  /** @throws ConflictError where no administrator would be left */
  removeAccount(actor: Actor, account: string): Promise<void>
}

/**
 * The supplier's store. It neither takes, keeps nor gives a single household's slot, except in batches that it cannot
 * decrypt and gives back to that household only.
 */
export interface Store extends StoreKeeping, StoreAccess {
  /** Name for messages, without a password. */
  readonly name: string
}
