// Lost slots are counted as the lab counts them: each slot without a total.
import type { LostSlot, SlotTotal } from '@hushgrid/mdms'
import { IMPORT_LANE } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { lostSlots, resultRange } from '../../src/commands/lost-slots.ts'

const common = { network: 'elm', mode: 'dcnet', resultHash: new Uint8Array(32), received: 0 }
const total = (slot: number, lanes: SlotTotal['lanes'] = { [IMPORT_LANE]: 5n }) =>
  ({ ...common, slot, lanes, contributors: 6, missing: 0 }) as SlotTotal
const lost = (slot: number) => ({ ...common, slot, reason: 'members are missing: 2' }) as LostSlot

describe('lost slots', () => {
  it('are those with a loss and those of which nothing came, between the first result and the last', () => {
    const rows = lostSlots([total(11), total(12), total(15)], [lost(10), lost(14), lost(17)])
    expect(rows.map(({ slot, reason }) => [slot, reason])).toEqual([
      [10, 'members are missing: 2'],
      [13, 'no result has come'],
      [14, 'members are missing: 2'],
      [16, 'no result has come'],
      [17, 'members are missing: 2']
    ])
  })

  it('are not those whose lane is withheld', () => {
    expect(lostSlots([total(1), total(2, { [IMPORT_LANE]: { able: 2, of: 6, needed: 6 } }), total(3)], [])).toEqual([])
  })

  it('are none where there is no result', () => {
    expect([lostSlots([], []), resultRange([], [])]).toEqual([[], { from: 0, until: 0 }])
  })
})
