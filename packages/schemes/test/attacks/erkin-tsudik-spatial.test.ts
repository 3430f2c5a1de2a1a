import { signedLanes } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { spatialReuse } from '../../src/attacks/erkin-tsudik-spatial.ts'
import { erkinTsudikSpatial } from '../../src/schemes/erkin-tsudik-spatial.ts'
import { attackScene } from '../support/scene.ts'

const scene = attackScene(erkinTsudikSpatial)

it('reads both readings of a meter that blinds two slots alike, in lines that fit', () => {
  const { succeeded, learnt, lines } = spatialReuse.run(scene)
  const real = scene.slots.slice(0, 2).map(({ readings }) => [...readings.values()].map(signedLanes)[0]?.map(String))
  expect(succeeded).toBe(true)
  expect(learnt).toEqual({ readings: real })
  expect(lines.length).toBeLessThanOrEqual(10)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(78)
})

it.each(['slot', 'epoch'] as const)('finds nothing where blindings are new each slot (seeds each %s)', reseed => {
  const { succeeded, learnt, lines } = spatialReuse.run(scene, { reseed })
  expect(succeeded).toBe(false)
  expect(learnt).toEqual({ readings: [] })
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(78)
})
