// The moment of "ask twice" where the clock goes on at another pace meanwhile, with an aggregator without rosters.
import { LabClock, realNow } from '@hushgrid/network'
import type { AggregatorNode } from '@hushgrid/node-aggregator'
import { type MeterId, millis, slot, slotTimes } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { askTwice } from '../../src/contender/dcnet/ask-twice.ts'

const SLOT = slot(1_900_000)
const { deadline, unit } = slotTimes(SLOT, 900)
const MOMENT = deadline + 2 * unit
const node = { service: { state: { config: { slotSeconds: 900 }, book: { ofSlot: () => undefined } } } } as unknown as AggregatorNode
const asked = (clock: LabClock, signal: AbortSignal): Promise<number> =>
  askTwice({ aggregator: () => node, clock, slot: SLOT, victim: 'aa' as MeterId, signal })

it('is two units after the deadline, however long they take', async () => {
  // A slot in a tenth of a second, and at once in three tenths.
  const clock = LabClock.running({ real: realNow(), protocol: millis(MOMENT - 900_000), rate: 9000 })
  const asking = expect(asked(clock, new AbortController().signal)).rejects.toThrow('has no roster for the slot')
  clock.follow({ real: realNow(), protocol: clock.now(), rate: 3000 })
  await asking
  expect(clock.now()).toBeGreaterThanOrEqual(MOMENT)
})

it('does not come once the run has ended', async () => {
  const clock = LabClock.running({ real: realNow(), protocol: millis(MOMENT - 900_000), rate: 1 })
  await expect(asked(clock, AbortSignal.abort())).rejects.toThrow('the run ended before the requests went out')
})
