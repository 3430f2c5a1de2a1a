// The driver: outputs in order, ticks, and crashes between two outputs.
import { type Millis, millis } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { type Alarm, Driver, type DriverInit } from '../src/driver.ts'
import type { Tick } from '../src/step.ts'

interface Counting {
  readonly steps: number
  readonly wakeAt: Millis | undefined
}

type Input = { readonly type: 'go' }
type Init = DriverInit<Counting, Input, string>

/** Time that a test moves, and an alarm that goes off by it. */
class TestTime implements Alarm {
  at = millis(0)
  due: { readonly moment: Millis; readonly wake: () => void } | undefined
  timesSet = 0

  now(): Millis {
    return this.at
  }

  set(moment: Millis | undefined, wake: () => void): void {
    this.timesSet++
    this.due = moment === undefined ? undefined : { moment, wake }
  }

  pass(to: number): void {
    for (let due = this.due; due && due.moment <= to; due = this.due) {
      this.at = due.moment
      this.due = undefined
      due.wake()
    }
    this.at = millis(to)
  }
}

/** Drives a machine that wants a tick every second, and puts out two outputs a step: its journal's record, and a message. */
function driven(carryOut: (output: string) => void, more: Partial<Init> = {}): { driver: Driver<Counting, Input, string>; time: TestTime } {
  const time = new TestTime()
  const step: Init['step'] = ({ steps }, { type }, now) => ({
    state: { steps: steps + 1, wakeAt: millis(now + 1000) },
    outputs: [`journal ${steps + 1}`, `send ${steps + 1} at ${type}`]
  })
  return { driver: new Driver({ clock: time, alarm: time, state: { steps: 0, wakeAt: millis(1000) }, step, carryOut, ...more }), time }
}

describe('a driver', () => {
  it('carries outputs out in order, and ticks the machine when it asks to be', () => {
    const outputs: string[] = []
    const { driver, time } = driven(output => outputs.push(output))
    time.pass(500)
    expect(driver.feed({ type: 'go' })).toEqual(['journal 1', 'send 1 at go'])
    time.pass(1499)
    expect(outputs).toHaveLength(2)
    time.pass(2600)
    expect(outputs).toEqual(['journal 1', 'send 1 at go', 'journal 2', 'send 2 at tick', 'journal 3', 'send 3 at tick'])
  })

  it('does not tick a machine that is woken too early, and sets the alarm again', () => {
    const { driver, time } = driven(() => undefined)
    expect(driver.wake()).toBe(false)
    expect(driver.state.steps).toBe(0)
    expect(time.due?.moment).toBe(1000)
    time.at = millis(1000)
    expect(driver.wake()).toBe(true)
    expect(driver.state.steps).toBe(1)
  })

  it('feeds in before a tick what has to come then', () => {
    const inputs: string[] = []
    const fed: { driver?: Driver<Counting, Input, string> } = {}
    const { driver, time } = driven(output => inputs.push(output), {
      beforeTick: now => {
        expect(now).toBe(1000)
        fed.driver?.feed({ type: 'go' })
      }
    })
    fed.driver = driver
    time.pass(1000)
    expect(inputs).toEqual(['journal 1', 'send 1 at go', 'journal 2', 'send 2 at tick'])
  })

  it('sets no alarm for a machine that wants no tick, and none once it is stopped', () => {
    const { driver, time } = driven(() => undefined, { step: () => ({ state: { steps: 0, wakeAt: undefined }, outputs: [] }) })
    driver.feed({ type: 'go' })
    expect(time.due).toBeUndefined()
    const other = driven(() => undefined)
    other.driver.stop()
    expect(other.time.due).toBeUndefined()
    expect(other.driver.feed({ type: 'go' })).toEqual([])
    expect(other.driver.wake()).toBe(false)
    expect(other.driver.state.steps).toBe(0)
  })
})

describe('a crash between two outputs', () => {
  it('has the rest never happen', () => {
    const outputs: string[] = []
    const { driver, time } = driven(output => {
      outputs.push(output)
      driver.stop()
    })
    expect(driver.feed({ type: 'go' })).toEqual(['journal 1'])
    expect(outputs).toEqual(['journal 1'])
    expect(time.due).toBeUndefined()
    time.pass(10_000)
    expect(outputs).toEqual(['journal 1'])
  })

  it('just before a tick has the tick never happen', () => {
    const outputs: string[] = []
    const { driver, time } = driven(output => outputs.push(output), { beforeTick: () => driver.stop() })
    time.pass(1000)
    expect(outputs).toEqual([])
    expect(driver.feed({ type: 'tick' } satisfies Tick)).toEqual([])
  })
})

describe('a driver whose outputs cannot be carried out', () => {
  const full = (): never => {
    throw new Error('disk full')
  }

  it('throws where there is a caller, sends nothing that the journal does not have, and takes no step more', () => {
    const { driver, time } = driven(full)
    expect(() => driver.feed({ type: 'go' })).toThrow('disk full')
    expect(driver.feed({ type: 'go' })).toEqual([])
    expect(driver.state.steps).toBe(1)
    expect(time.due).toBeUndefined()
  })

  it('tells of a failure in a step that the alarm began', () => {
    const failures: unknown[] = []
    const { driver, time } = driven(full, { onFailure: cause => failures.push(cause) })
    time.pass(5000)
    expect(failures).toEqual([new Error('disk full')])
    expect(driver.feed({ type: 'go' })).toEqual([])
  })

  it('throws such a failure where nobody is told', () => {
    const { time } = driven(full)
    expect(() => time.pass(5000)).toThrow('disk full')
  })
})
