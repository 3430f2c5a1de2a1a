// Envelopes on their way to single neighbours, sent again until each is acknowledged or its time is past.
import { earliest } from '@hushgrid/machine'
import { type MeterId, type Millis, millis, type Slot, sha256, slotTimes, toHex } from '@hushgrid/primitives'
import type { MeterContext, MeterCore, MeterEpoch } from './core.ts'

/** Envelopes that may be on their way to neighbours at once. */
const MOST_DELIVERIES = 1024
/** Acknowledgements that are remembered. */
const KEPT_ACKNOWLEDGEMENTS = 4096

/** Bytes for a neighbour about a slot, and the end of their use there. */
export interface Parcel {
  readonly slot: Slot
  readonly bytes: Uint8Array
  readonly until: Millis
}

/** Begins to deliver to the neighbour at a position, unless it has acknowledged the same bytes. */
export function deliver({ state, now }: MeterContext, { held }: MeterEpoch, index: number, parcel: Parcel): void {
  const to = held.roster.meterId(index)
  const key = deliveryKey(to, sha256(parcel.bytes))
  if (state.deliveries.has(key) || state.acknowledged.has(key) || !makeRoom(state, parcel.slot)) return
  state.deliveries.set(key, { ...parcel, to, address: held.addresses[index] ?? '', nextAt: now })
}

/**
 * Gives up a delivery about the earliest slot where there are too many: an aggregator that names a member for many slots of
 * the past must not keep its dispute of the present one from its neighbours.
 *
 * @returns whether there is room for one about this slot
 */
function makeRoom({ deliveries }: MeterCore, slot: Slot): boolean {
  if (deliveries.size < MOST_DELIVERIES) return true
  const [key, earliestOne] = [...deliveries].reduce((a, b) => (b[1].slot < a[1].slot ? b : a))
  return earliestOne.slot < slot && deliveries.delete(key)
}

/** Names a delivery, and an acknowledgement. */
function deliveryKey(to: MeterId, hash: Uint8Array): string {
  return `${to}${toHex(hash)}`
}

/** Ends the delivery that a neighbour, or the aggregator, has acknowledged. */
export function noteAcknowledged({ deliveries, acknowledged }: MeterCore, by: MeterId, hash: Uint8Array): void {
  const key = deliveryKey(by, hash)
  deliveries.delete(key)
  acknowledged.add(key)
  const [oldest] = acknowledged
  if (acknowledged.size > KEPT_ACKNOWLEDGEMENTS && oldest !== undefined) acknowledged.delete(oldest)
}

/** Sends what is due to neighbours, first what is about the latest slot; gives up what is past its time. */
export function deliverDue({ state, now, out }: MeterContext): void {
  if (state.deliveries.size === 0) return
  const pause = slotTimes(0 as Slot, state.config.slotSeconds).unit / 2
  for (const [key, { until }] of state.deliveries) if (now >= until) state.deliveries.delete(key)
  const due = [...state.deliveries.values()].filter(({ nextAt }) => now >= nextAt).sort((a, b) => b.slot - a.slot)
  for (const delivery of due) {
    delivery.nextAt = millis(Math.ceil(now + pause))
    out.push({ type: 'deliver', to: delivery.to, address: delivery.address, bytes: delivery.bytes })
  }
}

/** Gives the moment of the next tick that a delivery wants. */
export function deliveriesWakeAt({ deliveries }: MeterCore): Millis | undefined {
  let next: Millis | undefined
  for (const delivery of deliveries.values()) next = earliest(next, Math.min(delivery.nextAt, delivery.until))
  return next
}
