// The records of the store. None has both a household and a slot.
import type { CheckedBill } from '@hushgrid/billing'
import type { Millis, Slot } from '@hushgrid/primitives'
import type { SlotRange, SlotTotalRow } from '@hushgrid/statistics'

/** Exact integers by OBIS code, in the lane's unit: Wh for energy. */
export type Lanes = Readonly<Record<string, bigint>>

/** Path by which a total came. */
export type Mode = 'dcnet' | 'pes'

/** A neighbourhood whose results are kept. */
export interface Network {
  readonly network: string
  readonly slotSeconds: number
}

/** A neighbourhood's use in one slot: the sum over its contributors. */
export interface SlotTotal extends SlotTotalRow {
  readonly network: string
  readonly slot: Slot
  readonly mode: Mode
  /** Hash that names the signed result, 32 bytes: of its transcript or ciphertexts, never of the plain lanes alone. */
  readonly resultHash: Uint8Array
  readonly received: Millis
}

/** A slot that has no total, and never will. */
export interface LostSlot {
  readonly network: string
  readonly slot: Slot
  readonly mode: Mode
  readonly reason: string
  readonly resultHash: Uint8Array
  readonly received: Millis
}

/** Source of a household's consumption: a decrypted Paillier aggregate, or a verified bill. */
export type ConsumptionSource = 'paillier' | 'bill'

/** A household's use over one billing period: many slots, never one. */
export interface HouseholdConsumption {
  readonly network: string
  /** Pseudonym of the household's account with the supplier. */
  readonly household: string
  readonly period: SlotRange
  readonly lanes: Lanes
  readonly source: ConsumptionSource
  readonly received: Millis
}

/**
 * A meter's delivery for a period: a batch of readings, encrypted under a key that only the meter and its customer know.
 * To the store it is bytes.
 */
export interface EncryptedReadings {
  readonly network: string
  /** Pseudonym of the household's account with the supplier. */
  readonly household: string
  /** Slots of the batch, gaps included: 2 or more. */
  readonly period: SlotRange
  /** Slots, ciphertexts and signature, as the meter encoded them; 1 byte to 1 MiB. */
  readonly batch: Uint8Array
  readonly received: Millis
}

/** A bill whose proof was checked: a household's debt for a billing period of many slots. */
export interface HouseholdBill extends CheckedBill {
  readonly network: string
  /** Pseudonym of the household's account with the supplier. */
  readonly household: string
  readonly period: SlotRange
  readonly received: Millis
}

/** Households of a network, by whether they have been billed for a period; each list in order of pseudonyms. */
export interface BillingRun {
  readonly network: string
  readonly period: SlotRange
  /** Households with a bill of exactly this period. */
  readonly billed: readonly string[]
  /**
   * Households without one of which the store has something else in the period: encrypted readings, consumption or a
   * bill of another period.
   */
  readonly open: readonly string[]
  /** Households without one of which the store has something at other times only. */
  readonly silent: readonly string[]
}

/**
 * A second result for a slot that already has another. Its lanes are not kept: where the two differ by one contributor,
 * their difference is one household's reading. The evidence tells whether a result that somebody shows is this one.
 */
export interface ResultConflict {
  readonly network: string
  readonly slot: Slot
  readonly kind: 'total' | 'lost'
  readonly mode: Mode
  /** Number of contributors; 0 for a lost slot. */
  readonly contributors: number
  readonly resultHash: Uint8Array
  readonly seen: Millis
}

/** A second figure for a household's period that already has another from the same source. */
export interface ConsumptionConflict {
  readonly network: string
  readonly household: string
  readonly period: SlotRange
  readonly source: ConsumptionSource
  readonly seen: Millis
}

/** A second bill for a household's period, or a second batch with slots of a first. Neither amount nor bytes are kept. */
export interface HouseholdConflict {
  readonly network: string
  readonly household: string
  /** Period of the second one. */
  readonly period: SlotRange
  readonly kind: 'bill' | 'readings'
  readonly seen: Millis
}

/** Purpose of a consent: with `keep-readings` the store keeps the meter's encrypted readings. */
export type ConsentPurpose = 'keep-readings'

/** A household's word on a purpose. */
export interface Consent {
  readonly purpose: ConsentPurpose
  readonly given: boolean
  /** Time of that word; undefined where there is none, and the contract's default holds. */
  readonly since?: Millis
}

/** Remains of a household whose customer has closed the account. */
export interface ClosedAccount {
  /** Batches of encrypted readings that were deleted; none where the household has another account. */
  readonly batches: number
  /** True where the household has another account. */
  readonly shared: boolean
  /** Number of bills that stay. */
  readonly bills: number
  /** Number of billing periods with the household's consumption that stay. */
  readonly consumption: number
  /** End of the last bill's period; undefined where there is no bill. */
  readonly billsEnd?: Millis
}

/** Outcome of recording: kept now, or kept before. */
export type Recorded = 'new' | 'known'
