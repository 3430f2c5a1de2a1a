// Clocks that are set wrong, and a driver that goes by one.
import { Driver } from '@hushgrid/machine'
import { type Millis, millis } from '@hushgrid/primitives'
import { expect, it, vi } from 'vitest'
import { ClockAlarm } from '../../src/service/alarm.ts'
import { AdjustableClock, LabClock, realNow, SystemClock } from '../../src/service/clock.ts'

it('a skewed clock is ahead or behind by its offset, and waits accordingly', () => {
  const lab = LabClock.running({ real: realNow(), protocol: millis(10_000_000), rate: 100 })
  const clock = new AdjustableClock(lab)
  // Looked at before and after, since a machine may stop in between for longer than any margin.
  const checkNow = (offset: number): void => {
    const [before, shown, after] = [lab.now(), clock.now(), lab.now()]
    expect(shown).toBeGreaterThanOrEqual(before + offset)
    expect(shown).toBeLessThanOrEqual(after + offset)
  }
  const checkDelay = (ahead: number, expected: number): void => {
    const before = lab.now()
    const delay = clock.delayUntil(millis(before + ahead)) as number
    const passed = (lab.now() - before) / 100
    expect(delay).toBeLessThan(expected + 1)
    expect(delay).toBeGreaterThan(expected - passed - 1)
  }
  checkNow(0)
  clock.offset = 9_000
  expect(clock.offset).toBe(9_000)
  checkNow(9_000)
  // A moment 20 s ahead is 11 s away for who is 9 s ahead: 110 real milliseconds.
  checkDelay(20_000, 110)
  expect(clock.delayUntil(millis(lab.now() + 5_000))).toBe(0)
  clock.offset = -9_000
  checkNow(-9_000)
  checkDelay(5_000, 140)
  clock.offset = -100_000_000
  expect(clock.now()).toBe(0)
})

it('a skewed clock stands while the clock that it goes by stands', () => {
  const lab = new LabClock(millis(5_000))
  const clock = new AdjustableClock(lab)
  clock.offset = 700
  expect(clock.now()).toBe(5_700)
  expect(clock.delayUntil(millis(6_000))).toBeUndefined()
  let changes = 0
  const unsubscribe = clock.onChange(() => changes++)
  lab.start({ real: realNow(), protocol: millis(5_000), rate: 1 })
  expect(changes).toBe(1)
  clock.offset = 0
  expect(changes).toBe(2)
  unsubscribe()
  clock.offset = 5
  lab.start({ real: realNow(), protocol: millis(5_000), rate: 1 })
  expect(changes).toBe(2)
})

it('a driver goes by a clock that is set wrong while it waits', () => {
  vi.useFakeTimers({ now: 1_000_000 })
  try {
    const clock = new AdjustableClock(new SystemClock())
    const ticks: number[] = []
    const step = (state: { wakeAt: Millis | undefined }, _: { type: 'tick' }, now: Millis) => {
      ticks.push(Date.now())
      return { state: { ...state, wakeAt: millis(now + 10_000) }, outputs: [] }
    }
    const driver = new Driver({ clock, alarm: new ClockAlarm(clock), state: { wakeAt: millis(1_010_000) }, step, carryOut: () => {} })
    clock.offset = 4_000
    vi.advanceTimersByTime(5_999)
    expect(ticks).toEqual([])
    vi.advanceTimersByTime(1)
    expect(ticks).toEqual([1_006_000])
    clock.offset = -2_000
    vi.advanceTimersByTime(15_999)
    expect(ticks).toHaveLength(1)
    vi.advanceTimersByTime(1)
    expect(ticks).toEqual([1_006_000, 1_022_000])
    driver.stop()
    clock.offset = 0
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
