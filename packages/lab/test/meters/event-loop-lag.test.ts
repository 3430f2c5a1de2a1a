// Lateness of an event loop that this test holds up for a known time.
import { setTimeout as wait } from 'node:timers/promises'
import { realNow } from '@hushgrid/network'
import { expect, it } from 'vitest'
import { takeStalls, watchLag, watchLongestStall, worstLag } from '../../src/meters/event-loop-lag.ts'

function holdUp(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

it('counts a stall that is over and one that still lasts, each once and at its time', async () => {
  watchLag()
  await wait(60)
  takeStalls()
  const before = realNow()
  holdUp(150)
  // No timer has run since: whoever asks now hears of it nevertheless.
  const lasting = takeStalls()
  expect(worstLag(lasting)).toBeGreaterThanOrEqual(100)
  expect(lasting.at(-1)?.until).toBeGreaterThan(before + 100)
  holdUp(150)
  await wait(60)
  const after = takeStalls()
  expect(worstLag(after)).toBeGreaterThanOrEqual(100)
  expect(worstLag(after, realNow())).toBe(0)
})

it('is known by its longest stall where watching has to cost little, the whole time where nobody could look', async () => {
  const longest = watchLongestStall()
  await wait(60)
  holdUp(150)
  await wait(60)
  expect(worstLag(longest())).toBeGreaterThanOrEqual(100)
  holdUp(150)
  expect(worstLag(longest())).toBeGreaterThanOrEqual(100)
})
