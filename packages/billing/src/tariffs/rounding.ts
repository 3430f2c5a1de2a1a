/** Rules for the one rounding of a bill, to the currency's minor unit: they differ for an amount half-way between two. */
export const ROUNDING_RULES = ['half-away-from-zero', 'half-even'] as const
export type RoundingRule = (typeof ROUNDING_RULES)[number]

/** An exact amount as it is paid. */
export interface RoundedAmount {
  /** Minor units: pence, cents. Negative where the supplier pays. */
  readonly minor: bigint
  /** The rounding rule. */
  readonly rule: RoundingRule
}

/**
 * Rounds a bill's exact amount to the minor unit; once, at the end, since sums of rounded parts differ from it.
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
  // Symmetric around zero, both of them: a credit rounds as the same debit does.
  const up = twice > unit || (twice === unit && (rule === 'half-away-from-zero' || whole % 2n === 1n))
  const rounded = up ? whole + 1n : whole
  return { minor: amount < 0n ? -rounded : rounded, rule }
}
