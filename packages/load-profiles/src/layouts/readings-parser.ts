// Reads files of any layout, in chunks, into the series of their households.
import {
  checkSlotSeconds,
  counted,
  decimal,
  fieldsOf,
  IMPORT_LANE,
  InvalidArgumentError,
  isBlankRow,
  readableUtc
} from '@hushgrid/primitives'
import { unitDoubt } from '../series/doubts.ts'
import type { Counts, EnergyStore } from '../series/energy-store.ts'
import { type GapReport, gapReport } from '../series/gap-report.ts'
import { HouseholdLanes } from '../series/household-lanes.ts'
import { type HouseholdSeries, partialSlots, seriesFromEnergies } from '../series/household-series.ts'
import { fittingSlots, IntervalEnergy } from '../series/interval-energy.ts'
import { LocalClock } from '../series/local-clock.ts'
import { PowerEnergy, spreadEnergy } from '../series/power-energy.ts'
import { DataFormatError, shown } from './data-format-error.ts'
import { formatOf } from './detect-layout.ts'
import { PLAUSIBLE } from './fields.ts'
import type { Layout, LineReader, ParserOptions, ReaderContext } from './layout.ts'
import { LineSplitter } from './line-splitter.ts'
import { stampOf } from './tables/stamp.ts'

/** The moments a stamp may name; what is before or after them has a wrong unit or a wrong year. */
const EARLIEST = 0
const LATEST = 2 ** 32

/** Content of all the files. */
export interface ParsedReadings {
  /** Those with at least one reading, in the order in which they came up. */
  readonly households: HouseholdSeries[]
  /** One for each household, those without any reading too. */
  readonly gaps: GapReport[]
  /** What else was found, repaired or left out, a sentence each. */
  readonly notes: string[]
}

/** Course of a store's local stamps. */
interface Course {
  /** Moment of the last one. */
  moment: number | undefined
  wall: number
  /** Steps forward, those backward taken off: a clock that is set back for an hour does not turn it. */
  forward: number
}

/** A household while its files are read. */
interface Household {
  readonly lanes: HouseholdLanes
  /** File and unit that it was first found in. */
  readonly source: string
  readonly unit: Layout['unit']
  /** Values, and those of them with a fraction. */
  values: number
  fractions: number
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
  readonly #households = new Map<string, Household>()
  readonly #wanted: ReadonlySet<string> | undefined
  readonly #most: number
  readonly #clock: LocalClock | undefined
  readonly #notes = new Set<string>()
  #file: { readonly splitter: LineSplitter; readonly ended: (() => void)[] } | undefined

  /** @throws InvalidArgumentError on a slotSeconds or a number of households that cannot be */
  constructor(options: ParserOptions) {
    checkSlotSeconds(options.slotSeconds)
    const { households } = options
    if (typeof households === 'number' && !(Number.isInteger(households) && households >= 1))
      throw new InvalidArgumentError('households', 'a whole number from 1, or names', String(households))
    this.#options = options
    this.#most = typeof households === 'number' ? households : Number.POSITIVE_INFINITY
    this.#wanted = typeof households === 'object' ? new Set(households) : undefined
    this.#clock = options.timeZone === undefined ? undefined : new LocalClock(options.timeZone)
  }

  /** True where all wanted households have come up, so that files of others need not be read. */
  get full(): boolean {
    return this.#households.size >= (this.#wanted?.size ?? this.#most)
  }

  /** Tells whether the household was asked for and would find room. */
  wants(household: string): boolean {
    return this.#households.has(household) || ((this.#wanted?.has(household) ?? true) && !this.full)
  }

  /**
   * Starts on a file.
   *
   * @throws InvalidArgumentError where slots of this length cannot be made of the file's readings
   */
  begin(source: string, layout: Layout): void {
    if (this.#file) throw new InvalidArgumentError('begin', 'the file before to have ended', 'one that is still being read')
    const ended: (() => void)[] = []
    const format = formatOf(layout.name)
    const read = format.reader(layout, this.#context(source, layout, ended))
    for (const { name, reason } of layout.columns?.ignored ?? []) this.#notes.add(`${source}: column ${shown(name)} is not read: ${reason}`)
    for (const remark of layout.remarks ?? []) this.#notes.add(`${source}: ${remark}`)
    const lines = format.header ? this.#withoutRepeatedHeader(source, read) : read
    this.#file = { splitter: new LineSplitter(source, skipBlank(lines)), ended }
  }

  /** Takes the next piece of the file. */
  push(chunk: string | Uint8Array): void {
    if (!this.#file) throw new InvalidArgumentError('push', 'a file that was begun', 'none')
    this.#file.splitter.push(chunk)
  }

  /** Ends the file. */
  end(): void {
    this.#file?.splitter.end()
    for (const act of this.#file?.ended ?? []) act()
    this.#file = undefined
  }

  /**
   * The series and what they lack. The parser is empty afterwards.
   *
   * @throws DataFormatError where readings are beyond any household
   */
  finish(): ParsedReadings {
    const { slotSeconds } = this.#options
    const households: HouseholdSeries[] = []
    const gaps: GapReport[] = []
    const doubts = new Map<string, readonly string[]>()
    for (const [household, { lanes, source, unit, values, fractions }] of this.#households) {
      const { lanes: energies, register, rising, net } = lanes.finish()
      const beyond = energies.some(lane => lane.energies.some(energy => energy > PLAUSIBLE * Math.max(1, slotSeconds / 3600)))
      if (beyond) throw new DataFormatError(source, 0, `readings of ${shown(household)} below 10 MWh an hour`, 'some beyond it')
      const series = seriesFromEnergies(household, slotSeconds, energies)
      if (series) households.push(series)
      gaps.push(gapReport(household, slotSeconds, series, lanes.counts))
      if (register) this.#notes.add(`${household}: values of a register that only grows; its differences are taken`)
      if (rising)
        this.#notes.add(
          `${household}: its values only rise, as a register's do, and are taken for energies: name the column 1.8.0 if it is one`
        )
      const partial = partialSlots(energies)
      if (partial > 0) this.#notes.add(`${household}: ${counted(partial, 'slot')} with a reading in one lane only, left out`)
      if (net) this.#notes.add(`${household}: values below zero are taken for energy that the home fed in`)
      const doubt = series && unitDoubt(energies, { unit, fractions: values === 0 ? 0 : fractions / values, slotSeconds })
      if (doubt !== undefined) doubts.set(doubt, [...(doubts.get(doubt) ?? []), household])
      this.#households.delete(household)
    }
    for (const [doubt, of] of doubts) this.#notes.add(`${someOf(of)} ${doubt}`)
    const notes = [...this.#notes]
    this.#notes.clear()
    return { households, gaps, notes }
  }

  #withoutRepeatedHeader(source: string, read: LineReader): LineReader {
    let header: string | undefined
    return (line, lineNumber) => {
      const bare = line.replaceAll('"', '').trim()
      if (header === bare) this.#notes.add(`${source}: its header comes again in the middle, and is left out there`)
      else read(line, lineNumber)
      header ??= bare
    }
  }

  /** Makes the stores of a file's readings. */
  #storeMaker(source: string, layout: Layout): (counts?: Counts) => EnergyStore {
    const { slotSeconds } = this.#options
    const { sampling, stepSeconds, register } = layout
    if (sampling) return counts => new PowerEnergy(slotSeconds, sampling, counts)
    if (fittingSlots(stepSeconds).length === 0) {
      if (register === true) throw new DataFormatError(source, 0, 'a register read at intervals that divide a day', `${stepSeconds} s`)
      const minutes = `${Number((stepSeconds / 60).toFixed(2))} min`
      this.#notes.add(`${source}: intervals of ${minutes} fill no slot that divides a day; their energy is spread evenly over slots`)
      return counts => spreadEnergy(slotSeconds, stepSeconds, counts)
    }
    return counts => new IntervalEnergy({ slotSeconds, intervalSeconds: stepSeconds, register }, counts)
  }

  #context(source: string, layout: Layout, ended: (() => void)[]): ReaderContext {
    const { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = this.#options
    const { separator = ',' } = layout
    const make = this.#storeMaker(source, layout)
    // Made once per file even where no household is wanted: a slot that cannot be is refused before anything is read.
    make()
    const owners = new Map<EnergyStore, Household>()
    const courses = new Map<EnergyStore, Course>()
    const error = (lineNumber: number, expected: string, got: string): DataFormatError =>
      new DataFormatError(source, lineNumber, expected, got)
    const local = (wall: number, store: EnergyStore): number => {
      if (!this.#clock) return wall
      const course = courses.get(store) ?? { moment: undefined, wall, forward: 0 }
      courses.set(store, course)
      course.forward += Math.sign(wall - course.wall)
      course.wall = wall
      const backwards = course.forward === 0 ? layout.newestFirst : course.forward < 0
      const moment = this.#clock.momentOf(wall, course.moment, backwards)
      course.moment = moment ?? course.moment
      return moment ?? Number.NaN
    }
    return {
      source,
      options: this.#options,
      error,
      note: text => this.#notes.add(text),
      atEnd: act => ended.push(act),
      fields: (line, lineNumber) => {
        const fields = fieldsOf(line, separator)
        if (!fields) throw error(lineNumber, 'a quote that is closed on its line', 'one that is not')
        return fields
      },
      number: field => decimal(field, separator),
      time: (stamp, store) => {
        const found = stampOf(stamp, layout.columns?.dateOrder)
        return found && (found.zoned || layout.clock !== 'local' ? found.seconds : local(found.seconds, store))
      },
      local,
      store: (household, lane = IMPORT_LANE, part = '') => {
        if (!this.#households.has(household) && !this.wants(household)) return undefined
        const held = this.#households.get(household) ?? { lanes: new HouseholdLanes(), source, unit: layout.unit, values: 0, fractions: 0 }
        this.#households.set(household, held)
        const store = held.lanes.store({ lane, part, kind: `${layout.stepSeconds} ${layout.register ?? ''}` }, make)
        owners.set(store, held)
        return store
      },
      put: (store, lineNumber, time, value) => {
        if (Number.isNaN(time)) store.counts.skippedHours++
        if (!(time >= from && time < until)) return
        if (!(time >= EARLIEST && time < LATEST)) throw error(lineNumber, 'a moment from 1970 to 2106', shown(String(time)))
        // A register may have counted for decades; its steps are looked at in the end.
        if (Math.abs(value) > (layout.register ? 1e5 : 1) * PLAUSIBLE)
          throw error(lineNumber, "a household's reading, below 10 MW or 10 MWh", 'one beyond it')
        const owner = owners.get(store) as Household
        owner.values++
        if (!Number.isInteger(value)) owner.fractions++
        if (!store.add(time, value)) throw error(lineNumber, "a stamp near the household's others", readableUtc(time))
      }
    }
  }
}

/** Lists households that have something in common, each of them. */
function someOf(households: readonly string[]): string {
  const most = 4
  const more = households.length - most
  return `${households.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}:${households.length > 1 ? ' each' : ''}`
}

function skipBlank(read: LineReader): LineReader {
  return (line, lineNumber) => {
    if (!isBlankRow(line)) read(line, lineNumber)
  }
}
