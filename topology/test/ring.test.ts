// The ring's order and neighbours.
import { compareBytes, concatBytes, type MeterId, meterId, sha256, utf8 } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkDegree,
  completeDegree,
  maskNeighbourCount,
  neighbourPositions,
  PACKED_RING_MEMBER,
  ringOrder,
  ringOrderPacked
} from '../src/ring/ring.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const member = fc.record({ meterId: bytes(32).map(id => meterId(id)), placement: bytes(16) })
const members = fc.uniqueArray(member, { maxLength: 40, selector: each => each.meterId })

function packed(of: readonly { meterId: MeterId; placement: Uint8Array }[], gap: number): Uint8Array {
  return concatBytes(
    ...of.map(({ meterId: id, placement }) => concatBytes(Buffer.from(id, 'hex'), new Uint8Array(gap), placement, new Uint8Array(gap && 1)))
  )
}

describe('ringOrder', () => {
  it('gives the order that another program computed', () => {
    // Python: sorted(range(8), key=lambda i: sha256(b'hushgrid/v2/ring' + bytes(range(32)) + bytes([i])*32 + bytes([0xa0+i])*16).digest())
    const eight = Array.from({ length: 8 }, (_, i) => ({
      meterId: meterId(new Uint8Array(32).fill(i)),
      placement: new Uint8Array(16).fill(0xa0 + i)
    }))
    const seed = Uint8Array.from({ length: 32 }, (_, i) => i)
    expect(ringOrder(seed, eight)).toEqual([4, 3, 2, 5, 6, 1, 7, 0])
  })

  it('orders by the hash of section 5, packed or not', () => {
    fc.assert(
      fc.property(bytes(32), members, (seed, all) => {
        const hashes = all.map(each => sha256(utf8('hushgrid/v2/ring'), seed, Buffer.from(each.meterId, 'hex'), each.placement))
        const expected = [...all.keys()].sort((a, b) => compareBytes(hashes[a] as Uint8Array, hashes[b] as Uint8Array))
        expect(ringOrder(seed, all)).toEqual(expected)
        expect(ringOrderPacked(seed, packed(all, 0), PACKED_RING_MEMBER)).toEqual(expected)
        expect(ringOrderPacked(seed, packed(all, 32), { stride: 81, meterId: 0, placement: 64 })).toEqual(expected)
      })
    )
  })

  it('moves nobody else when a member joins', () => {
    fc.assert(
      fc.property(bytes(32), members, member, (seed, all, newcomer) => {
        fc.pre(all.every(each => each.meterId !== newcomer.meterId))
        const after = ringOrder(seed, [...all, newcomer]).filter(i => i < all.length)
        expect(after).toEqual(ringOrder(seed, all))
      })
    )
  })

  it('changes the neighbours of at most degree others when a member joins', () => {
    fc.assert(
      fc.property(bytes(32), members, member, fc.integer({ min: 1, max: 4 }), (seed, all, newcomer, half) => {
        const degree = 2 * half
        fc.pre(all.length >= degree + 2 && all.every(each => each.meterId !== newcomer.meterId))
        const sets = (order: number[]) => {
          const out: string[] = []
          order.forEach((who, p) => {
            out[who] = neighbourPositions(p, order.length, degree)
              .map(q => order[q] as number)
              .sort((a, b) => a - b)
              .join()
          })
          return out
        }
        const before = sets(ringOrder(seed, all))
        const after = sets(ringOrder(seed, [...all, newcomer]))
        expect(before.filter((set, who) => set !== after[who]).length).toBe(degree)
      })
    )
  })

  it('refuses broken input', () => {
    const one = { meterId: meterId(new Uint8Array(32)), placement: new Uint8Array(16) }
    const seed = new Uint8Array(32)
    expect(() => ringOrder(new Uint8Array(31), [])).toThrow('ringSeed: expected 32 bytes, got 31')
    expect(() => ringOrder(seed, [{ ...one, placement: new Uint8Array(15) }])).toThrow('placement: expected 16 bytes, got 15')
    expect(() => ringOrder(seed, [{ ...one, meterId: 'ab' as MeterId }])).toThrow('meterId')
    expect(() => ringOrder(seed, [one, one])).toThrow('every member once')
    expect(() => ringOrderPacked(seed, new Uint8Array(49))).toThrow('whole records of 48 bytes, got 49 bytes')
    expect(ringOrder(seed, [])).toEqual([])
    expect(ringOrder(seed, [one])).toEqual([0])
  })

  it('is fast enough for a thousand meters that each order a thousand', () => {
    const thousand = Array.from({ length: 1000 }, (_, i) => ({
      meterId: meterId(sha256(utf8(`meter ${i}`))),
      placement: sha256(utf8(`placement ${i}`)).subarray(0, 16)
    }))
    const times = Array.from({ length: 20 }, (_, i) => {
      const started = performance.now()
      ringOrder(sha256(utf8(`seed ${i}`)), thousand)
      return performance.now() - started
    })
    // Measured 0.7 ms; the best of twenty runs is far from ten times that even on a busy machine.
    expect(Math.min(...times)).toBeLessThan(7)
  })
})

describe('neighbourPositions', () => {
  const ring = fc
    .integer({ min: 2, max: 40 })
    .chain(n =>
      fc.record({ n: fc.constant(n), position: fc.nat({ max: n - 1 }), degree: fc.integer({ min: 1, max: 25 }).map(half => 2 * half) })
    )

  it('is d distinct others, and neighbourhood is mutual', () => {
    fc.assert(
      fc.property(ring, ({ n, position, degree }) => {
        const neighbours = neighbourPositions(position, n, degree)
        expect(new Set(neighbours).size).toBe(maskNeighbourCount(n, degree))
        expect(neighbours).toHaveLength(maskNeighbourCount(n, degree))
        expect(neighbours).not.toContain(position)
        expect([...neighbours].sort((a, b) => a - b)).toEqual(neighbours)
        for (const other of neighbours) expect(neighbourPositions(other, n, degree)).toContain(position)
      })
    )
  })

  it('is the positions within degree/2 round the ring', () => {
    fc.assert(
      fc.property(ring, ({ n, position, degree }) => {
        const within = Array.from({ length: n }, (_, q) => q).filter(q => {
          const distance = Math.min((q - position + n) % n, (position - q + n) % n)
          return distance > 0 && (degree >= n - 1 || distance <= degree / 2)
        })
        expect(neighbourPositions(position, n, degree)).toEqual(within)
      })
    )
  })

  it('refuses a position off the ring', () => {
    for (const position of [-1, 5, 0.5, Number.NaN]) expect(() => neighbourPositions(position, 5, 2)).toThrow('position: expected')
  })
})

describe('degrees', () => {
  it.each([
    [2, 2],
    [3, 2],
    [4, 4],
    [10, 10],
    [11, 10],
    [255, 254],
    [256, 256],
    [65_535, 65_534]
  ])('writes the complete graph of %i as %i', (n, degree) => {
    expect(completeDegree(n)).toBe(degree)
    expect(maskNeighbourCount(n, degree)).toBe(n - 1)
    expect(checkDegree(degree, n)).toBe(degree)
  })

  it.each([0, 1, 3, -2, 2.5, Number.NaN, 65_536])('refuses degree %s', degree => {
    expect(() => checkDegree(degree, 10)).toThrow(`degree: expected an even number from 2 to 65534, got ${degree}`)
  })

  it.each([0, 1, 65_536, 2.5])('refuses %s members', n => {
    expect(() => checkDegree(2, n)).toThrow(`members: expected a whole number from 2 to 65535, got ${n}`)
  })

  it('counts neighbours, not the degree, against the limit of double mask', () => {
    expect(checkDegree(400, 255, 'double-mask')).toBe(400)
    expect(checkDegree(256, 300, 'edge-release')).toBe(256)
    expect(() => checkDegree(256, 300, 'double-mask')).toThrow('degree: expected at most 254 mask neighbours with double mask, got 256')
  })
})
