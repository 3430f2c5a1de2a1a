// Traces of churn scenarios: a table with an event a row, checked against the scenario.
import { fieldsOf, meant, printable, separatorOf, textLines } from '@hushgrid/primitives'
import { mostNewcomers } from './checks.ts'
import { ScenarioFileError } from './error.ts'
import type { Scenario } from './scenario-file.ts'

const EVENTS = ['join', 'leave', 'crash', 'restart'] as const

/** One line of a trace. */
export interface TraceEntry {
  readonly slot: number
  readonly meter: number
  readonly what: (typeof EVENTS)[number]
}

/** Far more than a trace needs; a larger file is something else. */
const MAX_LENGTH = 50_000_000
const EXPECTED_NUMBER = 'a whole number from 0 to 999999'

interface Line extends TraceEntry {
  readonly line: number
  readonly meterColumn: number
}

/**
 * Parses a trace: CSV `slot,meter,join|leave|crash|restart`, one event a line in any order, with or without a header line.
 * Passes over empty lines and those that begin with #. Separators, quotes, blanks and capitals are as in every table that
 * people hand over.
 *
 * @param fileName - for errors
 * @param scenario - scenario of the trace, to check that slots and meters exist
 * @throws ScenarioFileError with the place of the first mistake
 */
export function parseTrace(text: string, fileName: string, scenario?: Pick<Scenario, 'members' | 'slots' | 'operations'>): TraceEntry[] {
  if (text.length > MAX_LENGTH) {
    throw new ScenarioFileError({ file: fileName, line: 1, column: 1, key: '' }, `at most ${MAX_LENGTH} characters`, `${text.length}`)
  }
  const entries: Line[] = []
  let separator: ReturnType<typeof separatorOf> | undefined
  for (const [index, content] of textLines(text).entries()) {
    // A spreadsheet pads a column of notes with separators.
    if (/^[\s,;]*(#|$)/.test(content)) continue
    separator ??= separatorOf(content)
    const fields = fieldsOf(content, separator)
    if (fields && isHeader(fields)) continue
    entries.push(entryOf({ content, fields: fields ?? [], line: index + 1, file: fileName }))
  }
  if (scenario) checkEntries(entries, fileName, scenario)
  return entries.map(({ slot, meter, what }) => ({ slot, meter, what }))
}

function isHeader(fields: readonly string[]): boolean {
  return fields.map(field => field.toLowerCase()).join() === 'slot,meter,event'
}

interface RawLine {
  readonly content: string
  /** Fields; none where they cannot be told apart. */
  readonly fields: readonly string[]
  readonly line: number
  readonly file: string
}

function entryOf({ content, fields, line, file }: RawLine): Line {
  const columnOf = (field: number): number => {
    const after = fields.slice(0, field).reduce((at, each) => content.indexOf(each, at) + each.length + 1, 0)
    return Math.max(content.indexOf(fields[field] ?? '', after), 0) + 1
  }
  const fail = (field: number, key: string, expected: string, got: string): never => {
    throw new ScenarioFileError({ file, line, column: columnOf(field), key }, expected, got)
  }
  if (fields.length !== 3) fail(0, '', 'slot,meter,event, for example 3,17,crash', `'${printable(content.trim())}'`)
  const [slot = '', meter = '', what = ''] = fields
  const number = (field: number, key: string, value: string): number =>
    /^\d{1,6}$/.test(value) ? Number(value) : fail(field, key, EXPECTED_NUMBER, `'${printable(value)}'`)
  const numbers = { slot: number(0, 'slot', slot), meter: number(1, 'meter', meter) }
  const event = EVENTS.find(each => each === what.toLowerCase())
  if (!event) return fail(2, 'event', "'join', 'leave', 'crash' or 'restart'", `'${printable(what)}'${meant(what, EVENTS)}`)
  return { ...numbers, what: event, line, meterColumn: columnOf(1) }
}

function checkEntries(entries: readonly Line[], file: string, scenario: Pick<Scenario, 'members' | 'slots' | 'operations'>): void {
  const joining = new Set(entries.filter(({ what }) => what === 'join').map(({ meter }) => meter))
  const othersJoin = mostNewcomers(scenario.operations) > 0
  for (const { slot, meter, line, meterColumn } of entries) {
    if (slot >= scenario.slots) {
      throw new ScenarioFileError({ file, line, column: 1, key: 'slot' }, `a slot of the run, 0 to ${scenario.slots - 1}`, String(slot))
    }
    if (meter >= scenario.members && !joining.has(meter) && !othersJoin) {
      const expected = `a meter of the first roster, 0 to ${scenario.members - 1}, or one that joins in this trace`
      throw new ScenarioFileError({ file, line, column: meterColumn, key: 'meter' }, expected, String(meter))
    }
  }
}
