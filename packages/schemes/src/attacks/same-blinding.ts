// Reads (1 + mN)·h^R of two slots where R is the same in both, by whoever knows the primes of N: with λ = lcm(p − 1, q − 1)
// each ciphertext gives m + κR modulo N, κ known, so that two leave two small unknowns.
import { inverse, modulo } from '@hushgrid/paillier'
import { HushgridError } from '@hushgrid/primitives'
import type { SquareRing } from '../arithmetic/square-ring.ts'
import { UNCOUNTED } from '../scheme.ts'
import { smallSolution } from './lattice.ts'

/** A ciphertext and the hash of its slot. */
export interface Blinded {
  readonly ciphertext: bigint
  readonly hash: bigint
}

export interface Primes {
  readonly p: bigint
  readonly q: bigint
}

/** Gives the packed readings of two ciphertexts of one meter, if they have the same blinding. */
export function readTwo(ring: SquareRing, primes: Primes, slots: readonly [Blinded, Blinded]): readonly [bigint, bigint] {
  const { n } = ring
  const [one, other] = slots.map(blinded => openedBy(ring, primes, blinded)) as [Opened, Opened]
  // m_1·k − m_2 = v_1·k − v_2 for k = κ_2 / κ_1, since the blinding falls out.
  const factor = modulo(other.weight * invert(one.weight, n), n)
  return smallSolution(factor, modulo(one.value * factor - other.value, n), n)
}

/** A reading with its blinding times a weight: m + κR modulo N. */
interface Opened {
  readonly value: bigint
  readonly weight: bigint
}

function openedBy(ring: SquareRing, { p, q }: Primes, { ciphertext, hash }: Blinded): Opened {
  // (p − 1)(q − 1), a multiple of λ, serves as well.
  const exponent = (p - 1n) * (q - 1n)
  const scale = invert(exponent, ring.n)
  const of = (value: bigint): bigint => {
    const found = ring.logarithm(ring.power(value, exponent, UNCOUNTED))
    if (found === undefined) throw new HushgridError('expected a ciphertext of this modulus, got another number')
    return modulo(found * scale, ring.n)
  }
  return { value: of(ciphertext), weight: of(hash) }
}

function invert(value: bigint, n: bigint): bigint {
  const found = inverse(value, n)
  if (found === undefined) throw new HushgridError('expected a unit modulo N, got another number')
  return found
}
