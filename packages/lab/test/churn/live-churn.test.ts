// Operations on real nodes that have no effect, with a neighbourhood that only answers.
import { LabClock, realNow } from '@hushgrid/network'
import { HushgridError, type MeterId, millis, slot, slotTimes } from '@hushgrid/primitives'
import type { PlannedOperation } from '@hushgrid/scenarios'
import { expect, it, vi } from 'vitest'
import { LiveChurn } from '../../src/churn/live-churn.ts'
import type { HostOperation } from '../../src/meters/operation.ts'
import type { LabEvent } from '../../src/neighbourhood/events.ts'
import type { LabNeighbourhood, LabSample } from '../../src/neighbourhood/neighbourhood.ts'

const FIRST = slot(1_900_000)

it('are data, and a line each: a note where the plan passed over, a warning where it failed', async () => {
  const done: HostOperation[] = []
  const operate = (operation: HostOperation): Promise<void> => {
    if (operation.do === 'crash') return Promise.reject(new HushgridError('meter 5: expected one that runs, got one that is down'))
    done.push(operation)
    return Promise.resolve()
  }
  // From a slot before the first moment; a thousand slots pass in a second.
  const { end } = slotTimes(FIRST, 900)
  const clock = LabClock.running({ real: realNow(), protocol: millis(end - 900_000), rate: 900_000 })
  const neighbourhood = { clock, firstSlot: FIRST, options: { network: { slotSeconds: 900 } }, operate, memberships: [] }
  const passed = { at: 1, operation: 'leave', about: 6, why: 'it has left' }
  const plan: PlannedOperation[] = [
    { ...passed, do: 'without-effect' },
    { at: 2, do: 'crash', meter: 5, phase: 'before-submitting' },
    { at: 3, do: 'leave', meter: 7 }
  ]
  const events: LabEvent[] = []
  const churn = new LiveChurn(neighbourhood as unknown as LabNeighbourhood, plan, event => events.push(event))
  churn.begin({ agreementsOf: {} } as LabSample)
  await vi.waitFor(() => expect(done).toEqual([{ do: 'leave', household: 7 }]))
  const why = 'meter 5: expected one that runs, got one that is down'
  expect(churn.withoutEffect).toEqual([passed, { at: 2, operation: 'crash', about: 5, why }])
  expect(events).toEqual([
    { type: 'note', text: 'leave of meter 6 at 1 had no effect: it has left' },
    { type: 'warning', text: `crash of meter 5 at 2 had no effect: ${why}` }
  ])
  // A crash that did not come is none.
  expect(churn.changes).toEqual([])
  churn.stop()
})

it('tells of evidence once, as data and as a line, whoever finds it', () => {
  const against = 'ab'.repeat(32) as MeterId
  const neighbourhood = { households: new Map([[against, 4]]), keys: {}, memberships: [] } as unknown as LabNeighbourhood
  const events: LabEvent[] = []
  new LiveChurn(neighbourhood, [], event => events.push(event))
  for (const what of ['two submissions', 'two submissions', 'two releases']) neighbourhood.onNews({ type: 'evidence', against, what })
  expect(events).toEqual(
    ['two submissions', 'two releases'].flatMap(what => [
      { type: 'warning', text: `evidence against ${against}: ${what}` },
      { type: 'evidence', against: 4, what }
    ])
  )
})

it('come later where the clock goes on more slowly meanwhile', () => {
  const { end } = slotTimes(FIRST, 900)
  // A slot a second, and from the next slot on one in two.
  const clock = LabClock.running({ real: realNow(), protocol: end, rate: 900 })
  const neighbourhood = { clock, firstSlot: FIRST, options: { network: { slotSeconds: 900 } }, memberships: [] }
  const timers = vi.spyOn(globalThis, 'setTimeout').mockReturnValue({} as NodeJS.Timeout)
  try {
    const plan: PlannedOperation[] = [{ at: 3, do: 'leave', meter: 7 }]
    const churn = new LiveChurn(neighbourhood as unknown as LabNeighbourhood, plan, () => {})
    churn.begin({ agreementsOf: {} } as LabSample)
    const anchor = clock.anchorFrom(millis(end + 900_000), 450)
    if (anchor) clock.follow(anchor)
    const [before = 0, after = 0] = timers.mock.calls.map(([, delay]) => Number(delay))
    // Two of the slots until then take a second more each.
    expect(after - before).toBeGreaterThan(1900)
    expect(after - before).toBeLessThanOrEqual(2000)
    churn.stop()
    clock.follow({ real: realNow() + 1e6, protocol: millis(end + 9e8), rate: 1 })
    expect(timers).toHaveBeenCalledTimes(2)
  } finally {
    timers.mockRestore()
  }
})
