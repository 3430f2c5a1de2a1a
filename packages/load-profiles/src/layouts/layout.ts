import type { EnergyStore } from '../series/energy-store.ts'
import type { PowerSampling } from '../series/power-energy.ts'
import type { DataFormatError } from './data-format-error.ts'

/** The layouts of the public datasets that are understood. */
export type LayoutName = 'wide-csv' | 'low-carbon-london' | 'smart-star' | 'refit' | 'uk-dale' | 'uci-household'

/** Layout of one file, as its first lines show. */
export interface Layout {
  readonly name: LayoutName
  /** The dataset's name, for people. */
  readonly title: string
  /** Nominal seconds between two readings. */
  readonly stepSeconds: number
  /** Rules by which samples of power become energy; absent where the file holds energies of whole intervals. */
  readonly sampling?: PowerSampling
  /** Household, where the file names it and not its lines. */
  readonly household?: string
  /** The household of the first line, where lines name theirs and come household by household. */
  readonly firstHousehold?: string
}

/** Facts from the user that files do not tell themselves. */
export interface ParserOptions {
  readonly slotSeconds: number
  /** Number of households to take (in the order of the files), or their names; all unless given. */
  readonly households?: number | readonly string[]
  /**
   * Seconds that local time is ahead of UTC, for layouts with local time and no zone (Smart*, UCI). 0 unless given: the
   * clock on the wall is then read as UTC, so that evening stays evening in the slots of the day.
   */
  readonly utcOffsetSeconds?: number
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
  /** The store of a household; undefined where the user did not ask for it. */
  store(household: string): EnergyStore | undefined
  /**
   * Hands over a reading, in Wh or W, if it lies in the span that was asked for.
   *
   * @throws DataFormatError where it is negative or beyond any household, or its stamp absurdly far from the others
   */
  put(store: EnergyStore, lineNumber: number, time: number, value: number): void
  /** The error that the reader throws about a line. */
  error(lineNumber: number, expected: string, got: string): DataFormatError
}

/** Takes a file's lines one by one, header included; blank lines do not reach it. */
export type LineReader = (line: string, lineNumber: number) => void

/** One dataset's layout: how to recognise it and how to read it. */
export interface Format {
  readonly name: LayoutName
  /** Tells by their shape whether the first lines can be of this layout at all; `detect` then looks closely. */
  recognises(firstLine: string): boolean
  /**
   * The layout, or in one clause why a file that looks like it cannot be read after all.
   *
   * @param lines - the file's first lines, blank ones left out, at least one
   * @param path - the file's name with its folders, `/` between them
   */
  detect(lines: readonly string[], path: string): Layout | string
  reader(layout: Layout, context: ReaderContext): LineReader
}

/** The file's name without folders and ending. */
export function stem(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return name.replace(/\.[A-Za-z0-9]+$/, '') || name
}
