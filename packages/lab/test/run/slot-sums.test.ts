// Sums of a slot whose roster or total lacks a lane.
import { EXPORT_LANE, IMPORT_LANE } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { labNetwork } from '../../src/neighbourhood/network.ts'
import { areTrue, laneValues, unsupportedLanes } from '../../src/run/slot-sums.ts'

const network = labNetwork(10)
const counted = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
/** Households 2, 5 and 8 have a generator, and 20, which is not there. */
const fillable = (household: number, lanes: readonly string[]) =>
  lanes.filter(lane => lane === IMPORT_LANE || household % 3 === 2) as (typeof IMPORT_LANE)[]
const few = { able: 3, of: 10, needed: 6 }

describe('sums of a slot', () => {
  it('have no lane that too few households can fill', () => {
    expect(unsupportedLanes(network, counted, fillable)).toEqual({ [EXPORT_LANE]: few })
    const many = Array.from({ length: 18 }, (_, household) => household)
    expect(unsupportedLanes(network, many, fillable)).toEqual({})
    expect(unsupportedLanes(network, many.slice(0, 17), fillable)).toEqual({ [EXPORT_LANE]: { able: 5, of: 17, needed: 6 } })
  })

  it('are true where each published one is, whatever a withheld one would have been', () => {
    const expected = { [IMPORT_LANE]: 7n, [EXPORT_LANE]: 3n }
    expect(areTrue({ [IMPORT_LANE]: 7n, [EXPORT_LANE]: few }, expected)).toBe(true)
    expect(areTrue({ [IMPORT_LANE]: 7n, [EXPORT_LANE]: 0n }, expected)).toBe(false)
    expect(areTrue({ [IMPORT_LANE]: 8n, [EXPORT_LANE]: few }, expected)).toBe(false)
    expect(laneValues(expected)).toEqual({ [IMPORT_LANE]: '7', [EXPORT_LANE]: '3' })
  })
})
