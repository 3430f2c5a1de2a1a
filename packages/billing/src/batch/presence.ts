import { InvalidArgumentError } from '@hushgrid/primitives'

/** Tells whether a slot is present; the first slot is the lowest bit of the first byte. */
export function isPresent(present: Uint8Array, index: number): boolean {
  return (((present[index >> 3] ?? 0) >> (index & 7)) & 1) === 1
}

/** Makes the bitmap of slots, bit by bit. */
export function presenceOf(slots: readonly boolean[]): Uint8Array {
  const out = new Uint8Array(Math.ceil(slots.length / 8))
  slots.forEach((present, i) => {
    if (present) out[i >> 3] = (out[i >> 3] as number) | (1 << (i & 7))
  })
  return out
}

/** Counts the slots that are present. */
export function countPresent(present: Uint8Array): number {
  let count = 0
  for (const byte of present) for (let rest = byte; rest > 0; rest &= rest - 1) count++
  return count
}

/** @throws InvalidArgumentError unless it has the bytes that so many slots take, and no bit beyond them */
export function checkPresence(present: Uint8Array, slots: number): Uint8Array {
  const length = Math.ceil(slots / 8)
  if (present.byteLength !== length) throw new InvalidArgumentError('present', `${length} bytes`, String(present.byteLength))
  const used = slots % 8
  if (used !== 0 && (present[length - 1] as number) >> used !== 0)
    throw new InvalidArgumentError('present', `no bit beyond ${slots} slots`, 'one')
  return present
}

/** A run of slots that are not present, counted from the first slot of the batch. */
export interface Gap {
  readonly start: number
  readonly length: number
}

/** Gives the gaps in order, each as long as it can be. */
export function gapsOf(present: Uint8Array, slots: number): Gap[] {
  const gaps: Gap[] = []
  for (let start = 0; start < slots; start++) {
    if (isPresent(present, start)) continue
    let end = start
    while (end < slots && !isPresent(present, end)) end++
    gaps.push({ start, length: end - start })
    start = end
  }
  return gaps
}
