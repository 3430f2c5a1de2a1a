/**
 * A decimal number, exact: `coefficient` · 10^-`digits`, in lowest terms: the coefficient is no multiple of ten, and zero
 * has no digits. `digits` is negative for 20, which is 2 · 10^1.
 */
export interface Decimal {
  readonly coefficient: bigint
  readonly digits: number
}

/** Notation of a price: at most nine digits before the point and nine behind it, and no exponent. */
export const DECIMAL_PATTERN = /^-?(0|[1-9]\d{0,8})(\.\d{1,9})?$/

/** Reads the number of a text of {@link DECIMAL_PATTERN}. */
export function parseDecimal(text: string): Decimal {
  const [whole = '', fraction = ''] = text.split('.')
  const digits = (whole + fraction).replace(/0+$/, '')
  const coefficient = BigInt(digits === '-' || digits === '' ? 0 : digits)
  if (coefficient === 0n) return { coefficient: 0n, digits: 0 }
  return { coefficient, digits: fraction.length - (whole.length + fraction.length - digits.length) }
}

/** Gives a number in units of 10^-`digits`, exactly; it must need no more digits. */
export function inUnits({ coefficient, digits: own }: Decimal, digits: number): bigint {
  // Throws BigInt's RangeError for a negative power, so that nothing is cut off.
  return coefficient * 10n ** BigInt(digits - own)
}
