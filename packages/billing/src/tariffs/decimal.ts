/**
 * A decimal number, exact: `coefficient` · 10^-`digits`, in lowest terms: the coefficient is no multiple of ten, and zero
 * has no digits. `digits` is negative for 20, which is 2 · 10^1.
 */
export interface Decimal {
  readonly coefficient: bigint
  readonly digits: number
}

/** Most digits behind the point of a price. */
export const PRICE_DIGITS = 9

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

/**
 * Reads a price of a table, where programs write `+1`, `01.50`, `.5` or `1.` for what {@link DECIMAL_PATTERN} has one
 * notation for; undefined for what is no price.
 */
export function lenientDecimal(text: string): Decimal | undefined {
  const [, sign, whole = '', fraction = ''] = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text) ?? []
  if (sign === undefined || whole + fraction === '') return undefined
  const tail = fraction.replace(/0+$/, '')
  const plain = `${sign === '-' ? '-' : ''}${whole.replace(/^0+(?=\d)/, '') || '0'}${tail === '' ? '' : `.${tail}`}`
  return DECIMAL_PATTERN.test(plain) ? parseDecimal(plain) : undefined
}

/** Gives a number in units of 10^-`digits`, exactly; it must need no more digits. */
export function inUnits({ coefficient, digits: own }: Decimal, digits: number): bigint {
  // Throws BigInt's RangeError for a negative power, so that nothing is cut off.
  return coefficient * 10n ** BigInt(digits - own)
}

/** Digits that a weight per Wh has beyond a price per kWh. */
export const WH_DIGITS = 3

/** Gives the price per Wh of a price per kWh. */
export function perWh({ coefficient, digits }: Decimal): Decimal {
  return coefficient === 0n ? { coefficient, digits } : { coefficient, digits: digits + WH_DIGITS }
}
