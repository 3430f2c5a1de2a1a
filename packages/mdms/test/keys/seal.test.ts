import { EXPORT_LANE, IMPORT_LANE, SeededRng, systemRng, toHex } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StoreDamagedError } from '../../src/errors.ts'
import { decodeLanes, encodeLanes, identityOf, open, seal } from '../../src/keys/seal.ts'

const key = new SeededRng('seal').bytes(32)
const identity = identityOf('results', 'elm-street', 7)

describe('lanes as bytes', () => {
  it('are the same lanes again', () => {
    const value = fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n })
    const code = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map(([c, d, e]) => `1-0:${c}.${d}.${e}`)
    fc.assert(
      fc.property(fc.dictionary(code, value, { minKeys: 1, maxKeys: 12, noNullPrototype: true }), lanes => {
        expect(decodeLanes(encodeLanes(lanes))).toEqual(lanes)
      })
    )
  })

  it('may be withheld, each with the counts that are its reason', () => {
    const count = fc.integer({ min: 0, max: 2 ** 32 - 1 })
    const sum = fc.oneof(fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n }), fc.record({ able: count, of: count, needed: count }))
    const code = fc.constantFrom(IMPORT_LANE, EXPORT_LANE, '1-0:3.29.0', '255-255:255.255.255*255')
    fc.assert(
      fc.property(fc.dictionary(code, sum, { minKeys: 1, noNullPrototype: true }), lanes => {
        expect(decodeLanes(encodeLanes(lanes))).toEqual(lanes)
      })
    )
    const few = { able: 3, of: 25, needed: 6 }
    for (const wrong of [{ able: -1 }, { of: 0.5 }, { needed: 2 ** 32 }])
      expect(() => encodeLanes({ [EXPORT_LANE]: { ...few, ...wrong } })).toThrow(/^lane 1-0:2\.29\.0: expected counts of members/)
  })

  it('do not depend on the order that they are given in', () => {
    const one = encodeLanes({ [IMPORT_LANE]: 1n, [EXPORT_LANE]: -1n })
    expect(toHex(encodeLanes({ [EXPORT_LANE]: -1n, [IMPORT_LANE]: 1n }))).toBe(toHex(one))
  })
})

describe('sealing', () => {
  it('opens with its key and identity, and draws another nonce each time', () => {
    const plain = new Uint8Array([1, 2, 3])
    const one = seal(key, systemRng, plain, identity)
    expect(open(key, one, identity, 'row')).toEqual(plain)
    expect(toHex(seal(key, systemRng, plain, identity))).not.toBe(toHex(one))
    expect(one).toHaveLength(12 + 3 + 16)
  })

  it('does not open where a single bit is another, or with another key or identity', () => {
    const sealed = seal(key, systemRng, new Uint8Array(8), identity)
    for (let bit = 0; bit < 8 * sealed.byteLength; bit++) {
      const changed = sealed.slice()
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
      expect(() => open(key, changed, identity, 'row')).toThrow(StoreDamagedError)
    }
    expect(() => open(key, sealed.subarray(0, 27), identity, 'row')).toThrow(StoreDamagedError)
    expect(() => open(key, sealed, identityOf('results', 'elm-street', 8), 'row')).toThrow(StoreDamagedError)
    expect(() => open(new Uint8Array(32), sealed, identity, 'row')).toThrow(StoreDamagedError)
  })

  it('has another identity for each list of values', () => {
    const part = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.uint8Array({ maxLength: 4 }))
    const list = fc.array(part, { maxLength: 4 })
    const spell = (values: (string | number | null | Uint8Array)[]) =>
      JSON.stringify(values.map(value => (value instanceof Uint8Array ? [toHex(value)] : value)))
    fc.assert(
      fc.property(list, list, (a, b) => {
        expect(toHex(identityOf(...a)) === toHex(identityOf(...b))).toBe(spell(a) === spell(b))
      })
    )
    expect(toHex(identityOf('a', 'b'))).not.toBe(toHex(identityOf('ab')))
    expect(toHex(identityOf('7'))).not.toBe(toHex(identityOf(7)))
  })
})
