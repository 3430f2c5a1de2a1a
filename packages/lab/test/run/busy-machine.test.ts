// Rules on a busy machine, from measurements that are made up: no clock, no nodes.
import { describe, expect, it } from 'vitest'
import { firstSlotMs, isBusyLoss, LONGEST_SLOT_MS, type Loss, loadVerdict, nextSlotMs, type PacedSlot } from '../../src/run/busy-machine.ts'

describe('the first length of a slot', () => {
  const calm = { cpuMs: 3300, lagMs: 60, processes: 1, cores: 2 }

  it('is the planned one where forming went as on a calm machine', () => {
    expect(firstSlotMs(1000, calm)).toBe(1000)
    expect(firstSlotMs(3000, calm)).toBe(3000)
  })

  it('leaves a late event loop its time to submit: an eighth of a slot is as late as half of that time', () => {
    expect(firstSlotMs(1000, { ...calm, lagMs: 410 })).toBe(3500)
    expect(firstSlotMs(5000, { ...calm, lagMs: 410 })).toBe(5000)
    expect(firstSlotMs(1000, { ...calm, lagMs: 60_000 })).toBe(LONGEST_SLOT_MS)
  })

  it('grows with the work of a core, which cores share only where there are processes for them', () => {
    const slow = { ...calm, cpuMs: 24_000 }
    expect(firstSlotMs(1000, slow)).toBe(4000)
    expect(firstSlotMs(1000, { ...slow, processes: 2 })).toBe(2000)
    expect(firstSlotMs(1000, { ...slow, processes: 8 })).toBe(2000)
  })
})

describe('whose loss it was', () => {
  const loss: Loss = {
    reason: 'MembersMissing',
    missing: [3, 4],
    away: new Set(),
    collectorAway: false,
    attacked: false,
    slotMs: 1000,
    lagMs: 126
  }

  it("is the machine's where the event loop was late for more than half of the time to submit", () => {
    expect(isBusyLoss(loss)).toBe(true)
    expect(isBusyLoss({ ...loss, lagMs: 125 })).toBe(false)
    expect(isBusyLoss({ ...loss, slotMs: 2000 })).toBe(false)
    expect(isBusyLoss({ ...loss, reason: 'no result', missing: [] })).toBe(true)
  })

  it("is the protocol's where just those are missing that were taken away, however late the machine was", () => {
    const asked = { ...loss, away: new Set([3, 4, 5]), lagMs: 900 }
    expect(isBusyLoss(asked)).toBe(false)
    expect(isBusyLoss({ ...asked, missing: [3, 7] })).toBe(true)
    expect(isBusyLoss({ ...asked, reason: 'Unanswered', missing: [] })).toBe(true)
  })

  it("is the protocol's where somebody attacked the slot", () => {
    expect(isBusyLoss({ ...loss, reason: 'Disputed', missing: [], attacked: true, lagMs: 900 })).toBe(false)
  })

  it("is the protocol's where the collecting role was stopped", () => {
    expect(isBusyLoss({ ...loss, reason: 'no result', missing: [], collectorAway: true, lagMs: 900 })).toBe(false)
  })
})

describe('the next length of a slot', () => {
  const good: PacedSlot = { slotMs: 1000, lagMs: 20, busy: false, missed: 0 }
  const lost: PacedSlot = { slotMs: 1000, lagMs: 300, busy: true, missed: 3 }

  it('doubles after a slot that was lost for a late machine, up to a ceiling', () => {
    expect(nextSlotMs([good, lost], 1000)).toBe(2000)
    expect(nextSlotMs([{ ...lost, slotMs: 20_000 }], 20_000)).toBe(LONGEST_SLOT_MS)
    expect(nextSlotMs([{ ...lost, slotMs: 60_000 }], 60_000)).toBe(60_000)
  })

  it('stays after slots that went well, and is never shortened', () => {
    expect(nextSlotMs([lost, good], 1000)).toBe(1000)
    expect(nextSlotMs(Array(50).fill({ ...good, slotMs: 8000 }), 8000)).toBe(8000)
    expect(nextSlotMs([], 1000)).toBe(1000)
  })

  it('does not change again for slots that were under way at the change', () => {
    expect(nextSlotMs([lost, lost], 2000)).toBe(2000)
    expect(nextSlotMs([lost, { ...lost, slotMs: 2000, lagMs: 600 }], 2000)).toBe(4000)
  })

  it('doubles after two slots in a row that lacked meters on a late machine, and not after one', () => {
    const lacking: PacedSlot = { slotMs: 1000, lagMs: 200, busy: false, missed: 1 }
    expect(nextSlotMs([lacking, lacking], 1000)).toBe(2000)
    expect(nextSlotMs([lacking, good, lacking], 1000)).toBe(1000)
    expect(
      nextSlotMs(
        [
          { ...lacking, lagMs: 10 },
          { ...lacking, lagMs: 10 }
        ],
        1000
      )
    ).toBe(1000)
  })
})

describe('the verdict on a machine', () => {
  const slot = { slotMs: 1000, lagMs: 20, busy: false }
  const quiet = { average: { start: 0.5, end: 1.4 }, cores: { all: 2, own: 0.4, others: 0.3 } }

  it('is quiet with its figures where nothing was late', () => {
    expect(loadVerdict(quiet, [slot, { ...slot, lagMs: 41.26 }, slot, slot])).toEqual({
      ...quiet,
      lagMs: { median: 20, worst: 41.3 },
      verdict: 'quiet machine',
      reason: ''
    })
    expect(loadVerdict(quiet, [])).toMatchObject({ verdict: 'quiet machine', lagMs: { median: 0, worst: 0 } })
  })

  it('names every reason of a busy one', () => {
    const slots = [slot, { slotMs: 1000, lagMs: 400, busy: true }, { slotMs: 2000, lagMs: 300, busy: false }]
    expect(loadVerdict({ ...quiet, cores: { all: 2, own: 0.25, others: 1.62 } }, slots)).toMatchObject({
      verdict: 'busy machine',
      reason: '1 slot lost for it, slots lengthened from 1 s to 2 s, late in 2 of 3 slots, other programs used 1.6 of 2 cores'
    })
  })

  it('allows for a late slot in four', () => {
    const late = { ...slot, lagMs: 200 }
    expect(loadVerdict(quiet, [slot, slot, slot, late]).verdict).toBe('quiet machine')
    expect(loadVerdict(quiet, [slot, slot, late]).reason).toBe('late in 1 of 3 slots')
  })

  it('is quiet where others leave room, or where the run itself fills the machine', () => {
    for (const cores of [
      { all: 2, own: 0.3, others: 1 },
      { all: 8, own: 7.9, others: 0.4 }
    ])
      expect(loadVerdict({ ...quiet, cores }, [slot]).verdict).toBe('quiet machine')
  })

  it('blames no other programs where those of the run may be among them', () => {
    const full = { ...quiet, cores: { all: 2, own: 0.25, others: 1.62 } }
    expect(loadVerdict(full, [slot], false)).toEqual({ ...loadVerdict(quiet, [slot]), cores: full.cores })
    expect(loadVerdict(full, [slot]).verdict).toBe('busy machine')
  })
})
