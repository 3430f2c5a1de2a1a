// Obfuscators made ahead of the encryptions that use them up.
import { InvalidArgumentError, type Rng } from '@hushgrid/primitives'
import { CiphertextError } from '../errors.ts'
import type { Ciphertext, PublicKey } from './public-key.ts'

/** Asks for so many obfuscators, which come later by {@link ObfuscatorPool.put}. */
export type FillObfuscators = (count: number) => void

/** Sizes of a pool. */
export interface ObfuscatorPoolOptions {
  /** Most obfuscators that it holds and has asked for together. */
  readonly capacity: number
  /** Number of obfuscators, held and awaited, at or below which the pool asks for more; below the capacity. */
  readonly low: number
}

/**
 * Obfuscators made ahead, so that an encryption is one multiplication. A queue: each is given out once, in order of
 * arrival, and is gone then. None may be kept or shared, since two plaintexts under one obfuscator show their
 * difference; a reader of this memory can open what is encrypted with it later.
 *
 * Call {@link request} to begin; from then on {@link take} asks again whenever the pool gets low.
 */
export class ObfuscatorPool {
  readonly key: PublicKey
  readonly capacity: number
  readonly #low: number
  readonly #fill: FillObfuscators
  #queue: bigint[] = []
  #next = 0
  #asked = 0

  constructor(key: PublicKey, options: ObfuscatorPoolOptions, fill: FillObfuscators) {
    const { capacity, low } = options
    if (!Number.isSafeInteger(capacity) || capacity < 1) throw new InvalidArgumentError('capacity', 'a positive integer', String(capacity))
    if (!Number.isSafeInteger(low) || low < 0 || low >= capacity) {
      throw new InvalidArgumentError('low', `an integer from 0 to ${capacity - 1}`, String(low))
    }
    this.key = key
    this.capacity = capacity
    this.#low = low
    this.#fill = fill
  }

  /** Number of obfuscators at hand. */
  get size(): number {
    return this.#queue.length - this.#next
  }

  /** Number of obfuscators that were asked for and have not come. */
  get asked(): number {
    return this.#asked
  }

  /** True where the pool holds and awaits so few that it asks for more. */
  get low(): boolean {
    return this.size + this.#asked <= this.#low
  }

  /** Asks for as many as there is room for, if any. */
  request(): void {
    const count = this.capacity - this.size - this.#asked
    if (count <= 0) return
    this.#asked += count
    this.#fill(count)
  }

  /**
   * Takes in obfuscators that were asked for.
   *
   * @throws CiphertextError, and takes none, where more come than were asked for, or one is out of range or already at hand
   */
  put(obfuscators: readonly bigint[]): void {
    if (obfuscators.length > this.#asked) {
      throw new CiphertextError(`obfuscators: expected at most the ${this.#asked} asked for, got ${obfuscators.length}`)
    }
    const held = new Set(this.#queue.slice(this.#next))
    for (const obfuscator of obfuscators) {
      if (obfuscator <= 1n || obfuscator >= this.key.nSquared || held.has(obfuscator)) {
        throw new CiphertextError('obfuscators: expected different numbers from 2 to n² − 1, got one outside or one twice')
      }
      held.add(obfuscator)
    }
    this.#asked -= obfuscators.length
    this.#queue = [...this.#queue.slice(this.#next), ...obfuscators]
    this.#next = 0
  }

  /** Gives up on obfuscators that were asked for, after their maker failed. They can be asked for again. */
  forgo(count: number): void {
    this.#asked = Math.max(0, this.#asked - count)
  }

  /** Takes an obfuscator that nobody had before, or undefined where there is none at hand. Asks for more when low. */
  take(): bigint | undefined {
    const obfuscator = this.#queue[this.#next]
    if (obfuscator !== undefined) {
      // Overwrites it, so that nothing is left of it.
      this.#queue[this.#next] = 0n
      this.#next++
    }
    if (this.low) this.request()
    return obfuscator
  }

  /**
   * Encrypts with one multiplication where an obfuscator is at hand; otherwise makes one on the spot.
   *
   * @throws PlaintextRangeError where |m| > (n − 1) / 2
   */
  encrypt(m: bigint, rng: Rng): Ciphertext {
    this.key.checkPlaintext(m)
    return this.key.encryptWith(m, this.take() ?? this.key.obfuscator(rng))
  }

  toJSON(): { size: number; capacity: number } {
    return { size: this.size, capacity: this.capacity }
  }
}
