// One lane of a neighbourhood's totals on the desk.
import type { Totals } from '@hushgrid/web-api'
import { describe, expect, it } from 'vitest'
import { laneLoad, lanesOf } from '../../src/supplier/lane-load.ts'

const [IMPORT, EXPORT] = ['1-0:1.29.0', '1-0:2.29.0'] as const
const few = { able: 3, of: 25, needed: 6, text: 'withheld: 3 of 25 can feed in, 6 are needed' }
const fewer = { ...few, able: 2, text: 'withheld: 2 of 25 can feed in, 6 are needed' }

function total(slot: number, over: Pick<Totals['totals'][number], 'wattHours' | 'withheld'>): Totals['totals'][number] {
  const start = new Date(slot * 900_000).toISOString()
  return { slot, start, contributors: 25, missing: 0, mode: 'dcnet', resultHash: 'ab', ...over }
}

const totals = [
  total(1, { wattHours: { [IMPORT]: 2889, [EXPORT]: 40 }, withheld: {} }),
  total(2, { wattHours: { [IMPORT]: 3000 }, withheld: { [EXPORT]: few } }),
  total(3, { wattHours: { [IMPORT]: '3000' }, withheld: { [EXPORT]: fewer } }),
  total(4, { wattHours: { [IMPORT]: 0 }, withheld: { [EXPORT]: few } })
]

describe('the load of a lane', () => {
  it('is of the slots that have it; a withheld one is no slot of zero', () => {
    expect(laneLoad(totals, IMPORT)).toEqual({ measured: totals, wattHours: 8889, withheld: [] })
    expect(laneLoad(totals, EXPORT)).toEqual({
      measured: totals.slice(0, 1),
      wattHours: 40,
      withheld: [
        { text: few.text, slots: 2 },
        { text: fewer.text, slots: 1 }
      ]
    })
    expect(laneLoad(totals.slice(1), EXPORT)).toMatchObject({ measured: [], wattHours: 0 })
  })

  it('can be asked for where it is withheld in every slot', () => {
    const answer = { network: 'elm', slotSeconds: 900, lost: [] }
    expect(lanesOf({ ...answer, totals: totals.slice(1) })).toEqual([IMPORT, EXPORT])
    expect(lanesOf({ ...answer, totals: [] })).toEqual([])
  })
})
