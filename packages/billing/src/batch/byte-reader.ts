/** Bytes that a decoder cannot go on with; the codec turns this into its own error. */
export class ByteReaderError extends Error {
  override name = 'ByteReaderError'
}

/** Reads fields of fixed and stated length, little-endian, and never beyond the end. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.byteLength - this.#at
  }

  /** @throws ByteReaderError where fewer are left */
  take(length: number, field: string): Uint8Array {
    if (length > this.left) throw new ByteReaderError(`${field}: expected ${length} bytes more, got ${this.left}`)
    this.#at += length
    // Copies: slice of a Buffer would share its memory.
    return Uint8Array.from(this.#bytes.subarray(this.#at - length, this.#at))
  }

  u8(field: string): number {
    return this.take(1, field)[0] as number
  }

  u16(field: string): number {
    return this.#view(2, field).getUint16(0, true)
  }

  u32(field: string): number {
    return this.#view(4, field).getUint32(0, true)
  }

  /** @throws ByteReaderError above 2^53 − 1 */
  u64(field: string): number {
    const value = this.#view(8, field).getBigUint64(0, true)
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new ByteReaderError(`${field}: expected at most 2^53 - 1, got ${value}`)
    return Number(value)
  }

  /** @throws ByteReaderError where anything is left */
  end(): void {
    if (this.left > 0) throw new ByteReaderError(`end: expected no more bytes, got ${this.left}`)
  }

  #view(length: number, field: string): DataView {
    const bytes = this.take(length, field)
    return new DataView(bytes.buffer, bytes.byteOffset, length)
  }
}
