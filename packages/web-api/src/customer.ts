// The customer's page. Readings cross this API encrypted under a key that no server has; passwords do not cross it.
import type { Money, PricedBand } from './money.ts'
import type { PasswordScheme } from './password.ts'

/** `POST /api/password-scheme` with `{ account }`. Answers for an account that does not exist too, always the same. */
export interface PasswordTerms {
  readonly scheme: PasswordScheme
  /** Salt, 16 bytes, hexadecimal. */
  readonly salt: string
}

/**
 * `POST /api/session`. The proof is HKDF-SHA-256 (RFC 5869) of the password's key, without salt, with the info
 * `hushgrid/v1/customer/sign-in`: 32 bytes, lower-case hexadecimal. It says nothing of the key that unwraps the meters' keys.
 */
export interface CustomerSignIn {
  readonly account: string
  readonly proof: string
}

/**
 * `PUT /api/session/password`: changes the customer's password. Other sessions of the account end. Where no answer comes, the
 * same sent once more finishes what was begun.
 */
export interface CustomerPasswordChange {
  /** Proof of the password until now. */
  readonly current: string
  /** Proof of the new password. */
  readonly proof: string
  /** Account's record with its keys wrapped under the new password, as {@link WrappedKeys}. */
  readonly record: string
}

/** `GET /api/households/<household>/vault`: the account's record, byte for byte as the customer's device wrote it. */
export interface WrappedKeys {
  /** Record as JSON, format `hushgrid customer account`. */
  readonly record: string
}

/** `GET /api/households/<household>/batches?from=<slot>&until=<slot>`: all batches with a slot in the range, or all, in order. */
export interface EncryptedBatches {
  readonly network: string
  readonly slotSeconds: number
  /** The supplier's clock at this answer, UTC: what begins later lies in the future. All times of these answers are of it. */
  readonly now: string
  readonly batches: readonly {
    readonly firstSlot: number
    readonly slots: number
    /** Batch as the meter encoded it, base64. */
    readonly batch: string
    /** Time of arrival, UTC. */
    readonly received: string
  }[]
}

/** One step of a bill's check, in words that a customer understands. */
export interface CheckStep {
  readonly what: string
  readonly holds: boolean
  readonly explained: string
}

export interface CustomerBill {
  /** Start of the first slot, UTC; `until` is the end of the last. */
  readonly from: string
  readonly until: string
  readonly firstSlot: number
  /** Slot after the last. */
  readonly untilSlot: number
  readonly tariff: string
  /** Charges of the tariff, in words. */
  readonly tariffText: string
  /** Exact amount, in `unit`, decimal. */
  readonly amount: string
  readonly unit: string
  /** Currency of the exact amount; none where the tariff cannot be read. */
  readonly money?: Money
  /** Amount rounded by the tariff's rule, such as "£61.23". */
  readonly toPay: string
  /** Time zone whose days the tariff charges by; none where the tariff cannot be read. */
  readonly timeZone?: string
  readonly gaps: number
  /** The supplier's check of the bill, done again for this answer. */
  readonly check: readonly CheckStep[]
  /** Prices, so that the page computes the amount anew from the readings that it alone has. */
  readonly prices: {
    /** Charge for the whole period, in `unit`, decimal. */
    readonly fixed: string
    /** Prices by OBIS code: `unit` per Wh of each slot of the period, as runs of slots with one price. */
    readonly weights: Readonly<Record<string, readonly { readonly slots: number; readonly price: string }[]>>
    /** The same prices by their bands, with the tariff's names. */
    readonly bands: readonly PricedBand[]
  }
  /** Time of arrival, UTC. */
  readonly received: string
}

/** `GET /api/households/<household>/bills`: all bills, in order. */
export interface CustomerBills {
  readonly bills: readonly CustomerBill[]
}

/** `GET /api/households/<household>/seen`: everything that the supplier has of this household, in the supplier's own view. */
export interface SeenBySupplier {
  /** Name of the household in the supplier's store. */
  readonly pseudonym: string
  readonly account: string
  readonly network: string
  /** Encrypted readings: the supplier sees their slots and their size. */
  readonly batches: readonly {
    readonly from: string
    readonly until: string
    readonly bytes: number
    /** First bytes of the encrypted readings, hexadecimal, after the header that all batches of a meter share. */
    readonly encrypted: string
    readonly received: string
  }[]
  readonly bills: readonly {
    readonly from: string
    readonly until: string
    readonly tariff: string
    readonly amount: string
    readonly unit: string
    readonly money?: Money
    readonly toPay: string
    readonly timeZone?: string
    readonly gaps: number
    readonly bytes: number
    readonly received: string
  }[]
  /** Energy over whole billing periods, by OBIS code, Wh, decimal; never of one slot. */
  readonly consumption: readonly {
    readonly from: string
    readonly until: string
    readonly wattHours: Readonly<Record<string, string>>
    readonly source: string
    readonly received: string
  }[]
  /** Last 1,000 lines of the store's audit log on who looked at any of it, or changed it. */
  readonly looked: readonly {
    readonly at: string
    /** Account; undefined where the store's own node did it. */
    readonly account?: string
    readonly role?: string
    readonly action: string
    readonly outcome: string
  }[]
}

/** Purposes that a household may consent to. */
export type ConsentPurpose = 'keep-readings'

/** `GET /api/households/<household>/consents`; `PUT` with `{ purpose, given }` changes one and answers the same. */
export interface Consents {
  readonly consents: readonly {
    readonly purpose: ConsentPurpose
    readonly given: boolean
    /** Time of the last change, UTC; undefined while the contract's default holds because the customer has never said anything. */
    readonly since?: string
    /** Meaning of the consent, and the effect of withdrawing it. */
    readonly explained: string
  }[]
}

/** `DELETE /api/households/<household>/readings`: deletes the supplier's copies of the encrypted readings. */
export interface ReadingsDeleted {
  readonly batches: number
}

/**
 * `DELETE /api/households/<household>/account` with `{ proof }`, once more: deletes the account, its wrapped keys and
 * encrypted readings, and ends the session. Bills stay as long as the supplier has to keep them. Further readings are
 * refused, as after a withdrawal of consent. Readings and consents stay where the household has another account.
 */
export interface AccountDeleted {
  readonly batches: number
  /** Number of bills that stay. */
  readonly bills: number
  /** Latest time at which the last bill goes, UTC; undefined where there is none. */
  readonly billsUntil?: string
}
