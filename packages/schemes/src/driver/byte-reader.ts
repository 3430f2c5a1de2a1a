// Strict reading of bytes that came from somebody else.
import { MalformedMessageError } from '@hushgrid/messages'
import { fromHex, type MeterId, meterId } from '@hushgrid/primitives'

/** Largest epoch or slot that is read. */
const MOST = 2 ** 48

export function idBytes(id: MeterId): Uint8Array {
  return fromHex(id)
}

/** Reads fields one after the other. @throws MalformedMessageError where there are too few bytes, or more than wanted */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #name: string
  #at = 0

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#name = name
  }

  #take(length: number): number {
    const at = this.#at
    if (at + length > this.#bytes.byteLength)
      throw new MalformedMessageError('malformed', `${this.#name}: expected ${at + length} bytes or more, got ${this.#bytes.byteLength}`)
    this.#at += length
    return at
  }

  bytes(length: number): Uint8Array {
    const at = this.#take(length)
    return this.#bytes.slice(at, at + length)
  }

  id(): MeterId {
    return meterId(this.bytes(32))
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true)
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true)
  }

  /** Reads u32 as the length of a list, and so many items of at least `size` bytes each. */
  list<Item>(size: number, read: () => Item): Item[] {
    const length = this.u32()
    const most = (this.#bytes.byteLength - this.#at) / size
    if (length > most) throw new MalformedMessageError('malformed', `${this.#name}: expected at most ${most} items, got ${length}`)
    return Array.from({ length }, read)
  }

  u64(): number {
    const value = this.#view.getBigUint64(this.#take(8), true)
    if (value > MOST) throw new MalformedMessageError('bad-field', `${this.#name}: expected epoch and slot of at most 2^48`)
    return Number(value)
  }

  end(): void {
    if (this.#at !== this.#bytes.byteLength)
      throw new MalformedMessageError('malformed', `${this.#name}: expected ${this.#at} bytes, got ${this.#bytes.byteLength}`)
  }
}
