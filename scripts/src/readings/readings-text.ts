// What `pnpm readings` says of a file.
import { type GapReport, type HouseholdSeries, irregularities, readingAt, renderGapReports } from '@hushgrid/load-profiles'
import type { LoadedReadings } from '@hushgrid/node-meter'
import { DAY_SECONDS, type ObisCode, quantityOf, type Slot } from '@hushgrid/primitives'
import { dayPicture } from './day-picture.ts'

const CLOCKS = { UTC: 'UTC', offset: 'with an offset each', local: 'without a zone' } as const

/** Mean Wh of each slot of a day, over all homes and days; NaN where there is none. */
function meanDay(households: readonly HouseholdSeries[], lane: ObisCode, slotSeconds: number): number[] {
  const slots = DAY_SECONDS / slotSeconds
  const sums = new Float64Array(slots)
  const counts = new Uint32Array(slots)
  for (const series of households) {
    const place = series.lanes.indexOf(lane)
    for (let i = 0; place >= 0 && i < series.slots; i++) {
      const value = readingAt(series, (series.firstSlot + i) as Slot)?.[place]
      if (value === undefined) continue
      const of = (series.firstSlot + i) % slots
      sums[of] = (sums[of] as number) + value
      counts[of] = (counts[of] as number) + 1
    }
  }
  return [...sums].map((sum, i) => (counts[i] === 0 ? Number.NaN : sum / (counts[i] as number)))
}

function nameOf(lane: ObisCode): string {
  return quantityOf(lane)?.title.toLowerCase() ?? lane
}

function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`
}

/** Gives the lines for a person: what was recognised, what was repaired or left out, and a mean day. */
export function readingsText(path: string, loaded: LoadedReadings, timeZone: string | undefined): string[] {
  const { title, layout, households, lanes, slotSeconds, files, skipped, notes, gaps } = loaded
  const zone = layout.clock === 'local' && timeZone !== undefined ? `in ${timeZone}` : CLOCKS[layout.clock]
  const unit = layout.unit === 'Wh?' ? 'Wh (nothing says so; --unit kWh where it is not)' : layout.unit
  const read = layout.clock === 'local' && timeZone === undefined ? ', read as UTC (--time-zone names theirs)' : ''
  const lines = [
    `${path}: ${title}, ${counted(files.length, 'file')}`,
    `  unit        ${unit}`,
    `  stamps      ${zone}${read}`,
    `  interval    ${length(layout.stepSeconds)}; slots of ${length(slotSeconds)}`,
    `  households  ${households.length}: ${households
      .slice(0, 3)
      .map(each => each.household)
      .join(', ')}${households.length > 3 ? ', …' : ''}`,
    `  lanes       ${lanes.map(lane => laneText(lane, households)).join(', ')}`,
    ...renderGapReports(gaps, 8).map(line => `  ${line}`)
  ]
  const remarks = [...skipped.map(({ file, reason }) => `${file} was not read: ${reason}`), ...notes]
  const clean = remarks.length === 0 && gaps.every(gap => irregularities(gap).length === 0)
  lines.push(clean ? 'Nothing was repaired or left out.' : 'Repaired, left out or doubtful:', ...remarks.map(remark => `  ${remark}`))
  if (!clean && remarks.length === 0) lines.push('  what the lines of the households say')
  for (const lane of lanes) {
    const homes = households.filter(series => series.lanes.includes(lane)).length
    lines.push('', `mean day of ${homes === 1 ? 'the home' : `${homes} homes`}, ${nameOf(lane)}, kWh a slot, UTC`)
    lines.push(...dayPicture(meanDay(households, lane, slotSeconds), slotSeconds))
  }
  return lines
}

function laneText(lane: ObisCode, households: readonly HouseholdSeries[]): string {
  const homes = households.filter(series => series.lanes.includes(lane)).length
  return `${nameOf(lane)} (${lane})${homes === households.length ? '' : ` of ${homes}`}`
}

function length(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}

/** Gives the same as data. */
export function readingsDocument(path: string, loaded: LoadedReadings) {
  const { layout, title, households, lanes, slotSeconds, files, skipped, notes, gaps } = loaded
  const report = (gap: GapReport) => ({ ...gap, irregular: irregularities(gap) })
  return {
    path,
    layout: layout.name,
    title,
    unit: layout.unit === 'Wh?' ? 'Wh' : layout.unit,
    unitStated: layout.unit !== 'Wh?',
    clock: layout.clock,
    intervalSeconds: layout.stepSeconds,
    slotSeconds,
    lanes,
    households: households.map(({ household, lanes: own }) => ({ household, lanes: own })),
    files,
    skipped,
    notes,
    reports: gaps.map(report),
    meanDay: Object.fromEntries(lanes.map(lane => [lane, meanDay(households, lane, slotSeconds).map(orNull)]))
  }
}

/** A mean in tenths of a Wh; null where there is none. */
function orNull(mean: number): number | null {
  return Number.isNaN(mean) ? null : Math.round(mean * 10) / 10
}
