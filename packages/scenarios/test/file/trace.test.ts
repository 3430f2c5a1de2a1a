// Traces as people and spreadsheets write them, and each mistake with its place.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ScenarioFileError } from '../../src/file/error.ts'
import { parseScenario } from '../../src/file/scenario-file.ts'
import { parseTrace } from '../../src/file/trace.ts'

const scenario = (operations = '') =>
  parseScenario(`name: a\nabout: b\nseed: s\nmembers: 10\nslots: 5\ntrace: a.csv\noperations: [${operations}]\n`, 'a.yaml')

function mistake(text: string, operations?: string): ScenarioFileError {
  try {
    parseTrace(text, 'a.csv', operations === undefined ? undefined : scenario(operations))
  } catch (error) {
    if (error instanceof ScenarioFileError) return error
    throw error
  }
  throw new Error('expected a ScenarioFileError')
}

describe('parseTrace', () => {
  it('reads one event a line, with or without a header', () => {
    const expected = [
      { slot: 3, meter: 17, what: 'crash' },
      { slot: 0, meter: 2, what: 'join' }
    ]
    expect(parseTrace('slot,meter,event\n3,17,crash\n0,2,join\n', 'a.csv')).toEqual(expected)
    expect(parseTrace('# a note\r\n 3 , 17 , crash\r\n\r\n0,2,join', 'a.csv')).toEqual(expected)
    expect(parseTrace('', 'a.csv')).toEqual([])
  })

  it.each([
    ['with a byte order mark and CRLF', '\ufeffslot,meter,event\r\n3,17,crash\r\n0,2,join\r\n'],
    ['with semicolons, capitals and padding', 'Slot;Meter;Event\n3;17;Crash\n0;2;JOIN\n;;\n'],
    ['with quotes and blanks', '\n"slot", "meter", "event"\n"3", "17", "crash"\n0, 2, "join"\n'],
    ['put together from two', 'slot,meter,event\n3,17,crash\nslot,meter,event\n0,2,join\n'],
    ['with tabs and notes', '# one, two, three\nslot\tmeter\tevent\n3\t17\tcrash\n# and\n0\t2\tjoin\n']
  ])('reads a file %s', (_, text) => {
    expect(parseTrace(text, 'a.csv')).toEqual([
      { slot: 3, meter: 17, what: 'crash' },
      { slot: 0, meter: 2, what: 'join' }
    ])
  })

  it.each([
    ['1,2,crash\n3;4;leave\n', 2, 1, '', 'slot,meter,event, for example 3,17,crash', "'3;4;leave'"],
    ['1,2,crash,\n', 1, 1, '', 'slot,meter,event', "'1,2,crash,'"],
    ['\n-1,2,crash\n', 2, 1, 'slot', 'a whole number', "'-1'"],
    ['1,x,crash\n', 1, 3, 'meter', 'a whole number', "'x'"],
    ['1, 2.5,crash\n', 1, 4, 'meter', 'a whole number', "'2.5'"],
    ['1,2, crashh\n', 1, 6, 'event', "'join', 'leave', 'crash' or 'restart'", "'crashh' (did you mean crash?)"],
    ['1,2,reboot\n', 1, 5, 'event', "'join', 'leave', 'crash' or 'restart'", "'reboot'"],
    ['x,y,z\n', 1, 1, 'slot', 'a whole number', "'x'"],
    ['1,2,crash\nslot,2,crash\n', 2, 1, 'slot', 'a whole number', "'slot'"],
    ['1,,crash\n', 1, 3, 'meter', 'a whole number', "''"],
    ['"1" ,"2","reboot"\n', 1, 11, 'event', "'join', 'leave', 'crash' or 'restart'", "'reboot'"],
    ['1,2,"crash\n', 1, 1, '', 'slot,meter,event', `'1,2,"crash'`]
  ])('%j is refused at line %i, column %i', (text, line, column, key, expected, got) => {
    const error = mistake(text)
    expect(error).toMatchObject({ file: 'a.csv', line, column, key, got })
    expect(error.expected).toContain(expected)
    expect(error.message).toMatch(new RegExp(`^a\\.csv:${line}:${column}: `))
  })

  it('refuses slots and meters that its scenario does not have', () => {
    expect(mistake('4,1,crash\n5,1,restart\n', '').message).toBe('a.csv:2:1: slot: expected a slot of the run, 0 to 4, got 5')
    expect(mistake('1,9,crash\n1,10,crash\n', '').message).toBe(
      'a.csv:2:3: meter: expected a meter of the first roster, 0 to 9, or one that joins in this trace, got 10'
    )
    expect(parseTrace('1,10,join\n3,10,crash\n', 'a.csv', scenario())).toHaveLength(2)
    expect(parseTrace('3,10,crash\n', 'a.csv', scenario('{ at: 1, do: join }'))).toHaveLength(1)
    expect(mistake('3,10,crash\n', '{ at: 1, do: poisson, leaves: 1 }').key).toBe('meter')
  })

  it('reads the trace that is shipped', () => {
    const read = (name: string): string => readFileSync(new URL(`../../../../topology/scenarios/${name}`, import.meta.url), 'utf8')
    const shipped = parseScenario(read('recorded-morning.yaml'), 'recorded-morning.yaml')
    expect(shipped.trace).toBe('recorded-morning.csv')
    expect(parseTrace(read('recorded-morning.csv'), 'recorded-morning.csv', shipped)).toHaveLength(6)
  })
})
