// The figures of neighbourhoods that stand side by side.
import type { Totals } from '@hushgrid/web-api'
import { describe, expect, it } from 'vitest'
import { dayOf } from '../../src/supplier/parts/day-of-network.ts'

const LANE = '1-0:1.29.0'
const total = (slot: number, wattHours: number | undefined, contributors = 6): Totals['totals'][number] => ({
  ...{ slot, start: `2026-10-01T${String(slot).padStart(2, '0')}:00:00Z`, contributors, missing: 0, mode: 'dcnet', resultHash: '' },
  wattHours: wattHours === undefined ? {} : { [LANE]: wattHours },
  withheld: wattHours === undefined ? { [LANE]: { able: 2, of: 6, needed: 6, text: 'withheld' } } : {}
})
const day = (slotSeconds: number, totals: Totals['totals'], lost: Totals['lost'] = []): Totals => ({
  network: 'elm',
  slotSeconds,
  totals,
  lost
})

describe('a neighbourhood’s day', () => {
  it('has its highest slot as mean power, whatever the length of slots', () => {
    const totals = [total(0, 500), total(1, 1500, 5), total(2, 900)]
    expect(dayOf(day(1800, totals), LANE)).toMatchObject({
      ...{ measured: 3, wattHours: 2900, meters: '5 to 6', lost: 0, withheld: 0 },
      highest: { start: '2026-10-01T01:00:00Z', meanKilowatts: 3 }
    })
    expect(dayOf(day(900, totals), LANE).highest?.meanKilowatts).toBe(6)
  })

  it('counts lost slots and withheld ones apart, and has no figure without a measured one', () => {
    const lost = [{ slot: 3, start: '', reason: 'members are missing' }]
    expect(dayOf(day(1800, [total(0, undefined)], lost), LANE)).toEqual({
      ...{ network: 'elm', measured: 0, wattHours: 0, lost: 1, withheld: 1 }
    })
  })
})
