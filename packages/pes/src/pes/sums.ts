// Sums under the supplier's key: of a slot over its meters, of a billing period over a household's slots.
import { MessageType, PeriodAggregate, PesAggregate, sealEnvelope } from '@hushgrid/messages'
import { fromHex, type Slot } from '@hushgrid/primitives'
import { hedgedRng } from '../hedged-rng.ts'
import { decodeIndexSet, encodeIndexSet } from '../index-set.ts'
import { snapshotOf } from './snapshot.ts'
import { NO_BYTES, NO_EPOCH, type OpenSlot, type PeriodSum, type PesContext, type PesState, type Sum } from './state.ts'

/** Slots that may be open at once. */
const MOST_OPEN = 3

/** Opens a slot for readings, unless it is open; closes the oldest for good where too many are. */
export function openSlot(state: PesState, slot: Slot): OpenSlot {
  let open = state.slots.get(slot)
  if (!open) {
    open = { product: 1n, readings: 0, contributors: new Set(), replies: new Map() }
    state.slots.set(slot, open)
    while (state.slots.size > MOST_OPEN) {
      const oldest = Math.min(...state.slots.keys()) as Slot
      state.slots.delete(oldest)
      state.closedThrough = Math.max(state.closedThrough, oldest)
    }
  }
  return open
}

/** Adds a member's reading to its slot. */
export function addToSlot(state: PesState, open: OpenSlot, index: number, value: bigint): void {
  open.contributors.add(index)
  add(state, open, value)
}

/** Adds a member's reading to its billing period; where that has been handed over, it counts in its slot only. */
export function addToPeriod(state: PesState, period: number, index: number, value: bigint): void {
  const before = state.periods.get(index)
  if (before && before.period > period) return
  if (before && before.period < period) state.ended.push({ ...before, index })
  const sum: PeriodSum = before?.period === period ? before : { period, product: 1n, readings: 0 }
  add(state, sum, value)
  state.periods.set(index, sum)
}

function add(state: PesState, sum: Sum, value: bigint): void {
  sum.product = (sum.product * value) % state.config.terms.publicKey.nSquared
  sum.readings++
}

/** Envelopes for the supplier that come of a closed slot. */
export interface ClosedSlot {
  readonly aggregate: Uint8Array
  readonly periods: Uint8Array[]
}

/** Signs the slot's aggregate, if enough are in it, and those of the billing periods that ended before it. */
export function closeSlot(context: PesContext, slot: Slot, open: OpenSlot, expected: Uint8Array): ClosedSlot {
  const { state, out } = context
  const { identity, terms } = state.config
  decodeIndexSet(expected)
  const aggregated = open.readings >= terms.minMembers
  const payload = PesAggregate.encode({
    expected,
    contributors: encodeIndexSet(open.contributors),
    ...(aggregated ? aggregateOf(state, open) : { ciphertext: NO_BYTES, partial: NO_BYTES })
  })
  const aggregate = sealEnvelope(identity, MessageType.PesAggregate, terms.networkId, NO_EPOCH, slot, payload)
  const periods = closePeriods(context, slot)
  state.closedThrough = Math.max(state.closedThrough, slot)
  out.push({ type: 'snapshot', bytes: snapshotOf(state) })
  out.push({ type: 'slot-closed', slot, contributors: open.readings, aggregated })
  return { aggregate, periods }
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

function closePeriods({ state, out }: PesContext, slot: Slot): Uint8Array[] {
  const { identity, terms } = state.config
  const current = Math.floor(slot / terms.billingSlots)
  for (const [index, sum] of state.periods) {
    if (sum.period >= current) continue
    state.periods.delete(index)
    state.ended.push({ ...sum, index })
  }
  const envelopes: Uint8Array[] = []
  for (const { index, period, ...sum } of state.ended) {
    const id = state.members.get(index)?.id
    if (id === undefined) continue
    const aggregated = sum.readings >= terms.minReadings
    out.push({ type: 'period-closed', meterId: id, readings: sum.readings, aggregated })
    // A sum over fewer would show single slots.
    if (!aggregated) continue
    const firstSlot = period * terms.billingSlots
    const head = { meterId: fromHex(id), firstSlot, slots: terms.billingSlots, readings: sum.readings }
    const payload = PeriodAggregate.encode({ ...head, ...aggregateOf(state, sum) })
    envelopes.push(sealEnvelope(identity, MessageType.PeriodAggregate, terms.networkId, NO_EPOCH, slot, payload))
  }
  state.ended = []
  return envelopes
}
