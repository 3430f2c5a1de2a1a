import type { Millis, Slot } from '@hushgrid/primitives'
import type { SlotRange, SlotTotalRow } from './slot-total.ts'

/** Exact integers by OBIS code, in the lane's unit: Wh for energy. */
export type Lanes = SlotTotalRow['lanes']

/** Which of the two paths a total came by. */
export type Mode = 'dcnet' | 'pes'

/** A neighbourhood whose results are kept. */
export interface Network {
  readonly network: string
  readonly slotSeconds: number
}

/** What a neighbourhood used in one slot: the sum over its contributors. */
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

/** Where a household's consumption was learnt: a decrypted Paillier aggregate, or a verified bill. */
export type ConsumptionSource = 'paillier' | 'bill'

/** What one household used over one billing period: many slots, never one. */
export interface HouseholdConsumption {
  readonly network: string
  /** Pseudonym of the household's account with the supplier. */
  readonly household: string
  readonly period: SlotRange
  readonly lanes: Lanes
  readonly source: ConsumptionSource
  readonly received: Millis
}

/** A tariff as the supplier wrote it. */
export interface Tariff {
  readonly tariff: string
  /** The YAML text, byte for byte. */
  readonly text: string
  /** Valid from this moment on. */
  readonly from: Millis
  /** Valid up to this moment, which is no longer in it; unlimited where there is none. */
  readonly until?: Millis
  /** SHA-256 of the text's UTF-8 bytes. */
  readonly hash: Uint8Array
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

/** What recording came to: kept, or the same again. */
export type Recorded = 'new' | 'known'
