// Sums of a slot by lane, and the sentence about a lane that has none.
import { describe, expect, it } from 'vitest'
import {
  namedSums,
  publishedSums,
  withheldInWords,
  withheldLanes,
  withheldReason,
  withheldReasons,
  withheldText
} from '../src/lane-sums.ts'
import { lanesFromIntegers } from '../src/lanes.ts'
import { EXPORT_LANE, IMPORT_LANE } from '../src/quantities.ts'

const FEW = { able: 3, of: 25, needed: 6 }

describe('sums of a slot', () => {
  it('go by their lanes, as two’s complement', () => {
    const sums = namedSums([IMPORT_LANE, EXPORT_LANE], lanesFromIntegers([4320, -1n]))
    expect(sums).toEqual({ [IMPORT_LANE]: 4320n, [EXPORT_LANE]: -1n })
    expect([publishedSums(sums), withheldLanes(sums)]).toEqual([sums, {}])
  })

  it('have the reason where a lane is withheld, and no number', () => {
    const sums = namedSums([IMPORT_LANE], lanesFromIntegers([4320]), { [EXPORT_LANE]: FEW })
    expect(sums).toEqual({ [IMPORT_LANE]: 4320n, [EXPORT_LANE]: FEW })
    expect(publishedSums(sums)).toEqual({ [IMPORT_LANE]: 4320n })
    expect(withheldLanes(sums)).toEqual({ [EXPORT_LANE]: FEW })
  })

  it('are refused where they are not as many as the lanes', () => {
    expect(() => namedSums([IMPORT_LANE], lanesFromIntegers([1, 2]))).toThrow('sums: expected 1 lanes, got 2')
    expect(() => namedSums([IMPORT_LANE, EXPORT_LANE], lanesFromIntegers([1]))).toThrow('sums: expected 2 lanes, got 1')
  })
})

describe('a withheld lane', () => {
  it('is described in one sentence, by what its homes do', () => {
    expect(withheldText(EXPORT_LANE, FEW)).toBe('withheld: 3 of 25 can feed in, 6 are needed')
    expect(withheldText(IMPORT_LANE, FEW)).toBe('withheld: 3 of 25 can draw, 6 are needed')
    expect(withheldReason('1-0:3.29.0', { able: 0, of: 7, needed: 1 })).toBe('0 of 7 can fill 1-0:3.29.0, 1 is needed')
  })

  it('shares a cell with others', () => {
    expect(withheldReasons({})).toBe('')
    expect(withheldInWords({ [EXPORT_LANE]: FEW })).toEqual({
      [EXPORT_LANE]: { ...FEW, text: 'withheld: 3 of 25 can feed in, 6 are needed' }
    })
    expect(withheldReasons({ [EXPORT_LANE]: FEW, [IMPORT_LANE]: FEW })).toBe(
      '3 of 25 can feed in, 6 are needed; 3 of 25 can draw, 6 are needed'
    )
  })
})
