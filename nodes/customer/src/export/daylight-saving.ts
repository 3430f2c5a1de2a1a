// Writes a zone's daylight saving as the eight hexadecimal digits of ESPI, which Green Button files carry.
import { HushgridError, timeZoneName, zonedTime } from '@hushgrid/primitives'

/** Reports a name that is no time zone, or a zone whose clock changes ESPI cannot express. */
export class TimeZoneError extends HushgridError {
  override name = 'TimeZoneError'
}

/** @throws TimeZoneError where the name is not in the IANA time zone database */
export function checkTimeZone(zone: string): string {
  const known = timeZoneName(zone)
  if (known === undefined) throw new TimeZoneError(`time zone: expected one such as Europe/London, got ${JSON.stringify(zone)}`)
  return known
}

/** Daylight saving in the terms of ESPI (NAESB REQ.21, TimeConfiguration). */
export interface TimeConfiguration {
  /** Local standard time minus UTC, seconds. */
  readonly tzOffset: number
  /** Seconds added to standard time in summer; 0 where the clock is not changed. */
  readonly dstOffset: number
  /** DstRuleType of the beginning of summer time: 8 hexadecimal digits. */
  readonly dstStartRule: string
  readonly dstEndRule: string
}

/** DstRuleType of a clock that never changes. */
const NO_RULE = 'FFFFFFFF'

interface Change {
  readonly year: number
  /** Local time in force until the change. */
  readonly before: Temporal.PlainDateTime
  readonly offset: number
  readonly offsetBefore: number
}

/**
 * Finds the zone's rule for daylight saving over all years that a period touches. Holds south of the equator too, where
 * summer time ends before it begins in a year.
 *
 * @param from - Unix seconds
 * @param until - Unix seconds, exclusive
 * @throws TimeZoneError where one pair of rules does not fit, for example after a change of law within the period
 */
export function timeConfiguration(zone: string, from: number, until: number): TimeConfiguration {
  const firstYear = zonedTime(zone, from).year
  const lastYear = zonedTime(zone, Math.max(from, until - 1)).year
  const changes = changesOf(zone, firstYear, lastYear)
  const standard = standardOffset(zone, firstYear)
  if (changes.length === 0) return { tzOffset: standard, dstOffset: 0, dstStartRule: NO_RULE, dstEndRule: NO_RULE }
  const [summer, winter] = [
    changes.filter(each => each.offset > each.offsetBefore),
    changes.filter(each => each.offset < each.offsetBefore)
  ]
  const years = lastYear - firstYear + 1
  const [start, end] = [ruleOf(summer), ruleOf(winter)]
  const saving = (summer[0]?.offset ?? standard) - standard
  const steady = changes.every(({ offset }) => offset === standard || offset === standard + saving)
  if (!steady || summer.length !== years || winter.length !== years || start === undefined || end === undefined)
    throw new TimeZoneError(
      `${zone}: expected a clock that is changed by one rule from ${firstYear} to ${lastYear}, got another; export the years separately`
    )
  return { tzOffset: standard, dstOffset: saving, dstStartRule: start, dstEndRule: end }
}

function startOfYear(zone: string, year: number): Temporal.ZonedDateTime {
  return Temporal.ZonedDateTime.from({ timeZone: zone, year, month: 1, day: 1 })
}

function changesOf(zone: string, firstYear: number, lastYear: number): Change[] {
  const changes: Change[] = []
  const end = startOfYear(zone, lastYear + 1)
  let at = startOfYear(zone, firstYear).getTimeZoneTransition('next')
  while (at && Temporal.ZonedDateTime.compare(at, end) < 0) {
    const before = at.subtract({ nanoseconds: 1 })
    const [offset, offsetBefore] = [at.offsetNanoseconds / 1e9, before.offsetNanoseconds / 1e9]
    // Skips a change that gives the zone another name and leaves its clock alone.
    if (offset !== offsetBefore)
      changes.push({ year: before.year, before: before.toPlainDateTime().add({ nanoseconds: 1 }), offset, offsetBefore })
    at = at.getTimeZoneTransition('next')
  }
  return changes
}

/** Finds the smaller offset of a year, whatever the zone's law calls it. */
function standardOffset(zone: string, year: number): number {
  const offsets = [startOfYear(zone, year).offsetNanoseconds / 1e9, ...changesOf(zone, year, year).map(({ offset }) => offset)]
  return Math.min(...offsets)
}

/** Finds the one rule that gives all these changes; undefined where there is none. */
function ruleOf(changes: readonly Change[]): string | undefined {
  const [first] = changes
  if (!first) return undefined
  const rules = changes.map(({ before }) => candidates(before))
  return rules[0]?.find(rule => rules.every(others => others.includes(rule)))
}

/** Lists the rules that a change may follow, the likelier first. */
function candidates(at: Temporal.PlainDateTime): string[] {
  const { day, daysInMonth } = at
  const week = Math.ceil(day / 7)
  const last = day + 7 > daysInMonth ? [encodeRule(at, 7, 0)] : []
  // Tries each day of the month that the weekday may be "on or after": a week of them.
  const onOrAfter = Array.from({ length: 7 }, (_, i) => day - i).filter(from => from >= 1)
  return [...last, encodeRule(at, week + 1, 0), ...onOrAfter.map(from => encodeRule(at, 1, from)), encodeRule(at, 0, day)]
}

/**
 * Encodes DstRuleType: from bit 0, 12 bits of seconds in the hour, 5 of the hour, 3 of the weekday (Monday 1), 5 of the
 * day, 3 of the operator, 4 of the month. Operators: 0 that day, 1 the weekday on or after the day, 2 to 6 the first to
 * fifth such weekday of the month, 7 the last.
 */
function encodeRule(at: Temporal.PlainDateTime, operator: number, day: number): string {
  const seconds = at.minute * 60 + at.second
  const weekday = operator === 0 ? 0 : at.dayOfWeek
  const low = seconds + at.hour * 2 ** 12 + weekday * 2 ** 17
  return (low + day * 2 ** 20 + operator * 2 ** 25 + at.month * 2 ** 28).toString(16).toUpperCase().padStart(8, '0')
}
