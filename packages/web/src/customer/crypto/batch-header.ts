import { type Bytes, concat, u8, u16, u32, utf8 } from './bytes.ts'

export const MOST_SLOTS = 1 << 17
export const MOST_LANES = 64
export const MOST_SLOT = 2 ** 48

/** Header of a batch by its meter; all of it is signed, none of it is secret. */
export interface BatchHeader {
  /** Ed25519 public key, 64 lower-case hexadecimal digits. */
  readonly meterId: string
  /** Epoch of the meter's key that the readings are sealed under. */
  readonly keyEpoch: number
  /** Length of a slot, s. */
  readonly slotSeconds: number
  readonly firstSlot: number
  /** Number of slots, with the gaps. */
  readonly slots: number
  /** OBIS codes of the lanes. */
  readonly lanes: readonly string[]
  /** Bitmap of ⌈slots / 8⌉ bytes, lowest bit first: 0 for a slot that the meter says has no reading. */
  readonly present: Bytes
}

export function isPresent(present: Uint8Array, index: number): boolean {
  return (((present[index >> 3] ?? 0) >> (index & 7)) & 1) === 1
}

/** Counts the slots with a reading. */
export function countPresent({ present, slots }: BatchHeader): number {
  let count = 0
  for (let i = 0; i < slots; i++) if (isPresent(present, i)) count++
  return count
}

/** Lists slot and lane of each reading of a batch: by slot, then in the order of the lanes. */
export function* places(header: BatchHeader): Generator<{ readonly slot: number; readonly lane: string }> {
  for (let i = 0; i < header.slots; i++) {
    if (!isPresent(header.present, i)) continue
    for (const lane of header.lanes) yield { slot: header.firstSlot + i, lane }
  }
}

/** Encodes u8 length ‖ OBIS code. */
export function encodeLane(lane: string): Bytes {
  const name = utf8(lane)
  return concat(u8(name.byteLength), name)
}

/** Encodes u8 lanes ‖ lanes × (u8 length ‖ OBIS code). */
export function encodeLanes(lanes: readonly string[]): Bytes {
  return concat(u8(lanes.length), ...lanes.map(encodeLane))
}

const GAPS = 0
const BITMAP = 1
const GAP_BYTES = 8

/** Encodes the shorter of u8 0 ‖ u16 count ‖ count × (u32 start ‖ u32 length), the gaps, and u8 1 ‖ bitmap; gaps where equal. */
export function encodePresence({ present, slots }: Pick<BatchHeader, 'present' | 'slots'>): Bytes {
  const gaps: Bytes[] = []
  for (let start = 0; start < slots; start++) {
    if (isPresent(present, start)) continue
    let end = start
    while (end < slots && !isPresent(present, end)) end++
    gaps.push(u32(start), u32(end - start))
    start = end
  }
  const count = gaps.length / 2
  if (2 + GAP_BYTES * count > Math.max(present.byteLength, 2)) return concat(u8(BITMAP), present)
  return concat(u8(GAPS), u16(count), ...gaps)
}
