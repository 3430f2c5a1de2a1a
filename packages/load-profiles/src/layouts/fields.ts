import { unixSeconds } from '@hushgrid/primitives'

/** Readings of one household beyond this, in W or in Wh per interval, are taken for a wrong unit or a wrong column. */
export const PLAUSIBLE = 1e7

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/

/** A plain decimal number, blanks around it allowed; undefined for anything else, so `0x1`, `NaN` and `1,5` too. */
export function decimal(text: string): number | undefined {
  const field = text.trim()
  return DECIMAL.test(field) ? Number(field) : undefined
}

function digits(text: string, from: number, count: number): number {
  let value = 0
  for (let i = from; i < from + count; i++) {
    const digit = text.charCodeAt(i) - 48
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

function clock(text: string, at: number): [number, number, number] | undefined {
  if (text[at + 2] !== ':') return undefined
  if (text[at + 5] !== ':') return [digits(text, at, 2), digits(text, at + 3, 2), 0]
  return [digits(text, at, 2), digits(text, at + 3, 2), digits(text, at + 6, 2)]
}

/** Tail after the seconds: a fraction (kept out of the result) and `Z`. */
const TAIL = /^(?:\.(\d{1,9}))?Z?$/

/**
 * Unix seconds of `YYYY-MM-DD HH:MM[:SS[.fraction]][Z]`, `T` in the place of the blank allowed, read as UTC; undefined
 * where it is not one. A fraction that is not zero is kept.
 */
export function isoStamp(text: string): number | undefined {
  if (text[4] !== '-' || text[7] !== '-' || (text[10] !== ' ' && text[10] !== 'T')) return undefined
  const time = clock(text, 11)
  if (!time) return undefined
  const end = text[16] === ':' ? 19 : 16
  let fraction = 0
  if (text.length > end) {
    const tail = TAIL.exec(text.slice(end))
    if (!tail || (tail[1] !== undefined && end === 16)) return undefined
    if (tail[1] !== undefined) fraction = Number(`0.${tail[1]}`)
  }
  const seconds = checked(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2), time)
  return seconds === undefined ? undefined : seconds + fraction
}

/** Unix seconds of `dd/mm/yyyy` and `hh:mm:ss`, days and months with one or two digits, read as UTC. */
export function dayFirstStamp(date: string, time: string): number | undefined {
  const parts = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(date)
  if (!parts || time.length !== 8) return undefined
  const hms = clock(time, 0)
  return hms && checked(Number(parts[3]), Number(parts[2]), Number(parts[1]), hms)
}

function checked(year: number, month: number, day: number, [hour, minute, second]: [number, number, number]): number | undefined {
  return Number.isNaN(year + month + day + hour + minute + second) ? undefined : unixSeconds(year, month, day, hour, minute, second)
}

/** Greatest common divisor of two whole numbers, not both zero. */
export function gcd(a: number, b: number): number {
  let x = Math.abs(a)
  let y = Math.abs(b)
  while (y !== 0) [x, y] = [y, x % y]
  return x
}
