/** Readings of half-hours, a row a household, whole days from midnight. */
export type HalfHours = readonly (readonly number[])[]

const DAY = 48

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Standard deviation over mean. */
export function variation(values: readonly number[]): number {
  const middle = mean(values)
  return Math.sqrt(mean(values.map(value => (value - middle) ** 2))) / middle
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

function quantile(values: readonly number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(part * (values.length - 1))] as number
}

export function autocorrelation(values: readonly number[], lag: number): number {
  const middle = mean(values)
  let together = 0
  let alone = 0
  for (let i = 0; i < values.length; i++) {
    const off = (values[i] as number) - middle
    alone += off ** 2
    if (i + lag < values.length) together += off * ((values[i + lag] as number) - middle)
  }
  return together / alone
}

/** Sum over the households, slot by slot. */
export function aggregate(homes: HalfHours): number[] {
  return (homes[0] ?? []).map((_, slot) => homes.reduce((sum, home) => sum + (home[slot] as number), 0))
}

/** Mean half-hours of a day, as parts of the mean half-hour. */
export function dayShape(total: readonly number[]): number[] {
  const all = mean(total)
  return Array.from({ length: DAY }, (_, i) => mean(total.filter((_, slot) => slot % DAY === i)) / all)
}

function extreme(shape: readonly number[], from: number, until: number, sign: 1 | -1): { hour: number; ratio: number } {
  let best = from
  for (let i = from; i < until; i++) if (sign * (shape[i] as number) > sign * (shape[best] as number)) best = i
  return { hour: best / 2, ratio: shape[best] as number }
}

/** What the model is held to. Ratios are to the mean over the day. */
export function figures(homes: HalfHours) {
  const daily = homes.map(home => mean(home) * DAY)
  const total = aggregate(homes)
  const shape = dayShape(total)
  return {
    dailyMean: mean(daily),
    peak: extreme(shape, 32, 46, 1),
    trough: extreme(shape, 4, 16, -1),
    /** Spread over homes: variation of their daily means, and of the upper to the lower quartile. */
    spread: variation(daily),
    quartiles: quantile(daily, 0.75) / quantile(daily, 0.25),
    deciles: quantile(daily, 0.9) / quantile(daily, 0.1),
    /** The median home's half-hours. */
    homeVariation: median(homes.map(variation)),
    homePeak: median(homes.map(home => Math.max(...home) / mean(home))),
    halfHourOn: median(homes.map(home => autocorrelation(home, 1))),
    dayOn: median(homes.map(home => autocorrelation(home, DAY))),
    totalVariation: variation(total),
    totalDayOn: autocorrelation(total, DAY)
  }
}
