// The mask stream against another library's AES, and masks that cancel.
import { ctr } from '@noble/ciphers/aes.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex, utf8 } from '../../src/bytes/bytes.ts'
import { sha256 } from '../../src/crypto/identity.ts'
import { blocksPerSlot, keyStream, MaskStream, maskOfSlot, maskStream, slotMask, zeroMaskSums } from '../../src/crypto/mask-stream.ts'
import { InvalidArgumentError } from '../../src/errors.ts'
import { addLanes, lanesToBytes, subtractLanes, unsignedLanes, zeroLanes } from '../../src/lanes.ts'
import { SeededRng } from '../../src/ports.ts'
import { chiSquare, chiSquareLimit } from '../support/chi-square.ts'

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const counter = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n })

/** The stream as another implementation has it; its nonce is the whole counter block. */
function otherStream(key: Uint8Array, first: bigint, length: number): Uint8Array {
  return ctr(key, fromHex(first.toString(16).padStart(32, '0'))).encrypt(new Uint8Array(length))
}

describe('AES-256-CTR', () => {
  it('agrees with NIST SP 800-38A F.5.5, from the first block and from each later one', () => {
    const key = fromHex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4')
    const first = 0xf0f1f2f3f4f5f6f7f8f9fafbfcfdfeffn
    const output = [
      '0bdf7df1591716335e9a8b15c860c502',
      '5a6e699d536119065433863c8f657b94',
      '1bc12c9c01610d5d0d8bd6a3378eca62',
      '2956e1c8693536b1bee99c73a31576b6'
    ]
    expect(toHex(keyStream(key, first, 64))).toBe(output.join(''))
    expect(output.map((_, i) => toHex(keyStream(key, first + BigInt(i), 16)))).toEqual(output)
  })

  it('agrees with another implementation from any counter block', () => {
    fc.assert(
      fc.property(bytes32, counter, fc.nat(100), (key, first, length) => {
        fc.pre(first + BigInt(length) < 1n << 128n)
        expect(new Uint8Array(keyStream(key, first, length))).toEqual(otherStream(key, first, length))
      })
    )
  })

  it('carries past 2^32 and 2^64 blocks into the upper half of the counter', () => {
    const key = sha256(utf8('carry'))
    for (const edge of [1n << 32n, 1n << 64n, 1n << 96n]) {
      const across = toHex(keyStream(key, edge - 1n, 32))
      expect(across).toBe(toHex(keyStream(key, edge - 1n, 16)) + toHex(keyStream(key, edge, 16)))
      expect(toHex(keyStream(key, edge, 16))).not.toBe(toHex(keyStream(key, 0n, 16)))
    }
  })

  it('is refused for another key length or counter', () => {
    for (const length of [0, 16, 31, 33])
      expect(() => keyStream(new Uint8Array(length), 0n, 16)).toThrow(`stream key: expected 32 bytes, got ${length}`)
    for (const wrong of [-1n, 1n << 128n]) expect(() => keyStream(new Uint8Array(32), wrong, 16)).toThrow(InvalidArgumentError)
  })
})

describe('mask stream (PROTOCOL.md section 6)', () => {
  it('takes a block for each two lanes, from block slot × B on', () => {
    expect([1, 2, 3, 4, 5, 64].map(blocksPerSlot)).toEqual([1, 1, 2, 2, 3, 32])
    fc.assert(
      fc.property(bytes32, fc.integer({ min: 0, max: 2 ** 48 }), fc.integer({ min: 1, max: 9 }), (key, slot, lanes) => {
        const B = Math.ceil(lanes / 2)
        const stream = otherStream(key, BigInt(slot) * BigInt(B), 16 * B)
        const view = new DataView(stream.buffer, stream.byteOffset)
        const expected = Array.from({ length: lanes }, (_, l) => view.getBigUint64(8 * l, true))
        expect(unsignedLanes(slotMask(key, slot, lanes))).toEqual(expected)
      })
    )
  })

  it('gives a slot the same masks alone, in a stream of many, and in running sums', () => {
    const batch = fc.tuple(fc.integer({ min: 0, max: 2 ** 40 }), fc.boolean(), fc.integer({ min: 1, max: 12 }))
    fc.assert(
      fc.property(
        bytes32,
        bytes32,
        fc.array(batch, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 7 }),
        (key, other, batches, lanes) => {
          const [plus, minus] = [new MaskStream(key, lanes), new MaskStream(other, lanes)]
          let next = 0
          for (const [jump, follows, slots] of batches) {
            // A batch begins where the one before ended, or anywhere.
            const firstSlot = follows ? next : jump
            next = firstSlot + slots
            const sums = zeroMaskSums(slots, lanes)
            plus.accumulate(sums, firstSlot, slots, 1)
            minus.accumulate(sums, firstSlot, slots, -1)
            const stream = maskStream(key, firstSlot, slots, lanes)
            const bytes = 16 * blocksPerSlot(lanes)
            expect(stream.byteLength).toBe(slots * bytes)
            for (let s = 0; s < slots; s++) {
              const alone = slotMask(key, firstSlot + s, lanes)
              expect(toHex(stream.subarray(s * bytes, s * bytes + 8 * lanes))).toBe(toHex(lanesToBytes(alone)))
              expect(unsignedLanes(plus.mask(firstSlot + s))).toEqual(unsignedLanes(alone))
              const difference = subtractLanes(addLanes(zeroLanes(lanes), alone), slotMask(other, firstSlot + s, lanes))
              expect(unsignedLanes(maskOfSlot(sums, s, lanes))).toEqual(unsignedLanes(difference))
            }
          }
        }
      )
    )
  })

  it('gives an edge its own masks, though many edges are expanded by turns', () => {
    const keys = Array.from({ length: 5 }, (_, i) => sha256(utf8(`edge ${i}`)))
    const streams = keys.map(key => new MaskStream(key, 2))
    for (const firstSlot of [0, 10, 5, 5]) {
      const each = streams.map(stream => {
        const sums = zeroMaskSums(10, 2)
        stream.accumulate(sums, firstSlot, 10, 1)
        return sums
      })
      for (const [i, sums] of each.entries())
        for (const s of [0, 9])
          expect(unsignedLanes(maskOfSlot(sums, s, 2))).toEqual(unsignedLanes(slotMask(keys[i] as Uint8Array, firstSlot + s, 2)))
    }
  })

  it('cancels between two neighbours', () => {
    const key = sha256(utf8('edge'))
    const [one, other] = [new MaskStream(key, 3), new MaskStream(key, 3)]
    const sums = zeroMaskSums(96, 3)
    one.accumulate(sums, 1000, 96, 1)
    expect(unsignedLanes(maskOfSlot(sums, 95, 3))).toEqual(unsignedLanes(slotMask(key, 1095, 3)))
    other.accumulate(sums, 1000, 96, -1)
    expect(unsignedLanes(sums).every(word => word === 0n)).toBe(true)
  })

  it('keeps a copy of the key, and none once it is erased', () => {
    const key = sha256(utf8('edge'))
    const expected = unsignedLanes(slotMask(key, 7, 2))
    const stream = new MaskStream(key, 2)
    key.fill(0)
    expect(unsignedLanes(stream.mask(7))).toEqual(expected)
    stream.erase()
    stream.erase()
    expect(() => stream.mask(7)).toThrow('expected its key, which has been erased')
    expect(() => stream.accumulate(zeroMaskSums(1, 2), 7, 1, 1)).toThrow('expected its key, which has been erased')
    for (const length of [0, 16, 31, 33])
      expect(() => new MaskStream(new Uint8Array(length), 2)).toThrow(`edge key: expected 32 bytes, got ${length}`)
  })

  it.each([1, 2, 3, 5])('gives every lane of every slot a mask of its own, of full width (%i lanes)', lanes => {
    const slots = 10_000
    const key = sha256(utf8(`independence ${lanes}`))
    const stream = maskStream(key, 2_000_000, slots, lanes)
    const view = new DataView(stream.buffer, stream.byteOffset)
    const stride = 16 * blocksPerSlot(lanes)
    // By lane, and by byte of the lane: a lane that repeats, is short or leans one way shows here.
    const seen = new Set<bigint>()
    const columns = Array.from({ length: 8 * lanes }, () => new Array<number>(16).fill(0))
    for (let s = 0; s < slots; s++) {
      for (let l = 0; l < lanes; l++) seen.add(view.getBigUint64(s * stride + 8 * l, true))
      columns.forEach((bins, column) => {
        const bin = (stream[s * stride + column] as number) >> 4
        bins[bin] = (bins[bin] as number) + 1
      })
    }
    expect(seen.size).toBe(slots * lanes)
    for (const [column, bins] of columns.entries()) expect(chiSquare(bins), `byte ${column}`).toBeLessThan(chiSquareLimit(15))
  })

  it('says nothing about one slot, lane or edge by another', () => {
    const rng = new SeededRng('edges')
    const lanes = 4
    const slots = 2_000
    const streams = [rng.bytes(32), rng.bytes(32)].map(key => maskStream(key, 0, slots, lanes))
    const [a, b] = streams as [Uint8Array, Uint8Array]
    const bytes = 8 * lanes
    // Bits that agree between a slot and the next, a lane and the next, an edge and another: half of them.
    const pairs: Record<string, [Uint8Array, Uint8Array]> = {
      slots: [a.subarray(0, -bytes), a.subarray(bytes)],
      lanes: [a.subarray(0, -8), a.subarray(8)],
      edges: [a, b]
    }
    for (const [name, [x, y]] of Object.entries(pairs)) {
      let agree = 0
      x.forEach((byte, i) => {
        for (let rest = ~(byte ^ (y[i] as number)) & 0xff; rest; rest &= rest - 1) agree++
      })
      const bits = 8 * x.byteLength
      // Four deviations of a fair coin.
      expect(Math.abs(agree - bits / 2), name).toBeLessThan(2 * Math.sqrt(bits))
    }
  })
})
