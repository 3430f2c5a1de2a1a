// Sums under the supplier's key: of a slot over its meters, of a billing period over a household's slots.
import { MessageType, PeriodAggregate, PesAggregate, sealEnvelope } from '@hushgrid/messages'
import { fromHex, type Slot } from '@hushgrid/primitives'
import { hedgedRng } from '../hedged-rng.ts'
import { decodeIndexSet, encodeIndexSet } from '../index-set.ts'
import { snapshotOf } from './snapshot.ts'
import { NO_BYTES, NO_EPOCH, type OpenSlot, type Period, type PesContext, type PesState, type Sum } from './state.ts'
import { givenSums } from './subtraction.ts'

/** Slots that may be open at once. */
const MOST_OPEN = 3

/** Opens a slot for readings, unless it is open; closes the oldest for good where too many are. */
export function openSlot(state: PesState, slot: Slot): OpenSlot {
  let open = state.slots.get(slot)
  if (!open) {
    open = { values: new Map(), replies: new Map() }
    state.slots.set(slot, open)
    while (state.slots.size > MOST_OPEN) {
      const oldest = Math.min(...state.slots.keys()) as Slot
      state.slots.delete(oldest)
      state.closedThrough = Math.max(state.closedThrough, oldest)
    }
  }
  return open
}

/** Envelopes for the supplier that come of a closed slot. */
export interface ClosedSlot {
  readonly aggregate: Uint8Array
  readonly periods: Uint8Array[]
}

/**
 * Signs the slot's aggregate, if enough are in it, and those of the billing period that ended before it.
 *
 * @param values - the slot's readings by index, under the supplier's key; forgotten then
 */
export function closeSlot(context: PesContext, slot: Slot, values: Map<number, bigint>, expected: Uint8Array): ClosedSlot {
  const { state, out } = context
  const { identity, terms } = state.config
  decodeIndexSet(expected)
  const aggregated = values.size >= terms.minMembers
  const sum = { product: 1n, readings: 0 }
  for (const value of values.values()) add(state, sum, value)
  const payload = PesAggregate.encode({
    expected,
    contributors: encodeIndexSet(values.keys()),
    ...(aggregated ? aggregateOf(state, sum) : { ciphertext: NO_BYTES, partial: NO_BYTES })
  })
  const aggregate = sealEnvelope(identity, MessageType.PesAggregate, terms.networkId, NO_EPOCH, slot, payload)
  const periods = closePeriod(context, slot)
  // A reading that is in no slot's sum would be what households' sums have more.
  if (aggregated) addToPeriod(state, slot, values)
  values.clear()
  state.closedThrough = Math.max(state.closedThrough, slot)
  out.push({ type: 'snapshot', bytes: snapshotOf(state) })
  out.push({ type: 'slot-closed', slot, contributors: sum.readings, aggregated })
  return { aggregate, periods }
}

function add(state: PesState, sum: Sum, value: bigint): void {
  sum.product = (sum.product * value) % state.config.terms.publicKey.nSquared
  sum.readings++
}

function periodOf({ config }: PesState, slot: Slot): number {
  return Math.floor(slot / config.terms.billingSlots)
}

function addToPeriod(state: PesState, slot: Slot, values: ReadonlyMap<number, bigint>): void {
  state.period ??= { number: periodOf(state, slot), slots: 0, sums: new Map() }
  const { period } = state
  period.slots++
  for (const [index, value] of values) {
    const sum = period.sums.get(index) ?? { product: 1n, readings: 0 }
    period.sums.set(index, sum)
    add(state, sum, value)
  }
}

/**
 * Puts a sum under a new obfuscator, so that nobody knows it as a product of ciphertexts; with `direct` adds this party's
 * part. The obfuscator depends on the sum: after a restore from a snapshot of memory no other sum gets it.
 */
function aggregateOf({ config }: PesState, { product }: Sum): { readonly ciphertext: Uint8Array; readonly partial: Uint8Array } {
  const { publicKey } = config.terms
  const added = publicKey.ciphertext(product)
  const sum = publicKey.rerandomise(added, hedgedRng(config.rng, NO_BYTES, fromHex(publicKey.fingerprint), added.toBytes()))
  return { ciphertext: sum.toBytes(), partial: config.partial?.(sum) ?? NO_BYTES }
}

/** Hands over the sums of a period that ended before the slot. Slots are closed in order, so nothing is missing in them. */
function closePeriod(context: PesContext, slot: Slot): Uint8Array[] {
  const { state } = context
  const { period } = state
  if (!period || period.number >= periodOf(state, slot)) return []
  state.period = undefined
  return handOver(context, slot, period)
}

function handOver({ state, out }: PesContext, slot: Slot, period: Period): Uint8Array[] {
  const { identity, terms } = state.config
  const given = givenSums(period, terms)
  const envelopes: Uint8Array[] = []
  for (const [index, sum] of period.sums) {
    const id = state.members.get(index)?.id
    if (id === undefined) continue
    const aggregated = given.has(index)
    const withheld = !aggregated && sum.readings >= terms.minReadings
    out.push({ type: 'period-closed', meterId: id, readings: sum.readings, aggregated, withheld })
    if (!aggregated) continue
    const firstSlot = period.number * terms.billingSlots
    const head = { meterId: fromHex(id), firstSlot, slots: terms.billingSlots, readings: sum.readings }
    const payload = PeriodAggregate.encode({ ...head, ...aggregateOf(state, sum) })
    envelopes.push(sealEnvelope(identity, MessageType.PeriodAggregate, terms.networkId, NO_EPOCH, slot, payload))
  }
  return envelopes
}
