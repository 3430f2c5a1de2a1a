/** Bytes in memory that nothing else shares, for WebCrypto. */
export type Bytes = Uint8Array<ArrayBuffer>

const encoder = new TextEncoder()

/** Encodes UTF-8, without a terminator. */
export function utf8(text: string): Bytes {
  return encoder.encode(text)
}

/** Joins byte strings. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.byteLength
  }
  return out
}

/** Encodes one byte. */
export function u8(value: number): Bytes {
  return Uint8Array.of(value)
}

/** Encodes two bytes, little-endian. */
export function u16(value: number): Bytes {
  const out = new Uint8Array(2)
  new DataView(out.buffer).setUint16(0, value, true)
  return out
}

/** Encodes four bytes, little-endian. */
export function u32(value: number): Bytes {
  const out = new Uint8Array(4)
  new DataView(out.buffer).setUint32(0, value, true)
  return out
}

/** Encodes a whole number from 0 to 2^53 − 1 in eight bytes, little-endian. */
export function u64(value: number): Bytes {
  const out = new Uint8Array(8)
  new DataView(out.buffer).setBigUint64(0, BigInt(value), true)
  return out
}

/** Writes lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}

/** Reads lower-case hexadecimal of exactly `length` bytes; undefined for anything else. */
export function fromHex(text: unknown, length: number): Bytes | undefined {
  if (typeof text !== 'string' || text.length !== 2 * length || !/^[0-9a-f]*$/.test(text)) return undefined
  return Uint8Array.from({ length }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16))
}

/** Reads base64 (RFC 4648 section 4, with padding); undefined for anything else. */
export function fromBase64(text: string): Bytes | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  return Uint8Array.from(atob(text), character => character.charCodeAt(0))
}

/** Tells whether two public byte strings are the same. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i])
}
