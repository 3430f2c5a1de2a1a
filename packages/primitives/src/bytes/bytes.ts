// Byte strings: joining, comparing, hexadecimal, little-endian integers.
import { InvalidArgumentError } from '../errors.ts'

const encoder = new TextEncoder()

/** Encodes a string in UTF-8, without a terminator (PROTOCOL.md, preamble). */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Joins byte strings; `‖` in PROTOCOL.md. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.byteLength
  const out = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.byteLength
  }
  return out
}

/** Compares unsigned bytes, by which ids and hashes are ordered: negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b)
}

/** Tells whether two public byte strings are the same. Not constant-time: never for secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && Buffer.compare(a, b) === 0
}

/** Writes lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/**
 * Reads a hexadecimal string.
 *
 * @param name - the argument's name in the error
 * @param length - expected length in bytes, where it is fixed
 * @throws InvalidArgumentError on anything but an even number of hexadecimal digits of that length
 */
export function fromHex(text: string, name = 'hex', length?: number): Uint8Array {
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(text))
    throw new InvalidArgumentError(name, 'hexadecimal digits, two a byte', `${text.length} characters that are not`)
  if (length !== undefined && text.length !== 2 * length) throw new InvalidArgumentError(name, `${length} bytes`, `${text.length / 2}`)
  return new Uint8Array(Buffer.from(text, 'hex'))
}

function integerBytes(value: number, size: 1 | 2 | 4, name: string): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * size)) {
    throw new InvalidArgumentError(name, `an integer from 0 to ${2 ** (8 * size) - 1}`, String(value))
  }
  const out = new Uint8Array(size)
  for (let i = 0, rest = value; i < size; i++, rest = Math.floor(rest / 256)) out[i] = rest & 0xff
  return out
}

/** Encodes one byte. */
export function u8(value: number): Uint8Array {
  return integerBytes(value, 1, 'u8')
}

/** Encodes two bytes, little-endian. */
export function u16(value: number): Uint8Array {
  return integerBytes(value, 2, 'u16')
}

/** Encodes four bytes, little-endian. */
export function u32(value: number): Uint8Array {
  return integerBytes(value, 4, 'u32')
}

/**
 * Encodes a non-negative integer in eight bytes, little-endian.
 *
 * @throws InvalidArgumentError above 2^53 − 1 for a number, above 2^64 − 1 for a bigint
 */
export function u64(value: number | bigint): Uint8Array {
  const out = new Uint8Array(8)
  const view = new DataView(out.buffer)
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('u64', 'an integer from 0 to 2^53 - 1', String(value))
    view.setUint32(0, value >>> 0, true)
    view.setUint32(4, Math.floor(value / 2 ** 32), true)
    return out
  }
  if (value < 0n || value >= 1n << 64n) throw new InvalidArgumentError('u64', 'an integer from 0 to 2^64 - 1', String(value))
  view.setBigUint64(0, value, true)
  return out
}

/** Checks a byte string's length; returns the string. */
export function checkLength(bytes: Uint8Array, length: number, name: string): Uint8Array {
  if (!(bytes instanceof Uint8Array)) throw new InvalidArgumentError(name, `${length} bytes`, typeof bytes)
  if (bytes.byteLength !== length) throw new InvalidArgumentError(name, `${length} bytes`, `${bytes.byteLength}`)
  return bytes
}
