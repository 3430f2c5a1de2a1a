import { type LaneVector, signedLanes } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { onKlenze } from '../../src/attacks/klenze.ts'
import { expectReadable, sceneOf } from '../support/attacked.ts'

const scene = sceneOf('klenze')

it('reads a meter from a total with its sign turned, which no device notices, in lines that fit', () => {
  const result = onKlenze.run(scene)
  const real = signedLanes(scene.slots[0]?.readings.values().next().value as LaneVector)
  expect(result.succeeded).toBe(true)
  expect(result.learnt).toEqual({ reading: real.map(String) })
  expectReadable(result)
})

it('finds another number where the concentrator sends what it should', () => {
  const honest = { ...scene, enter: () => scene.enter() }
  expect(onKlenze.run(honest).succeeded).toBe(false)
})
