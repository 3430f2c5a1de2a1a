// Green Button feeds: entries that point at each other, read as they come.
import { EXPORT_LANE, IMPORT_LANE, type ObisCode } from '@hushgrid/primitives'
import { SaxesParser } from 'saxes'
import { describeField, shown } from './data-format-error.ts'
import { type Format, type Layout, type ReaderContext, stem } from './layout.ts'

/** ESPI codes of what is read: energy in Wh, forward is delivered to the home, reverse received from it. */
const WATT_HOURS = '72'
const DIRECTIONS: Readonly<Record<string, ObisCode>> = { 1: IMPORT_LANE, 19: EXPORT_LANE }
/** Deltas and interval data; a register's bulk quantity (1) and summations (3, 9) are not intervals. */
const DELTAS = ['4', '6', '']

/** A reading type of a feed. */
interface ReadingType {
  readonly lane: ObisCode | undefined
  readonly factor: number
  readonly why: string
}

function readingType(fields: ReadonlyMap<string, string>): ReadingType {
  const of = (name: string): string => fields.get(name) ?? ''
  const multiplier = Number(of('powerOfTenMultiplier') || 0)
  const isNumber = Number.isInteger(multiplier) && Math.abs(multiplier) <= 12
  const lane = DIRECTIONS[of('flowDirection') || '1']
  const why =
    of('uom') !== WATT_HOURS
      ? `unit ${of('uom') || 'none'} is not Wh (72)`
      : lane === undefined
        ? `flow direction ${of('flowDirection')} is neither forward (1) nor reverse (19)`
        : !isNumber
          ? `multiplier ${shown(of('powerOfTenMultiplier'))} is no power of ten`
          : !DELTAS.includes(of('accumulationBehaviour'))
            ? `accumulation ${of('accumulationBehaviour')} is not of intervals (4)`
            : ''
  return { lane: why === '' ? lane : undefined, factor: 10 ** multiplier, why }
}

/** Value of the last path step of a feed's link, without a trailing stroke. */
function key(href: string): string {
  return href.replace(/\/+$/, '')
}

/**
 * Green Button (NAESB REQ.21, ESPI 1.1): an Atom feed in which a MeterReading points at its ReadingType and its IntervalBlocks.
 * Readings of energy in Wh, forward and reverse, are the lanes of one household; power, cost, gas, water and registers are
 * left out; of two meter readings for one lane the finer is taken. Times are Unix seconds, whatever the local time parameters
 * say. Longer intervals are taken where the shortest divides them, their energy spread evenly.
 *
 * A feed whose blocks come before their reading type is read as well: energies are kept until the feed ends.
 */
export const greenButton: Format = {
  name: 'green-button',
  header: false,

  recognises(lines) {
    const head = lines.join('\n')
    return /^\s*<(?:\?xml|\w*:?feed)\b/.test(head) && /naesb\.org\/espi/.test(head)
  },

  detect(lines, path) {
    const head = lines.join('\n')
    const durations = [...head.matchAll(/<(?:\w+:)?timePeriod>[\s\S]*?<(?:\w+:)?duration>\s*(\d+)/g)].map(([, seconds]) => Number(seconds))
    const length = durations.length > 0 ? Math.min(...durations) : /<(?:\w+:)?intervalLength>\s*(\d+)/.exec(head)?.[1]
    if (length === undefined) return 'no interval in its first part'
    const stepSeconds = Number(length)
    if (stepSeconds < 1 || stepSeconds > 86_400) return `intervals of ${length} s`
    return { name: 'green-button', title: 'Green Button (ESPI)', stepSeconds, unit: 'Wh', clock: 'UTC', household: stem(path) }
  },

  reader: greenButtonReader
}

/** Interval of a block, kept until the feed has said what it is of. */
interface Interval {
  readonly line: number
  readonly start: string
  readonly duration: string
  readonly value: string
}

/** Intervals of a meter reading, and what they are of. */
interface TypedReading {
  readonly household: string
  readonly lane: ObisCode
  readonly factor: number
  readonly intervals: Interval[]
}

function shortest(intervals: readonly Interval[]): number {
  return intervals.reduce((least, { duration }) => Math.min(least, Number(duration) || Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY)
}

function greenButtonReader(layout: Layout, context: ReaderContext): ReturnType<Format['reader']> {
  const parser = new SaxesParser({ xmlns: false })
  const types = new Map<string, ReadingType>()
  const meterReadings: { readonly self: string; readonly related: readonly string[] }[] = []
  const blocks: { readonly self: string; readonly up: string; readonly intervals: Interval[] }[] = []
  let [lineNumber, entry] = [0, emptyEntry()]
  const path: string[] = []
  let text = ''

  function close(name: string): void {
    entry.fields.set(path.includes('timePeriod') ? `timePeriod.${name}` : name, text.trim())
    if (name === 'IntervalReading') {
      const of = (field: string): string => entry.fields.get(field) ?? ''
      entry.intervals.push({ line: lineNumber, start: of('timePeriod.start'), duration: of('timePeriod.duration'), value: of('value') })
      entry.fields.clear()
    }
    if (name === 'ReadingType') types.set(entry.self, readingType(entry.fields))
    if (name === 'MeterReading') entry.meterReading = true
    if (name !== 'entry') return
    if (entry.meterReading) meterReadings.push({ self: entry.self, related: entry.related })
    if (entry.intervals.length > 0) blocks.push({ self: entry.self, up: entry.up, intervals: entry.intervals })
    entry = emptyEntry()
  }

  function give(): void {
    const readings = new Map<string, TypedReading>()
    for (const { self, up, intervals } of blocks) {
      const owner =
        meterReadings.find(each => each.related.some(href => href === self || href === up)) ??
        (meterReadings.length === 1 ? meterReadings[0] : undefined)
      const type =
        owner?.related.map(href => types.get(href)).find(each => each !== undefined) ??
        (types.size === 1 ? [...types.values()][0] : undefined)
      if (type?.why) context.note(`${layout.household}: a meter reading is left out, since its ${type.why}`)
      if (!type?.lane) continue
      const of = owner?.self ?? self
      const held = readings.get(of) ?? { household: householdOf(of), lane: type.lane, factor: type.factor, intervals: [] }
      held.intervals.push(...intervals)
      readings.set(of, held)
    }
    blocks.length = 0
    for (const [lane, of] of Map.groupBy(readings.values(), each => `${each.household} ${each.lane}`)) {
      const [finest, ...others] = of.toSorted((x, y) => shortest(x.intervals) - shortest(y.intervals)) as [TypedReading, ...TypedReading[]]
      if (others.length > 0) context.note(`${lane}: of ${of.length} meter readings the one with the shortest intervals is taken`)
      const store = context.store(finest.household, finest.lane)
      for (const interval of store ? finest.intervals : []) giveInterval(interval, finest.factor, store as NonNullable<typeof store>)
    }
  }

  /** Names the household by its file, and by its usage point where the feed has several. */
  function householdOf(self: string): string {
    const point = (href: string): string | undefined => /UsagePoint\/([^/]+)/.exec(href)?.[1]
    const points = new Set(meterReadings.map(each => point(each.self)))
    return points.size > 1 ? `${layout.household}-${point(self)}` : (layout.household as string)
  }

  function giveInterval(
    { line, start, duration, value }: Interval,
    factor: number,
    store: NonNullable<ReturnType<ReaderContext['store']>>
  ): void {
    const energy = context.number(value)
    const [from, length] = [Number(start), Number(duration || layout.stepSeconds)]
    if (energy === undefined) throw context.error(line, 'a value in Wh', describeField(value))
    if (!/^\d{1,10}$/.test(start)) throw context.error(line, 'the start of an interval in Unix seconds', shown(start))
    const steps = length / layout.stepSeconds
    if (!Number.isInteger(steps) || from % layout.stepSeconds !== 0)
      throw context.error(
        line,
        `an interval of whole ${layout.stepSeconds} s, as the shortest of its first part is`,
        `one of ${shown(duration)} s from ${start}`
      )
    for (let i = 0; i < steps; i++) context.put(store, line, from + i * layout.stepSeconds, (energy * factor) / steps)
  }

  parser.on('opentag', ({ name, attributes }) => {
    const local = name.replace(/^\w+:/, '')
    path.push(local)
    text = ''
    if (local !== 'link') return
    const { rel, href } = attributes as Record<string, string>
    if (rel === 'self') entry.self = key(href ?? '')
    if (rel === 'up') entry.up = key(href ?? '')
    if (rel === 'related') entry.related.push(key(href ?? ''))
  })
  parser.on('text', chunk => {
    text += chunk
  })
  parser.on('closetag', ({ name }) => {
    path.pop()
    close(name.replace(/^\w+:/, ''))
    text = ''
    if (path.length === 0) give()
  })
  parser.on('error', error => {
    throw context.error(lineNumber, 'well-formed XML', shown(error.message.replace(/^[\d:]+\s*/, '')))
  })
  context.atEnd(() => {
    if (path.length > 0) throw context.error(lineNumber, 'the end of the feed', `a file that is cut off within ${path.at(-1)}`)
  })
  return (line, number) => {
    lineNumber = number
    parser.write(`${line}\n`)
  }
}

function emptyEntry() {
  return { self: '', up: '', related: [] as string[], intervals: [] as Interval[], fields: new Map<string, string>(), meterReading: false }
}
