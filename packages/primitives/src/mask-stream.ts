import { createCipheriv } from 'node:crypto'
import { checkLength } from './bytes.ts'
import { InvalidArgumentError } from './errors.ts'
import { addLanes, type LaneVector, lanesFromBytes, subtractLanes, zeroLanes } from './lanes.ts'

/** AES blocks that one slot takes: two lanes fit in a block. */
export function blocksPerSlot(lanes: number): number {
  return Math.ceil(lanes / 2)
}

/** A 128-bit big-endian counter block. */
function counterBlock(counter: bigint): Uint8Array {
  if (counter < 0n || counter >= 1n << 128n) throw new InvalidArgumentError('counter', 'a 128-bit integer', 'one beyond it')
  const block = new Uint8Array(16)
  const view = new DataView(block.buffer)
  view.setBigUint64(0, counter >> 64n)
  view.setBigUint64(8, BigInt.asUintN(64, counter))
  return block
}

/** AES-256-CTR over zeros from a given counter block (NIST SP 800-38A section 6.5). */
export function keyStream(key: Uint8Array, firstBlock: bigint, length: number): Uint8Array {
  checkLength(key, 32, 'stream key')
  return createCipheriv('aes-256-ctr', key, counterBlock(firstBlock)).update(new Uint8Array(length))
}

/**
 * Mask stream of one edge for consecutive slots (PROTOCOL.md section 6): `slots × blocksPerSlot(lanes) × 16` bytes.
 */
export function maskStream(edgeKey: Uint8Array, firstSlot: number, slots: number, lanes: number): Uint8Array {
  const blocks = blocksPerSlot(lanes)
  return keyStream(edgeKey, BigInt(firstSlot) * BigInt(blocks), slots * blocks * 16)
}

/** The mask of one slot. */
export function slotMask(edgeKey: Uint8Array, slot: number, lanes: number): LaneVector {
  return lanesFromBytes(maskStream(edgeKey, slot, 1, lanes), lanes)
}

/**
 * Adds (or subtracts) an edge's stream for consecutive slots to running sums. The sums hold whole blocks: with an odd
 * number of lanes each slot's last eight bytes are summed too and never used, which keeps the loop free of branches.
 *
 * @param sums - 2 × 2 × blocksPerSlot(lanes) words a slot, as {@link zeroLanes} makes for 2 × blocks × slots lanes
 */
export function accumulateMasks(
  sums: LaneVector,
  edgeKey: Uint8Array,
  firstSlot: number,
  slots: number,
  lanes: number,
  sign: 1 | -1
): void {
  const stream = maskStream(edgeKey, firstSlot, slots, lanes)
  const words = lanesFromBytes(stream, stream.byteLength / 8)
  if (sign === 1) addLanes(sums, words)
  else subtractLanes(sums, words)
}

/** Running sums for {@link accumulateMasks}. */
export function zeroMaskSums(slots: number, lanes: number): LaneVector {
  return zeroLanes(2 * blocksPerSlot(lanes) * slots)
}

/** One slot's mask out of running sums; `index` counts from the first slot summed. */
export function maskOfSlot(sums: LaneVector, index: number, lanes: number): LaneVector {
  const words = 4 * blocksPerSlot(lanes)
  return sums.slice(index * words, index * words + 2 * lanes) as LaneVector
}
