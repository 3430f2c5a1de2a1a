import { SeededRng, utf8 } from '@hushgrid/primitives'
import { encodeScalar, G, H, type Scalar, scalar } from '@hushgrid/primitives/group'
import { describe, expect, it } from 'vitest'
import { sceneGroup } from '../../src/scene-group.ts'
import { UNCOUNTED } from '../../src/scheme.ts'
import { BIT_BYTES, commitBit, decodeBit, holdsBit } from '../../src/schemes/dimitriou-awad-robust/bit-proof.ts'

const [sender] = sceneGroup(1, 1).members as [never]
const here = utf8('here')
const made = (bit: 0 | 1) => commitBit(bit, here, new SeededRng(`bit ${bit}`), UNCOUNTED)

describe.each([0, 1] as const)('a proof for %i', bit => {
  it('holds, and only for what it was made for', () => {
    const { bytes } = made(bit)
    expect(bytes).toHaveLength(BIT_BYTES)
    expect(holdsBit(decodeBit(bytes, sender), here, UNCOUNTED)).toBe(true)
    expect(holdsBit(decodeBit(bytes, sender), utf8('there'), UNCOUNTED)).toBe(false)
  })

  it('fails with any of its numbers changed', () => {
    const { committed, proof } = decodeBit(made(bit).bytes, sender)
    for (let i = 0; i < 4; i++) {
      const changed = proof.map((value, at) => (at === i ? scalar(value + 1n) : value))
      expect(holdsBit({ committed, proof: changed }, here, UNCOUNTED)).toBe(false)
    }
    // Both challenges have to add up to the hash: shifting one against the other keeps the sum only.
    const [c0, c1, z0, z1] = proof as [Scalar, Scalar, Scalar, Scalar]
    expect(holdsBit({ committed, proof: [scalar(c0 + 1n), scalar(c1 - 1n), z0, z1] }, here, UNCOUNTED)).toBe(false)
  })

  it('is no proof of another commitment', () => {
    const { opening, bytes } = made(bit)
    const { committed, proof } = decodeBit(bytes, sender)
    expect(committed.equals(H.multiply(opening).add(G.multiply(BigInt(bit))))).toBe(true)
    for (const other of [committed.add(G), committed.add(H)]) expect(holdsBit({ committed: other, proof }, here, UNCOUNTED)).toBe(false)
  })
})

it('shows a bit neither by its length nor by the order of its parts', () => {
  const [zero, one] = [made(0), made(1)]
  expect(zero.bytes.length).toBe(one.bytes.length)
  expect(
    decodeBit(zero.bytes, sender)
      .proof.map(encodeScalar)
      .every(({ length }) => length === 32)
  ).toBe(true)
})

it('cannot be made up for a two: one branch alone does not do', () => {
  const opening = scalar(7n)
  const committed = H.multiply(opening).add(G.multiply(2n))
  const { proof } = decodeBit(made(1).bytes, sender)
  expect(holdsBit({ committed, proof }, here, UNCOUNTED)).toBe(false)
})
