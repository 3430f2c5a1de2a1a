// Masks of an edge: AES-256-CTR under the edge's key, a stretch of the stream for each slot.
import { type Cipheriv, createCipheriv } from 'node:crypto'
import { checkLength } from '../bytes/bytes.ts'
import { HushgridError, InvalidArgumentError } from '../errors.ts'
import { addLanes, type LaneVector, lanesFromBytes, littleEndian, subtractLanes, zeroLanes } from '../lanes.ts'

/** Counts the AES blocks of one slot: two lanes fit in a block. */
export function blocksPerSlot(lanes: number): number {
  return Math.ceil(lanes / 2)
}

/** Makes a 128-bit big-endian counter block. */
function counterBlock(counter: bigint): Uint8Array {
  if (counter < 0n || counter >= 1n << 128n) throw new InvalidArgumentError('counter', 'a 128-bit integer', 'one beyond it')
  const block = new Uint8Array(16)
  const view = new DataView(block.buffer)
  view.setBigUint64(0, counter >> 64n)
  view.setBigUint64(8, BigInt.asUintN(64, counter))
  return block
}

/** Computes AES-256-CTR over zeros from a given counter block (NIST SP 800-38A section 6.5). */
export function keyStream(key: Uint8Array, firstBlock: bigint, length: number): Uint8Array {
  checkLength(key, 32, 'stream key')
  return createCipheriv('aes-256-ctr', key, counterBlock(firstBlock)).update(new Uint8Array(length))
}

/** Gives the mask stream of one edge for consecutive slots (PROTOCOL.md section 6): `slots × blocksPerSlot(lanes) × 16` bytes. */
export function maskStream(edgeKey: Uint8Array, firstSlot: number, slots: number, lanes: number): Uint8Array {
  const blocks = blocksPerSlot(lanes)
  return keyStream(edgeKey, BigInt(firstSlot) * BigInt(blocks), slots * blocks * 16)
}

/** Gives the mask of one slot. */
export function slotMask(edgeKey: Uint8Array, slot: number, lanes: number): LaneVector {
  return lanesFromBytes(maskStream(edgeKey, slot, 1, lanes), lanes)
}

/** Makes running sums of masks for {@link MaskStream.accumulate}: whole blocks, 2 × blocksPerSlot(lanes) words a slot. */
export function zeroMaskSums(slots: number, lanes: number): LaneVector {
  return zeroLanes(2 * blocksPerSlot(lanes) * slots)
}

/** Takes one slot's mask out of running sums; `index` counts from the first slot summed. */
export function maskOfSlot(sums: LaneVector, index: number, lanes: number): LaneVector {
  const words = 2 * blocksPerSlot(lanes)
  return sums.slice(index * words, index * words + lanes) as LaneVector
}

/**
 * An edge's stream, expanded a batch of slots at a time. The cipher is kept, since setting one up takes as long as a
 * batch; a batch goes on where the last one ended.
 */
export class MaskStream {
  readonly #key: Uint8Array
  readonly #lanes: number
  #cipher: Cipheriv | undefined
  /** Slot that the cipher has come to. */
  #at = -1
  #erased = false

  /** @param edgeKey - 32 bytes, copied */
  constructor(edgeKey: Uint8Array, lanes: number) {
    this.#key = Uint8Array.from(checkLength(edgeKey, 32, 'edge key'))
    this.#lanes = lanes
  }

  /**
   * Adds (or subtracts) the masks of consecutive slots to running sums, in one call of the cipher. With an odd number of
   * lanes, each slot's last eight bytes are summed but never used, which keeps the loop free of branches.
   *
   * @param sums - of {@link zeroMaskSums}, for that many slots
   */
  accumulate(sums: LaneVector, firstSlot: number, slots: number, sign: 1 | -1): void {
    this.#checkUsable()
    const blocks = blocksPerSlot(this.#lanes)
    if (!this.#cipher || this.#at !== firstSlot) {
      this.#cipher?.final()
      this.#cipher = createCipheriv('aes-256-ctr', this.#key, counterBlock(BigInt(firstSlot) * BigInt(blocks)))
    }
    const stream = this.#cipher.update(zeros(slots * blocks * 16))
    this.#at = firstSlot + slots
    const words = wordsOf(stream)
    if (sign === 1) addLanes(sums, words)
    else subtractLanes(sums, words)
    stream.fill(0)
  }

  /** Gives the mask of one slot, apart from any batch. */
  mask(slot: number): LaneVector {
    this.#checkUsable()
    return slotMask(this.#key, slot, this.#lanes)
  }

  /** Refuses an erased key, since everybody knows the masks under a key of zeros. */
  #checkUsable(): void {
    if (this.#erased) throw new HushgridError('mask stream: expected its key, which has been erased')
  }

  /** Overwrites the key, and has OpenSSL clear the cipher's state. No mask can be had from then on. */
  erase(): void {
    this.#erased = true
    this.#cipher?.final()
    this.#cipher = undefined
    this.#at = -1
    this.#key.fill(0)
  }
}

let zeroBytes = new Uint8Array(0)

/** Gives zeros to encrypt, which are never written to. */
function zeros(length: number): Uint8Array {
  if (zeroBytes.byteLength < length) zeroBytes = new Uint8Array(length)
  return zeroBytes.subarray(0, length)
}

/** Gives the stream as words, without a copy where the machine's byte order and alignment fit. */
function wordsOf(stream: Uint8Array): LaneVector {
  return littleEndian && stream.byteOffset % 8 === 0
    ? (new BigUint64Array(stream.buffer, stream.byteOffset, stream.byteLength / 8) as LaneVector)
    : lanesFromBytes(stream, stream.byteLength / 8)
}
