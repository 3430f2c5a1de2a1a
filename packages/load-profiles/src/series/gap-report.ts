// The gaps in a household's readings, counted and in words.
import type { Slot } from '@hushgrid/primitives'
import { readableUtc } from '@hushgrid/primitives'
import type { Counts } from './energy-store.ts'
import { GAP, type HouseholdSeries } from './household-series.ts'

/** Gaps of one household's readings, and corrections to them. */
export interface GapReport extends Readonly<Counts> {
  readonly household: string
  readonly slotSeconds: number
  /** First and last slot with a reading; undefined where there is none at all. */
  readonly firstSlot: Slot | undefined
  readonly lastSlot: Slot | undefined
  /** Slots from the first to the last. */
  readonly slots: number
  /** Those of them with a reading. */
  readonly covered: number
  /** Runs of slots without one. */
  readonly gaps: number
  /** Slots of the longest such run, and its first; 0 and undefined without gaps. */
  readonly longestGap: number
  readonly longestGapAt: Slot | undefined
}

/** The report on a series, or on a household that has no reading at all. */
export function gapReport(household: string, slotSeconds: number, series: HouseholdSeries | undefined, counts: Counts): GapReport {
  let covered = 0
  let gaps = 0
  let longestGap = 0
  let longestGapAt: Slot | undefined
  const lanes = series?.lanes.length ?? 1
  for (let i = 0, run = 0; series && i < series.slots; i++) {
    if (series.values[i * lanes] !== GAP) {
      covered++
      run = 0
      continue
    }
    if (run === 0) gaps++
    run++
    if (run > longestGap) {
      longestGap = run
      longestGapAt = (series.firstSlot + i - run + 1) as Slot
    }
  }
  return {
    ...counts,
    household,
    slotSeconds,
    firstSlot: series?.firstSlot,
    lastSlot: series && ((series.firstSlot + series.slots - 1) as Slot),
    slots: series?.slots ?? 0,
    covered,
    gaps,
    longestGap,
    longestGapAt
  }
}

/** A length of time as people say it. */
function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.round(seconds / 6) / 10} min`
  if (seconds < 2 * 86_400) return `${Math.round(seconds / 360) / 10} h`
  return `${Math.round(seconds / 8640) / 10} days`
}

function counted(count: number, one: string, many = `${one}s`): string | undefined {
  return count === 0 ? undefined : `${count} ${count === 1 ? one : many}`
}

/** Gives what is irregular in one household's readings, gaps aside, in a few words each. */
export function irregularities(report: Counts): string[] {
  return [
    counted(report.missingValues, 'value marked missing', 'values marked missing'),
    counted(report.duplicates, 'duplicate'),
    report.conflicting > 0 ? `${report.conflicting} of them saying something else` : undefined,
    counted(report.outOfOrder, 'reading out of order', 'readings out of order'),
    counted(report.flagged, 'reading flagged by the publisher', 'readings flagged by the publisher'),
    counted(report.negative, 'value below zero', 'values below zero'),
    counted(report.resets, 'reset of the register', 'resets of the register'),
    counted(report.skippedHours, 'stamp in an hour that the clock skips', 'stamps in an hour that the clock skips')
  ].filter(part => part !== undefined)
}

/** One household in a line. */
function line(report: GapReport): string {
  const irregular = irregularities(report)
  const tail = irregular.length === 0 ? '' : `; ${irregular.join(', ')}`
  if (report.firstSlot === undefined || report.lastSlot === undefined) return `${report.household}: no reading at all${tail}`
  const from = readableUtc(report.firstSlot * report.slotSeconds)
  const until = readableUtc((report.lastSlot + 1) * report.slotSeconds)
  const span = `${report.household}: ${from} to ${until}, ${report.covered} of ${report.slots} slots`
  if (report.longestGapAt === undefined) return `${span}, no gaps${tail}`
  const longest = `${duration(report.longestGap * report.slotSeconds)} from ${readableUtc(report.longestGapAt * report.slotSeconds)}`
  return `${span}, ${counted(report.gaps, 'gap')}, the longest ${longest}${tail}`
}

/** Gives the missing part of a household's span; all of it without any reading. */
function lack(report: GapReport): number {
  return report.slots === 0 ? 1 : 1 - report.covered / report.slots
}

/**
 * A few plain lines for people: one on all households together, then those with the largest lack, and how many more
 * there are.
 *
 * @param most - households that get a line of their own
 */
export function renderGapReports(reports: readonly GapReport[], most = 5): string[] {
  const slots = reports.reduce((sum, report) => sum + report.slots, 0)
  const covered = reports.reduce((sum, report) => sum + report.covered, 0)
  const irregular = reports.filter(r => r.covered < r.slots || r.slots === 0 || irregularities(r).length > 0)
  const share = slots === 0 ? 'no readings' : `${covered} of ${slots} slots have a reading (${((100 * covered) / slots).toFixed(2)} %)`
  const summary = `${counted(reports.length, 'household') ?? 'no households'}: ${share}`
  if (irregular.length === 0) return [`${summary}, nothing irregular`]
  const worst = [...irregular].sort((a, b) => lack(b) - lack(a)).slice(0, most)
  const rest = irregular.length - worst.length
  return [summary, ...worst.map(line), ...(rest > 0 ? [`${rest} more with gaps or irregular readings`] : [])]
}
