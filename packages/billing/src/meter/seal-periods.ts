// Sealing of the periods that are over.
import { type Slot, slot } from '@hushgrid/primitives'
import { sealBatch } from '../batch/batch.ts'
import { encodeBatch } from '../batch/encoding.ts'
import { batchSpan, slotMonthsBefore } from '../batch/period.ts'
import { keptKeys, keyOfSlot } from './billing-keys.ts'
import { billingRecords, type MeterBillingOutput, type MeterBillingState, type SealedBatch } from './billing-state.ts'

/** Calendar months for which a meter keeps batches, and with them the readings. */
const KEPT_MONTHS = 12

/**
 * Seals the periods that are over, also those without any reading: a bill needs every slot in a batch. A period in which
 * another key came into force is two batches, one under each.
 *
 * @param running - the slot that runs
 */
export function sealPeriods(before: MeterBillingState, running: Slot, outputs: MeterBillingOutput[]): MeterBillingState {
  const { terms } = before.config
  const oldest = slotMonthsBefore(running, KEPT_MONTHS, terms)
  const sealed: SealedBatch[] = []
  const kept = before.batches.filter(({ until }) => until > oldest)
  const dropped = before.batches.length - kept.length
  const reports: MeterBillingOutput[] = []
  // Begins with the oldest slots still kept, for a meter that was off for years; never before what is sealed.
  let next = oldest > before.sealedUntil ? slot(Math.max(before.sealedUntil, batchSpan(oldest, terms).from)) : before.sealedUntil
  for (;;) {
    const until = batchUntil(before, next)
    if (until > running) break
    const { batch, gaps } = seal(before, next, until)
    sealed.push(batch)
    reports.push({ type: 'sealed', firstSlot: next, slots: until - next, gaps, byteLength: batch.bytes.byteLength })
    next = until
  }
  if (sealed.length === 0 && dropped === 0) return before
  if (dropped > 0) reports.push({ type: 'dropped', batches: dropped })
  const open = new Map([...before.open].filter(([at]) => at >= next))
  const state = { ...before, sealedUntil: next, batches: [...kept, ...sealed], open }
  outputs.push({ type: 'replace', records: billingRecords(state) }, ...reports)
  return withoutSpentKeys(state, outputs)
}

/** Gives the end of the batch that begins with a slot, in the period in which it lies: the period's, or the key's. */
function batchUntil({ config, keys }: MeterBillingState, from: Slot): Slot {
  const { until } = batchSpan(from, config.terms)
  return slot(Math.min(until, keyOfSlot(keys, from).until ?? until))
}

function seal({ config, keys, open }: MeterBillingState, from: Slot, until: Slot): { readonly batch: SealedBatch; readonly gaps: number } {
  const { identity, terms } = config
  const { slotSeconds, lanes } = terms
  const { key, epoch: keyEpoch } = keyOfSlot(keys, from).key
  const readings = Array.from({ length: until - from }, (_, i) => open.get((from + i) as Slot))
  const { batch } = sealBatch({ identity, key, keyEpoch, slotSeconds, firstSlot: from, lanes, readings })
  const gaps = readings.filter(values => values === undefined).length
  return { batch: { from, until, keyEpoch, bytes: encodeBatch(batch) }, gaps }
}

/** Forgets keys whose batches are gone, after those: what a thief of the meter finds opens nothing older. */
function withoutSpentKeys(state: MeterBillingState, outputs: MeterBillingOutput[]): MeterBillingState {
  const keys = keptKeys(state.keys, new Set(state.batches.map(({ keyEpoch }) => keyEpoch)), state.sealedUntil)
  if (keys.length === state.keys.length) return state
  outputs.push({ type: 'keys', keys })
  return { ...state, keys }
}
