/** Names of a currency and its minor unit. */
interface CurrencyNames {
  /** Sign before the amount. */
  readonly sign: string
  /** Name of one minor unit. */
  readonly minor: string
  /** Short name of the minor unit, behind a number. */
  readonly short: string
  /** Decimal digits of the minor unit, 10^-digits of the currency (ISO 4217). */
  readonly digits: 0 | 2
}

/** Names and digits of each currency. Not the platform's, since two versions of its data could differ in the digits. */
const CURRENCIES = {
  AUD: { sign: 'A$', minor: 'cent', short: 'c', digits: 2 },
  BRL: { sign: 'R$', minor: 'centavo', short: 'centavos', digits: 2 },
  CAD: { sign: 'C$', minor: 'cent', short: 'c', digits: 2 },
  CHF: { sign: 'CHF ', minor: 'rappen', short: 'Rp.', digits: 2 },
  CZK: { sign: 'CZK ', minor: 'haléř', short: 'h', digits: 2 },
  DKK: { sign: 'DKK ', minor: 'øre', short: 'øre', digits: 2 },
  EUR: { sign: '€', minor: 'cent', short: 'ct', digits: 2 },
  GBP: { sign: '£', minor: 'penny', short: 'p', digits: 2 },
  INR: { sign: '₹', minor: 'paisa', short: 'paise', digits: 2 },
  JPY: { sign: '¥', minor: 'yen', short: 'yen', digits: 0 },
  NOK: { sign: 'NOK ', minor: 'øre', short: 'øre', digits: 2 },
  NZD: { sign: 'NZ$', minor: 'cent', short: 'c', digits: 2 },
  PLN: { sign: 'PLN ', minor: 'grosz', short: 'gr', digits: 2 },
  SEK: { sign: 'SEK ', minor: 'öre', short: 'öre', digits: 2 },
  USD: { sign: '$', minor: 'cent', short: '¢', digits: 2 },
  ZAR: { sign: 'R', minor: 'cent', short: 'c', digits: 2 }
} as const satisfies Record<string, CurrencyNames>

/** Minus sign of amounts for people; a hyphen is for programs. */
const MINUS = '−'

/** ISO 4217 code of a currency that tariffs can be in. */
export type CurrencyCode = keyof typeof CURRENCIES

export const CURRENCY_CODES = Object.keys(CURRENCIES) as [CurrencyCode, ...CurrencyCode[]]

export function currencyNames(currency: CurrencyCode): CurrencyNames {
  return CURRENCIES[currency]
}

/**
 * Writes a rounded amount for people: `£1,234.56`, `−€0.05`, `SEK 12.00`, `¥1,200`.
 *
 * @param minor - minor units (pence, cents), as roundAmount gives them
 */
export function formatAmount(minor: bigint, { currency }: { readonly currency: CurrencyCode }): string {
  const { sign, digits } = currencyNames(currency)
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0')
  const whole = grouped(text.slice(0, text.length - digits))
  return `${minor < 0n ? MINUS : ''}${sign}${whole}${digits === 0 ? '' : `.${text.slice(-digits)}`}`
}

/** Writes an exact amount with all its digits, in the minor unit: `6,525.45285 p`. */
export function formatExact(amount: bigint, { currency, digits }: { readonly currency: CurrencyCode; readonly digits: number }): string {
  const [whole = '', ...fraction] = decimalText(amount < 0n ? -amount : amount, digits).split('.')
  return `${amount < 0n ? MINUS : ''}${[grouped(whole), ...fraction].join('.')} ${currencyNames(currency).short}`
}

function grouped(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Writes units of 10^-digits as a decimal number, without zeros at its end. */
export function decimalText(units: bigint, digits: number): string {
  const size = (units < 0n ? -units : units).toString().padStart(digits + 1, '0')
  const fraction = size.slice(size.length - digits).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${size.slice(0, size.length - digits)}${fraction === '' || digits === 0 ? '' : `.${fraction}`}`
}

const FRACTIONS = [
  '',
  'tenths',
  'hundredths',
  'thousandths',
  'ten-thousandths',
  'hundred-thousandths',
  'millionths',
  'ten-millionths',
  'hundred-millionths',
  'billionths',
  'ten-billionths',
  'hundred-billionths',
  'trillionths'
]

/** Gives a tariff's unit in words: `hundred-thousandths of a penny` for five digits in GBP. */
export function describeUnit({ currency, digits }: { readonly currency: CurrencyCode; readonly digits: number }): string {
  const { minor } = currencyNames(currency)
  const article = /^[aeiouöø]/.test(minor) ? 'an' : 'a'
  return digits === 0 ? `units of ${article} ${minor}` : `${FRACTIONS[digits] ?? `10^-${digits}`} of ${article} ${minor}`
}
