// The records of the store. None has both a household and a slot.
import type { CheckedBill } from '@hushgrid/billing'
import type { Millis, Slot } from '@hushgrid/primitives'
import type { SlotRange, SlotTotalRow } from '@hushgrid/statistics'

/** Exact integers by OBIS code, in the lane's unit: Wh for energy. */
export type Lanes = SlotTotalRow['lanes']

/** Which of the two paths a total came by. */
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
  /** 32 bytes that name the signed result: of its transcript or ciphertexts, never of the plain lanes alone. */
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
 * What a household's meter delivered for a period: a batch of readings, encrypted under a key that only the meter and its
 * customer know. To the store it is bytes.
 */
export interface EncryptedReadings {
  readonly network: string
  /** Pseudonym of the household's account with the supplier. */
  readonly household: string
  /** Slots that the batch is of, gaps included: 2 or more. */
  readonly period: SlotRange
  /** Slots, ciphertexts and signature, as the meter encoded them; 1 byte to 1 MiB. */
  readonly batch: Uint8Array
  readonly received: Millis
}

/** A bill whose proof was checked: what a household owes for a billing period, of many slots. */
export interface HouseholdBill extends CheckedBill {
  readonly network: string
  /** Pseudonym of the household's account with the supplier. */
  readonly household: string
  readonly period: SlotRange
  readonly received: Millis
}

/** Which households of a network have been billed for a period, each in order of its pseudonym. */
export interface BillingRun {
  readonly network: string
  readonly period: SlotRange
  /** Have a bill of exactly this period. */
  readonly billed: readonly string[]
  /** Have none, but the store has something else of theirs in the period: encrypted readings, consumption or a bill of another period. */
  readonly open: readonly string[]
  /** Have none, and the store has something of theirs at other times only. */
  readonly silent: readonly string[]
}

/**
 * A second result for a slot that already has another. Its lanes are not kept: where the two differ by one contributor,
 * their difference is one household's reading. What is kept tells whether a result that somebody shows is this one.
 */
export interface ResultConflict {
  readonly network: string
  readonly slot: Slot
  readonly kind: 'total' | 'lost'
  readonly mode: Mode
  /** 0 where it is a lost slot. */
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

/** What is left of a household whose customer has closed the account. */
export interface ClosedAccount {
  /** Batches of encrypted readings that were deleted; none where another account is for the household. */
  readonly batches: number
  /** Says that another account is for the household. */
  readonly shared: boolean
  /** Bills that stay. */
  readonly bills: number
  /** Billing periods with the household's consumption that stay. */
  readonly consumption: number
  /** End of the last bill's period; undefined where there is no bill. */
  readonly billsEnd?: Millis
}

/** Outcome of recording: kept, or kept before. */
export type Recorded = 'new' | 'known'
