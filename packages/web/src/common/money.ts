// Amounts and prices in words: rounded as currency for reading, exact in the currency's smallest unit on demand.
import type { Money } from '@hushgrid/web-api'

const LANGUAGE = 'en-GB'
/** Minus sign, as the supplier's texts have it. */
const MINUS = '−'
/** Wh in a kWh, which prices for people are of. */
const PER_KWH = 1000n

/** Writes an exact amount as currency, to its smallest unit, half-way away from zero: `£65.25`, `−€0.05`. */
export function amountText(amount: bigint, { sign, digits, unitDigits }: Money): string {
  const text = decimalText(amount, digits + unitDigits, { least: digits, most: digits })
  return text.startsWith(MINUS) ? `${MINUS}${sign}${text.slice(1)}` : `${sign}${text}`
}

/** Writes an exact amount with all its digits, in the currency's smallest unit: `6,525.45285 p`. */
export function exactText(amount: bigint, { short, unitDigits }: Money): string {
  return `${decimalText(amount, unitDigits, { least: 0, most: unitDigits })} ${short}`
}

/** Writes a price, given per Wh, exactly: `26.4 p/kWh`. */
export function priceText(perWattHour: bigint, { short, unitDigits }: Money): string {
  return `${decimalText(perWattHour * PER_KWH, unitDigits, { least: 0, most: unitDigits })} ${short}/kWh`
}

/** Writes units of 10^-digits; Intl takes decimal text of any length, and rounds half-way away from zero. */
function decimalText(units: bigint, digits: number, { least, most }: { readonly least: number; readonly most: number }): string {
  const size = (units < 0n ? -units : units).toString().padStart(digits + 1, '0')
  const whole = size.slice(0, size.length - digits)
  const decimal = `${units < 0n ? '-' : ''}${whole}.${size.slice(size.length - digits) || '0'}` as `${number}`
  const format = new Intl.NumberFormat(LANGUAGE, { minimumFractionDigits: least, maximumFractionDigits: most, signDisplay: 'negative' })
  // Intl's English has a hyphen there.
  return format.format(decimal).replace('-', MINUS)
}
