// Pedersen commitments to readings, and the bounds that keep sums of them from wrapping around.
import { InvalidArgumentError } from '@hushgrid/primitives'
import { G, H, Point, type Scalar, scalar } from '@hushgrid/primitives/group'

/** A reading is below 2^47 Wh. */
export const READING_BITS = 47
/** A weight is between −2^63 and 2^63. */
const WEIGHT_BITS = 63
/**
 * A committed value, an amount or a sum is between −2^159 and 2^159: 2^40 readings at the largest weight fit in, and the
 * group's order of about 2^252, from which on two integers have the same commitment, is far off.
 */
export const VALUE_BITS = 159

/** Tells whether an integer lies between −2^bits and 2^bits. */
export function isWithin(value: bigint, bits: number): boolean {
  return value < 1n << BigInt(bits) && value > -(1n << BigInt(bits))
}

/** @throws InvalidArgumentError unless it is an integer between −2^63 and 2^63 */
export function checkWeight(weight: bigint): bigint {
  if (typeof weight !== 'bigint' || !isWithin(weight, WEIGHT_BITS))
    throw new InvalidArgumentError(
      'weight',
      `an integer between ±2^${WEIGHT_BITS}`,
      typeof weight === 'bigint' ? 'one beyond' : typeof weight
    )
  return weight
}

/** An opening of a commitment. Whoever has it knows the value: of a single reading, only meter and customer. */
export interface Opening {
  /** Wh of a reading; of a combination, units of the weights times Wh. */
  readonly value: bigint
  /** r of a reading; Σ w·r of a combination. */
  readonly opening: Scalar
}

/**
 * C = x·G + r·H (Pedersen 1991, section 3), as one element of ristretto255. It hides x even from unbounded computation,
 * since for each x there is an r that gives the same element. It binds its maker to x as long as nobody knows log_G H.
 * Sums and multiples of commitments are commitments to the sums and multiples.
 */
export class Commitment {
  readonly point: Point

  constructor(point: Point) {
    this.point = point
  }

  /**
   * @param what - names it in the error
   * @throws GroupEncodingError on any but a canonical encoding, and on the identity, which commits to 0 without hiding it
   */
  static decode(bytes: Uint8Array, what = 'commitment'): Commitment {
    return new Commitment(Point.decode(bytes, what))
  }

  /** 32 bytes. */
  encode(): Uint8Array {
    return this.point.encode()
  }

  equals(other: Commitment): boolean {
    return this.point.equals(other.point)
  }
}

/**
 * Commits to a value.
 *
 * @throws InvalidArgumentError unless the value is between −2^159 and 2^159
 */
export function commit(value: bigint, opening: Scalar): Commitment {
  if (!isWithin(value, VALUE_BITS)) throw new InvalidArgumentError('committed value', `an integer between ±2^${VALUE_BITS}`, 'one beyond')
  return new Commitment(G.multiply(value).add(H.multiply(opening)))
}

/** Tells whether a commitment is to this value with this opening. False for values beyond ±2^159. */
export function opens(commitment: Commitment, { value, opening }: Opening): boolean {
  return isWithin(value, VALUE_BITS) && commit(value, opening).equals(commitment)
}

function checkSameLength(items: readonly unknown[], weights: readonly bigint[]): void {
  if (items.length !== weights.length) throw new InvalidArgumentError('weights', `one for each of ${items.length}`, String(weights.length))
}

/**
 * Computes Σ w·C. Adds up the commitments of one weight and multiplies once, so the work is an addition for each
 * commitment and a multiplication for each distinct weight other than zero.
 *
 * @throws InvalidArgumentError where there are not as many weights, or one is beyond ±2^63
 */
export function combine(commitments: readonly Commitment[], weights: readonly bigint[]): Commitment {
  checkSameLength(commitments, weights)
  const sums = new Map<bigint, Point>()
  commitments.forEach(({ point }, i) => {
    const weight = checkWeight(weights[i] as bigint)
    if (weight !== 0n) sums.set(weight, (sums.get(weight) ?? Point.ZERO).add(point))
  })
  return new Commitment(Point.sum([...sums].map(([weight, sum]) => sum.multiply(weight))))
}

/**
 * Computes Σ w·x, exactly, and Σ w·r: the opening of the commitments' {@link combine}.
 *
 * @throws InvalidArgumentError where there are not as many weights, or one is beyond ±2^63
 */
export function combineOpenings(openings: readonly Opening[], weights: readonly bigint[]): Opening {
  checkSameLength(openings, weights)
  let value = 0n
  let opening = 0n
  openings.forEach((each, i) => {
    const weight = checkWeight(weights[i] as bigint)
    value += weight * each.value
    opening += weight * each.opening
  })
  return { value, opening: scalar(opening) }
}
