// Messages that nodes of this process send and take, for whoever measures them; costs nothing where nobody does.
import { channel } from 'node:diagnostics_channel'

/** Messages handed to libp2p or taken from it. */
export interface Traffic {
  readonly direction: 'sent' | 'received'
  /** Number of messages, one for each peer sent to; what gossip repeats is not counted. */
  readonly messages: number
  /** Bytes of all of them, before framing, Noise and yamux. */
  readonly bytes: number
}

/** Name of the diagnostics channel that {@link Traffic} is published on. */
export const TRAFFIC_CHANNEL = 'hushgrid:traffic'

const traffic = channel(TRAFFIC_CHANNEL)

/** @param size - of one message, bytes */
export function noteTraffic(direction: Traffic['direction'], size: number, messages = 1): void {
  if (traffic.hasSubscribers) traffic.publish({ direction, messages, bytes: messages * size } satisfies Traffic)
}
