// Every attack in a group like that of `pnpm schemes attack`: five meters, two lanes, three slots.
import { expect, it } from 'vitest'
import { ATTACKS } from '../../src/attacks/registered.ts'
import { SCHEMES, type SchemeName } from '../../src/schemes/registered.ts'
import { expectReadable, sceneOf } from '../support/attacked.ts'

const READINGS = [0, 1, 2].map(slot => [0, 1, 2, 3, 4].map(meter => [60 + 31 * meter + 7 * slot * slot, meter % 2 === 0 ? 0 : 11 * slot]))

it('is on a scheme that is there', () => {
  expect(Object.keys(ATTACKS).filter(name => !(name in SCHEMES))).toEqual([])
})

it.each(Object.entries(ATTACKS))('on %s succeeds as published, and fails where an option mends it', (name, { run, repair }) => {
  const scene = sceneOf(name as SchemeName, READINGS)
  const published = run(scene)
  expect(published.succeeded).toBe(true)
  expectReadable(published)
  if (!repair) return
  const repaired = run(scene, repair.options)
  expect(repaired.succeeded).toBe(false)
  expectReadable(repaired)
})
