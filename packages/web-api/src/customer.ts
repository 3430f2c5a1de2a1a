// The customer's page. Readings cross this API encrypted under a key that no server has; passwords do not cross it.
import type { PasswordScheme } from './password.ts'

/** `POST /api/password-scheme` with `{ account }`. An account that does not exist has one too, always the same. */
export interface PasswordTerms {
  readonly scheme: PasswordScheme
  /** 16 bytes, hexadecimal. */
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

/** `GET /api/households/<household>/vault`: the account's record, byte for byte as the customer's device wrote it. */
export interface WrappedKeys {
  /** JSON, format `hushgrid customer account`. */
  readonly record: string
}

/** `GET /api/households/<household>/batches?from=<slot>&until=<slot>`: those with a slot in the range, or all, in order. */
export interface EncryptedBatches {
  readonly network: string
  readonly slotSeconds: number
  readonly batches: readonly {
    readonly firstSlot: number
    readonly slots: number
    /** As the meter encoded it, base64. */
    readonly batch: string
    /** UTC. */
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
  /** Start of the first slot and end of the last, UTC. */
  readonly from: string
  readonly until: string
  readonly firstSlot: number
  /** The slot after the last. */
  readonly untilSlot: number
  readonly tariff: string
  /** In words: what the tariff charges. */
  readonly tariffText: string
  /** Exact, in `unit`, decimal. */
  readonly amount: string
  readonly unit: string
  /** Rounded by the tariff's rule, such as "£ 61.23". */
  readonly toPay: string
  readonly gaps: number
  /** What the supplier checked, checked again for this answer. */
  readonly check: readonly CheckStep[]
  /** So that the page computes the amount anew from the readings that it alone has. */
  readonly prices: {
    /** For the whole period, in `unit`, decimal. */
    readonly fixed: string
    /** By OBIS code: `unit` per Wh of each slot of the period, as runs of slots with one price. */
    readonly weights: Readonly<Record<string, readonly { readonly slots: number; readonly price: string }[]>>
  }
  /** UTC. */
  readonly received: string
}

/** `GET /api/households/<household>/bills`, in order. */
export interface CustomerBills {
  readonly bills: readonly CustomerBill[]
}

/** `GET /api/households/<household>/seen`: what the supplier has of this household, all of it, as the supplier sees it. */
export interface SeenBySupplier {
  /** What the household is called in the supplier's store. */
  readonly pseudonym: string
  readonly account: string
  readonly network: string
  /** Encrypted readings: the supplier sees the slots and that many bytes. */
  readonly batches: readonly {
    readonly from: string
    readonly until: string
    readonly bytes: number
    /** The first bytes, hexadecimal: what the supplier sees of the readings. */
    readonly beginning: string
    readonly received: string
  }[]
  readonly bills: readonly {
    readonly from: string
    readonly until: string
    readonly tariff: string
    readonly amount: string
    readonly unit: string
    readonly toPay: string
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
  /** Who looked at any of it, or changed it, from the store's audit log; the last 1,000. */
  readonly looked: readonly {
    readonly at: string
    /** Undefined where the store's own node did it. */
    readonly account?: string
    readonly role?: string
    readonly action: string
    readonly outcome: string
  }[]
}

/** What a household may consent to. */
export type ConsentPurpose = 'keep-readings'

/** `GET /api/households/<household>/consents`; `PUT` with `{ purpose, given }` changes one and answers the same. */
export interface Consents {
  readonly consents: readonly {
    readonly purpose: ConsentPurpose
    readonly given: boolean
    /** UTC; undefined where the customer has never said anything, and the contract's default holds. */
    readonly since?: string
    /** What it means, and what withdrawing it does. */
    readonly explained: string
  }[]
}

/** `DELETE /api/households/<household>/readings`: the supplier's copies of the encrypted readings go. */
export interface ReadingsDeleted {
  readonly batches: number
}

/**
 * `DELETE /api/households/<household>/account` with `{ proof }`, once more: the account, its wrapped keys and encrypted
 * readings go, and the session ends. Bills stay as long as the supplier has to keep them. Further readings are refused, as
 * if consent had been withdrawn. Where the household has another account, readings and consents stay with that one.
 */
export interface AccountDeleted {
  readonly batches: number
  /** Bills that stay. */
  readonly bills: number
  /** Until when at the latest, UTC; undefined where there is none. */
  readonly billsUntil?: string
}
