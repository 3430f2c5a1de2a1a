/** Protobuf's wire format by hand, so that a test can also write what no encoder would. */

/** A base-128 varint; `padding` appends that many bytes that say nothing. */
export function varint(value: number | bigint, padding = 0): number[] {
  const out: number[] = []
  let rest = BigInt(value)
  do {
    out.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  } while (rest > 0n)
  for (let i = 0; i < padding; i++) out.push(0x80)
  out.push((out.pop() as number) & 0x7f)
  return out
}

export function varintField(number: number, value: number | bigint, padding = 0): number[] {
  return [...varint(8 * number), ...varint(value, padding)]
}

export function bytesField(number: number, bytes: Iterable<number>): number[] {
  const content = [...bytes]
  return [...varint(8 * number + 2), ...varint(content.length), ...content]
}
