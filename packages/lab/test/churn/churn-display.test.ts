// The closing words of a run in virtual time: when totals came, with units, over those whose moment is known.
import type { ChurnResult, SlotReport } from '@hushgrid/scenarios'
import { expect, it } from 'vitest'
import { closingText } from '../../src/churn/churn-display.ts'

const slots = (...moments: readonly (readonly [sinceEnd: number | undefined, rounds: number | undefined])[]) =>
  moments.map(([sinceEnd, rounds]) => ({ result: 'total', sinceEnd, rounds }) as SlotReport)
const summary = { slots: 3, joins: 0, leaves: 0, crashes: 0, returns: 0, exact: 3, wrong: 0, lost: 0, recovered: 0 }
const closing = (reports: readonly SlotReport[]): string => {
  const result = { slots: reports, changes: [], faults: [], evidence: [], withoutEffect: [], summary } as unknown as ChurnResult
  return closingText({ result, slotSeconds: 900 }, {}, [], undefined)
}

it('leave out what is not known of a slot, and have units', () => {
  const text = closing(slots([undefined, undefined], [112_500, 2], [undefined, undefined]))
  expect(text).toContain('by the protocol’s clock: total 113 s (2 u) after the slot’s end, 2 rounds')
})

it('say nothing where no moment is known', () => {
  expect(closing(slots([undefined, undefined]))).not.toContain('after the slot')
})
