// Many bills checked on all cores, as the supplier's node does it.
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { encodeBill, makeBill, openBatch, parseTariff, sealBatch } from '@hushgrid/billing'
import { verifyBills } from '@hushgrid/node-mdms'
import { HushgridError, IdentityKey, IMPORT_LANE, type Millis, SeededRng, type Slot, sha256, utf8 } from '@hushgrid/primitives'
import { type Figure, figure } from '../../results/measure.ts'

const SLOT_SECONDS = 1800
/** First slot, 2026-03-02T00:00Z. */
const FIRST = (Date.UTC(2026, 2, 2) / 1000 / SLOT_SECONDS) as Slot
/** Least household-months a second and core, from which the most ms of a core a bill follow. */
const LEAST_A_SECOND = 7
/** Half-hours of a month. */
const MONTH = 1344
/** Tariff of three prices. */
const TARIFF = new URL('../../../../billing/tariffs/time-of-use.yaml', import.meta.url)

/** Measures the time that a bill takes of one core, ms: a round's real time over its bills, times the cores at work. */
export async function manyBillsFigures(seed: string, rounds: number, readings: number, billsPerCore: number): Promise<Figure[]> {
  const rng = new SeededRng(`${seed} many bills`)
  const identity = IdentityKey.generate(rng)
  const key = rng.bytes(32)
  const lanes = [IMPORT_LANE]
  const sealing = { identity, key, slotSeconds: SLOT_SECONDS, firstSlot: FIRST, lanes }
  const { batch } = sealBatch({ ...sealing, readings: Array.from({ length: readings }, () => [BigInt(rng.below(3000))]) })
  const until = (FIRST + readings) as Slot
  const text = readFileSync(TARIFF, 'utf8')
  const prices = parseTariff(text, 'bench').prices({ from: FIRST, until, slotSeconds: SLOT_SECONDS })
  const bill = encodeBill(makeBill({ batches: [openBatch(batch, key)], prices }))
  const cores = availableParallelism()
  const bills = Array.from({ length: cores * billsPerCore }, () => ({ tariff: 'bench', bill, meterKey: identity.id }))
  const terms = { slotSeconds: SLOT_SECONDS, tariffs: [{ tariff: 'bench', text, from: 0 as Millis, hash: sha256(utf8(text)) }] }
  const milliseconds: number[] = []
  for (let round = 0; round < rounds; round++) {
    let begun: number | undefined
    let counted = 0
    for await (const verdict of verifyBills(bills, { terms })) {
      if (!('checked' in verdict)) throw new HushgridError(`a bill: expected one that holds, got ${verdict.message}`)
      // The clock starts after a first verdict for each thread, when all are started, loaded and compiled.
      if (counted++ === cores) begun = performance.now()
    }
    if (begun === undefined) throw new HushgridError(`bills: expected more than ${cores} a round, got ${counted}`)
    milliseconds.push(((performance.now() - begun) * cores) / (counted - cores - 1))
  }
  const goal = (1000 / LEAST_A_SECOND) * (readings / MONTH)
  const note = `${bills.length} bills a round; a month of half-hours has ${MONTH} readings`
  return [
    figure(
      { name: `supplier: many bills on all ${cores} cores, core-time of one, ${readings} readings`, unit: 'ms', goal, note },
      milliseconds
    )
  ]
}
