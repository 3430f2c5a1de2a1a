// A pool gives each obfuscator once, and asks for more in time.
import { InvalidArgumentError } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { CiphertextError, PlaintextRangeError } from '../src/errors.ts'
import { ObfuscatorPool } from '../src/keys/obfuscator-pool.ts'
import { rng, small } from './test-keys.ts'

const { publicKey: key, privateKey } = small
const made = (count: number): bigint[] => Array.from({ length: count }, () => key.obfuscator(rng))

function pool(capacity: number, low: number): { pool: ObfuscatorPool; orders: number[] } {
  const orders: number[] = []
  return { pool: new ObfuscatorPool(key, { capacity, low }, count => orders.push(count)), orders }
}

describe('ObfuscatorPool', () => {
  it('asks for its capacity, once', () => {
    const { pool: p, orders } = pool(10, 3)
    expect([p.size, p.asked, p.low]).toEqual([0, 0, true])
    p.request()
    p.request()
    expect(orders).toEqual([10])
    expect([p.size, p.asked, p.low]).toEqual([0, 10, false])
  })

  it('gives out each once, in the order they came, and then none', () => {
    const { pool: p } = pool(10, 3)
    p.request()
    const obfuscators = made(10)
    p.put(obfuscators.slice(0, 4))
    p.put(obfuscators.slice(4))
    expect(p.size).toBe(10)
    expect(Array.from({ length: 10 }, () => p.take())).toEqual(obfuscators)
    expect([p.take(), p.size]).toEqual([undefined, 0])
  })

  it('asks again when it is low, for what there is room for and no more', () => {
    const { pool: p, orders } = pool(10, 3)
    p.request()
    p.put(made(10))
    for (let i = 0; i < 6; i++) p.take()
    expect(orders).toEqual([10])
    p.take()
    expect(orders).toEqual([10, 7])
    p.take()
    expect([orders, p.size + p.asked]).toEqual([[10, 7], 9])
    p.put(made(7))
    expect([p.size, p.asked]).toEqual([9, 0])
  })

  it('never holds and asks for more than its capacity, whatever comes', () => {
    const { pool: p } = pool(7, 2)
    p.request()
    for (let i = 0; i < 200; i++) {
      if (i % 3 === 0) p.put(made(Math.min(p.asked, (i % 4) + 1)))
      else p.take()
      expect(p.size + p.asked).toBeLessThanOrEqual(7)
    }
  })

  it('refuses more than it asked for, what is out of range, and the same twice, and then takes none of them', () => {
    const { pool: p } = pool(4, 1)
    expect(() => p.put(made(1))).toThrow(CiphertextError)
    p.request()
    expect(() => p.put(made(5))).toThrow('expected at most the 4 asked for, got 5')
    const [one, two] = made(2) as [bigint, bigint]
    for (const bad of [0n, 1n, -one, key.nSquared, one]) expect(() => p.put([one, bad])).toThrow(CiphertextError)
    expect([p.size, p.asked]).toEqual([0, 4])
    p.put([one])
    expect(() => p.put([one])).toThrow(CiphertextError)
    p.put([two])
    expect([p.take(), p.take()]).toEqual([one, two])
  })

  it('asks again for what will not come', () => {
    const { pool: p, orders } = pool(4, 1)
    p.request()
    p.forgo(4)
    expect(p.asked).toBe(0)
    expect(p.take()).toBeUndefined()
    expect(orders).toEqual([4, 4])
  })

  it('a source may answer at once', () => {
    const p: ObfuscatorPool = new ObfuscatorPool(key, { capacity: 3, low: 1 }, count => p.put(made(count)))
    const taken = Array.from({ length: 20 }, () => p.take())
    expect(taken.shift()).toBeUndefined()
    expect(new Set(taken).size).toBe(19)
  })

  it('encrypts with what is at hand, and makes an obfuscator where there is none', () => {
    const { pool: p } = pool(2, 0)
    p.request()
    const [one] = made(1) as [bigint]
    p.put([one])
    const spent = { bytes: () => expect.unreachable() as never }
    expect(p.encrypt(-3n, spent).value).toBe(key.encryptWith(-3n, one).value)
    const second = p.encrypt(-3n, rng)
    expect(privateKey.decrypt(second)).toBe(-3n)
    expect(second.value).not.toBe(key.encryptWith(-3n, one).value)
  })

  it('keeps its obfuscator where the plaintext is refused', () => {
    const { pool: p } = pool(2, 0)
    p.request()
    p.put(made(2))
    expect(() => p.encrypt(key.n, rng)).toThrow(PlaintextRangeError)
    expect(p.size).toBe(2)
  })

  it('shows how much it holds and none of it', () => {
    const { pool: p } = pool(2, 0)
    p.request()
    p.put(made(2))
    expect(JSON.parse(JSON.stringify(p))).toEqual({ size: 2, capacity: 2 })
  })

  it('refuses sizes that do not go together', () => {
    for (const [capacity, low] of [
      [0, 0],
      [1.5, 0],
      [3, 3],
      [3, -1],
      [3, 1.5]
    ] as const) {
      expect(() => pool(capacity, low)).toThrow(InvalidArgumentError)
    }
  })
})
