// Dates counted in days from 1970-01-01, by arithmetic: pure code has no `Date`, and a parser of millions of stamps has no
// time for `Temporal`.

/** Seconds in a day; Unix time has no leap seconds. */
export const DAY_SECONDS = 86_400

/**
 * Counts the days from 1970-01-01 to a date of the proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms", days_from_civil).
 *
 * @param month - 1 to 12
 * @param day - 1 to the month's length; not checked here
 */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** Gives the date of a day counted from 1970-01-01 (Hinnant, civil_from_days). */
export function civilFromDays(days: number): { year: number; month: number; day: number } {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

/** Gives the day of the week of a day counted from 1970-01-01, a Thursday: 0 Monday … 6 Sunday. */
export function weekdayOf(days: number): number {
  return (((days + 3) % 7) + 7) % 7
}

/** Gives the day of the year, 1 to 366, of a day counted from 1970-01-01. */
export function dayOfYear(days: number): number {
  return days - daysFromCivil(civilFromDays(days).year, 1, 1) + 1
}

function monthLength(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

/** Gives the Unix seconds of a date and time taken as UTC; undefined where the calendar or the clock has no such moment. */
export function unixSeconds(year: number, month: number, day: number, hour: number, minute: number, second: number): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > monthLength(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59) return undefined
  return daysFromCivil(year, month, day) * DAY_SECONDS + hour * 3600 + minute * 60 + second
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** Writes the date of a day counted from 1970-01-01: `2013-02-04`. */
export function dateOfDay(days: number): string {
  const { year, month, day } = civilFromDays(days)
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
}

/**
 * Writes Unix seconds for people: `2013-02-04 00:30Z`, with seconds only where there are any. Never throws, since a
 * broken data file may name a moment that no calendar has.
 */
export function readableUtc(seconds: number): string {
  const days = Math.floor(seconds / DAY_SECONDS)
  const rest = Math.floor(seconds - days * DAY_SECONDS)
  const clock = `${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}${rest % 60 === 0 ? '' : `:${two(rest % 60)}`}`
  return `${dateOfDay(days)} ${clock}Z`
}
