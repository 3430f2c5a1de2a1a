// Clocks of a simulated neighbourhood: each node's own, set by the registrar's answers in virtual time.
import { MessageType } from '@hushgrid/messages'
import { slotTimes } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { envelopeIn } from '../../src/attacks/simulated-target.ts'
import type { NeighbourhoodOptions } from '../../src/neighbourhood/config.ts'
import { SimulatedNeighbourhood } from '../../src/neighbourhood/simulated-neighbourhood.ts'

const FACTS: NeighbourhoodOptions = { members: 12, degree: 6, minMembers: 4, signatures: 'stand-in', seed: 'clocks' }
/** Slots of an hour. */
const HOUR = 4

function neighbourhood(options: Partial<NeighbourhoodOptions> = {}): SimulatedNeighbourhood {
  return new SimulatedNeighbourhood({ ...FACTS, ...options })
}

const unitOf = (n: SimulatedNeighbourhood): number => slotTimes(n.config.firstSlot, n.config.slotSeconds).unit

/** Slots, from 0, for which a meter submitted. */
function submissions(n: SimulatedNeighbourhood, meter: number): number[] {
  const slots: number[] = []
  n.network.onSent = message => {
    const envelope = envelopeIn(message)
    const isOurs = message.from === n.meter(meter).number && message.to === n.aggregator
    if (isOurs && message.channel === 'readings' && envelope?.type === MessageType.Submission)
      slots.push(envelope.slot - n.config.firstSlot)
  }
  return slots
}

/** Answers about the time take so much longer from a moment on. */
function delayAnswers(n: SimulatedNeighbourhood, ms: () => number): void {
  n.network.intercept(({ channel, reply, bytes }) =>
    channel === 'enrol' && reply && envelopeIn({ channel, bytes })?.type === MessageType.TimeReply ? { delay: ms() } : 'pass'
  )
}

describe('a clock that is moved', () => {
  it.each([40, -40])('by %d units is right again after the next hourly question', units => {
    // Nobody is asked for anything, so the slots that it may have submitted for under the wrong clock are no fault.
    const n = neighbourhood({ recovery: 'none' })
    const meter = n.meter(3)
    const adjusted: number[] = []
    const { observe } = meter
    meter.observe = output => {
      observe?.(output)
      if (output.type === 'clock-adjusted' && output.wasOff) adjusted.push(output.by)
    }
    n.schedule(1.5, () => {
      meter.offset = units * unitOf(n)
    })
    n.runSlots(1 + 3 * HOUR)
    expect(Math.abs(meter.offset)).toBeLessThan(200)
    expect(adjusted).toHaveLength(1)
    expect(Math.abs((adjusted[0] ?? 0) + units * unitOf(n))).toBeLessThan(200)
    const { slots } = n.result()
    expect(slots.at(-1)).toMatchObject({ submitted: 12, missing: [], exact: true })
    expect(slots.filter(slot => slot.exact === false)).toEqual([])
  })

  it('stays so where clocks are shared, since nobody asks', () => {
    const n = neighbourhood({ clocks: 'shared' })
    n.schedule(0.5, () => {
      n.meter(3).offset = 5_000
    })
    n.runSlots(3 * HOUR)
    expect(n.meter(3).offset).toBe(5_000)
  })
})

describe('an answer', () => {
  it('that takes longer than two seconds counts for nobody, and the last offset stays', () => {
    const n = neighbourhood()
    let late = 0
    delayAnswers(n, () => late)
    n.schedule(0, () => {
      late = 2_500
      n.meter(3).offset = 20_000
    })
    n.runSlots(2 * HOUR)
    expect(n.meter(3).offset).toBe(20_000)
    late = 0
    n.runSlots(4 * HOUR)
    expect(Math.abs(n.meter(3).offset)).toBeLessThan(200)
  })

  it('is waited for: a meter without the time submits nothing, and asks until it has it', () => {
    const n = neighbourhood()
    const slots = submissions(n, 3)
    let silent = false
    n.network.intercept(({ from, channel }) => (silent && channel === 'enrol' && from === n.meter(3).number ? 'drop' : 'pass'))
    n.schedule(0.9, () => {
      silent = true
      n.crash(3)
      n.meter(3).offset = -7 * unitOf(n)
      n.restart(3, 'intact')
    })
    n.schedule(3.5, () => {
      silent = false
    })
    n.runSlots(7)
    expect(n.meter(3).state.clock.known).toBe(true)
    expect(slots).toEqual([0, 4, 5, 6])
  })

  it('tells a meter with a lost journal which slot it must leave out, whatever its own clock says', () => {
    const n = neighbourhood()
    const slots = submissions(n, 3)
    n.schedule(1.5, () => {
      n.crash(3)
      n.meter(3).offset = -3 * 16 * unitOf(n)
      n.restart(3, 'lost')
    })
    n.runSlots(6)
    expect(slots.slice(0, 2)).toEqual([0, 1])
    expect(slots).not.toContain(2)
    expect(slots).toContain(5)
  })
})

it('a neighbourhood whose clocks are wrong at the start forms all the same', () => {
  const n = neighbourhood()
  for (const [meter, node] of n.meters) node.offset = (meter - 6) * 40_000
  n.aggregatorNode.offset = 100_000
  n.runSlots(3)
  for (const node of n.meters.values()) expect(Math.abs(node.offset)).toBeLessThan(200)
  expect(Math.abs(n.aggregatorNode.offset)).toBeLessThan(200)
  expect(n.result().slots.map(({ submitted, exact }) => [submitted, exact])).toEqual([
    [12, true],
    [12, true],
    [12, true]
  ])
})

it('the cost of a change has no questions about the time in it', () => {
  const costs = (['own', 'shared'] as const).map(clocks => {
    const n = neighbourhood({ clocks })
    n.schedule(9.2, () => n.leave(3))
    n.runSlots(11)
    return n.result().changes.map(({ kind, messages, bytes }) => [kind, messages, bytes])
  })
  expect(costs[0]).toHaveLength(1)
  expect(costs[0]).toEqual(costs[1])
})
