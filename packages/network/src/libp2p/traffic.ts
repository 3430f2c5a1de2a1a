// What nodes of this process send and take, for whoever measures it; costs nothing where nobody does.
import { channel } from 'node:diagnostics_channel'

/** Messages handed to libp2p or taken from it. */
export interface Traffic {
  readonly direction: 'sent' | 'received'
  /** A message counts once for each peer that it was sent to. What gossip repeats is not counted. */
  readonly messages: number
  /** Of all of them, as they were before framing, Noise and yamux. */
  readonly bytes: number
}

/** Name of the diagnostics channel that {@link Traffic} is published on. */
export const TRAFFIC_CHANNEL = 'hushgrid:traffic'

const traffic = channel(TRAFFIC_CHANNEL)

/** @param size - of one message, bytes */
export function noteTraffic(direction: Traffic['direction'], size: number, messages = 1): void {
  if (traffic.hasSubscribers) traffic.publish({ direction, messages, bytes: messages * size } satisfies Traffic)
}
