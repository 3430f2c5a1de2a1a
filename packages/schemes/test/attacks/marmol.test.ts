import { expect, it } from 'vitest'
import { onMarmol } from '../../src/attacks/marmol.ts'
import { expectReadable, sceneOf } from '../support/attacked.ts'

it('shows how a reading changes, without the key aggregator', () => {
  const result = onMarmol.run(sceneOf('marmol'))
  expect(result.succeeded).toBe(true)
  expect(result.learnt).toEqual({ differences: [['-29', '12']] })
  expectReadable(result)
})

it('shows each change of a long row of slots on one line', () => {
  const row = (value: number): number[][] => [[value], [1], [2]]
  const result = onMarmol.run(sceneOf('marmol', [5, 100_000, 7, -4, 12_345_678, 0, 99_999_999, 1, 88_888_888].map(row)))
  expect(result.succeeded).toBe(true)
  expectReadable(result)
})

it('has not learnt anything from one slot, nor from numbers that are derived', () => {
  expect(onMarmol.run(sceneOf('marmol', [[[5], [1], [2]]])).succeeded).toBe(false)
  expect(onMarmol.run(sceneOf('marmol'), { derive: true }).succeeded).toBe(false)
})
