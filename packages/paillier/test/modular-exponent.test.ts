// Powers by OpenSSL against powers by BigInt.
import { createDiffieHellman } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FixedBase } from '../src/arithmetic/fixed-base.ts'
import { toBytes } from '../src/arithmetic/integers.ts'
import { Modulus, plainPower } from '../src/arithmetic/modular-exponent.ts'
import { full, short, small } from './test-keys.ts'

describe('Modulus', () => {
  const { nSquared, n } = small.publicKey
  const { p } = small.privateKey.exportPrimes()

  it('gives the powers that squaring and multiplying gives, for any base and exponent', () => {
    const moduli = [...short, full].map(({ publicKey }) => new Modulus(publicKey.nSquared))
    fc.assert(
      fc.property(
        fc.nat(moduli.length - 1),
        fc.bigInt({ min: 0n, max: 1n << 600n }),
        fc.bigInt({ min: 0n, max: 1n << 300n }),
        (at, base, exponent) => {
          const modulus = moduli[at] as Modulus
          const reduced = base % modulus.value
          expect(modulus.power(reduced, exponent)).toBe(plainPower(reduced, exponent, modulus.value))
        }
      ),
      { numRuns: 60 }
    )
  })

  it('goes by OpenSSL, so a long power takes far less time than with BigInts', () => {
    const { publicKey } = full
    const modulus = new Modulus(publicKey.nSquared)
    const base = publicKey.hs as bigint
    modulus.power(base, publicKey.n)
    const time = (work: () => void): number => {
      const begin = process.hrtime.bigint()
      work()
      return Number(process.hrtime.bigint() - begin)
    }
    // The best of many: one that is interrupted tells nothing.
    const ours = Math.min(...Array.from({ length: 15 }, () => time(() => modulus.power(base, publicKey.n))))
    const plain = Math.min(...[1, 2].map(() => time(() => plainPower(base, publicKey.n, publicKey.nSquared))))
    expect(plain / ours).toBeGreaterThan(2)
  })

  it('works out what OpenSSL refuses: bases 0, 1 and −1, exponent 0, results 0, 1 and −1', () => {
    const modulus = new Modulus(nSquared)
    const exponents = [0n, 1n, 2n, n, n + 1n, nSquared, 1n << 700n]
    // n^n = 0; p is no unit; 1 + n has order n; (1 + n)^n = 1; −(1 + n) to the n gives −1.
    for (const base of [0n, 1n, nSquared - 1n, n, p, p * p, 1n + n, nSquared - 1n - n]) {
      for (const exponent of exponents) expect(modulus.power(base, exponent)).toBe(plainPower(base, exponent, nSquared))
    }
    const handle = createDiffieHellman(toBytes(nSquared, 66), 2)
    handle.setPrivateKey(toBytes(n, 33))
    for (const base of [1n + n, n, 1n, nSquared - 1n]) expect(() => handle.computeSecret(toBytes(base, 66))).toThrow()
  })

  it('takes exponents with leading zero bytes and results shorter than the modulus', () => {
    const modulus = new Modulus(nSquared)
    // One in 256 is: as many are tried as it takes, since the key is another each time.
    let shorter = 0
    for (let base = 2n; shorter < 4 && base < 20_000n; base++) {
      const power = modulus.power(base, n)
      if (power < nSquared >> 8n) {
        shorter++
        expect(power).toBe(plainPower(base, n, nSquared))
      }
    }
    expect(shorter).toBe(4)
  })

  it('changes exponents back and forth', () => {
    const modulus = new Modulus(nSquared)
    for (const exponent of [n, n + 2n, n, 65_537n, n]) expect(modulus.power(7n, exponent)).toBe(plainPower(7n, exponent, nSquared))
  })
})

describe('FixedBase', () => {
  it.each([1, 3, 4, 6])('with digits of %i bits gives the powers that squaring and multiplying gives', window => {
    for (const { publicKey } of short) {
      const { n, nSquared, bits } = publicKey
      const base = publicKey.hs as bigint
      const table = new FixedBase(base, n, bits / 2, window)
      const top = (1n << BigInt(bits / 2)) - 1n
      fc.assert(
        fc.property(
          fc.oneof(fc.bigInt({ min: 0n, max: top }), fc.constantFrom(0n, 1n, top, top - 1n, 1n << BigInt(bits / 2 - 1))),
          exponent => {
            expect(table.power(exponent)).toBe(plainPower(base, exponent, nSquared))
          }
        ),
        { numRuns: 20 }
      )
    }
  })

  it('grows by places, and gives the same powers then', () => {
    const { n, nSquared } = small.publicKey
    const table = new FixedBase(5n, n, 20, 6)
    const [within, beyond] = [(1n << 20n) - 3n, (1n << 75n) - 5n]
    expect(() => table.power(beyond)).toThrow('exponent: expected from 0 to 2^20 - 1')
    for (const bits of [10, 76, 30]) table.extend(bits)
    expect(table.exponentBits).toBe(76)
    expect([within, beyond].map(exponent => table.power(exponent))).toEqual(
      [within, beyond].map(exponent => plainPower(5n, exponent, nSquared))
    )
    expect(() => table.power(1n << 76n)).toThrow('exponent: expected from 0 to 2^76 - 1')
  })

  it('takes any unit modulo n², and refuses what is none', () => {
    const { n, nSquared } = small.publicKey
    const { p } = small.privateKey.exportPrimes()
    for (const base of [2n, n + 1n, nSquared - 1n])
      expect(new FixedBase(base, n, 20, 5).power(654_321n)).toBe(plainPower(base, 654_321n, nSquared))
    expect(() => new FixedBase(p, n, 20, 5)).toThrow('base: expected a unit modulo n²')
  })

  it('refuses an exponent that is negative or too long', () => {
    const { n } = small.publicKey
    const table = new FixedBase(2n, n, 20, 6)
    expect(table.power((1n << 20n) - 1n)).toBe(plainPower(2n, (1n << 20n) - 1n, small.publicKey.nSquared))
    for (const exponent of [-1n, 1n << 20n, 1n << 24n]) expect(() => table.power(exponent)).toThrow('exponent: expected from 0 to 2^20 - 1')
  })
})
