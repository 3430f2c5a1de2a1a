import type { Slot } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { nothingNew } from '../../src/commands/nothing-new.ts'

it('says where the last batch ends, or that there is none, and when the next is sealed', () => {
  const rule = "the meter's day, week or month is over, at midnight in the home's time zone"
  expect(nothingNew(undefined)).toBe(`the meter has sealed none yet: the first comes when ${rule}`)
  const firstSlot = (Date.UTC(2026, 2, 2) / 10_000) as Slot
  expect(nothingNew({ firstSlot, slots: 8640, slotSeconds: 10 })).toBe(
    `the last one ends at 2026-03-03T00:00Z: the next comes when ${rule}`
  )
})
