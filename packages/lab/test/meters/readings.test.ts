// Readings of a lab's households in the lanes that a roster asks for.
import type { HouseholdSeries } from '@hushgrid/load-profiles'
import { EXPORT_LANE, IMPORT_LANE, type ObisCode, type Slot } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { fillableOf, type ReadingsRecipe, readerOf } from '../../src/meters/readings.ts'

const FIRST = (Date.UTC(2025, 5, 24) / 900_000) as Slot
const BOTH = [IMPORT_LANE, EXPORT_LANE]
const day = Array.from({ length: 96 }, (_, i) => (FIRST + i) as Slot)

const synthetic: ReadingsRecipe = { kind: 'synthetic', seed: 'lanes', households: 30, slotSeconds: 900, lanes: BOTH }
const series: HouseholdSeries = {
  ...{ household: 'house-12', lanes: [IMPORT_LANE], slotSeconds: 900, firstSlot: FIRST, slots: 2 },
  values: new Int32Array([217, 54])
}
const recorded: ReadingsRecipe = { kind: 'recorded', series: new Map([[0, series]]) }

describe('a synthetic household', () => {
  it('is read in the lanes asked for, in their order', () => {
    const read = readerOf(synthetic)
    for (const slot of day.slice(40, 60)) {
      const [drawn, fed] = read(3, slot, BOTH) ?? []
      expect(read(3, slot, [EXPORT_LANE, IMPORT_LANE])).toEqual([fed, drawn])
      expect(read(3, slot, [IMPORT_LANE])).toEqual([drawn])
    }
  })

  it('reads 0 in a lane that it cannot fill, in every slot, and only there', () => {
    const [read, fillable] = [readerOf(synthetic), fillableOf(synthetic)]
    const feeding = Array.from({ length: 30 }, (_, i) => i).filter(i => day.some(slot => (read(i, slot, [EXPORT_LANE])?.[0] ?? 0) > 0))
    expect(feeding).toEqual(Array.from({ length: 30 }, (_, i) => i).filter(i => fillable(i, BOTH).includes(EXPORT_LANE)))
    expect(feeding.length).toBeGreaterThanOrEqual(9)
    expect(fillable(feeding[0] ?? -1, [IMPORT_LANE])).toEqual([IMPORT_LANE])
  })
})

describe('a recorded household', () => {
  it('is read in the lanes asked for, whichever it was asked for before', () => {
    const read = readerOf(recorded)
    const asked = (lanes: readonly ObisCode[]): unknown => read(0, FIRST, lanes)
    expect([asked(BOTH), asked([IMPORT_LANE]), asked([EXPORT_LANE, IMPORT_LANE])]).toEqual([[217, 0], [217], [0, 217]])
    expect(read(0, (FIRST + 2) as Slot, BOTH)).toBeUndefined()
  })

  it('fills what its file measured, and has to be there', () => {
    expect(fillableOf(recorded)(0, BOTH)).toEqual([IMPORT_LANE])
    expect(() => fillableOf(recorded)(1, BOTH)).toThrow('household 1: expected its recording')
  })
})
