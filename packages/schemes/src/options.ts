// Options of all schemes, and what makes defaults. A scheme takes those that concern it and ignores the others.
import { generateKeyPair, type PrivateKey } from '@hushgrid/paillier'
import type { MeterId } from '@hushgrid/primitives'
import type { Noise } from './arithmetic/discrete-laplace.ts'
import type { Group } from './scheme.ts'

/** Options of schemes. */
export interface SchemeOptions {
  /** Bits of a modulus N: 2048 for 112 bits of security, 3072 for 128 (NIST SP 800-57 part 1, table 2). */
  readonly bits?: number
  /** Gives the Paillier key of a party; known answers bring their own. */
  readonly keyFor?: (party: MeterId, bits: number) => PrivateKey
  /** Largest |reading| in a lane, in the lane's unit, for discrete logarithms. */
  readonly maxReading?: bigint
  /** Fewest members of a total, where somebody in between decides who is in it; 2 unless given. */
  readonly minMembers?: number
  /** Meters that lead, for kursawe-interactive, in turns by the epoch. One of them has to be honest, and one meter does not lead. */
  readonly leaders?: number
  /** Noise that meters of shi add so that totals are differentially private; without it totals are exact. */
  readonly noise?: Noise
  /**
   * When erkin-tsudik-spatial exchanges seeds: in each slot, or once an epoch with numbers derived for each slot. `never` keeps
   * even the numbers, for the attack that this allows.
   */
  readonly reseed?: 'slot' | 'epoch' | 'never'
  /** Prices of a period's slots, for erkin-tsudik-temporal; as many as the period has slots, from 2 to 255. */
  readonly prices?: readonly bigint[]
  /** Neighbours of a meter on the ring, an even number, for dimitriou-awad-*; everybody else unless given. */
  readonly degree?: number
  /** True to have meters of busom compare what the aggregator showed each of them before they answer it. */
  readonly echo?: boolean
  /** True to sum what has come as the paper does, whoever is missing: a total may then be a random number. */
  readonly trusting?: boolean
  /** A modulus N that everybody knows beforehand, for leontiadis; without it the dealer makes one and sends it to all. */
  readonly modulus?: bigint
  /** Chooses the meter that adds up the keys of a group, for marmol; drawn by a hash of the group unless given. */
  readonly keyAggregator?: (group: Group) => MeterId
  /** True to derive what two ring neighbours of marmol refresh their keys by, instead of sending it. */
  readonly derive?: boolean
  /** Slots of a bill of one meter, for vetter; without it there are no bills. */
  readonly billSlots?: number
}

/** Bits of N. */
export const DEFAULT_BITS = 2048
/** 262 kW over a quarter of an hour, Wh. */
export const DEFAULT_MAX_READING = 65_535n

/** Makes a new Paillier key. */
export function freshKey(_party: MeterId, bits: number): PrivateKey {
  return generateKeyPair(bits).privateKey
}

/** Bits of security of a modulus (NIST SP 800-57 part 1 rev. 5, table 2). */
export function strengthOf(bits: number): number {
  return bits >= 3072 ? 128 : 112
}
