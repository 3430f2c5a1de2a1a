// Noise for differential privacy, sampled with integers alone: no rounding of a floating-point number shows what is below it
// (Canonne, Kamath, Steinke 2020, algorithms 1 and 2).
import { randomBelow } from '@hushgrid/paillier'
import { InvalidArgumentError, type Rng } from '@hushgrid/primitives'

/** The diluted geometric mechanism: a meter adds noise to a lane with a probability, so that some of the honest ones do. */
export interface Noise {
  /** Largest change that one meter makes to a lane's total: its largest reading. */
  readonly sensitivity: bigint
  /** Privacy of a slot's total in a lane, as a fraction: numerator and denominator. */
  readonly epsilon: readonly [bigint, bigint]
  /** Gives the probability that a meter adds noise to a lane, times 2^53, by the number of members. */
  readonly beta53: (members: number) => bigint
}

const FULL = 1n << 53n

/**
 * Makes β = min(1, ln(1/δ)/(γn)), with which a total is (ε, δ)-private against whoever knows all but γn meters.
 *
 * @param delta - probability that no honest meter adds noise, between 0 and 1
 * @param honest - γ: fraction of the members that is honest
 */
export function dilution(delta: number, honest: number): Noise['beta53'] {
  if (!(delta > 0 && delta < 1)) throw new InvalidArgumentError('delta', 'a number between 0 and 1', String(delta))
  if (!(honest > 0 && honest <= 1)) throw new InvalidArgumentError('honest', 'a fraction above 0', String(honest))
  return members => BigInt(Math.floor(Math.min(1, Math.log(1 / delta) / (honest * members)) * 2 ** 53))
}

/** Draws one lane's noise; 0 unless a coin says that this meter adds some. */
export function dilutedNoise({ sensitivity, epsilon: [numerator, denominator], beta53 }: Noise, members: number, rng: Rng): bigint {
  const coin = new DataView(Uint8Array.from(rng.bytes(8)).buffer).getBigUint64(0, true) >> 11n
  const beta = beta53(members)
  return coin < (beta > FULL ? FULL : beta) ? discreteLaplace(sensitivity * denominator, numerator, rng) : 0n
}

/** Draws k with a probability in proportion to e^(−|k|·s/t). */
export function discreteLaplace(t: bigint, s: bigint, rng: Rng): bigint {
  if (t <= 0n || s <= 0n) throw new InvalidArgumentError('scale', 'a positive fraction', 'one that is not')
  for (;;) {
    const u = randomBelow(rng, t)
    if (!bernoulliExp(u, t, rng)) continue
    let v = 0n
    while (bernoulliExp(1n, 1n, rng)) v++
    const magnitude = (u + t * v) / s
    const negative = randomBelow(rng, 2n) === 1n
    // Zero has two signs and would come twice as often.
    if (negative && magnitude === 0n) continue
    return negative ? -magnitude : magnitude
  }
}

/** Flips a coin that shows true with probability e^(−a/b), for a at most b. */
export function bernoulliExp(a: bigint, b: bigint, rng: Rng): boolean {
  let k = 1n
  while (randomBelow(rng, b * k) < a) k++
  return k % 2n === 1n
}
