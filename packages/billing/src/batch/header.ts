// The header of a batch, and the bytes that its meter signs.
import {
  checkSlotSeconds,
  concatBytes,
  fromHex,
  InvalidArgumentError,
  type MeterId,
  meterId,
  type ObisCode,
  obisCode,
  type Slot,
  sha256,
  slot,
  u8,
  u32,
  u64,
  utf8
} from '@hushgrid/primitives'
import { ELEMENT_BYTES } from '@hushgrid/primitives/group'
import type { Commitment } from '../commitments/commitment.ts'
import { type KeyEpoch, keyEpoch } from './key-epoch.ts'
import { checkPresence, countPresent, isPresent } from './presence.ts'

/** Most slots of a batch: a year of quarter-hours takes 35,136, a month of minutes 44,640. */
export const MAX_BATCH_SLOTS = 1 << 17
const MAX_BATCH_LANES = 64

/** Meter, key, slots and lanes of a batch: signed, and public. */
export interface BatchHeader {
  readonly meterId: MeterId
  /** Epoch of the key K that its readings are sealed under. */
  readonly keyEpoch: KeyEpoch
  /** Length of a slot, s. */
  readonly slotSeconds: number
  readonly firstSlot: Slot
  /** Number of slots, with the gaps. */
  readonly slots: number
  /** Lanes, each once; a present slot has a reading in each. */
  readonly lanes: readonly ObisCode[]
  /** Bitmap over the slots, ⌈slots / 8⌉ bytes, lowest bit first: 0 where the meter says that it has no reading. */
  readonly present: Uint8Array
}

/** @throws InvalidArgumentError naming the first field that is not what it must be */
export function checkHeader(header: BatchHeader): BatchHeader {
  const { slots, lanes } = header
  meterId(header.meterId)
  keyEpoch(header.keyEpoch)
  checkSlotSeconds(header.slotSeconds)
  if (!Number.isInteger(slots) || slots < 1 || slots > MAX_BATCH_SLOTS)
    throw new InvalidArgumentError('slots', `1 to ${MAX_BATCH_SLOTS}`, String(slots))
  slot(slot(header.firstSlot) + slots)
  if (lanes.length < 1 || lanes.length > MAX_BATCH_LANES || new Set(lanes.map(obisCode)).size !== lanes.length)
    throw new InvalidArgumentError('lanes', `1 to ${MAX_BATCH_LANES} different OBIS codes`, lanes.join(', ') || 'none')
  checkPresence(header.present, slots)
  return header
}

/** Gives the header alone, of anything that has one. */
export function headerOf({ meterId, keyEpoch, slotSeconds, firstSlot, slots, lanes, present }: BatchHeader): BatchHeader {
  return { meterId, keyEpoch, slotSeconds, firstSlot, slots, lanes, present }
}

/** Gives the slot after the batch's last. */
export function batchEnd({ firstSlot, slots }: BatchHeader): Slot {
  return slot(firstSlot + slots)
}

/** Counts the readings, and so the commitments, of a batch. */
export function countReadings({ present, lanes }: BatchHeader): number {
  return countPresent(present) * lanes.length
}

/** Gives the slot and lane of each reading, and so of each commitment: by slot, then in the order of the lanes. */
export function* readingPlaces({ firstSlot, slots, lanes, present }: BatchHeader): Generator<{ slot: Slot; lane: ObisCode }> {
  for (let i = 0; i < slots; i++) {
    if (!isPresent(present, i)) continue
    for (const lane of lanes) yield { slot: (firstSlot + i) as Slot, lane }
  }
}

/**
 * Encodes what begins both the header and the bytes that are signed: meterId[32] ‖ u32 keyEpoch ‖ u32 slotSeconds ‖ u64
 * firstSlot ‖ u32 slots ‖ lane names.
 */
export function encodeHeaderStart({ meterId, keyEpoch, slotSeconds, firstSlot, slots, lanes }: BatchHeader): Uint8Array {
  return concatBytes(fromHex(meterId), u32(keyEpoch), u32(slotSeconds), u64(firstSlot), u32(slots), encodeLaneNames(lanes))
}

/** Encodes `lanes`: u8 count ‖ count × (u8 length ‖ code). */
function encodeLaneNames(lanes: readonly ObisCode[]): Uint8Array {
  const names = lanes.map(utf8)
  return concatBytes(u8(lanes.length), ...names.flatMap(name => [u8(name.byteLength), name]))
}

/** Encodes the commitments in order, 32 bytes each. */
export function encodeCommitments(commitments: readonly Commitment[]): Uint8Array {
  const out = new Uint8Array(commitments.length * ELEMENT_BYTES)
  commitments.forEach((commitment, i) => {
    out.set(commitment.encode(), i * ELEMENT_BYTES)
  })
  return out
}

declare const brand: unique symbol
/** The bytes that a meter signs for a batch. */
export type BatchTranscript = Uint8Array & { readonly [brand]: 'BatchTranscript' }

const LABEL = utf8('hushgrid/v2/billing/batch\0')

/**
 * Gives the bytes that a meter signs:
 *
 *     "hushgrid/v2/billing/batch" ‖ 0x00 ‖ meterId[32] ‖ u32 keyEpoch ‖ u32 slotSeconds ‖ u64 firstSlot ‖ u32 slots
 *     ‖ u8 lanes ‖ lanes × (u8 length ‖ OBIS code) ‖ present[⌈slots / 8⌉] ‖ SHA-256(commitments in order, 32 bytes each)
 *
 * @throws InvalidArgumentError where there are not as many commitments as readings, or the header is not one
 */
export function batchTranscript(header: BatchHeader, commitments: readonly Commitment[]): BatchTranscript {
  const { present } = checkHeader(header)
  const expected = countReadings(header)
  if (commitments.length !== expected) throw new InvalidArgumentError('commitments', String(expected), String(commitments.length))
  return concatBytes(LABEL, encodeHeaderStart(header), present, sha256(encodeCommitments(commitments))) as BatchTranscript
}
