// Lanes packed into one Paillier plaintext: 80 bits a lane, lane 0 lowest, enough for the sum of 65,535 lanes of 64 bits.
// Packing of packages/paillier chooses a width of its own, and known answers need this one.
import { type LaneVector, lanesFromIntegers } from '@hushgrid/primitives'

const FIELD = 80n
const HALF = 1n << (FIELD - 1n)

/** Gives the number of signed fields that fit a number of so many bits. */
export function lanesIn(bits: number): number {
  return Math.floor(bits / Number(FIELD))
}

/** Packs integers, each of at most 79 bits and a sign. */
export function pack(values: Iterable<bigint>): bigint {
  let packed = 0n
  let shift = 0n
  for (const value of values) {
    packed += value << shift
    shift += FIELD
  }
  return packed
}

/**
 * Reads `lanes` signed fields.
 *
 * @param packed - centred: of either sign
 * @returns undefined where something is left over: it is no sum of packed readings
 */
export function unpack(packed: bigint, lanes: number): LaneVector | undefined {
  const values: bigint[] = []
  let rest = packed
  for (let lane = 0; lane < lanes; lane++) {
    let field = BigInt.asUintN(Number(FIELD), rest)
    if (field >= HALF) field -= HALF << 1n
    values.push(field)
    rest = (rest - field) >> FIELD
  }
  const fits = (value: bigint): boolean => BigInt.asIntN(64, value) === value
  return rest === 0n && values.every(fits) ? lanesFromIntegers(values) : undefined
}

/** Reads `lanes` unsigned fields modulo 2^64, as sums of shares are read. */
export function fieldsModulo64(packed: bigint, lanes: number): LaneVector {
  return lanesFromIntegers(Array.from({ length: lanes }, (_, lane) => BigInt.asUintN(64, packed >> (FIELD * BigInt(lane)))))
}
