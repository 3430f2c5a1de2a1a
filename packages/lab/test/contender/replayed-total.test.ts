// What `pnpm verify` makes of a total that lacks a lane.
import { EXPORT_LANE, IMPORT_LANE } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { contradictions, withheldLines } from '../../src/contender/dcnet/replayed-total.ts'

const few = { able: 3, of: 25, needed: 6 }
const both = { slot: 9, epoch: 1, lost: false, total: { [IMPORT_LANE]: '7', [EXPORT_LANE]: '3' }, withheld: {} }
const one = { slot: 9, epoch: 1, lost: false, total: { [IMPORT_LANE]: '7' }, withheld: { [EXPORT_LANE]: few } }
const replayed = { epoch: 1, submissions: 25 }
const withBoth = { ...replayed, sums: { [EXPORT_LANE]: 3n, [IMPORT_LANE]: 7n } }

describe('a total of the report', () => {
  it('holds where the transcript leads to the same lanes, in any order', () => {
    expect(contradictions(both, withBoth)).toEqual([])
    expect(contradictions(one, { ...replayed, sums: { [IMPORT_LANE]: 7n, [EXPORT_LANE]: few } })).toEqual([])
    expect(contradictions({ ...one, lost: true, total: null, withheld: {} }, undefined)).toEqual([])
  })

  it.each([
    [
      'a figure for a withheld lane',
      both,
      { ...replayed, sums: { [IMPORT_LANE]: 7n } },
      /says 1-0:1.29.0 7, 1-0:2.29.0 3, the transcript adds up to 1-0:1.29.0 7$/
    ],
    [
      'zero for a withheld lane',
      { ...both, total: { ...both.total, [EXPORT_LANE]: '0' } },
      { ...replayed, sums: { [IMPORT_LANE]: 7n, [EXPORT_LANE]: few } },
      /2\.29\.0 0, the transcript adds up to 1-0:1.29.0 7$/
    ],
    ['a published lane withheld', one, withBoth, /the transcript adds up to 1-0:1.29.0 7, 1-0:2.29.0 3$/],
    ['figures of two lanes exchanged', { ...both, total: { [IMPORT_LANE]: '3', [EXPORT_LANE]: '7' } }, withBoth, /adds up to/],
    ['another epoch', both, { ...withBoth, epoch: 2 }, /adds up to/],
    [
      'another reason',
      one,
      { ...replayed, sums: { [IMPORT_LANE]: 7n, [EXPORT_LANE]: { ...few, able: 5 } } },
      /says of 1-0:2.29.0 withheld: 3 of 25 can feed in, 6 are needed, the transcript withheld: 5 of 25/
    ],
    ['a reason that the transcript lacks', one, { ...replayed, sums: { [IMPORT_LANE]: 7n } }, /6 are needed, the transcript nothing$/],
    ['a loss', { ...both, lost: true, total: null }, withBoth, /run.json says lost, the transcript 1-0:1.29.0 7, 1-0:2.29.0 3$/],
    ['a total that is none', both, undefined, /the transcript has no total$/]
  ])('does not with %s', (_, row, transcript, problem) => {
    expect(contradictions(row, transcript)).toEqual([expect.stringMatching(problem)])
  })

  it('counts among those with a lane withheld, by the reason', () => {
    expect(withheldLines([both, one, one, { ...one, withheld: { [EXPORT_LANE]: { ...few, able: 2 } } }])).toEqual([
      '2 totals with a lane withheld: 3 of 25 can feed in, 6 are needed',
      '1 total with a lane withheld: 2 of 25 can feed in, 6 are needed'
    ])
  })
})
