// Writes figures for people: kWh, bytes, times (UTC).
import type { LabSlot, LaneValues } from '@hushgrid/web-api'
import { quantityOf } from '../../common/quantities.ts'

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const
const MASK_BITS = 64n
const EXA = 1e18
const HEX_DIGITS_OF_MASK = 16

/** Gives a lane's name for people; its OBIS code where it has none. */
export function laneName(code: string): string {
  return quantityOf(code).name
}

/** @param wh - decimal; null where it is null or undefined */
export function kwhOf(wh: string | undefined | null): number | null {
  return wh === undefined || wh === null ? null : Number(wh) / 1000
}

export function showKwh(kwh: number | null): string {
  return kwh === null ? '–' : kwh.toFixed(3)
}

/** Gives one lane of a slot in kWh. */
export function laneKwh(values: LaneValues | null, lane: string): number | null {
  return values === null ? null : kwhOf(values[lane])
}

/** Writes the published total of a lane in kWh; `withheld` where too few can fill it. */
export function showTotal({ total, withheld }: Pick<LabSlot, 'total' | 'withheld'>, lane: string): string {
  return withheld[lane] ? 'withheld' : showKwh(laneKwh(total, lane))
}

/** Writes decimal multiples with three digits: `61.9 kB`. */
export function showBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  const scaled = bytes / 1000 ** power
  return `${power === 0 ? Math.round(scaled) : scaled.toFixed(scaled < 10 ? 2 : scaled < 100 ? 1 : 0)} ${BYTE_UNITS[power]}`
}

/** Writes `149 ms`, `12.3 s`, `4 min 10 s`. */
export function showMs(ms: number): string {
  if (Math.abs(ms) < 1000) return `${Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 100) return `${seconds.toFixed(1)} s`
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`
}

export function showCount(count: number): string {
  return count.toLocaleString('en-GB')
}

/** Writes hours and minutes of a UTC time. */
export function showTime(iso: string): string {
  return iso.slice(11, 16)
}

/** Writes day, hours and minutes of a UTC time. */
export function showDayTime(iso: string): string {
  return `${iso.slice(0, 10)} ${showTime(iso)}`
}

/** Gives seconds since 1970. */
export function secondsOf(iso: string): number {
  return Date.parse(iso) / 1000
}

/** Groups digits in threes, since a number of 20 digits is unreadable otherwise. */
export function inThrees(decimal: string): string {
  return decimal.replace(/\B(?=(\d{3})+$)/g, '\u202f')
}

/** Gives a value modulo 2^64 in units of 10^18, so that a chart can show it: 0 to 18.4. */
export function exaOf(value: bigint): number {
  return Number(BigInt.asUintN(Number(MASK_BITS), value)) / EXA
}

/** Gives the last 64 bits of a ciphertext in hexadecimal. */
export function lastBitsOf(hex: string): bigint {
  return BigInt(`0x${hex.slice(-HEX_DIGITS_OF_MASK) || '0'}`)
}

/** Lists households in a sentence: `3, 17 and 20`; at most `most` of them, then the number of the others. */
export function listOf(households: readonly number[], most = 8): string {
  if (households.length === 0) return 'none'
  const shown = households.slice(0, most).map(String)
  const rest = households.length - shown.length
  if (rest > 0) return `${shown.join(', ')} and ${rest} ${rest === 1 ? 'other' : 'others'}`
  return shown.length === 1 ? `${shown[0]}` : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}
