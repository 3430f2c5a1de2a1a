// Who is away on purpose, by the operations on a neighbourhood.
import { HushgridError, type MeterId, slot } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { Absences } from '../../src/neighbourhood/absences.ts'
import { FormedNeighbourhood } from '../../src/neighbourhood/base.ts'
import type { LabEvent } from '../../src/neighbourhood/events.ts'
import type { NeighbourhoodOptions } from '../../src/neighbourhood/neighbourhood.ts'

const away = (absences: Absences, slot: number): number[] => [...absences.at(slot).meters].sort()

it('counts a meter from its crash to two slots after its return', () => {
  const absences = new Absences()
  absences.note({ do: 'crash', household: 3 }, 10)
  absences.note({ do: 'leave', household: 5 }, 10)
  expect(away(absences, 10)).toEqual([3, 5])
  expect(away(absences, 90)).toEqual([3, 5])
  absences.note({ do: 'restart', household: 3, journal: 'intact' }, 91)
  expect(away(absences, 93)).toEqual([3, 5])
  expect(away(absences, 94)).toEqual([5])
})

it('counts meters that are cut off, or whose clocks are wrong, until that is healed', () => {
  const absences = new Absences()
  const other = 'aa' as MeterId
  absences.note({ do: 'block', blocked: new Map([[1, [other]]]), others: [other] }, 5)
  absences.note({ do: 'skew', offsets: [[2, 9000]] }, 5)
  expect(away(absences, 6)).toEqual([1, 2])
  absences.note({ do: 'block', blocked: new Map([[1, []]]), others: [] }, 7)
  absences.note({ do: 'skew', offsets: [[2, 0]] }, 7)
  expect(away(absences, 9)).toEqual([1, 2])
  expect(away(absences, 10)).toEqual([])
})

it('counts the collecting role from its stop to two slots after its return', () => {
  const absences = new Absences()
  expect(absences.at(0).collector).toBe(false)
  absences.collector(false, 4)
  expect(absences.at(40).collector).toBe(true)
  absences.collector(true, 41)
  expect([43, 44].map(slot => absences.at(slot).collector)).toEqual([true, false])
})

it('knows the slot that was attacked, and no other', () => {
  const absences = new Absences()
  absences.attack(7)
  expect([6, 7, 8].map(slot => absences.at(slot).attacked)).toEqual([false, true, false])
})

it('counts whom an operation under way takes away, and nobody for one that failed', () => {
  const absences = new Absences()
  const over = absences.begin({ do: 'crash', household: 3, after: 'request' })
  absences.begin({ do: 'restart', household: 5, journal: 'intact' })
  expect(away(absences, 10)).toEqual([3])
  over()
  expect(away(absences, 10)).toEqual([])
})

it('are told by a neighbourhood once they have happened', async () => {
  const told: LabEvent[] = []
  const options = {
    readings: { firstSlot: slot(9) },
    network: { slotSeconds: 900 },
    slotMs: 1000,
    emit: (event: LabEvent) => told.push(event)
  }
  class Operated extends FormedNeighbourhood {
    operate(does: () => Promise<void>): Promise<void> {
      return this.carryOut({ do: 'crash', household: 3 }, does)
    }
  }
  const neighbourhood = new Operated(options as unknown as NeighbourhoodOptions)
  const seen = (): unknown => [told, [...neighbourhood.awayAt(slot(9)).meters]]
  await expect(neighbourhood.operate(() => Promise.reject(new HushgridError('meter 3 is down')))).rejects.toThrow('is down')
  expect(seen()).toEqual([[], []])
  await neighbourhood.operate(() => {
    // The slot in which it begins has its excuse.
    expect(seen()).toEqual([[], [3]])
    return Promise.resolve()
  })
  expect(seen()).toEqual([[{ type: 'crash', meter: 3 }], [3]])
})
