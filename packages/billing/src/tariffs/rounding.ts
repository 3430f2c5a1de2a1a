/** Rules for a bill's one rounding, to the currency's minor unit: they differ for an amount half-way between two. */
export const ROUNDING_RULES = ['half-away-from-zero', 'half-even'] as const
export type RoundingRule = (typeof ROUNDING_RULES)[number]

/** An amount to pay, rounded. */
export interface RoundedAmount {
  /** Minor units: pence, cents. Negative where the supplier pays. */
  readonly minor: bigint
  /** Rule that rounded it. */
  readonly rule: RoundingRule
}

/**
 * Rounds a bill's exact amount to the minor unit. Call it once, at the end, since sums of rounded parts differ.
 *
 * @param amount - in the tariff's unit, 10^-digits of a minor unit
 */
export function roundAmount(
  amount: bigint,
  { digits, rounding: rule }: { readonly digits: number; readonly rounding: RoundingRule }
): RoundedAmount {
  const unit = 10n ** BigInt(digits)
  const size = amount < 0n ? -amount : amount
  const whole = size / unit
  const twice = 2n * (size % unit)
  // Rounds symmetrically around zero, under either rule: a credit as the same debit.
  const up = twice > unit || (twice === unit && (rule === 'half-away-from-zero' || whole % 2n === 1n))
  const rounded = up ? whole + 1n : whole
  return { minor: amount < 0n ? -rounded : rounded, rule }
}
