// Plans: nobody is acted on in the wrong state, draws have their rates, and the same scenario gives the same plan.
import { readdirSync, readFileSync } from 'node:fs'
import { SeededRng } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseScenario, type Scenario } from '../../src/file/scenario-file.ts'
import { parseTrace, type TraceEntry } from '../../src/file/trace.ts'
import { drawDowntime, drawPoisson } from '../../src/operations/poisson.ts'
import type { PlannedOperation } from '../../src/operations/registry.ts'
import { planScenario } from '../../src/plan/plan.ts'

const directory = new URL('../../../../topology/scenarios/', import.meta.url)
const read = (file: string): string => readFileSync(new URL(file, directory), 'utf8')

function scenario(operations: readonly string[], { seed = 's', members = 10, slots = 20 } = {}): Scenario {
  const lines = operations.map(each => `  - { ${each} }\n`).join('')
  const text = `name: a\nabout: b\nseed: ${seed}\nmembers: ${members}\nslots: ${slots}\ntrace: a.csv\noperations:${lines === '' ? ' []' : `\n${lines}`}`
  return parseScenario(text, 'a.yaml')
}

const plan = (...operations: string[]): readonly PlannedOperation[] => planScenario(scenario(operations))
const meters = (operations: readonly PlannedOperation[]): (number | undefined)[] =>
  operations.map(each => ('meter' in each ? each.meter : undefined))

/** Steps that report operations without effect. */
const passed = (...all: readonly (readonly [at: number, operation: string, about: number | undefined, why: string])[]) =>
  all.map(([at, operation, about, why]): PlannedOperation => ({ at, do: 'without-effect', operation, about, why }))

/** Goes through a plan and fails where a meter or a role is acted on in a state that it is not in. */
function expectSound(operations: readonly PlannedOperation[], { members, slots }: Scenario): void {
  const state = new Map<number, 'up' | 'down' | 'left'>()
  for (let meter = 0; meter < members; meter++) state.set(meter, 'up')
  const roles = { aggregator: true, registrar: true }
  let before = 0
  for (const operation of operations) {
    expect(operation.at).toBeGreaterThanOrEqual(before)
    expect(operation.at).toBeLessThan(slots)
    before = operation.at
    if (operation.do === 'join') {
      expect([undefined, 'left']).toContain(state.get(operation.meter))
      state.set(operation.meter, 'up')
    } else if (operation.do === 'leave' || operation.do === 'crash') {
      expect(state.get(operation.meter)).toBe('up')
      state.set(operation.meter, operation.do === 'leave' ? 'left' : 'down')
    } else if (operation.do === 'restart') {
      expect(state.get(operation.meter)).toBe('down')
      state.set(operation.meter, 'up')
    } else if (operation.do === 'partition') {
      expect(operation.meters.length).toBeGreaterThan(0)
      for (const meter of operation.meters) expect(state.get(meter)).toBe('up')
    } else if (operation.do === 'delay' || operation.do === 'loss') {
      if (operation.meters !== 'all') for (const meter of operation.meters) expect(state.has(meter)).toBe(true)
    } else if (operation.do === 'skew') {
      for (const [meter] of operation.offsets) expect(['up', 'down']).toContain(state.get(meter))
    } else if (/^(?:aggregator|registrar)-/.test(operation.do)) {
      const [role, what] = operation.do.split('-') as ['aggregator' | 'registrar', 'crash' | 'restart']
      expect(roles[role]).toBe(what === 'crash')
      roles[role] = what === 'restart'
    }
  }
}

describe('planScenario', () => {
  it('gives newcomers the next numbers', () => {
    expect(plan('at: 3, do: join', 'at: 1, do: join, count: 2')).toEqual([
      { at: 1, do: 'join', meter: 10 },
      { at: 1, do: 'join', meter: 11 },
      { at: 3, do: 'join', meter: 12 }
    ])
  })

  it('makes a restart of the time that a meter is down', () => {
    expect(plan('at: 2, do: crash, meter: 4, for: 1.5', 'at: 3, do: crash, meter: 5, phase: while-releasing')).toEqual([
      { at: 2, do: 'crash', meter: 4, phase: 'before-submitting' },
      { at: 3, do: 'crash', meter: 5, phase: 'while-releasing' },
      { at: 3.5, do: 'restart', meter: 4, journal: 'intact' }
    ])
  })

  it('passes over what is not in the state for it, and says so', () => {
    expect(
      plan(
        'at: 1, do: crash, meter: 4',
        'at: 2, do: crash, meters: [4, 5]',
        'at: 3, do: leave, meters: [4, 6]',
        'at: 4, do: restart, meters: [4, 6, 7], journal: lost',
        'at: 5, do: leave, meter: 6',
        'at: 6, do: partition, meters: [6]',
        'at: 7, do: loss, rate: 0.5, meters: [6]',
        'at: 8, do: skew, seconds: 3, meters: [6]'
      )
    ).toEqual([
      { at: 1, do: 'crash', meter: 4, phase: 'before-submitting' },
      ...passed([2, 'crash', 4, 'it is down']),
      { at: 2, do: 'crash', meter: 5, phase: 'before-submitting' },
      ...passed([3, 'leave', 4, 'it is down']),
      { at: 3, do: 'leave', meter: 6 },
      { at: 4, do: 'restart', meter: 4, journal: 'lost' },
      ...passed([4, 'restart', 6, 'it has left'], [4, 'restart', 7, 'it runs'], [5, 'leave', 6, 'it has left']),
      ...passed([6, 'partition', 6, 'it has left'], [7, 'loss', 6, 'it has left'], [8, 'skew', 6, 'it has left'])
    ])
  })

  it('says where an operation finds nobody, or nothing to do', () => {
    const operations = plan(
      'at: 1, do: restart, all: true',
      'at: 2, do: heal',
      'at: 3, do: leave, fraction: 0.01',
      'at: 4, do: partition, meters: [1], for: 2',
      'at: 5, do: heal',
      'at: 7, do: delay, seconds: 3, meters: [12]',
      'at: 8, do: registrar-crash, for: 3',
      'at: 9, do: registrar-crash, for: 1'
    )
    expect(operations.filter(each => each.do === 'without-effect')).toEqual(
      passed(
        [1, 'restart', undefined, 'no meter is down'],
        [2, 'heal', undefined, 'nobody is cut off'],
        [3, 'leave', undefined, 'of 10 meters that run none is drawn'],
        [6, 'heal', undefined, 'nobody is cut off'],
        [7, 'delay', 12, 'there is no such meter yet'],
        [9, 'registrar-crash', undefined, 'it is down']
      )
    )
    expect(operations.map(({ do: what }) => what).filter(what => what !== 'without-effect')).toEqual([
      'partition',
      'heal',
      'registrar-crash',
      'registrar-restart'
    ])
  })

  it('restarts all that are down, and none of them twice', () => {
    const operations = plan('at: 1, do: crash, meters: [2, 3], for: 4', 'at: 3, do: restart, all: true')
    expect(meters(operations.filter(each => each.do === 'restart'))).toEqual([2, 3])
  })

  it('does not end a later crash when an earlier one would have ended', () => {
    const operations = plan('at: 1, do: crash, meter: 2, for: 5', 'at: 3, do: restart, meter: 2', 'at: 4, do: crash, meter: 2, for: 6')
    expect(operations.map(({ at, do: what }) => [at, what])).toEqual([
      [1, 'crash'],
      [3, 'restart'],
      [4, 'crash'],
      [10, 'restart']
    ])
  })

  it('lets a meter that is back crash again in the same moment', () => {
    const operations = plan('at: 4, do: crash, meter: 2', 'at: 2, do: crash, meter: 2, for: 2')
    expect(operations.map(({ do: what }) => what)).toEqual(['crash', 'restart', 'crash'])
  })

  it('leaves out what comes when the run is over', () => {
    expect(plan('at: 19.5, do: aggregator-crash, for: 0.5')).toEqual([{ at: 19.5, do: 'aggregator-crash' }])
  })

  it('ends partitions, delays, losses and crashes of the roles', () => {
    expect(
      plan(
        'at: 1, do: partition, meters: [1, 2], for: 3',
        'at: 5, do: delay, seconds: 4, for: 1',
        'at: 7, do: loss, rate: 0.25, meters: [3], for: 0.5',
        'at: 8, do: registrar-crash, for: 2',
        'at: 9, do: registrar-crash, for: 5',
        'at: 11, do: aggregator-crash, for: 0.1'
      )
    ).toEqual([
      { at: 1, do: 'partition', meters: [1, 2] },
      { at: 4, do: 'heal' },
      { at: 5, do: 'delay', meters: 'all', seconds: 4 },
      { at: 6, do: 'delay', meters: 'all', seconds: 0 },
      { at: 7, do: 'loss', meters: [3], rate: 0.25 },
      { at: 7.5, do: 'loss', meters: [3], rate: 0 },
      { at: 8, do: 'registrar-crash' },
      ...passed([9, 'registrar-crash', undefined, 'it is down']),
      { at: 10, do: 'registrar-restart' },
      { at: 11, do: 'aggregator-crash' },
      { at: 11.1, do: 'aggregator-restart' }
    ])
  })

  it('heals when it is told to, also where a partition has no end of its own', () => {
    expect(plan('at: 3, do: heal', 'at: 1, do: partition, meter: 2')).toEqual([
      { at: 1, do: 'partition', meters: [2] },
      { at: 3, do: 'heal' }
    ])
  })

  it('draws a fraction and a count from those that run', () => {
    const [away, ...rest] = plan(
      'at: 1, do: partition, fraction: 0.33',
      'at: 2, do: crash, count: 8',
      'at: 3, do: blackout, fraction: 1, for: 1'
    )
    if (away?.do !== 'partition') throw new Error('expected a partition')
    expect(new Set(away.meters).size).toBe(3)
    const crashed = rest.filter(each => each.do === 'crash')
    expect(crashed.map(({ at }) => at)).toEqual([...new Array(8).fill(2), 3, 3])
    expect(meters(crashed).sort((a, b) => Number(a) - Number(b))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('draws clocks within bounds, and anew in each slot where asked', () => {
    const once = plan('at: 2, do: skew, seconds: 9, meters: [1, 12]', 'at: 1, do: join')
    expect(once.filter(each => each.do === 'skew').map(({ at, offsets }) => [at, offsets.map(([meter]) => meter)])).toEqual([[2, [1]]])
    const each = plan('at: 0, do: skew, seconds: 9, each: slot').filter(operation => operation.do === 'skew')
    expect(each).toHaveLength(20)
    const offsets = each.flatMap(operation => operation.offsets.map(([, seconds]) => seconds))
    expect(offsets).toHaveLength(200)
    expect(Math.max(...offsets)).toBeLessThanOrEqual(9)
    expect(Math.min(...offsets)).toBeGreaterThanOrEqual(-9)
    expect(Math.max(...offsets) - Math.min(...offsets)).toBeGreaterThan(12)
    expect(new Set(offsets).size).toBeGreaterThan(150)
  })

  it('hands an attack on as it is', () => {
    expect(
      plan(
        'at: 2, do: attack, by: aggregator, what: cut-off, meters: [3, 4], slots: 4',
        'at: 3, do: attack, by: registrar, what: two-rosters'
      )
    ).toEqual([
      { at: 2, do: 'attack', by: 'aggregator', what: 'cut-off', meters: [3, 4], slots: 4 },
      { at: 3, do: 'attack', by: 'registrar', what: 'two-rosters', slots: 1 }
    ])
  })

  it('draws random days of about the rates that are asked for', () => {
    const day = scenario(['at: 10, do: poisson, until: 410, joins: 0.2, leaves: 0.1, crashes: 0.3, downtime: 4'], {
      members: 200,
      slots: 500
    })
    const operations = planScenario(day)
    expectSound(operations, day)
    const of = (what: PlannedOperation['do']): number[] => operations.filter(each => each.do === what).map(({ at }) => at)
    // Five standard deviations.
    expect(Math.abs(of('join').length - 80)).toBeLessThan(45)
    expect(Math.abs(of('leave').length - 40)).toBeLessThan(32)
    expect(Math.abs(of('crash').length - 120)).toBeLessThan(55)
    for (const at of [...of('join'), ...of('leave'), ...of('crash')]) expect(at >= 10 && at < 410).toBe(true)
    for (const at of of('crash')) expect(Number.isInteger(at)).toBe(true)
  })

  it('follows a trace, whose newcomers have the numbers that it gives them', () => {
    const trace = parseTrace('5,10,crash\n1,11,join\n1,10,join\n7,10,restart\n2,3,leave\n4,3,crash\n9,3,join\n', 'a.csv')
    expect(planScenario(scenario(['at: 0, do: join']), trace)).toEqual([
      { at: 0, do: 'join', meter: 12 },
      { at: 1, do: 'join', meter: 11 },
      { at: 1, do: 'join', meter: 10 },
      { at: 2, do: 'leave', meter: 3 },
      ...passed([4, 'crash', 3, 'it has left']),
      { at: 5, do: 'crash', meter: 10, phase: 'before-submitting' },
      { at: 7, do: 'restart', meter: 10, journal: 'intact' },
      { at: 9, do: 'join', meter: 3 }
    ])
  })

  it('is the same for the same scenario, and another for another seed', () => {
    const random = ['at: 1, do: poisson, joins: 0.3, leaves: 0.3, crashes: 0.5, downtime: 3', 'at: 4, do: blackout, fraction: 0.5, for: 2']
    expect(planScenario(scenario(random))).toEqual(planScenario(scenario(random)))
    expect(planScenario(scenario(random))).not.toEqual(planScenario(scenario(random, { seed: 't' })))
  })

  it('never acts on a meter in the wrong state, whatever it is asked', () => {
    const at = fc.integer({ min: 0, max: 39 }).map(half => half / 2)
    const choice = fc.oneof(
      fc.integer({ min: 0, max: 11 }).map(meter => `meter: ${meter}`),
      fc.uniqueArray(fc.integer({ min: 0, max: 11 }), { minLength: 1, maxLength: 5 }).map(list => `meters: [${list.join(', ')}]`),
      fc.integer({ min: 1, max: 12 }).map(count => `count: ${count}`),
      fc.constantFrom('fraction: 0.2', 'fraction: 1')
    )
    const operation = fc.oneof(
      fc.tuple(choice, fc.constantFrom('leave', 'crash', 'partition')).map(([which, what]) => `do: ${what}, ${which}`),
      fc
        .tuple(choice, fc.constantFrom('crash', 'partition'), fc.integer({ min: 1, max: 4 }))
        .map(([which, what, slots]) => `do: ${what}, ${which}, for: ${slots}`),
      fc.constantFrom(
        'do: join',
        'do: restart, all: true',
        'do: restart, meters: [1, 2, 3, 4, 11]',
        'do: blackout, fraction: 0.5, for: 1',
        'do: poisson, joins: 0.2, leaves: 0.2, crashes: 0.5',
        'do: aggregator-crash, for: 1.5',
        'do: registrar-crash, for: 3',
        'do: delay, seconds: 2, meters: [1, 11], for: 1',
        'do: loss, rate: 0.1, for: 1',
        'do: skew, seconds: 5, each: slot',
        'do: skew, seconds: 5, meters: [3, 11]'
      )
    )
    const events = fc.constantFrom<TraceEntry['what']>('join', 'leave', 'crash', 'restart')
    const trace = fc.array(fc.record({ slot: fc.integer({ min: 0, max: 19 }), meter: fc.integer({ min: 0, max: 12 }), what: events }), {
      maxLength: 10
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(at, operation), { maxLength: 12 }), trace, (given, entries) => {
        const churn = scenario(given.map(([moment, text]) => `at: ${moment}, ${text}`))
        expectSound(planScenario(churn, entries), churn)
      }),
      { numRuns: 200 }
    )
  })

  it.each(readdirSync(directory).filter(name => name.endsWith('.yaml')))('plans %s', file => {
    const churn = parseScenario(read(file), file)
    const trace = churn.trace === undefined ? [] : parseTrace(read(churn.trace), churn.trace, churn)
    const operations = planScenario(churn, trace)
    expectSound(operations, churn)
    expect(operations.length > 0).toBe(file !== 'calm-day.yaml')
  })
})

describe('what is drawn', () => {
  const mean = (draw: (rng: SeededRng) => number): number => {
    const rng = new SeededRng('draws')
    let sum = 0
    for (let i = 0; i < 10_000; i++) sum += draw(rng)
    return sum / 10_000
  }

  it.each([0, 0.05, 1, 8])('has %d events a slot where that is the rate', rate => {
    expect(Math.abs(mean(rng => drawPoisson(rng, rate)) - rate)).toBeLessThanOrEqual((5 * Math.sqrt(rate)) / 100)
  })

  it.each([1, 1.5, 3, 20])('is down for whole slots, %d on average', downtime => {
    const deviation = Math.sqrt(downtime * (downtime - 1))
    expect(Math.abs(mean(rng => drawDowntime(rng, downtime)) - downtime)).toBeLessThanOrEqual((5 * deviation) / 100)
    const rng = new SeededRng('downtime')
    for (let i = 0; i < 100; i++) expect(Number.isInteger(drawDowntime(rng, downtime))).toBe(true)
  })
})
