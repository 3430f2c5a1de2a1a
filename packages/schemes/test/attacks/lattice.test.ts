import { SeededRng } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { smallSolution } from '../../src/attacks/lattice.ts'

const modulo = (value: bigint, n: bigint): bigint => ((value % n) + n) % n

it('finds the two small numbers of one equation', () => {
  const rng = new SeededRng('lattice')
  const drawn = (bytes: number): bigint => BigInt(`0x${Buffer.from(rng.bytes(bytes)).toString('hex')}`)
  for (let i = 0; i < 50; i++) {
    const n = drawn(64) | (1n << 511n) | 1n
    const [factor, sign] = [drawn(70) % n, i % 2 === 0 ? 1n : -1n]
    const [x, y] = [drawn(30), sign * drawn(30)]
    expect(smallSolution(factor, modulo(x * factor - y, n), n)).toEqual([x, y])
    expect(smallSolution(factor, modulo(-x * factor + y, n), n)).toEqual([-x, -y])
  }
})

it('solves the equation, however small the modulus', () => {
  const n = 10_007n
  for (const factor of [123n, 4_000n, 9_999n])
    for (let x = -10n; x <= 10n; x++)
      for (let y = -10n; y <= 10n; y++) {
        const rest = modulo(x * factor - y, n)
        const [a, b] = smallSolution(factor, rest, n)
        expect(modulo(a * factor - b - rest, n)).toBe(0n)
      }
})
