// The seeded random numbers: fixed for all time, and evenly spread.
import { ctr } from '@noble/ciphers/aes.js'
import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, toHex, utf8 } from '../src/bytes/bytes.ts'
import { SeededRng } from '../src/ports.ts'
import { systemRng } from '../src/system-rng.ts'
import { chiSquare, chiSquareLimit } from './support/chi-square.ts'

describe('seeded random numbers', () => {
  it('never change: reports name a seed, and a run is replayed from it', () => {
    const rng = new SeededRng('hushgrid')
    expect(toHex(rng.bytes(16))).toBe('5e4fd0ab7cd803d348814281af5d6b1c')
    expect([rng.uniform(), rng.below(1000), rng.normal(), rng.normal(10, 2)]).toEqual([
      0.3552078099825714, 467, 0.29837123171969687, 5.603755075212727
    ])
    expect(rng.shuffled([1, 2, 3, 4, 5, 6, 7, 8])).toEqual([7, 4, 6, 8, 5, 2, 1, 3])
    // More than the buffer holds comes past it; what is in it follows.
    expect(toHex(rng.bytes(5000).slice(-8))).toBe('1afbd96dc9188702')
    expect(toHex(rng.bytes(8))).toBe('5bc88183738a4677')
  })

  it('are AES-256-CTR under SHA-256 of the seed, in portions of 4096 bytes of which the rest is left over', () => {
    const stream = ctr(sha256(utf8('hushgrid/seeded-rng portions')), new Uint8Array(16)).encrypt(new Uint8Array(64 * 4096))
    for (const length of [1, 8, 64, 100, 241, 4095, 4096]) {
      const rng = new SeededRng('portions')
      const perPortion = Math.floor(4096 / length)
      for (let i = 0; i < 3 * perPortion; i++) {
        const at = Math.floor(i / perPortion) * 4096 + (i % perPortion) * length
        expect(rng.bytes(length), `${i} of ${length} bytes`).toEqual(stream.slice(at, at + length))
      }
    }
  })

  it('are the caller’s own: writing on them changes nothing that comes later', () => {
    const [a, b] = [new SeededRng('x'), new SeededRng('x')]
    for (let i = 0; i < 100; i++) {
      const bytes = a.bytes(64)
      expect(bytes).toEqual(b.bytes(64))
      // Not a view of the generator's buffer, in which what comes next lies.
      expect(bytes.buffer.byteLength).toBe(64)
      bytes.fill(0)
    }
  })

  it('differ from seed to seed and are the same for one', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.array(fc.nat(5000), { maxLength: 5 }), (one, other, lengths) => {
        const draw = (seed: string) => {
          const rng = new SeededRng(seed)
          return toHex(concatBytes(rng.bytes(16), ...lengths.map(length => rng.bytes(length))))
        }
        expect(draw(one)).toBe(draw(one))
        if (one.isWellFormed() && other.isWellFormed() && one !== other) expect(draw(one)).not.toBe(draw(other))
      })
    )
  })

  it('are uniform', () => {
    const rng = new SeededRng('uniform')
    const bins = new Array<number>(256).fill(0)
    for (const byte of rng.bytes(256_000)) bins[byte] = (bins[byte] as number) + 1
    expect(chiSquare(bins)).toBeLessThan(chiSquareLimit(255))

    const draws = 100_000
    const parts = new Array<number>(100).fill(0)
    let [low, high] = [1, 0]
    for (let i = 0; i < draws; i++) {
      const u = rng.uniform()
      low = Math.min(low, u)
      high = Math.max(high, u)
      parts[Math.floor(u * 100)] = (parts[Math.floor(u * 100)] as number) + 1
    }
    expect(low).toBeGreaterThanOrEqual(0)
    expect(high).toBeLessThan(1)
    expect(chiSquare(parts)).toBeLessThan(chiSquareLimit(99))
  })

  it('below a bound favour none, in the lowest bits either', () => {
    const rng = new SeededRng('below')
    for (const bound of [2, 3, 6, 7, 10, 96, 1000]) {
      const bins = new Array<number>(bound).fill(0)
      for (let i = 0; i < 100 * bound; i++) {
        const drawn = rng.below(bound)
        bins[drawn] = (bins[drawn] as number) + 1
      }
      expect(bins).toHaveLength(bound)
      expect(chiSquare(bins), String(bound)).toBeLessThan(chiSquareLimit(bound - 1))
    }
    // 3 · 2^51 is where 53 bits that are cut down by a remainder would show: two thirds would fall in the lower half.
    let lower = 0
    for (let i = 0; i < 10_000; i++) if (rng.below(3 * 2 ** 51) < 3 * 2 ** 50) lower++
    expect(Math.abs(lower - 5000)).toBeLessThan(300)
    expect(rng.below(1)).toBe(0)
  })

  it('have the normal distribution’s mean, deviation and tails', () => {
    const rng = new SeededRng('normal')
    const draws = Array.from({ length: 50_000 }, () => rng.normal(10, 2))
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length
    expect(Math.abs(mean - 10)).toBeLessThan(0.05)
    expect(Math.abs(Math.sqrt(variance) - 2)).toBeLessThan(0.03)
    const within = (deviations: number) => draws.filter(value => Math.abs(value - 10) < 2 * deviations).length / draws.length
    expect([within(1), within(2), within(3)].map(share => Math.round(share * 100))).toEqual([68, 95, 100])
    expect(draws.every(Number.isFinite)).toBe(true)
  })

  it('shuffle every order equally often, and leave the items alone', () => {
    const rng = new SeededRng('shuffle')
    const items = ['a', 'b', 'c', 'd'] as const
    const orders = new Map<string, number>()
    for (let i = 0; i < 24 * 200; i++) {
      const order = rng.shuffled(items).join('')
      orders.set(order, (orders.get(order) ?? 0) + 1)
    }
    expect(items).toEqual(['a', 'b', 'c', 'd'])
    expect(orders.size).toBe(24)
    expect(chiSquare([...orders.values()])).toBeLessThan(chiSquareLimit(23))
    expect(rng.shuffled([])).toEqual([])
  })
})

describe('the system’s random bytes', () => {
  it('are as many as asked for and never the same', () => {
    const seen = new Set(Array.from({ length: 100 }, () => toHex(systemRng.bytes(16))))
    expect(seen.size).toBe(100)
    expect(systemRng.bytes(0)).toEqual(new Uint8Array(0))
    expect(systemRng.bytes(33)).toHaveLength(33)
  })
})
