// Numbers in tables: three significant digits, and no median without its middle half.

import type { Spread } from '@hushgrid/lab'
import type { Estimate } from '../results/growth.ts'

const MINUS = '\u2212'
const THIN_SPACE = '\u202f'

/** Writes three significant digits; all digits of whole numbers and of those from 100 on, in groups of three. */
export function numberText(value: number): string {
  const size = Math.abs(value)
  const sign = value < 0 ? MINUS : ''
  if (size === 0) return '0'
  if (size >= 99.95 || Number.isInteger(size))
    return `${sign}${Math.round(size)
      .toString()
      .replace(/\B(?=(\d{3})+$)/g, THIN_SPACE)}`
  if (size < 0.001) return `${sign}${powerText(size)}`
  const digits = Math.max(0, 2 - Math.floor(Math.log10(size)))
  return `${sign}${size.toFixed(digits)}`
}

/** Writes two digits and a power of ten, 3.2 × 10⁻⁵. */
function powerText(size: number): string {
  const [mantissa = '', exponent = ''] = size.toExponential(1).split('e')
  const raised = [...exponent.replace('+', '')].map(digit => (digit === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)])).join('')
  return `${mantissa} × 10${raised}`
}

/** Writes a range, with `to` instead of a dash beside a minus sign. */
const between = (low: number, high: number): string => `${numberText(low)}${low < 0 || high < 0 ? ' to ' : '–'}${numberText(high)}`

/** Writes `median (q1–q3)`; the bare value where there is only one; a dash where there is none. */
export function spreadText(values: Spread | null, scale = 1): string {
  if (!values) return '–'
  const { median, q1, q3, count } = values
  return count === 1 ? numberText(median * scale) : `${numberText(median * scale)} (${between(q1 * scale, q3 * scale)})`
}

/** Writes an exponent with its interval; two decimals, since more would be made up. */
export function exponentText({ value, low, high }: Estimate): string {
  const text = (each: number): string =>
    each
      .toFixed(2)
      .replace(/^-(?!0\.00$)/, MINUS)
      .replace('-', '')
  return `${text(value)} (${text(low)} to ${text(high)})`
}

/** Writes an estimate with its bounds. */
export const estimateText = ({ value, low, high }: Estimate): string => `${numberText(value)} (${between(low, high)})`
