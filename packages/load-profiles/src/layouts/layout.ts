// What a layout of readings is: how it is recognised, what it says of a file, and how its lines are read.
import type { ObisCode, Separator } from '@hushgrid/primitives'
import type { EnergyStore } from '../series/energy-store.ts'
import type { PowerSampling } from '../series/power-energy.ts'
import type { DataFormatError } from './data-format-error.ts'
import type { Columns } from './tables/columns.ts'
import type { ReadingUnit, TableHints } from './tables/hints.ts'

/** The layouts that are understood: two that any program writes, the standard of North America, and public datasets. */
export type LayoutName =
  | 'wide-csv'
  | 'long-csv'
  | 'green-button'
  | 'low-carbon-london'
  | 'smart-star'
  | 'refit'
  | 'redd'
  | 'uk-dale'
  | 'uci-household'
  | 'ausgrid'

/** Layout of one file, as its first lines show. */
export interface Layout {
  readonly name: LayoutName
  /** The dataset's name, for people. */
  readonly title: string
  /** Nominal seconds between two readings. */
  readonly stepSeconds: number
  /** Unit of the values, as the file or the user says; `Wh?` where neither does. */
  readonly unit: ReadingUnit | 'Wh?'
  /** Clock of the stamps: UTC, an offset that each stamp names, or a clock on the wall. */
  readonly clock: 'UTC' | 'offset' | 'local'
  /** Character between two fields; a comma unless given. */
  readonly separator?: Separator
  /** Rules by which samples of power become energy; absent where the file holds energies of whole intervals. */
  readonly sampling?: PowerSampling
  /** Household, where the file names it and not its lines. */
  readonly household?: string
  /** The household of the first line, where lines name theirs and come household by household. */
  readonly firstHousehold?: string
  /** Doubts about the file as a whole, a clause each. */
  readonly remarks?: readonly string[]
  /** True where a household's rows go backward in time. */
  readonly newestFirst?: true
  /** Columns of a table without a layout of its own. */
  readonly columns?: Columns
  /** True where the values are those of a register that only grows; `perhaps` where they themselves have to tell. */
  readonly register?: true | 'perhaps'
}

/** Facts from the user that files do not tell themselves. */
export interface ParserOptions {
  readonly slotSeconds: number
  /** Number of households to take (in the order of the files), or their names; all unless given. */
  readonly households?: number | readonly string[]
  /**
   * IANA name of the zone of stamps without one. UTC unless given: the clock on the wall is then read as UTC, so that evening
   * stays evening in the slots of the day.
   */
  readonly timeZone?: string
  /** Moment that Low Carbon London's stamps name, the start or the end of their half-hour; `start` unless given. */
  readonly londonStamps?: 'start' | 'end'
  /** Only readings from this moment on, Unix seconds. */
  readonly from?: number
  /** Only readings before this moment, Unix seconds. */
  readonly until?: number
}

/** Context of a format's reader for one file. */
export interface ReaderContext {
  readonly source: string
  readonly options: ParserOptions
  /**
   * The store of a household's lane, import unless given; undefined where the user did not ask for the household.
   *
   * @param part - name of a part of the lane, where a home has several mains whose readings add up
   */
  store(household: string, lane?: ObisCode, part?: string): EnergyStore | undefined
  /** Cuts a line of a table into its fields. */
  fields(line: string, lineNumber: number): string[]
  /** Reads a number of the table; undefined for anything else. */
  number(field: string): number | undefined
  /**
   * Reads a stamp as Unix seconds, in the user's zone where it names none; undefined where it is no moment, NaN where the
   * zone's clock skips it.
   *
   * @param store - store whose readings come in the order of time, so that an hour that comes twice is told apart
   */
  time(stamp: string, store: EnergyStore): number | undefined
  /** Turns a clock on the wall, as Unix seconds of UTC, into Unix seconds; NaN where the zone's clock skips it. */
  local(wall: number, store: EnergyStore): number
  /**
   * Hands over a reading, in Wh or W, if it lies in the span that was asked for. One at NaN is counted and left out.
   *
   * @throws DataFormatError where it is beyond any household, or its stamp absurdly far from the others
   */
  put(store: EnergyStore, lineNumber: number, time: number, value: number): void
  /** Has something said about the file that its lines do not tell a reader of the series. */
  note(text: string): void
  /** Has something done when the file has ended. */
  atEnd(act: () => void): void
  /** The error that the reader throws about a line. */
  error(lineNumber: number, expected: string, got: string): DataFormatError
}

/** Takes a file's lines one by one, header included; blank lines and repeated headers do not reach it. */
export type LineReader = (line: string, lineNumber: number) => void

/** One dataset's layout: how to recognise it and how to read it. */
export interface Format {
  readonly name: LayoutName
  /** True where the first line is a header, which may come again where files were put together. */
  readonly header: boolean
  /** Tells by their shape whether the first lines can be of this layout at all; `detect` then looks closely. */
  recognises(firstLines: readonly string[], path: string, hints: TableHints): boolean
  /**
   * The layout, or in one clause why a file that looks like it cannot be read after all.
   *
   * @param lines - the file's first lines, blank ones left out, at least one
   * @param path - the file's name with its folders, `/` between them
   */
  detect(lines: readonly string[], path: string, hints: TableHints): Layout | string
  reader(layout: Layout, context: ReaderContext): LineReader
}

/** The file's name without folders and endings. */
export function stem(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.gz$/i, '')
  return name.replace(/\.[A-Za-z0-9]+$/, '') || name
}
