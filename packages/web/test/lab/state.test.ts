// The page's state after each change that the lab tells.
import type { LabChange, LabState } from '@hushgrid/web-api'
import { describe, expect, it } from 'vitest'
import { applyChange, LINES_KEPT, SLOTS_KEPT } from '../../src/lab/state/lab-state.ts'
import { labState, meter, slotRow } from './scene.ts'

const START = '2025-03-24T06:00:00.000Z'

function after(state: LabState, ...changes: readonly LabChange[]): LabState {
  return changes.reduce(applyChange, state)
}

const opened = (slot: number): LabChange => ({ type: 'open', slot, start: START })

describe('a change of the neighbourhood', () => {
  it('a snapshot takes the place of everything, and brings no more than is kept', () => {
    const slots = Array.from({ length: SLOTS_KEPT + 5 }, (_, i) => slotRow(i))
    const log = Array.from({ length: LINES_KEPT + 5 }, (_, i) => ({ at: START, kind: 'note' as const, text: `${i}` }))
    const state = after(labState({ epoch: 7 }), { type: 'snapshot', state: labState({ slots, log }) })
    expect(state.epoch).toBe(0)
    expect(state.slots.map(({ slot }) => slot)).toEqual(slots.slice(5).map(({ slot }) => slot))
    expect(state.log).toHaveLength(LINES_KEPT)
    expect(state.log[0]?.text).toBe('5')
  })

  it('gathers who submits, is missing and releases in the open slot, each once', () => {
    const state = after(
      labState(),
      opened(4),
      { type: 'submitted', slot: 4, households: [0] },
      { type: 'submitted', slot: 4, households: [0, 2] },
      { type: 'missing', slot: 4, households: [1] },
      { type: 'releasing', slot: 4, households: [2] }
    )
    expect(state.open).toEqual({ slot: 4, start: START, submitted: [0, 2], missing: [1], releasing: [2], refused: [] })
  })

  it('of a slot that is not open changes nothing', () => {
    const state = after(labState(), opened(4))
    expect(after(state, { type: 'submitted', slot: 3, households: [0] })).toBe(state)
    expect(after(labState(), { type: 'missing', slot: 4, households: [0] }).open).toBeUndefined()
  })

  it('a slot that opens forgets who was in the one before', () => {
    const state = after(labState(), opened(4), { type: 'submitted', slot: 4, households: [0, 1] }, opened(5))
    expect(state.open?.submitted).toEqual([])
  })

  it('forming is over when the first slot opens', () => {
    const forming = after(labState(), { type: 'forming', step: 'Enrol meters', done: 1, of: 3 })
    expect(forming).toMatchObject({ phase: 'forming', forming: { step: 'Enrol meters', done: 1, of: 3 } })
    const running = after(forming, opened(1))
    expect(running.phase).toBe('running')
    expect(running).not.toHaveProperty('forming')
  })

  it('a slot that is over comes to the end of the list once, and the oldest falls out', () => {
    const { counters } = labState()
    const state = Array.from({ length: SLOTS_KEPT + 1 }, (_, slot) => slotRow(slot)).reduce(
      (before, slot) => after(before, { type: 'over', slot, counters: { ...counters, slots: slot.slot } }),
      labState()
    )
    expect(state.slots).toHaveLength(SLOTS_KEPT)
    expect(state.slots[0]?.slot).toBe(1)
    expect(state.counters.slots).toBe(SLOTS_KEPT)
    const again = after(state, { type: 'over', slot: slotRow(SLOTS_KEPT, { lost: true }), counters })
    expect(again.slots.filter(({ slot }) => slot === SLOTS_KEPT)).toEqual([slotRow(SLOTS_KEPT, { lost: true })])
  })

  it('a refusal counts once, in the open slot or in one that is over', () => {
    const refusals = [{ household: 2, reason: 'a second list' }]
    const open = after(labState(), opened(4), { type: 'refused', slot: 4, refusals }, { type: 'refused', slot: 4, refusals })
    expect(open.open?.refused).toEqual(refusals)
    const late = after(labState({ slots: [slotRow(3), slotRow(4)] }), opened(5), { type: 'refused', slot: 4, refusals })
    expect(late.open?.refused).toEqual([])
    expect(late.slots.map(({ refused }) => refused)).toEqual([[], refusals])
  })

  it('of one meter leaves the others the very same', () => {
    const before = labState()
    const state = after(before, { type: 'meter', household: 1, state: 'down' })
    expect(state.meters[1]).toEqual(meter(1, 'down'))
    expect(state.meters[0]).toBe(before.meters[0])
    expect(state.edges).toBe(before.edges)
    expect(state.slots).toBe(before.slots)
  })

  it('a new ring has its epoch, meters, edges and spare households', () => {
    const ring = { epoch: 1, degree: 1, meters: [meter(3), meter(0)], edges: [[0, 3]] as const, spare: [1, 2] }
    expect(after(labState(), { type: 'ring', ...ring })).toMatchObject(ring)
  })

  it('the aggregator falls over and comes back', () => {
    const down = after(labState(), { type: 'aggregator', up: false })
    expect(down.aggregatorUp).toBe(false)
    expect(after(down, { type: 'aggregator', up: true }).aggregatorUp).toBe(true)
  })

  it('the log keeps its newest lines', () => {
    const lines = Array.from(
      { length: LINES_KEPT + 1 },
      (_, i): LabChange => ({ type: 'log', line: { at: START, kind: 'note', text: `${i}` } })
    )
    const { log } = after(labState(), ...lines)
    expect([log.length, log[0]?.text, log.at(-1)?.text]).toEqual([LINES_KEPT, '1', `${LINES_KEPT}`])
  })
})
