// Clocks that are set wrong, and a driver that goes by one.
import { Driver } from '@hushgrid/machine'
import { type Millis, millis } from '@hushgrid/primitives'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ClockAlarm } from '../../src/service/alarm.ts'
import { AdjustableClock, type ClockAnchor, LabClock, realNow, SystemClock, shownAt } from '../../src/service/clock.ts'
import { askingNetworkLayer, networkLayer } from '../../src/service/role-node.ts'

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

it('a lab clock tells what it shows at a real moment, another clock the moment itself', () => {
  const lab = LabClock.running({ real: 1_000_000, protocol: millis(50_000_000), rate: 1800 })
  expect([1_000_000, 1_000_010, 999_990].map(real => shownAt(lab, real))).toEqual([50_000_000, 50_018_000, 49_982_000])
  expect(shownAt(lab, 0)).toBe(0)
  expect(shownAt(new SystemClock(), 1_000_010)).toBe(1_000_010)
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

describe('a lab clock that goes on at another rate', () => {
  const START = 1_000_000
  const at = (real: number): void => {
    vi.spyOn(performance, 'now').mockReturnValue(real - performance.timeOrigin)
  }
  /** A clock a hundred times as fast, which shows 10,000 s at the start. */
  const fast = (): LabClock => {
    at(START)
    return LabClock.running({ real: START, protocol: millis(10_000_000), rate: 100 })
  }
  afterEach(() => vi.restoreAllMocks())

  it('shows the same times until the moment, and slower ones from there, without a jump', () => {
    const clock = fast()
    const anchor = clock.anchorFrom(millis(10_100_000), 50)
    expect(anchor).toEqual({ real: START + 1000, protocol: 10_100_000, rate: 50 })
    if (anchor) clock.follow(anchor)
    const shown = [0, 999, 1000, 1001, 3000].map(after => {
      at(START + after)
      return clock.now()
    })
    expect(shown).toEqual([10_000_000, 10_099_900, 10_100_000, 10_100_050, 10_200_000])
    // Moments on both sides have their own real times, those that are past too.
    expect([10_050_000, 10_100_000, 10_150_000].map(moment => clock.realAt(millis(moment)))).toEqual([
      START + 500,
      START + 1000,
      START + 2000
    ])
    at(START + 500)
    expect(clock.delayUntil(millis(10_150_000))).toBe(1500)
  })

  it('stands where it hears of the change too late, until the others have caught up, and never runs backwards', () => {
    const clock = fast()
    at(START + 1400)
    expect(clock.now()).toBe(10_140_000)
    clock.follow({ real: START + 1000, protocol: millis(10_100_000), rate: 50 })
    const shown = [1400, 1600, 1800, 1802].map(after => {
      at(START + after)
      return clock.now()
    })
    expect(shown).toEqual([10_140_000, 10_140_000, 10_140_000, 10_140_100])
    expect(clock.delayUntil(millis(10_141_000))).toBe(18)
  })

  it('starts a clock that stands, and tells who waits each time', () => {
    at(START)
    const clock = new LabClock(millis(5_000))
    expect(clock.anchorFrom(millis(6_000), 1)).toBeUndefined()
    let changes = 0
    clock.onChange(() => changes++)
    clock.follow({ real: START, protocol: millis(5_000), rate: 1 })
    clock.follow({ real: START + 100, protocol: millis(5_100), rate: 0.5 })
    expect(changes).toBe(2)
    at(START + 300)
    expect(clock.now()).toBe(5_200)
  })

  it('is the clock of a node program, of those whose clock can be set too, as its starter tells', () => {
    at(START)
    const first = { real: START, protocol: millis(10_000_000), rate: 100 }
    for (const layer of [networkLayer, askingNetworkLayer]) {
      let tell: (anchor: ClockAnchor) => void = () => {}
      const clock = layer.clock(first, 'on-demand', told => {
        tell = told
      })
      tell({ real: START + 1000, protocol: millis(10_100_000), rate: 50 })
      at(START + 3000)
      expect(clock.now()).toBe(10_200_000)
      at(START)
    }
  })

  it('sets the alarm of a driver anew', () => {
    const clock = fast()
    const set = vi.spyOn(globalThis, 'setTimeout').mockReturnValue({} as NodeJS.Timeout)
    const alarm = new ClockAlarm(clock)
    alarm.set(millis(10_200_000), () => {})
    clock.follow({ real: START + 1000, protocol: millis(10_100_000), rate: 50 })
    expect(set.mock.calls.map(([, delay]) => delay)).toEqual([2000, 3000])
    alarm.set(undefined, () => {})
  })
})
