// What a receiver of Erkin and Tsudik's schemes reads alone that made its modulus for it: logarithms are easy where p − 1 and
// q − 1 have small factors only, and the exponents are too short to hide anything then.

import { checkPrimeSync } from 'node:crypto'
import { inverse, modulo, PrivateKey, plainPower } from '@hushgrid/paillier'
import { lanesFromIntegers, SeededRng, slot } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { SquareRing } from '../../src/arithmetic/square-ring.ts'
import { sceneGroup } from '../../src/scene-group.ts'
import { UNCOUNTED } from '../../src/scheme.ts'
import { erkinTsudikSpatial } from '../../src/schemes/erkin-tsudik-spatial.ts'
import { erkinTsudikTemporal } from '../../src/schemes/erkin-tsudik-temporal.ts'
import { entered } from '../support/scene.ts'
import { FIRST_SLOT as FIRST } from '../support/small-group.ts'

const BITS = 640
const rng = new SeededRng('smooth')
const small = Array.from({ length: 3000 }, (_, i) => BigInt(1001 + i)).filter(n => checkPrimeSync(n))

/** Finds a prime of half the bits with p − 1 twice a product of some of the small primes given. */
function smoothPrime(from: readonly bigint[]): { p: bigint; factors: bigint[] } {
  for (;;) {
    const left = [...from]
    const factors: bigint[] = []
    let product = 2n
    while (product >> BigInt(BITS / 2 - 14) === 0n) {
      const [factor = 1n] = left.splice(rng.below(left.length), 1)
      factors.push(factor)
      product *= factor
    }
    for (const last of left) {
      const p = product * last + 1n
      if (p >> BigInt(BITS / 2 - 2) === 3n && checkPrimeSync(p)) return { p, factors: [...factors, last] }
    }
  }
}

/** Finds the exponent modulo each factor (Pohlig, Hellman), and all of them together. */
function exponentOf(value: bigint, base: bigint, { p, factors }: { p: bigint; factors: bigint[] }): [bigint, bigint][] {
  return factors.flatMap(factor => {
    const [one, goal] = [base, value].map(each => plainPower(each % p, (p - 1n) / factor, p)) as [bigint, bigint]
    let at = 1n
    for (let e = 0n; e < factor; e++, at = (at * one) % p) if (at === goal && one !== 1n) return [[e, factor] as [bigint, bigint]]
    return []
  })
}

it('shows the utility a reading of a period, not only the bill', () => {
  const one = smoothPrime(small.slice(0, 150))
  const other = smoothPrime(small.slice(150))
  const key = new PrivateKey(one.p, other.p, { insecure: true })
  const { n } = key.publicKey
  const ring = new SquareRing(n, BITS)
  const group = sceneGroup(1, 1)
  const lockstep = entered(erkinTsudikTemporal({ bits: BITS, keyFor: () => key, prices: [1n, 1n] }), group)
  const readings = new Map(group.members.map(id => [id, lanesFromIntegers([417n])]))
  const { sent } = lockstep.run({ phase: 'slot', slot: slot(FIRST), readings })
  const ciphertext = ring.decode(sent[0]?.body as Uint8Array, sent[0]?.from as never)
  const hash = ring.hash('erkin-tsudik-temporal', slot(FIRST))
  const parts = [...exponentOf(ciphertext, hash, one), ...exponentOf(ciphertext, hash, other)]
  let [known, step] = [0n, 1n]
  for (const [rest, factor] of parts) {
    known += step * modulo((rest - known) * (inverse(step, factor) as bigint), factor)
    step *= factor
  }
  // R = known + step·t with a short t, and by the primes x + κR modulo N: the one x for which t is short is the reading.
  const order = (one.p - 1n) * (other.p - 1n)
  const opened = (value: bigint): bigint =>
    modulo((ring.logarithm(ring.power(value, order, UNCOUNTED)) as bigint) * (inverse(order, n) as bigint), n)
  const [sum, weight] = [opened(ciphertext), opened(hash)]
  const scale = inverse(weight * step, n) as bigint
  const found = Array.from({ length: 1000 }, (_, x) => x).filter(x => modulo((sum - weight * known - BigInt(x)) * scale, n) >> 200n === 0n)
  expect(found).toEqual([417])
  expect(erkinTsudikTemporal().facts.collusion).toContain('made its modulus')
  expect(erkinTsudikSpatial().facts.collusion).toContain('made its modulus')
})
