import { readFileSync } from 'node:fs'
import { EXPORT_LANE, IMPORT_LANE, type ObisCode, type Slot } from '@hushgrid/primitives'
import type { Tariff } from '../../src/tariffs/tariff.ts'
import { parseTariff } from '../../src/tariffs/tariff-file.ts'
import type { TariffPrices } from '../../src/tariffs/tariff-prices.ts'

/** One of the tariffs that are shipped. */
export function shipped(name: string): Tariff {
  return parseTariff(readFileSync(new URL(`../../tariffs/${name}.yaml`, import.meta.url), 'utf8'), `${name}.yaml`)
}

/** Slots of the time from one moment until another, in UTC. */
export function period(from: string, until: string, slotSeconds: number): { from: Slot; until: Slot; slotSeconds: number } {
  const slot = (text: string) => (Date.parse(text) / 1000 / slotSeconds) as Slot
  return { from: slot(from), until: slot(until), slotSeconds }
}

/** Units per Wh of each slot. */
export function weights(prices: TariffPrices, lane: ObisCode = IMPORT_LANE): bigint[] {
  return Array.from({ length: prices.until - prices.from }, (_, i) => prices.weights(lane, (prices.from + i) as Slot))
}

/** How many slots have each price. */
export function counts(prices: TariffPrices, lane: ObisCode = IMPORT_LANE): Record<string, number> {
  const out: Record<string, number> = {}
  for (const weight of weights(prices, lane)) out[`${weight}`] = (out[`${weight}`] ?? 0) + 1
  return out
}

/** Exact amount of Wh per slot, in the unit. */
export function amount(prices: TariffPrices, drawn: (slot: Slot) => bigint, fed: (slot: Slot) => bigint = () => 0n): bigint {
  let sum = prices.fixed
  for (let slot = prices.from; slot < prices.until; slot = (slot + 1) as Slot) {
    sum += prices.weights(IMPORT_LANE, slot) * drawn(slot) + prices.weights(EXPORT_LANE, slot) * fed(slot)
  }
  return sum
}

/** A tariff of one line a key, for GBP and London unless it says otherwise. */
export function tariff(yaml: string): Tariff {
  const defaults = ['name: test', 'currency: GBP', 'timeZone: Europe/London'].filter(
    line => !yaml.includes(line.slice(0, line.indexOf(':') + 1))
  )
  return parseTariff([...defaults, yaml].join('\n'), 'test.yaml')
}
