import { signedLanes } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { onErkinTsudikSpatial } from '../../src/attacks/erkin-tsudik-spatial.ts'
import { expectReadable, sceneOf } from '../support/attacked.ts'

const scene = sceneOf('erkin-tsudik-spatial')

it('reads both readings of a meter that blinds two slots alike, in lines that fit', () => {
  const result = onErkinTsudikSpatial.run(scene)
  const real = scene.slots.slice(0, 2).map(({ readings }) => [...readings.values()].map(signedLanes)[0]?.map(String))
  expect(result.succeeded).toBe(true)
  expect(result.learnt).toEqual({ readings: real })
  expectReadable(result)
})

it.each(['slot', 'epoch'] as const)('finds nothing where blindings are new each slot (seeds each %s)', reseed => {
  const result = onErkinTsudikSpatial.run(scene, { reseed })
  expect(result.succeeded).toBe(false)
  expect(result.learnt).toEqual({ readings: [] })
  expectReadable(result)
})
