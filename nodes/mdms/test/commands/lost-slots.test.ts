// Lost slots are counted as the lab counts them: each slot without a total.
import type { LostSlot, SlotTotal } from '@hushgrid/mdms'
import { IMPORT_LANE } from '@hushgrid/primitives'
import type { SlotRange } from '@hushgrid/statistics'
import { describe, expect, it } from 'vitest'
import { lostSlots, resultsOf } from '../../src/commands/show/lost-slots.ts'
import type { Question } from '../../src/commands/view.ts'

const common = { network: 'elm', mode: 'dcnet', resultHash: new Uint8Array(32), received: 0 }
const total = (slot: number, lanes: SlotTotal['lanes'] = { [IMPORT_LANE]: 5n }) =>
  ({ ...common, slot, lanes, contributors: 6, missing: 0 }) as SlotTotal
const lost = (slot: number) => ({ ...common, slot, reason: 'members are missing: 2' }) as LostSlot

describe('lost slots', () => {
  it('are those with a loss and those of which nothing came', () => {
    const rows = lostSlots([total(11), total(12), total(15)], [lost(10), lost(14), lost(17)], { from: 10, until: 18 })
    expect(rows.map(({ slot, reason }) => [slot, reason])).toEqual([
      [10, 'members are missing: 2'],
      [13, 'no result has come'],
      [14, 'members are missing: 2'],
      [16, 'no result has come'],
      [17, 'members are missing: 2']
    ])
  })

  it('are not those whose lane is withheld', () => {
    const withheld = total(2, { [IMPORT_LANE]: { able: 2, of: 6, needed: 6 } })
    expect(lostSlots([total(1), withheld, total(3)], [], { from: 1, until: 4 })).toEqual([])
  })
})

describe('a query', () => {
  const all = { totals: [1, 2, 3, 17].map(slot => total(slot)), lost: [lost(18)] }
  const within = <T extends { readonly slot: number }>(rows: readonly T[], { from, until }: SlotRange): T[] =>
    rows.filter(({ slot }) => slot >= from && slot < until)
  const countedIn = async (from: number, until: number, { totals, lost: recorded } = all) => {
    const slots = [...totals, ...recorded].map(({ slot }) => slot)
    const store = {
      readTotals: async (_: unknown, __: unknown, range: SlotRange) => within(totals, range),
      readLostSlots: async (_: unknown, __: unknown, range: SlotRange) => within(recorded, range),
      readResultRange: async () => ({ from: slots[0] ?? 0, until: (slots.at(-1) ?? -1) + 1 })
    }
    const found = await resultsOf({ store, network: { network: 'elm' }, range: { from, until } } as unknown as Question)
    return found.lost.map(({ slot }) => slot)
  }

  it('counts an outage to its end, also where nothing of it came, and alike in a longer one', async () => {
    expect(await countedIn(0, 8)).toEqual([4, 5, 6, 7])
    expect(await countedIn(8, 16)).toEqual([8, 9, 10, 11, 12, 13, 14, 15])
    expect((await countedIn(0, 16)).filter(slot => slot >= 8)).toEqual(await countedIn(8, 16))
  })

  it('counts nothing before the network’s first result and after its last', async () => {
    expect(await countedIn(16, 900)).toEqual([16, 18])
    expect(await countedIn(19, 900)).toEqual([])
    expect(await countedIn(0, 1)).toEqual([])
    expect(await countedIn(0, 900, { totals: [], lost: [] })).toEqual([])
  })
})
