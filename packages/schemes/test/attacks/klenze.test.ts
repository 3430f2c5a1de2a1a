import { type LaneVector, signedLanes } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { klenzeSign } from '../../src/attacks/klenze.ts'
import { klenze } from '../../src/schemes/klenze.ts'
import { attackScene } from '../support/scene.ts'

const scene = attackScene(klenze, 4)

it('reads a meter from a total with its sign turned, which no device notices, in lines that fit', () => {
  const { succeeded, learnt, lines } = klenzeSign.run(scene)
  const real = signedLanes(scene.slots[0]?.readings.values().next().value as LaneVector)
  expect(succeeded).toBe(true)
  expect(learnt).toEqual({ reading: real.map(String) })
  expect(lines.length).toBeLessThanOrEqual(10)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(78)
})

it('finds another number where the concentrator sends what it should', () => {
  const honest = { ...scene, enter: () => scene.enter() }
  expect(klenzeSign.run(honest).succeeded).toBe(false)
})
