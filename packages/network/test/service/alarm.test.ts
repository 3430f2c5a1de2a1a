// The driver by a real clock’s alarm: failures, and never more than one timer.
import { Driver, type DriverInit, type Tick } from '@hushgrid/machine'
import { type Millis, millis } from '@hushgrid/primitives'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ClockAlarm } from '../../src/service/alarm.ts'
import { LabClock, SystemClock } from '../../src/service/clock.ts'

interface Machine {
  steps: number
  wakeAt: Millis | undefined
}

type Input = { readonly type: 'go' }

/** A machine that wants a tick every second, and puts out the number of the step. */
function driver(
  carryOut: (output: number) => void,
  more: Partial<DriverInit<Machine, Input, number>> = {}
): Driver<Machine, Input, number> {
  const step = (state: Machine, _: Input | Tick, now: Millis) => {
    const next: Machine = { steps: state.steps + 1, wakeAt: millis(now + 1000) }
    return { state: next, outputs: [next.steps] }
  }
  const clock = new SystemClock()
  return new Driver({
    clock,
    alarm: new ClockAlarm(clock),
    state: { steps: 0, wakeAt: millis(Date.now() + 1000) },
    step,
    carryOut,
    ...more
  })
}

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

describe('a driver whose outputs cannot be carried out', () => {
  it('tells of a failure in a step that a timer began, and takes no step more', () => {
    const failures: unknown[] = []
    const full = (): never => {
      throw new Error('disk full')
    }
    const failing = driver(full, { onFailure: cause => failures.push(cause) })
    vi.advanceTimersByTime(5000)
    expect(failures).toEqual([new Error('disk full')])
    expect(failing.feed({ type: 'go' })).toEqual([])
    expect(failing.state.steps).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('throws where there is a caller, and takes no step more', () => {
    const failing = driver(() => {
      throw new Error('disk full')
    })
    expect(() => failing.feed({ type: 'go' })).toThrow('disk full')
    expect(failing.feed({ type: 'go' })).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('tells of a failure in what is fed in before a tick', () => {
    const failures: unknown[] = []
    driver(() => undefined, {
      onFailure: cause => failures.push(cause),
      beforeTick: () => {
        throw new Error('no readings')
      }
    })
    vi.advanceTimersByTime(5000)
    expect(failures).toEqual([new Error('no readings')])
  })
})

it('holds one timer, however often it is fed', () => {
  const outputs: number[] = []
  const fed = driver(output => outputs.push(output))
  for (let i = 0; i < 100; i++) fed.feed({ type: 'go' })
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(3000)
  expect(outputs).toHaveLength(103)
  fed.stop()
  expect(vi.getTimerCount()).toBe(0)
})

it('a running lab clock shows its anchor’s time, and earlier times before', () => {
  vi.useRealTimers()
  const real = performance.timeOrigin + performance.now()
  const later = LabClock.running({ real: real + 10_000, protocol: millis(50_000_000), rate: 100 })
  expect(later.now()).toBeGreaterThanOrEqual(49_000_000)
  expect(later.now()).toBeLessThan(49_900_000)
  expect(LabClock.running({ real: real + 10_000, protocol: millis(1000), rate: 100 }).now()).toBe(0)
  expect(LabClock.running({ real, protocol: millis(50_000_000), rate: 1 }).delayUntil(millis(50_000_000 - 1))).toBe(0)
})
