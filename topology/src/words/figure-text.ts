/** A chance as people write it; a small one as a power of two, as the conditions of PROTOCOL.md section 5 are. */
export function chanceText(chance: number): string {
  if (chance === 0 || chance === 1) return String(chance)
  if (chance < 1e-4) return `2^${Math.log2(chance).toFixed(1)}`
  return chance > 0.99 ? chance.toFixed(5) : chance.toPrecision(3)
}

/** As {@link chanceText}, of a chance too small for a floating-point number. */
export function boundText(log2: number): string {
  return log2 > -1000 || log2 === Number.NEGATIVE_INFINITY ? chanceText(2 ** log2) : `2^${log2.toFixed(1)}`
}

/** A number of meters. */
export function metersText(meters: number): string {
  if (Number.isInteger(meters)) return String(meters)
  if (meters < 1e-3) return meters.toExponential(2)
  return meters < 100 ? meters.toPrecision(3) : meters.toFixed(1)
}
