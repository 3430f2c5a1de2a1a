// Text of `pnpm compare --million` for a person: its progress and its result.
import { counted, wrappedText } from '@hushgrid/primitives'
import { BULK_PARTS, type BulkPart } from '@hushgrid/simulator'
import type { MillionResult } from './million.ts'
import type { MillionProgress } from './plan.ts'

/** Time between two lines where there is no terminal, s. */
const LINE_SECONDS = 10

const PARTS: Readonly<Record<BulkPart, string>> = {
  keys: 'rosters, rings and edge keys (HKDF), once a day',
  readings: 'making the readings up',
  masks: 'masks, and readings added to them',
  sum: 'sum of the submissions',
  recovery: 'recovery: releases, and taking them off',
  check: 'the experiment: who is missing, the true sums'
}

const count = (value: number): string => value.toLocaleString('en-US')
const many = (value: number, one: string): string => counted(value, one).replace(/^\d+/, count(value))
const fixed = (value: number, digits: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
const percent = (fraction: number): string => `${Number((100 * fraction).toPrecision(4))} %`
const megabytes = (bytes: number): string => fixed(bytes / 1e6, 0)

function duration(seconds: number): string {
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** Stream for the progress: standard error. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined
  write(text: string): unknown
}

/** Shows progress in a line that redraws itself in a terminal; elsewhere in a line every ten seconds. */
export class MillionDisplay {
  readonly #stream: ProgressStream
  #shownAt = 0

  constructor(stream: ProgressStream) {
    this.#stream = stream
  }

  readonly show = (at: MillionProgress): void => {
    const { households, of, seconds, remaining } = at
    const rest = households === of ? '' : `, about ${duration(remaining)} to go`
    const line = `${count(households)} of ${count(of)} households, ${percent(Math.floor((100 * households) / of) / 100)}, ${duration(seconds)} gone${rest}`
    if (this.#stream.isTTY) this.#stream.write(`\r\u001b[2K${line}`)
    else if (seconds - this.#shownAt >= LINE_SECONDS || households === of) {
      this.#shownAt = seconds
      this.#stream.write(`${line}\n`)
    }
  }

  /** Clears the line. */
  close(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\u001b[2K')
  }
}

function verdict({ exact, lost, wrong, lostRefused, lostMembersMissing }: MillionResult): string {
  const why = lost === 0 ? '' : ` (${count(lostRefused)} by refusal, ${count(lostMembersMissing)} for want of members)`
  const bad = wrong === 0 ? '' : '  THE RUN IS NOT GOOD: no total may be wrong'
  return `${many(exact, 'total')} exact, ${count(lost)} lost${why}, ${count(wrong)} wrong${bad}`
}

/** Writes the whole result for the terminal. */
export function millionText(result: MillionResult): string {
  const { households, members, readings, seconds, coreSeconds, microsecondsPerReading, memory, totals, threads } = result
  const size = members[0] === members[1] ? `${members[0]}` : `${members[0]} and ${members[1]}`
  const width = Math.max(...BULK_PARTS.map(part => PARTS[part].length))
  const rows = BULK_PARTS.map(part => `  ${PARTS[part].padEnd(width)} ${fixed(microsecondsPerReading[part], 3).padStart(8)} µs`)
  const all = BULK_PARTS.reduce((sum, part) => sum + microsecondsPerReading[part], 0)
  const days = result.slots * result.slotSeconds === 86_400 ? 'a day' : `${count(result.slots * result.slotSeconds)} s`
  const perHousehold = (wattHours: number): string => fixed(wattHours / households / 1000, 2)
  return [
    `${count(households)} households, ${days} from ${result.day}: ${many(result.neighbourhoods, 'neighbourhood')} of ${size}, ${many(result.slots, 'slot')} of ${count(result.slotSeconds)} s`,
    `  ${result.degree} mask neighbours each, ${result.lanes} lanes, recovery ${result.recovery}, ${percent(result.missingFraction)} of the members missing in a slot, seed ${result.seed}`,
    `  readings: ${result.readingSource}`,
    '',
    verdict(result),
    `  ${many(readings, 'reading')} submitted, ${count(result.missing)} missing; ${many(result.recoveredSlots, 'total')} recovered without ${count(result.recoveredMembers)} of these, with ${many(result.releases, 'release')}`,
    `  ${fixed(totals[0] / 1e6, 3)} MWh imported, ${fixed(totals[1] / 1e6, 3)} MWh exported in all totals: ${perHousehold(totals[0])} and ${perHousehold(totals[1])} kWh a household`,
    '',
    `${fixed(seconds, 1)} s on ${counted(threads, 'thread')}, ${fixed(coreSeconds, 1)} core-seconds, ${fixed((1e6 * coreSeconds) / readings, 2)} µs a reading with everything`,
    `  other programs used ${fixed(result.otherCoreSeconds, 1)} core-seconds of this machine meanwhile; load ${fixed(result.loadAverage[0], 1)} before, ${fixed(result.loadAverage[1], 1)} after`,
    'CPU time of the computing threads a submitted reading:',
    ...rows,
    `  ${'together'.padEnd(width)} ${fixed(all, 3).padStart(8)} µs`,
    `Peak resident memory of the process in each part of the run, MB: ${memory.map(at => megabytes(at.peakRssBytes)).join(' ')}`,
    'Not computed:',
    ...result.notComputed.map(what => `  ${what}`)
  ]
    .map(wrappedText)
    .join('\n')
}
