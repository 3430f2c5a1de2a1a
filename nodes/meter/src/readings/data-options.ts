// Options by which a person says what a file of readings does not: the same in every command that takes --data.
import { READING_UNITS, type ReadingUnit } from '@hushgrid/load-profiles'
import { InvalidArgumentError, isTimeZone, type Separator } from '@hushgrid/primitives'
import type { Command } from 'commander'
import type { LoadOptions } from './readings-file.ts'

/** Help for `--data`. */
export const DATA_HELP =
  'readings: a CSV (wide or long), Green Button, Low Carbon London, UMass Smart*, REFIT, REDD, UK-DALE, UCI or Ausgrid; "pnpm readings" shows what is made of them'

/** Facts on readings as commander gives them. */
export interface DataFacts {
  readonly unit?: ReadingUnit
  readonly timeZone?: string
  readonly separator?: Separator
  readonly column?: readonly string[]
  readonly slotMinutes?: number
}

const SEPARATORS: Readonly<Record<string, Separator>> = {
  ',': ',',
  ';': ';',
  '\t': '\t',
  '\\t': '\t',
  comma: ',',
  semicolon: ';',
  tab: '\t'
}
const MOST_MINUTES = 1440

/** Adds the options of files, for a meter: its network says how long a slot is, and its home which zone it is in. */
export function withTableFacts(command: Command): Command {
  return command
    .option(`--unit <${READING_UNITS.join('|')}>`, 'of values over which no unit stands (default: Wh)', readUnit)
    .option('--separator <,|;|tab>', 'between the fields of a CSV (default: read off its header)', readSeparator)
    .option('--column <name>', 'a column of a CSV to read, and no other; may be given again', (name: string, all: string[] = []) => [
      ...all,
      name
    ])
}

/** Adds all the options. */
export function withDataFacts(command: Command): Command {
  return withTableFacts(command)
    .option('--time-zone <name>', 'of stamps that name none, such as Europe/Berlin (default: UTC)', readZone)
    .option('--slot-minutes <minutes>', 'length of a slot (default: 15, or what the readings fill)', readMinutes)
}

/** Gives the facts as the loader takes them. */
export function loadOptionsOf({ unit, timeZone, separator, column, slotMinutes }: DataFacts): LoadOptions {
  return {
    hints: { ...(unit && { unit }), ...(separator && { separator }), ...(column && { columns: column }) },
    ...(timeZone !== undefined && { timeZone }),
    ...(slotMinutes !== undefined && { slotSeconds: slotMinutes * 60 })
  }
}

function readUnit(text: string): ReadingUnit {
  const found = READING_UNITS.find(unit => unit.toLowerCase() === text.toLowerCase())
  if (!found) throw new InvalidArgumentError('--unit', `one of ${READING_UNITS.join(', ')}`, `'${text}'`)
  return found
}

/** Reads the name of a time zone. */
export function readZone(text: string): string {
  if (!isTimeZone(text)) throw new InvalidArgumentError('--time-zone', 'the name of a time zone such as Europe/Berlin', `'${text}'`)
  return text
}

function readSeparator(text: string): Separator {
  const found = SEPARATORS[text]
  if (!found) throw new InvalidArgumentError('--separator', "',', ';' or 'tab'", `'${text}'`)
  return found
}

function readMinutes(text: string): number {
  const minutes = Number(text)
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > MOST_MINUTES || MOST_MINUTES % minutes !== 0)
    throw new InvalidArgumentError('--slot-minutes', 'whole minutes that divide a day, such as 15 or 30', `'${text}'`)
  return minutes
}
