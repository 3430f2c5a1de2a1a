// Messages of a meter that hides nothing, and their moments.
import { join } from 'node:path'
import type { SchedulingClock } from '@hushgrid/network'
import {
  fromHex,
  IdentityKey,
  type LaneVector,
  lanesFromExactBytes,
  lanesToBytes,
  type MeterId,
  type Slot,
  slotAt,
  systemRng,
  toHex
} from '@hushgrid/primitives'
import { makeFolder, readOrCreateSecret } from '@hushgrid/runtime'

/** Length of a meter's id. meterId[32] ‖ u64 slot precede the lanes: without the id gossip would merge equal readings. */
const ID = 32
const HEAD = ID + 8

/** First byte of a request to the aggregator. */
export const JOIN = 1
export const LEAVE = 2

/** Encodes the lanes of a slot for publication. */
export function message(sender: MeterId, slot: Slot, lanes: LaneVector): Uint8Array {
  const bytes = new Uint8Array(HEAD + lanes.byteLength)
  bytes.set(fromHex(sender))
  new DataView(bytes.buffer).setBigUint64(ID, BigInt(slot), true)
  bytes.set(lanesToBytes(lanes), HEAD)
  return bytes
}

/** Reads a published message; undefined unless it has so many lanes and its sender's own id. */
export function readMessage(
  bytes: Uint8Array,
  from: MeterId,
  lanes: number
): { readonly slot: Slot; readonly lanes: LaneVector } | undefined {
  if (bytes.byteLength !== HEAD + 8 * lanes || toHex(bytes.subarray(0, ID)) !== from) return undefined
  const slot = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(ID, true)) as Slot
  return { slot, lanes: lanesFromExactBytes(bytes.subarray(HEAD), lanes) }
}

/** Gives the key in a node's own folder, made where there is none. */
export function identityIn(folder: string): IdentityKey {
  makeFolder(folder)
  return new IdentityKey(readOrCreateSecret(join(folder, 'identity.key'), 32, () => systemRng.bytes(32), false).secret)
}

/** Calls back at each slot's moment, from the clock's start on; gives the function that ends it. */
export function eachSlot(
  clock: SchedulingClock,
  slotSeconds: number,
  momentOf: (slot: Slot) => Parameters<SchedulingClock['delayUntil']>[0],
  act: (slot: Slot) => void
): () => void {
  let timer: NodeJS.Timeout | undefined
  let next = slotAt(clock.now(), slotSeconds)
  const schedule = (): void => {
    clearTimeout(timer)
    const delay = clock.delayUntil(momentOf(next))
    if (delay === undefined) return
    timer = setTimeout(() => {
      const slot = next
      next = (next + 1) as Slot
      schedule()
      act(slot)
    }, Math.ceil(delay))
  }
  const forget = clock.onChange(() => {
    // A lab's clock begins late in a slot; earlier moments are over.
    while (momentOf(next) < clock.now()) next = (next + 1) as Slot
    schedule()
  })
  schedule()
  return () => {
    clearTimeout(timer)
    forget()
  }
}
