// A scene for an attack with readings that are given, and what holds for the lines of each.
import { lanesFromIntegers, SeededRng, slot } from '@hushgrid/primitives'
import { expect } from 'vitest'
import type { AttackResult, AttackScene } from '../../src/attacks/attack.ts'
import { attackScene } from '../../src/attacks/scene.ts'
import type { SchemeName } from '../../src/schemes/registered.ts'
import { keyFor } from './keys.ts'

/** Makes a scene of three meters with two lanes and two slots, readings of either sign among them. */
export function sceneOf(scheme: SchemeName, readings: readonly (readonly (readonly number[])[])[] = READINGS): AttackScene {
  return attackScene({
    scheme,
    readings: readings.map(row => row.map(lanes => lanesFromIntegers(lanes))),
    firstSlot: slot(1_000_000),
    rng: new SeededRng(`attack on ${scheme}`),
    keyFor
  })
}

const READINGS = [
  [
    [417, 0],
    [0, 96],
    [1250, 3]
  ],
  [
    [388, 12],
    [5, 0],
    [1300, 0]
  ]
]

/** Expects at most ten lines of at most 78 characters. */
export function expectReadable({ lines }: AttackResult): void {
  expect(lines.length).toBeGreaterThan(2)
  expect(lines.length).toBeLessThanOrEqual(10)
  expect(lines.filter(line => [...line].length > 78)).toEqual([])
}
