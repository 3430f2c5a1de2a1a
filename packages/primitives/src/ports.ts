// Ports of pure code: a clock and random bytes.
import { createCipheriv, hash } from 'node:crypto'
import { utf8 } from './bytes/bytes.ts'
import type { Millis } from './units.ts'

/** Clock of protocol time. Pure code is handed one; nothing below the network reads a clock of its own. */
export interface Clock {
  now(): Millis
}

/** A source of random bytes. Keys take the system's; simulations and synthetic data take a seeded one. */
export interface Rng {
  bytes(length: number): Uint8Array
}

const BUFFER = 4096
const ZEROS = new Uint8Array(BUFFER)

/**
 * Reproducible random numbers: AES-256-CTR under SHA-256 of the seed. Good enough to simulate with and fixed for all
 * time; never for keys, since a run's report names its seed.
 */
export class SeededRng implements Rng {
  readonly #cipher
  #buffer = new Uint8Array(0)
  #at = 0

  constructor(seed: string) {
    this.#cipher = createCipheriv('aes-256-ctr', hash('sha256', utf8(`hushgrid/seeded-rng ${seed}`), 'buffer'), new Uint8Array(16))
  }

  bytes(length: number): Uint8Array {
    if (length > BUFFER) return new Uint8Array(this.#cipher.update(new Uint8Array(length)))
    if (this.#at + length > this.#buffer.byteLength) this.#refill()
    this.#at += length
    return this.#buffer.slice(this.#at - length, this.#at)
  }

  /** Draws uniformly from [0, 1) with 53 bits. */
  uniform(): number {
    // Reads without a view or a copy: V8 would set up an ArrayBuffer for each number.
    if (this.#at + 8 > this.#buffer.byteLength) this.#refill()
    const low = this.#word(this.#at)
    const high = this.#word(this.#at + 4)
    this.#at += 8
    return ((low >>> 5) * 2 ** 26 + (high >>> 6)) / 2 ** 53
  }

  /** Reads 32 bits, little-endian, as a signed number. */
  #word(at: number): number {
    const b = this.#buffer
    return (b[at] as number) | ((b[at + 1] as number) << 8) | ((b[at + 2] as number) << 16) | ((b[at + 3] as number) << 24)
  }

  #refill(): void {
    // Copies out of the Buffer, whose slice would share the memory.
    this.#buffer = new Uint8Array(this.#cipher.update(ZEROS))
    this.#at = 0
  }

  /** Draws a uniform integer from [0, bound). */
  below(bound: number): number {
    return Math.floor(this.uniform() * bound)
  }

  /** Draws a normal deviate, by Box and Muller. */
  normal(mean = 0, deviation = 1): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()))
    return mean + deviation * radius * Math.cos(2 * Math.PI * this.uniform())
  }

  /** Copies the items in random order (Fisher and Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const out = [...items]
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.below(i + 1)
      const held = out[i] as T
      out[i] = out[j] as T
      out[j] = held
    }
    return out
  }
}
