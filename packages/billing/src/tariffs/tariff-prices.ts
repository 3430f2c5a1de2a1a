import { hash } from 'node:crypto'
import { type ObisCode, type Slot, utf8 } from '@hushgrid/primitives'
import type { CurrencyCode } from './currency.ts'
import type { RoundingRule } from './rounding.ts'

/** Prices of a tariff for a period: all that a bill needs of it. Frozen. */
export interface TariffPrices {
  /** Hash of the prices by {@link hashPrices}, 32 bytes. */
  readonly tariffHash: Uint8Array
  /** First slot of the period. */
  readonly from: Slot
  /** Slot after the period's last. */
  readonly until: Slot
  /** Length of a slot, s. */
  readonly slotSeconds: number
  readonly currency: CurrencyCode
  /** Decimal digits of the unit, 10^-digits of the currency's minor unit. */
  readonly digits: number
  readonly rounding: RoundingRule
  /** Standing charges of the period, in the unit. */
  readonly fixed: bigint
  /** Lanes with a price other than zero, in the order of their codes. */
  readonly lanes: readonly ObisCode[]
  /** Prices other than 0 that occur, each once, smallest first. */
  readonly distinctWeights: readonly bigint[]
  /**
   * Gives the units per Wh; negative where the customer is paid, 0 for a lane without a price.
   *
   * @throws InvalidArgumentError for a slot outside the period
   */
  weights(lane: ObisCode, slot: Slot): bigint
}

/** Input of the hash: weights of each slot of the period, for the lanes that have a weight other than 0. */
export interface HashedPrices extends Omit<TariffPrices, 'tariffHash' | 'weights' | 'distinctWeights' | 'lanes'> {
  readonly byLane: ReadonlyMap<ObisCode, readonly bigint[]>
}

/**
 * Hashes the prices themselves (SHA-256), slot by slot, and not their file. The same prices for the same slots have the
 * same hash, whatever the tariff's name, order of keys, other seasons or bands outside the period; another copy of the
 * time zone's rules, of the bands or of a price gives another hash.
 *
 * The text that is hashed has a line each, ended by a line feed, numbers in decimal without leading zeros:
 *
 *     hushgrid/v1/billing/tariff-prices
 *     GBP 5 half-away-from-zero          currency, digits of the unit, rounding rule
 *     1800 754272 755616                 slotSeconds, first slot, slot after the last
 *     0                                  standing charges of the period, in the unit
 *     1-0:1.29.0 18*1176 4*399 …         for each lane with a price other than 0, in the order of the codes' bytes:
 *                                        how many slots, and their units per Wh, in runs as long as they can be
 */
export function hashPrices({ currency, digits, rounding, slotSeconds, from, until, fixed, byLane }: HashedPrices): Uint8Array {
  const lines = ['hushgrid/v1/billing/tariff-prices', `${currency} ${digits} ${rounding}`, `${slotSeconds} ${from} ${until}`, `${fixed}`]
  for (const lane of [...byLane.keys()].sort()) lines.push([lane, ...runs(byLane.get(lane) ?? [])].join(' '))
  return new Uint8Array(hash('sha256', utf8(`${lines.join('\n')}\n`), 'buffer'))
}

function runs(weights: readonly bigint[]): string[] {
  const out: string[] = []
  for (let start = 0; start < weights.length; ) {
    let end = start + 1
    while (end < weights.length && weights[end] === weights[start]) end++
    out.push(`${end - start}*${weights[start]}`)
    start = end
  }
  return out
}
