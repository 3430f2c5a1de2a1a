// Pedersen commitments on ristretto255, for checking a batch's signature.
import { ed25519, ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js'
import { utf8 } from './bytes.ts'

type Point = InstanceType<typeof ed25519.Point>

/** ℓ, the order of ristretto255 (RFC 9496 section 4). */
const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n
const WINDOW_BITS = 8
const WINDOW = 1 << WINDOW_BITS
const WINDOW_MASK = BigInt(WINDOW - 1)
const DOMAIN = utf8('hushgrid/v1/billing-with-ristretto255_XMD:SHA-512_R255MAP_RO_')
const H_MESSAGE = utf8('hushgrid/v1/billing/H')

/**
 * Fills multiples of one point, `table[i][d] = d · 2^(8i) · P`, affine: a multiplication then costs an addition for each
 * byte of the scalar. Not in constant time: an attacker who measures the customer's machine has the readings already.
 */
function tableOf(base: Point, scalarBits: number): Point[][] {
  const rows: Point[][] = []
  for (let bits = 0, power = base; bits < scalarBits; bits += WINDOW_BITS) {
    const row = [ed25519.Point.ZERO]
    for (let digit = 1; digit < WINDOW; digit++) row.push((row[digit - 1] as Point).add(power))
    power = (row[WINDOW - 1] as Point).add(power)
    rows.push(row)
  }
  return rows
}

function addMultiple(sum: Point, table: readonly (readonly Point[])[], scalar: bigint): Point {
  let out = sum
  for (let i = 0, rest = scalar; rest > 0n; i++, rest >>= BigInt(WINDOW_BITS)) {
    const digit = Number(rest & WINDOW_MASK)
    if (digit !== 0) out = out.add(table[i]?.[digit] as Point)
  }
  return out
}

/** Bits of a reading, which is below 2^47 Wh. */
export const READING_BITS = 47

/** Maker of commitments: holds the tables of G and H, which take some tens of milliseconds to fill and 2 MB. */
export class Committer {
  readonly #g = tableOf(ed25519.Point.BASE, READING_BITS)
  readonly #h: Point[][]

  constructor() {
    // Hashes to ristretto255 (RFC 9380 appendix B); the element's representative on the curve is as good as any other.
    const h = ristretto255_hasher.hashToCurve(H_MESSAGE, { DST: DOMAIN }) as unknown as { readonly ep: Point }
    this.#h = tableOf(h.ep, 256)
  }

  /**
   * Computes x·G + r·H (Pedersen 1991, section 3), encoded (RFC 9496 section 4.3.2).
   *
   * @param reading - in Wh, below 2^47
   * @param opening - 64 uniform bytes, little-endian
   * @returns 32 bytes
   */
  commit(reading: bigint, opening: Uint8Array): Uint8Array {
    const r = littleEndian(opening) % ORDER
    const point = addMultiple(addMultiple(ed25519.Point.ZERO, this.#g, reading), this.#h, r)
    return new ristretto255.Point(point).toBytes()
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let value = 0n
  for (let at = bytes.byteLength - 8; at >= 0; at -= 8) value = (value << 64n) | view.getBigUint64(at, true)
  return value
}

/** Tells whether an Ed25519 key's signatures prove anything: it is canonical (RFC 8032 section 5.1.3) and not of small order. */
export function isTrustworthyKey(publicKey: Uint8Array): boolean {
  try {
    return !ed25519.Point.fromBytes(publicKey, false).isSmallOrder()
  } catch {
    // Rejects bytes that are no point of the curve, or not its only encoding.
    return false
  }
}
