// Bare protobuf, as the floor of the codec: no schema, no limits, no checks.

/** Field by its number: bytes, or a number that is written as a varint (Protocol Buffers encoding, "Base 128 Varints"). */
export type BareField = readonly [number: number, value: Uint8Array | number]

/** Wire types of the encoding's "Message Structure". */
const VARINT = 0
const LENGTH_DELIMITED = 2

function varintLength(value: number): number {
  let length = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++
  return length
}

/** @returns offset of its end */
function writeVarint(into: Uint8Array, at: number, value: number): number {
  let to = at
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) into[to++] = (rest % 128) + 128
  into[to++] = rest
  return to
}

/** Writes fields one after the other into an array of just their length; numbers below 2^53, field numbers below 16. */
export function bareEncode(fields: readonly BareField[]): Uint8Array {
  let length = 0
  for (const [, value] of fields) {
    length += typeof value === 'number' ? 1 + varintLength(value) : 1 + varintLength(value.byteLength) + value.byteLength
  }
  const out = new Uint8Array(length)
  let at = 0
  for (const [number, value] of fields) {
    if (typeof value === 'number') {
      out[at++] = 8 * number + VARINT
      at = writeVarint(out, at, value)
    } else {
      out[at++] = 8 * number + LENGTH_DELIMITED
      at = writeVarint(out, at, value.byteLength)
      out.set(value, at)
      at += value.byteLength
    }
  }
  return out
}

/** Reads the fields of well-formed bytes, as {@link bareEncode} writes them; bytes are views. */
export function bareDecode(bytes: Uint8Array): BareField[] {
  const fields: BareField[] = []
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++] as number
      value += (byte & 127) * scale
      // The negation also holds for undefined, where the bytes end too early.
      if (!(byte >= 128)) return value
    }
  }
  while (at < bytes.byteLength) {
    const tag = bytes[at++] as number
    const value = varint()
    if (tag % 8 === VARINT) fields.push([tag >> 3, value])
    else {
      fields.push([tag >> 3, bytes.subarray(at, at + value)])
      at += value
    }
  }
  return fields
}
