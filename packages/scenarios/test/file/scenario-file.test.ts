// Scenario files: the shipped ones, what a file may hold, and the sentence for each mistake.
import { readdirSync, readFileSync } from 'node:fs'
import { RECOVERY_MODES } from '@hushgrid/topology'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ATTACKS } from '../../src/attacks/registry.ts'
import { ScenarioFileError } from '../../src/file/error.ts'
import { expectationsFor } from '../../src/file/expectations.ts'
import { parseScenario } from '../../src/file/scenario-file.ts'
import { scenarioJsonSchema } from '../../src/file/schema.ts'

const directory = new URL('../../../../topology/scenarios/', import.meta.url)
const files = readdirSync(directory).filter(name => name.endsWith('.yaml'))
const read = (file: string): string => readFileSync(new URL(file, directory), 'utf8')

/** Lines 1 to 5 of a scenario that lacks nothing. */
const HEAD = 'name: a\nabout: b\nseed: s\nmembers: 10\nslots: 5\n'
const operation = (text: string): string => `${HEAD}operations:\n  - { ${text} }\n`

function mistake(text: string): ScenarioFileError {
  try {
    parseScenario(text, 'a.yaml')
  } catch (error) {
    if (error instanceof ScenarioFileError) return error
    throw error
  }
  throw new Error('expected a ScenarioFileError')
}

describe('the scenarios of this repository', () => {
  it('has one for each kind of churn and for each attack', () => {
    const attacks = [...ATTACKS.keys()]
    expect(files.sort()).toEqual(
      [
        'aggregator-restart',
        'attrition',
        'calm-day',
        'clock-skew',
        'crash-after-submitting',
        'crash-before-submitting',
        'crash-while-releasing',
        'evening-outage',
        'evening-outage-small-degree',
        'evening-storm',
        'flaky-uplink',
        'flapping-meter',
        'one-join',
        'one-leave',
        'overload',
        'partition-and-heal',
        'partition-while-releasing',
        'plain-ring-two-crashes',
        'poisson',
        'poisson-day',
        'recorded-morning',
        'registrar-away',
        'slow-answers',
        'ten-joins',
        ...attacks.map(what => `attack-${what}`)
      ]
        .map(name => `${name}.yaml`)
        .sort()
    )
  })

  it.each(files)('%s parses, is named after its file, and says what must hold', file => {
    const text = read(file)
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./scenario.schema.json')
    const scenario = parseScenario(text, file)
    expect(`${scenario.name}.yaml`).toBe(file)
    expect(scenario.about).toMatch(/^[A-Z].*\.$/)
    expect(scenario.expect.lost).toBeDefined()
    expect(scenario.expect.exact).toBe(true)
    if (!file.startsWith('attack-')) return
    const attacks = scenario.operations.filter(each => each.do === 'attack')
    expect(attacks.map(({ what }) => `attack-${what}.yaml`)).toEqual([file])
    expect(scenario.expect.hidden).toBe(true)
  })

  it('has a JSON schema that is up to date (pnpm generate)', () => {
    expect(JSON.parse(read('scenario.schema.json'))).toEqual(scenarioJsonSchema())
  })
})

describe('parseScenario', () => {
  it('fills in the defaults and freezes', () => {
    const scenario = parseScenario(`${HEAD}operations:\n  - { at: 0, do: join }\n  - { at: 1.5, do: crash, count: 2 }\n`, 'a.yaml')
    expect(scenario).toEqual({
      name: 'a',
      about: 'b',
      seed: 's',
      members: 10,
      slots: 5,
      operations: [
        { at: 0, do: 'join', count: 1 },
        { at: 1.5, do: 'crash', count: 2, phase: 'before-submitting' }
      ],
      expect: {}
    })
    expect(Object.isFrozen(scenario)).toBe(true)
  })

  it('keeps what is given of a network, and fills in nothing', () => {
    const network = (text: string) => parseScenario(`${HEAD}network: ${text}\n`, 'a.yaml').network
    expect(network('../networks/street-25.yaml')).toBe('../networks/street-25.yaml')
    expect(network('{ file: x.yaml, dropout: 0.3 }')).toEqual({ file: 'x.yaml', dropout: 0.3 })
    expect(network('{ degree: complete, lanes: [1-0:1.29.0] }')).toEqual({ degree: 'complete', lanes: ['1-0:1.29.0'] })
  })

  it('takes a number as a seed', () => {
    expect(parseScenario(HEAD.replace('seed: s', 'seed: 17'), 'a.yaml').seed).toBe('17')
  })

  it.each([
    'at: 0, do: restart, all: true',
    'at: 4.99, do: heal',
    'at: 1, do: leave, fraction: 0.3',
    'at: 1, do: crash, meters: [0, 9], phase: while-releasing, for: 1.5',
    'at: 1, do: partition, count: 3, for: 2',
    'at: 1, do: delay, seconds: 4',
    'at: 1, do: loss, rate: 0.1, meters: [3], for: 1',
    'at: 1, do: skew, seconds: 9, each: slot',
    'at: 1, do: blackout, fraction: 0.3, for: 4',
    'at: 1, do: poisson, joins: 0.1, until: 4',
    'at: 1, do: aggregator-crash, for: 0.1',
    'at: 1, do: registrar-crash, for: 6',
    'at: 1, do: attack, by: registrar, what: two-rosters',
    'at: 1, do: attack, by: aggregator, what: cut-off, meters: [1, 2], slots: 2'
  ])('takes { %s }', text => {
    expect(parseScenario(operation(text), 'a.yaml').operations).toHaveLength(1)
  })

  it('knows the meters that join', () => {
    const crash = '  - { at: 2, do: crash, meter: 12 }\n'
    const join = (text: string): string => `${HEAD}operations:\n  - { at: 1, ${text} }\n${crash}`
    expect(mistake(join('do: join, count: 2')).message).toBe(
      'a.yaml:8:32: operations[1].meter: expected a meter that ever exists, 0 to 11, got 12'
    )
    expect(parseScenario(join('do: join, count: 3'), 'a.yaml').operations).toHaveLength(2)
    expect(parseScenario(join('do: poisson, joins: 0.1'), 'a.yaml').operations).toHaveLength(2)
    expect(mistake(join('do: poisson, leaves: 0.1')).key).toBe('operations[1].meter')
    expect(parseScenario(`${HEAD}trace: a.csv\noperations:\n${crash}`, 'a.yaml').operations).toHaveLength(1)
  })

  it.each([
    ['at: 1, do: crsh, meter: 2', 18, '.do', 'one of join, leave, crash, restart', "'crsh' (did you mean crash?)"],
    ['at: 1, od: crash, meter: 2', 14, '.od', 'do, the operation', 'an unknown key'],
    ['at: 1, meter: 2', 5, '.do', 'one of join, leave', 'nothing'],
    ['do: heal', 5, '.at', 'a number', 'nothing'],
    ['at: x, do: heal', 11, '.at', 'a number', "'x'"],
    ['at: -1, do: heal', 11, '.at', 'at least 0', '-1'],
    ['at: 5, do: heal', 11, '.at', 'a moment before the last slot ends, below 5', '5'],
    ['at: 1, do: heal, for: 1', 24, '.for', 'one of at, do', 'an unknown key'],
    ['at: 1, do: crash, metr: 2', 25, '.metr', 'one of at, do, meter, meters', 'an unknown key (did you mean meter?)'],
    ['at: 1, do: crash', 5, '', 'exactly one of meter, meters, count or fraction', 'none'],
    ['at: 1, do: crash, meter: 1, count: 2', 5, '', 'exactly one of meter, meters, count or fraction', 'meter and count'],
    ['at: 1, do: restart', 5, '', 'exactly one of meter, meters or all', 'none'],
    ['at: 1, do: crash, meter: 2, phase: before', 42, '.phase', "'before-submitting', 'after-submitting' or 'while-releasing'", "'before'"],
    ['at: 1, do: restart, meter: 2, journal: losd', 46, '.journal', "'intact', 'lost' or 'rolled-back'", "'losd' (did you mean lost?)"],
    ['at: 1, do: crash, meter: 1, for: 0', 40, '.for', 'more than 0', '0'],
    ['at: 1, do: crash, meter: -2', 32, '.meter', 'at least 0', '-2'],
    ['at: 1, do: leave, meter: 10', 32, '.meter', 'a meter that ever exists, 0 to 9', '10'],
    ['at: 1, do: leave, meters: [1, 10]', 37, '.meters[1]', 'a meter that ever exists, 0 to 9', '10'],
    ['at: 1, do: leave, meters: [1, 1]', 37, '.meters[1]', 'each meter once', '1'],
    ['at: 1, do: leave, meters: []', 33, '.meters', 'a list that is not empty', 'a list: []'],
    ['at: 1, do: leave, fraction: 1.5', 35, '.fraction', 'at most 1', '1.5'],
    ['at: 1, do: join, count: 1.5', 31, '.count', 'a whole number', '1.5'],
    ['at: 1, do: blackout, fraction: 0.2', 5, '.for', 'a number', 'nothing'],
    ['at: 1, do: aggregator-crash', 5, '.for', 'a number', 'nothing'],
    ['at: 1, do: registrar-crash', 5, '.for', 'a number', 'nothing'],
    ['at: 1, do: loss, rate: 2', 30, '.rate', 'at most 1', '2'],
    ['at: 1, do: skew, seconds: 9, each: day', 42, '.each', "'slot'", "'day'"],
    ['at: 1, do: poisson, until: 1', 34, '.until', 'a slot after its start, above 1', '1'],
    ['at: 1, do: poisson, downtime: 0.5', 37, '.downtime', 'at least 1', '0.5'],
    ['at: 1, do: attack, by: aggregator, what: ask-lat, meter: 1', 48, '.what', "'hide-submission'", "'ask-lat' (did you mean ask-late?)"],
    ['at: 1, do: attack, by: aggregator, what: flood, meter: 1', 48, '.what', 'an attack by the aggregator: hide-submission', "'flood'"],
    ['at: 1, do: attack, by: aggregator, what: ask-late', 5, '', 'the meter that is attacked', 'no meter'],
    ['at: 1, do: attack, by: aggregator, what: cut-off', 5, '', 'the meters that are cut off', 'no meter'],
    ['at: 1, do: attack, by: members, what: flood', 5, '', 'the meter that attacks', 'no meter'],
    ['at: 1, do: attack, by: members, what: flood, meter: 10', 59, '.meter', 'a meter of the first roster, 0 to 9', '10']
  ])('refuses { %s } at column %i', (text, column, key, expected, got) => {
    const error = mistake(operation(text))
    expect(error).toMatchObject({ name: 'ScenarioFileError', file: 'a.yaml', line: 7, column, key: `operations[0]${key}`, got })
    expect(error.expected).toContain(expected)
    expect(error.message).toMatch(new RegExp(`^a\\.yaml:7:${column}: operations\\[0\\]`))
  })

  it.each([
    ['operatons: 3\n', 1, 'operatons', 'one of name, about, seed', 'an unknown key (did you mean operations?)'],
    ['operations: 3\n', 13, 'operations', 'a list', '3'],
    ['operations: [heal]\n', 14, 'operations[0]', 'a mapping', "'heal'"],
    ['trace: 3\n', 8, 'trace', 'a text', '3'],
    ['network: 4\n', 10, 'network', 'a text or a mapping', '4'],
    [
      'network: { degre: 3 }\n',
      12,
      'network.degre',
      'one of slotSeconds, changeSlots, seasonSlots, lanes, degree',
      'an unknown key (did you mean degree?)'
    ],
    ['network: { degree: 3 }\n', 20, 'network.degree', "'auto', 'complete' or an even number", '3'],
    ['network: { minMembers: 11 }\n', 24, 'network.minMembers', 'at most the number of members, 10', '11'],
    ['network: { lanes: [kWh] }\n', 20, 'network.lanes[0]', 'an OBIS code', "'kWh'"],
    ['network: { recovery: double-mask, degree: 300 }\n', 43, 'network.degree', 'at most 254 with double mask', '300'],
    ['expect: { lots: 1 }\n', 11, 'expect.lots', 'one of lost, exact', 'an unknown key (did you mean lost?)'],
    ['expect: { lost: x }\n', 17, 'expect.lost', 'a number, a list or a mapping', "'x'"],
    ['expect: { lost: { atMots: 1 } }\n', 19, 'expect.lost.atMots', 'one of atMost, atLeast', 'an unknown key (did you mean atMost?)'],
    ['expect: { lost: [5] }\n', 18, 'expect.lost[0]', 'a slot of the run, 0 to 4', '5'],
    ['expect: { reasons: { Refused: x } }\n', 31, 'expect.reasons.Refused', 'a number or a mapping', "'x'"],
    ['expect: { faults: [{ wo: 1 }] }\n', 22, 'expect.faults[0].wo', 'one of who, what', 'an unknown key (did you mean who?)'],
    ['network: { lanes: [{ obs: "1-0:1.29.0" }] }\n', 22, 'network.lanes[0].obs', 'one of obis', 'an unknown key (did you mean obis?)'],
    ['expect: { faults: [{ who: aggregtor }] }\n', 27, 'expect.faults[0].who', "'aggregator'", "'aggregtor' (did you mean aggregator?)"],
    ['expect: { faults: [{ who: me }] }\n', 27, 'expect.faults[0].who', "'aggregator' or 'registrar' or a number", "'me'"],
    ['expect: { faults: [{ who: 10 }] }\n', 27, 'expect.faults[0].who', 'a meter that ever exists, 0 to 9', '10'],
    ['expect: { lost: null }\n', 17, 'expect.lost', 'a number, a list or a mapping', 'nothing'],
    ['expectWithDoubleMsk: {}\n', 1, 'expectWithDoubleMsk', 'one of name', 'an unknown key (did you mean expectWithDoubleMask?)'],
    ['expectWithDoubleMask: 3\n', 23, 'expectWithDoubleMask', 'a mapping', '3'],
    ['expectWithDoubleMask: null\n', 23, 'expectWithDoubleMask', 'a mapping', 'nothing'],
    ['expectWithDoubleMask: { lots: null }\n', 25, 'expectWithDoubleMask.lots', 'one of lost', 'an unknown key (did you mean lost?)'],
    ['expectWithDoubleMask: { lost: x }\n', 31, 'expectWithDoubleMask.lost', 'a number, a list or a mapping', "'x'"],
    ['expectWithDoubleMask: { lost: [5] }\n', 32, 'expectWithDoubleMask.lost[0]', 'a slot of the run, 0 to 4', '5'],
    [
      'expectWithDoubleMask: { lost: { atMots: 1 } }\n',
      33,
      'expectWithDoubleMask.lost.atMots',
      'one of atMost',
      'an unknown key (did you mean atMost?)'
    ],
    [
      'expectWithDoubleMask: { faults: [{ wo: 1 }] }\n',
      36,
      'expectWithDoubleMask.faults[0].wo',
      'one of who',
      'an unknown key (did you mean who?)'
    ],
    ['expectWithDoubleMask: { faults: [{ who: 10 }] }\n', 41, 'expectWithDoubleMask.faults[0].who', 'a meter that ever exists', '10'],
    ['expect: { hidden: 1 }\n', 19, 'expect.hidden', 'true or false', '1'],
    ['name: b\n', 1, '', 'YAML', 'something else: Map keys must be unique'],
    ['trace: !secret a\n', 8, '', 'YAML', 'something else: Unresolved tag: !secret'],
    ['trace: *n\n', 8, '', 'a value', 'the alias *n']
  ])('refuses %j at column %i', (text, column, key, expected, got) => {
    const error = mistake(HEAD + text)
    expect(error).toMatchObject({ line: 6, column, key, got })
    expect(error.expected).toContain(expected)
  })

  it.each([
    ['', 1, 1, '', 'a mapping with name, members, slots', 'nothing'],
    ['- 3', 1, 1, '', 'a mapping', 'a list: [3]'],
    [HEAD.replace('name: a', 'name: A b'), 1, 7, 'name', 'lower-case letters', "'A b'"],
    [HEAD.replace('about: b\n', ''), 1, 1, 'about', 'a text', 'nothing'],
    [HEAD.replace('about: b', 'about: ""'), 2, 8, 'about', 'a text that is not empty', "''"],
    [HEAD.replace('seed: s', 'seed: 1.5'), 3, 7, 'seed', 'a text or a', '1.5'],
    [HEAD.replace('members: 10', 'members: 2'), 4, 10, 'members', 'at least 3', '2'],
    [HEAD.replace('slots: 5', 'slots: many'), 5, 8, 'slots', 'a number', "'many'"]
  ])('%j is refused at line %i, column %i', (text, line, column, key, expected, got) => {
    const error = mistake(text)
    expect(error).toMatchObject({ line, column, key, got })
    expect(error.expected).toContain(expected)
  })

  it('names the first mistake of several', () => {
    expect(mistake(`${HEAD}expect: { lots: 1 }\noperations:\n  - { at: 9, do: heal }\n`)).toMatchObject({ line: 6, key: 'expect.lots' })
    expect(mistake(`${HEAD}operations:\n  - { at: 9, do: heal }\n  - { at: 8, do: crash }\n`)).toMatchObject({ line: 7 })
  })

  it('refuses a file that is no scenario by its size, and cuts long values', () => {
    expect(mistake('#'.repeat(1_000_001)).message).toBe('a.yaml:1:1: expected at most 1000000 characters, got 1000001')
    expect(mistake(HEAD.replace('name: a', `name: ${'A'.repeat(1000)}`)).message.length).toBeLessThan(200)
  })

  it('throws nothing but ScenarioFileError, whatever it is given', () => {
    const line = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }).map(text => `name: ${JSON.stringify(text)}`),
      fc.constantFrom(
        ...HEAD.trimEnd().split('\n'),
        'operations:',
        '  - { at: 1, do: join }',
        '  - at: 1',
        '    do: attack',
        '    by: members',
        '  -',
        'expect: { faults: [{ who: {} }] }',
        'expect: { lost: { atMost: [] } }',
        'expect: [1]',
        'network: [{ degree: 1 }]',
        'network: &n {}',
        '---',
        '\t',
        '? {a: b}'
      )
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 10 }), lines => {
        try {
          parseScenario(lines.join('\n'), 'a.yaml')
        } catch (error) {
          expect(error).toBeInstanceOf(ScenarioFileError)
          expect((error as Error).message).not.toMatch(/\p{Cc}/u)
        }
      }),
      { numRuns: 300 }
    )
  })
})

describe('expectationsFor', () => {
  const EXPECT = 'expect: { lost: [2], exact: true, recovered: 1, reasons: { Disputed: 1 }, hidden: true }\n'

  it('takes what stands there for double mask, and expect for what does not', () => {
    const own = { lost: [2], exact: true, recovered: 1, reasons: { Disputed: 1 }, hidden: true }
    const scenario = parseScenario(
      `${HEAD}${EXPECT}expectWithDoubleMask: { lost: 0, recovered: { atLeast: 2 }, reasons: null, faults: [{ who: 3 }] }\n`,
      'a.yaml'
    )
    expect(scenario.expect).toEqual(own)
    expect(expectationsFor(scenario, 'none')).toEqual(own)
    expect(expectationsFor(scenario, 'edge-release')).toEqual(own)
    const withDoubleMask = expectationsFor(scenario, 'double-mask')
    expect(withDoubleMask).toEqual({ lost: 0, exact: true, recovered: { atLeast: 2 }, hidden: true, faults: [{ who: 3 }] })
    expect(withDoubleMask).not.toHaveProperty('reasons')
  })

  it('puts a key in the place of another as a whole, and takes away what is not there without a word', () => {
    const scenario = parseScenario(
      `${HEAD}expect: { reasons: { Disputed: 1, Refused: 2 } }\nexpectWithDoubleMask: { reasons: { Refused: 3 }, lost: null }\n`,
      'a.yaml'
    )
    expect(expectationsFor(scenario, 'double-mask')).toEqual({ reasons: { Refused: 3 } })
  })

  it('is the same in every mode where nothing stands there', () => {
    for (const text of ['', 'expectWithDoubleMask: {}\n']) {
      const scenario = parseScenario(`${HEAD}${EXPECT}${text}`, 'a.yaml')
      for (const recovery of RECOVERY_MODES) expect(expectationsFor(scenario, recovery)).toEqual(scenario.expect)
    }
  })
})
