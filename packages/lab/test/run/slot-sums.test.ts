// Sums of a slot whose roster or total lacks a lane.
import { EXPORT_LANE, IMPORT_LANE, lanesFromIntegers } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { ResultNames } from '../../src/contender/dcnet/result-names.ts'
import { labNetwork } from '../../src/neighbourhood/network.ts'
import { areTrue, laneValues, withLeftOut } from '../../src/run/slot-sums.ts'

const network = labNetwork(10)
const present = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
/** Households 2, 5 and 8 have a generator, and 20, which is not there. */
const fillable = (household: number, lanes: readonly string[]) =>
  lanes.filter(lane => lane === IMPORT_LANE || household % 3 === 2) as (typeof IMPORT_LANE)[]
const few = { able: 3, of: 10, needed: 6 }

describe('sums of a slot', () => {
  it('say of a lane that the roster leaves out how many present households can fill it', () => {
    const sums = withLeftOut({ [IMPORT_LANE]: 7n }, network, present, fillable)
    expect(sums).toEqual({ [IMPORT_LANE]: 7n, [EXPORT_LANE]: few })
    expect(Object.keys(sums)).toEqual([IMPORT_LANE, EXPORT_LANE])
    expect(withLeftOut({ [IMPORT_LANE]: 7n }, network, [0, 1, 2], fillable)[EXPORT_LANE]).toEqual({ able: 1, of: 3, needed: 6 })
  })

  it('keep what the protocol says itself', () => {
    const component = { able: 2, of: 6, needed: 6 }
    const sums = { [IMPORT_LANE]: 7n, [EXPORT_LANE]: component }
    expect(withLeftOut(sums, network, present, fillable)).toEqual(sums)
    expect(withLeftOut({ [IMPORT_LANE]: 7n, [EXPORT_LANE]: 0n }, network, present, fillable)[EXPORT_LANE]).toBe(0n)
  })

  it('are true where each published one is, whatever a withheld one would have been', () => {
    const expected = { [IMPORT_LANE]: 7n, [EXPORT_LANE]: 3n }
    expect(areTrue({ [IMPORT_LANE]: 7n, [EXPORT_LANE]: few }, expected)).toBe(true)
    expect(areTrue({ [IMPORT_LANE]: 7n, [EXPORT_LANE]: 0n }, expected)).toBe(false)
    expect(areTrue({ [IMPORT_LANE]: 8n, [EXPORT_LANE]: few }, expected)).toBe(false)
    expect(laneValues(expected)).toEqual({ [IMPORT_LANE]: '7', [EXPORT_LANE]: '3' })
  })
})

describe('results of an aggregator', () => {
  const total = (epoch: number, values: readonly number[]) => ({
    ...{ type: 'total' as const, slot: 5, epoch, contributors: 10, missing: [] },
    lanes: lanesFromIntegers(values)
  })
  const names = new ResultNames()
  const lanes = [EXPORT_LANE, IMPORT_LANE].map(obis => ({ obis, maxReading: 11_000, support: 6 }))
  names.took({ roster: { epoch: 0 as never, lanes } })
  names.took({ roster: { epoch: 1 as never, lanes: lanes.slice(1) } })

  it('are named by the lanes of their epoch, withheld ones left out', () => {
    expect(names.name(total(0, [3, 7]) as never)).toMatchObject({ sums: { [EXPORT_LANE]: 3n, [IMPORT_LANE]: 7n } })
    expect(names.name({ ...total(0, [7]), withheld: { [EXPORT_LANE]: few } } as never)).toMatchObject({
      sums: { [EXPORT_LANE]: few, [IMPORT_LANE]: 7n }
    })
    expect(names.name(total(1, [7]) as never)).toMatchObject({ contributors: 10, sums: { [IMPORT_LANE]: 7n } })
    expect(names.name(total(1, [7]) as never)).not.toHaveProperty('lanes')
  })

  it('of an unknown epoch, or with a lane too few, are refused', () => {
    expect(() => names.name(total(2, [7]) as never)).toThrow('total of slot 5: expected the roster of epoch 2, got none')
    expect(() => names.name(total(0, [7]) as never)).toThrow('sums: expected 2 lanes, got 1')
  })
})
