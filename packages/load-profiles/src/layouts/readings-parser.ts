// Reads files of any layout, in chunks, into the series of their households.
import { checkSlotSeconds, IMPORT_LANE, InvalidArgumentError, readableUtc } from '@hushgrid/primitives'
import type { EnergyStore } from '../series/energy-store.ts'
import { type GapReport, gapReport } from '../series/gap-report.ts'
import { type HouseholdSeries, seriesFromEnergies } from '../series/household-series.ts'
import { IntervalEnergy } from '../series/interval-energy.ts'
import { PowerEnergy } from '../series/power-energy.ts'
import { DataFormatError, shown } from './data-format-error.ts'
import { formatOf } from './detect-layout.ts'
import { PLAUSIBLE } from './fields.ts'
import type { Layout, LineReader, ParserOptions, ReaderContext } from './layout.ts'
import { LineSplitter } from './line-splitter.ts'

/** The moments a stamp may name; what is before or after them has a wrong unit or a wrong year. */
const EARLIEST = 0
const LATEST = 2 ** 32

/** Content of all the files. */
export interface ParsedReadings {
  /** Those with at least one reading, in the order in which they came up. */
  readonly households: HouseholdSeries[]
  /** One for each household, those without any reading too. */
  readonly gaps: GapReport[]
}

/**
 * Reads files of readings, one after the other, each in chunks of any size; a household that goes on in the next file
 * goes on in its series. What is held is one number a slot (or source interval) and household, never the file.
 *
 * ```ts
 * const parser = new ReadingsParser({ slotSeconds: 1800 })
 * parser.begin('MAC000002.csv', detectLayout(firstLines, 'MAC000002.csv'))
 * for await (const chunk of file) parser.push(chunk)
 * parser.end()
 * const { households, gaps } = parser.finish()
 * ```
 */
export class ReadingsParser {
  readonly #options: ParserOptions
  readonly #stores = new Map<string, EnergyStore>()
  readonly #wanted: ReadonlySet<string> | undefined
  readonly #most: number
  #splitter: LineSplitter | undefined

  /** @throws InvalidArgumentError on a slotSeconds or a number of households that cannot be */
  constructor(options: ParserOptions) {
    checkSlotSeconds(options.slotSeconds)
    const { households } = options
    if (typeof households === 'number' && !(Number.isInteger(households) && households >= 1))
      throw new InvalidArgumentError('households', 'a whole number from 1, or names', String(households))
    this.#options = options
    this.#most = typeof households === 'number' ? households : Number.POSITIVE_INFINITY
    this.#wanted = typeof households === 'object' ? new Set(households) : undefined
  }

  /** True where all wanted households have come up, so that files of others need not be read. */
  get full(): boolean {
    return this.#stores.size >= (this.#wanted?.size ?? this.#most)
  }

  /** Tells whether the household was asked for and would find room. */
  wants(household: string): boolean {
    return this.#stores.has(household) || ((this.#wanted?.has(household) ?? true) && !this.full)
  }

  /**
   * Starts on a file.
   *
   * @throws InvalidArgumentError where slots of this length cannot be made of the file's readings
   */
  begin(source: string, layout: Layout): void {
    if (this.#splitter) throw new InvalidArgumentError('begin', 'the file before to have ended', 'one that is still being read')
    const read = formatOf(layout.name).reader(layout, this.#context(source, layout))
    this.#splitter = new LineSplitter(source, skipBlank(read))
  }

  /** Takes the next piece of the file. */
  push(chunk: string | Uint8Array): void {
    if (!this.#splitter) throw new InvalidArgumentError('push', 'a file that was begun', 'none')
    this.#splitter.push(chunk)
  }

  /** Ends the file. */
  end(): void {
    this.#splitter?.end()
    this.#splitter = undefined
  }

  /** The series and what they lack. The parser is empty afterwards. */
  finish(): ParsedReadings {
    const { slotSeconds } = this.#options
    const households: HouseholdSeries[] = []
    const gaps: GapReport[] = []
    for (const [household, store] of this.#stores) {
      const { firstSlot, energies } = store.finish()
      const series = seriesFromEnergies(household, IMPORT_LANE, slotSeconds, firstSlot, energies)
      if (series) households.push(series)
      gaps.push(gapReport(household, slotSeconds, series, store.counts))
      this.#stores.delete(household)
    }
    return { households, gaps }
  }

  #context(source: string, layout: Layout): ReaderContext {
    const { slotSeconds, from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = this.#options
    // Made once per file even where no household is wanted: a slot that cannot be is refused before anything is read.
    const fresh = (): EnergyStore =>
      layout.sampling ? new PowerEnergy(slotSeconds, layout.sampling) : new IntervalEnergy(slotSeconds, layout.stepSeconds)
    fresh()
    const error = (lineNumber: number, expected: string, got: string): DataFormatError =>
      new DataFormatError(source, lineNumber, expected, got)
    return {
      source,
      options: this.#options,
      error,
      store: household => {
        const held = this.#stores.get(household)
        if (held || !this.wants(household)) return held
        const store = fresh()
        this.#stores.set(household, store)
        return store
      },
      put: (store, lineNumber, time, value) => {
        if (time < from || time >= until) return
        if (!(time >= EARLIEST && time < LATEST)) throw error(lineNumber, 'a moment from 1970 to 2106', shown(String(time)))
        if (value < 0) throw error(lineNumber, 'a reading that is not negative', 'a negative one')
        if (value > PLAUSIBLE) throw error(lineNumber, "a household's reading, below 10 MW or 10 MWh", 'one beyond it')
        if (!store.add(time, value)) throw error(lineNumber, "a stamp near the household's others", readableUtc(time))
      }
    }
  }
}

function skipBlank(read: LineReader): LineReader {
  return (line, lineNumber) => {
    if (line.trim() !== '') read(line, lineNumber)
  }
}
