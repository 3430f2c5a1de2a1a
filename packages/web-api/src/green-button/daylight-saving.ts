// Writes a zone's daylight saving as the eight hexadecimal digits of ESPI, which Green Button files carry. What is known of
// the zone is its local time, which programs and browsers find in different ways.

/** Writes local time with its offset, since an hour of autumn comes twice: `2026-10-25T01:30+01:00`. */
export type LocalTimeOf = (seconds: number) => string

/** Daylight saving in the terms of ESPI (NAESB REQ.21, TimeConfiguration). */
interface TimeConfiguration {
  /** Local standard time minus UTC, seconds. */
  readonly tzOffset: number
  /** Seconds added to standard time in summer; 0 where the clock is not changed. */
  readonly dstOffset: number
  /** DstRuleType of the beginning of summer time: 8 hexadecimal digits. */
  readonly dstStartRule: string
  readonly dstEndRule: string
}

/** Years in which the clock follows no one rule, so that ESPI cannot say how. */
export interface NoOneRule {
  readonly firstYear: number
  readonly lastYear: number
}

/** DstRuleType of a clock that never changes. */
const NO_RULE = 'FFFFFFFF'
const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
/** Day of the week of 1970-01-01, from 0 for Monday. */
const THURSDAY = 3

/** A moment on the wall, as the clock shows it. */
interface Wall {
  readonly year: number
  readonly month: number
  readonly day: number
  /** Seconds since midnight. */
  readonly second: number
  /** Local time minus UTC, s. */
  readonly offset: number
}

interface Change {
  /** First second under the new offset, as the clock would have shown it under the old one. */
  readonly wall: Wall
  /** From 1 for Monday. */
  readonly weekday: number
  readonly offset: number
  readonly offsetBefore: number
}

/**
 * Finds the zone's rule for daylight saving over all years that a period touches. Holds south of the equator too, where
 * summer time ends before it begins in a year.
 *
 * @param from - Unix seconds
 * @param until - Unix seconds, exclusive
 */
export function timeConfiguration(local: LocalTimeOf, from: number, until: number): TimeConfiguration | NoOneRule {
  const [firstYear, lastYear] = [wallOf(local, from).year, wallOf(local, Math.max(from, until - 1)).year]
  const changes = changesOf(local, firstYear, lastYear)
  const ofFirst = changes.filter(({ wall }) => wall.year === firstYear)
  const standard = Math.min(wallOf(local, newYear(firstYear) + DAY).offset, ...ofFirst.map(({ offset }) => offset))
  if (changes.length === 0) return { tzOffset: standard, dstOffset: 0, dstStartRule: NO_RULE, dstEndRule: NO_RULE }
  const summer = changes.filter(({ offset, offsetBefore }) => offset > offsetBefore)
  const winter = changes.filter(({ offset, offsetBefore }) => offset < offsetBefore)
  const years = lastYear - firstYear + 1
  const [start, end] = [ruleOf(summer), ruleOf(winter)]
  const saving = (summer[0]?.offset ?? standard) - standard
  const steady = changes.every(({ offset }) => offset === standard || offset === standard + saving)
  if (!steady || summer.length !== years || winter.length !== years || start === undefined || end === undefined)
    return { firstYear, lastYear }
  return { tzOffset: standard, dstOffset: saving, dstStartRule: start, dstEndRule: end }
}

function wallOf(local: LocalTimeOf, seconds: number): Wall {
  const [date = '', rest = ''] = local(seconds).split('T')
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number)
  const [clock = '', offset = ''] = rest.split(/(?=[+-])/)
  return { year, month, day, second: secondsOf(clock), offset: (offset.startsWith('-') ? -1 : 1) * secondsOf(offset.slice(1)) }
}

/** Reads `01:30` or `01:30:15`. */
function secondsOf(clock: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number)
  return hours * HOUR + minutes * MINUTE + seconds
}

/** Gives the Unix seconds of a year's beginning in UTC. */
function newYear(year: number): number {
  const before = year - 1
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400)
  // Counts from the year 1, which begins 719,162 days before 1970.
  return (365 * before + leapDays - 719_162) * DAY
}

/** Finds the changes of the clock in local years, a day's step at a time. */
function changesOf(local: LocalTimeOf, firstYear: number, lastYear: number): Change[] {
  const changes: Change[] = []
  const end = newYear(lastYear + 1) + DAY
  let at = newYear(firstYear) - DAY
  let offset = wallOf(local, at).offset
  for (; at < end; at += DAY) {
    const after = wallOf(local, at + DAY).offset
    if (after === offset) continue
    const change = changeWithin(local, at, at + DAY)
    if (change.wall.year >= firstYear && change.wall.year <= lastYear) changes.push(change)
    offset = after
  }
  return changes
}

/** Finds the first second at which the offset is that of the end. */
function changeWithin(local: LocalTimeOf, from: number, until: number): Change {
  const after = wallOf(local, until).offset
  let [before, at] = [from, until]
  while (at - before > 1) {
    const middle = Math.floor((before + at) / 2)
    if (wallOf(local, middle).offset === after) at = middle
    else before = middle
  }
  const last = wallOf(local, at - 1)
  const days = Math.floor((at + last.offset) / DAY)
  return { wall: nextSecond(last), weekday: 1 + ((((days + THURSDAY) % 7) + 7) % 7), offset: after, offsetBefore: last.offset }
}

function nextSecond(wall: Wall): Wall {
  if (wall.second + 1 < DAY) return { ...wall, second: wall.second + 1 }
  const { year, month, day } = wall
  if (day < daysIn(year, month)) return { ...wall, day: day + 1, second: 0 }
  return { ...wall, day: 1, month: (month % 12) + 1, year: month === 12 ? year + 1 : year, second: 0 }
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (newYear(year + 1) - newYear(year)) / DAY - 337
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** Finds the one rule that gives all these changes; undefined where there is none. */
function ruleOf(changes: readonly Change[]): string | undefined {
  const rules = changes.map(candidates)
  return rules[0]?.find(rule => rules.every(others => others.includes(rule)))
}

/** Lists the rules that a change may follow, the likelier first. */
function candidates(change: Change): string[] {
  const { year, month, day } = change.wall
  const last = day + 7 > daysIn(year, month) ? [encodeRule(change, 7, 0)] : []
  // Tries each day of the month that the weekday may be "on or after": a week of them.
  const onOrAfter = Array.from({ length: 7 }, (_, i) => day - i).filter(from => from >= 1)
  return [
    ...last,
    encodeRule(change, Math.ceil(day / 7) + 1, 0),
    ...onOrAfter.map(from => encodeRule(change, 1, from)),
    encodeRule(change, 0, day)
  ]
}

/**
 * Encodes DstRuleType: from bit 0, 12 bits of seconds in the hour, 5 of the hour, 3 of the weekday (Monday 1), 5 of the
 * day, 3 of the operator, 4 of the month. Operators: 0 that day, 1 the weekday on or after the day, 2 to 6 the first to
 * fifth such weekday of the month, 7 the last.
 */
function encodeRule({ wall: { second, month }, weekday }: Change, operator: number, day: number): string {
  const low = (second % HOUR) + Math.floor(second / HOUR) * 2 ** 12 + (operator === 0 ? 0 : weekday) * 2 ** 17
  return (low + day * 2 ** 20 + operator * 2 ** 25 + month * 2 ** 28).toString(16).toUpperCase().padStart(8, '0')
}
