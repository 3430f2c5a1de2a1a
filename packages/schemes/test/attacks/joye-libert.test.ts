import { generateKeyPair } from '@hushgrid/paillier'
import type { MeterId } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { onJoyeLibert } from '../../src/attacks/joye-libert.ts'
import { expectReadable, sceneOf } from '../support/attacked.ts'

it('reads a meter from two slots by the primes of N', () => {
  const result = onJoyeLibert.run(sceneOf('joye-libert'))
  expect(result.succeeded).toBe(true)
  expect(result.learnt).toEqual({
    readings: [
      ['417', '0'],
      ['388', '12']
    ]
  })
  expectReadable(result)
})

it('reads the same value twice, zeros and values below zero', () => {
  for (const [one, other] of [
    [
      [7, 7],
      [7, 7]
    ],
    [
      [0, 0],
      [-5, 900]
    ],
    [
      [-1, -65_535],
      [65_535, 0]
    ]
  ] as const) {
    const others = [1, 2]
    const { succeeded, learnt } = onJoyeLibert.run(
      sceneOf('joye-libert', [
        [one, others],
        [other, others]
      ])
    )
    expect({ succeeded, learnt }).toEqual({ succeeded: true, learnt: { readings: [one.map(String), other.map(String)] } })
  }
})

it('needs the primes', () => {
  const scene = sceneOf('joye-libert')
  // Values modulo N² are taken modulo the square of what was guessed, which must not be less.
  const { p, q } = scene.primesOf(scene.group.parties.dealer as MeterId)
  let guessed = { p, q }
  while (guessed.p * guessed.q <= p * q) guessed = generateKeyPair(2048).privateKey.exportPrimes()
  expect(onJoyeLibert.run({ ...scene, primesOf: () => guessed }).succeeded).toBe(false)
})
