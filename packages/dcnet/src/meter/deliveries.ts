// Envelopes on their way to single neighbours, sent again until each is acknowledged or its time is past.
import { earliest } from '@hushgrid/machine'
import { type MeterId, type Millis, millis, type Slot, sha256, slotTimes, toHex } from '@hushgrid/primitives'
import type { MeterContext, MeterCore, MeterEpoch } from './core.ts'

/** Envelopes that may be on their way to neighbours at once. */
const MOST_DELIVERIES = 1024
/** Acknowledgements that are remembered. */
const KEPT_ACKNOWLEDGEMENTS = 4096

/** Bytes for a neighbour, and the end of their use there. */
export interface Parcel {
  readonly bytes: Uint8Array
  readonly until: Millis
}

/** Begins to deliver to the neighbour at a position, unless it has acknowledged the same bytes. */
export function deliver({ state, now }: MeterContext, { held }: MeterEpoch, index: number, { bytes, until }: Parcel): void {
  const to = held.roster.meterId(index)
  const key = deliveryKey(to, sha256(bytes))
  if (state.deliveries.has(key) || state.deliveries.size >= MOST_DELIVERIES || state.acknowledged.has(key)) return
  state.deliveries.set(key, { to, address: held.addresses[index] ?? '', bytes, until, nextAt: now })
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

/** Sends what is due to neighbours; gives up what is past its time. */
export function deliverDue({ state, now, out }: MeterContext): void {
  if (state.deliveries.size === 0) return
  const pause = slotTimes(0 as Slot, state.config.slotSeconds).unit / 2
  for (const [key, delivery] of state.deliveries) {
    if (now >= delivery.until) state.deliveries.delete(key)
    else if (now >= delivery.nextAt) {
      delivery.nextAt = millis(Math.ceil(now + pause))
      out.push({ type: 'deliver', to: delivery.to, address: delivery.address, bytes: delivery.bytes })
    }
  }
}

/** Gives the moment of the next tick that a delivery wants. */
export function deliveriesWakeAt({ deliveries }: MeterCore): Millis | undefined {
  let next: Millis | undefined
  for (const delivery of deliveries.values()) next = earliest(next, Math.min(delivery.nextAt, delivery.until))
  return next
}
