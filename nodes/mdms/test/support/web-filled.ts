// A store as it is after a month: totals, encrypted readings, bills, billing periods; and what must never come out of it.
import { createHash } from 'node:crypto'
import { encodeBatch, encodeBill, makeBill, openBatch, parseTariff, sealBatch } from '@hushgrid/billing'
import type { Store } from '@hushgrid/mdms'
import { IdentityKey, IMPORT_LANE, type Millis, SeededRng, type Slot, sha256, utf8 } from '@hushgrid/primitives'
import { FROM, SLOT_SECONDS, takeBill, tariffText } from './delivered-house.ts'
import { NETWORK, recordTotals, type SupplierServer } from './web-tools.ts'

export const FLAT = tariffText('flat', '12')
/** What is billed: three days. */
export const PERIOD = { from: FROM, until: FROM + 72 }
/** Days of totals before the period. */
const DAYS_BEFORE = 30
const NAMES = ['ann', 'bob', 'cyd'] as const
/** In no other figure of the store: totals are of three of them. */
const readingOf = (house: number, slot: number): bigint => 1_000_003n + BigInt(house * 100_000 + ((slot * 7_919) % 99_991))

export const time = (slot: number): string => new Date(slot * SLOT_SECONDS * 1000).toISOString().replace('.000Z', 'Z')

export interface Filled {
  /** Pseudonyms, in the order of the houses. */
  readonly households: readonly string[]
  /** All single readings, Wh. */
  readonly readings: ReadonlySet<string>
  /** Encodings that hold readings under a key, or commitments to them. */
  readonly sealed: readonly Uint8Array[]
  /** `from until` of what is known of households. */
  readonly periods: ReadonlySet<string>
}

/** Fills the store; the last household has readings and no bill. */
export async function fill({ store, pseudonymOf }: Pick<SupplierServer, 'store' | 'pseudonymOf'>): Promise<Filled> {
  const { from, until } = PERIOD
  await store.addTariff({ account: 'bill', role: 'billing' }, { tariff: 'flat', text: FLAT, from: 0 as Millis })
  await recordTotals(store, from - DAYS_BEFORE * 24, from, slot => 3_500_000n + BigInt((slot % 24) * 10_000 + (slot % 7)))
  await recordTotals(store, from, until, slot => NAMES.reduce((sum, _, house) => sum + readingOf(house, slot), 0n))
  await store.recordLost({
    ...{ network: NETWORK, slot: until as Slot, mode: 'dcnet', reason: 'members are missing', received: 0 as Millis },
    resultHash: sha256(utf8('lost'))
  })
  const known: Awaited<ReturnType<typeof deliver>>[] = []
  for (const [house, name] of NAMES.entries()) known.push(await deliver(store, pseudonymOf, house, name))
  const periods = new Set([`${time(from)} ${time(until)}`, `${time(from - 72)} ${time(from)}`])
  return {
    households: known.map(({ household }) => household),
    readings: new Set(known.flatMap(each => each.readings.map(String))),
    sealed: known.flatMap(each => each.sealed),
    periods
  }
}

async function deliver(store: Store, pseudonymOf: SupplierServer['pseudonymOf'], house: number, name: string) {
  const { from, until } = PERIOD
  const identity = IdentityKey.generate(new SeededRng(`${name} meter`))
  const key = sha256(utf8(`${name} key`))
  const readings = Array.from({ length: until - from }, (_, i) => readingOf(house, from + i))
  const order = { identity, key, slotSeconds: SLOT_SECONDS, firstSlot: from as Slot, lanes: [IMPORT_LANE] }
  const { batch } = sealBatch({ ...order, readings: readings.map(reading => [reading]) })
  const household = pseudonymOf(identity.id)
  const received = 0 as Millis
  const bytes = encodeBatch(batch)
  await store.recordReadings({ network: NETWORK, household, period: PERIOD, batch: bytes, received })
  await store.recordConsumption({
    ...{ network: NETWORK, household, period: { from: from - 72, until: from }, source: 'paillier', received },
    lanes: { [IMPORT_LANE]: 77_000_000n + BigInt(house) }
  })
  const prices = parseTariff(FLAT, 'flat').prices({ from: from as Slot, until: until as Slot, slotSeconds: SLOT_SECONDS })
  const bill = encodeBill(makeBill({ batches: [openBatch(batch, key)], prices }))
  const last = house === NAMES.length - 1
  if (!last) await takeBill(store, { network: NETWORK, household, received, bill })
  return { household, readings, sealed: last ? [bytes] : [bytes, bill] }
}

/** A number by itself, and not a part of a hash or of a name. */
const NUMBER = /(?<![\w.-])-?\d+(?:\.\d+)?(?![\w.-])/g
const PIECE = 24

/** What an answer gives away of a single household beyond its billing periods; empty where all is well. */
export function leaksIn(text: string, { households, readings, sealed, periods }: Filled): string[] {
  const found: string[] = []
  const figures = new Set([...readings].flatMap(each => [each, String(Number(each) / 1000), `${each.slice(0, -3)}.${each.slice(-3)}`]))
  for (const [number] of text.matchAll(NUMBER)) if (figures.has(number)) found.push(`a reading: ${number}`)
  for (const bytes of sealed)
    for (let at = 0; at + PIECE <= bytes.byteLength; at += PIECE) {
      const piece = Buffer.from(bytes.subarray(at, at + PIECE))
      // Of base64, what no neighbouring byte has a part in.
      for (const form of [piece.toString('hex'), piece.toString('base64').slice(0, -4), piece.toString('base64url').slice(0, -4)])
        if (text.includes(form)) found.push(`bytes of a batch or bill at ${at}`)
    }
  if (text.startsWith('{') || text.startsWith('[')) walk(JSON.parse(text))
  return found

  /** Whatever names a household has no slot, and no other times than those of a billing period. */
  function walk(value: unknown): void {
    if (typeof value !== 'object' || value === null) return
    const fields = value as Readonly<Record<string, unknown>>
    if (!Array.isArray(value) && households.some(household => Object.values(fields).includes(household))) {
      for (const name of Object.keys(fields)) if (/slot|start|reading|batch|proof/i.test(name)) found.push(`a household beside ${name}`)
      const period = `${fields.from} ${fields.until}`
      if (('from' in fields || 'until' in fields) && !periods.has(period)) found.push(`a household beside times ${period}`)
      // An audit line names what was asked for: slots of a question, and not of an answer.
    }
    for (const each of Object.values(fields)) walk(each)
  }
}

export function hexOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
