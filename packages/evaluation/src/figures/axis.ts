// Axes of values: logarithmic where a linear one would hide the smaller ones, with a linear part around zero where there is one.

/** A value with its bounds. */
export interface Bounded {
  readonly median: number
  readonly low: number
  readonly high: number
}

/** A scale and axis of Vega-Lite, and the words about it that belong to the axis's title. */
export interface ValueAxis {
  readonly words: string
  readonly scale: object
  readonly axis: object
}

interface AxisOptions {
  /** True where a linear scale is meant. */
  readonly linear?: boolean
  /** Ends of a linear scale, where they are known beforehand. */
  readonly ends?: readonly [number, number]
}

/** Ratio of largest to smallest value above which a linear scale would hide the small ones. */
const LOGARITHMIC_FROM = 12
/** Labels in full, but for numbers whose zeros nobody would count. */
const NUMBER = {
  labelExpr:
    "datum.value != 0 && (abs(datum.value) < 0.001 || abs(datum.value) >= 1e6) ? format(datum.value, '~e') : format(datum.value, ',~r')"
}
/** Room beyond the outermost values, as a share of a logarithmic scale, so that no mark leaves its panel. */
const ROOM = 0.05

/** Gives 1, 2 and 5 of each decade where there are few decades, else decades; of many decades every second or third. */
function decades(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low))
  const last = Math.ceil(Math.log10(high))
  const span = last - first
  const steps = span > 2 ? [1] : [1, 2, 5]
  const every = span > 12 ? 3 : span > 5 ? 2 : 1
  return Array.from({ length: span + 1 }, (_, i) => first + i)
    .filter(power => power % every === 0)
    .flatMap(power => steps.map(step => step * 10 ** power))
    .filter(value => value >= low && value <= high)
}

/** Chooses the axis for values. */
export function valueAxis(values: readonly Bounded[], { linear = false, ends }: AxisOptions = {}): ValueAxis {
  const low = Math.min(...values.map(each => each.low))
  const high = Math.max(...values.map(each => each.high))
  const sizes = values
    .flatMap(each => [each.low, each.median, each.high])
    .map(Math.abs)
    .filter(size => size > 0)
  const wide = sizes.length > 0 && Math.max(...sizes) / Math.min(...sizes) > LOGARITHMIC_FROM
  if (!linear && !ends && wide) return low > 0 ? logAxis(low, high) : aroundZero(low, high, values)
  const [least, most] = ends ?? [linear ? low : Math.min(0, low), Math.max(high, low + 1e-9)]
  const room = 0.06 * (most - least)
  const domain = ends ?? [least < 0 || linear ? least - room : least, most + room]
  return {
    words: '',
    scale: { type: 'linear', domain, nice: false, zero: false },
    axis: { ...NUMBER, tickCount: 5, labelOverlap: 'greedy' }
  }
}

function logAxis(low: number, high: number): ValueAxis {
  const room = Math.max(1.3, (high / low) ** ROOM)
  const domain = [low / room, high * room] as const
  return {
    words: ', log scale',
    scale: { type: 'log', domain, nice: false },
    axis: { values: decades(...domain), ...NUMBER, labelOverlap: 'greedy' }
  }
}

/** Gives a scale that is linear around zero: what costs nothing, or less than others, has its place too. */
function aroundZero(low: number, high: number, values: readonly Bounded[]): ValueAxis {
  const medians = values.map(({ median }) => Math.abs(median)).filter(size => size > 0)
  const constant = 10 ** Math.floor(Math.log10(Math.min(...(medians.length > 0 ? medians : [1]))))
  const side = (bound: number): number[] => (bound > constant ? decades(constant, bound * 1.4) : [])
  const ticks = [
    ...side(-low)
      .map(value => -value)
      .reverse(),
    0,
    ...side(high)
  ]
  const room = Math.max(1.4, (Math.max(high, -low) / constant) ** ROOM)
  const domain = [low < 0 ? low * room : -constant / 2, Math.max(high * room, constant)]
  const words = `, log scale, linear below ${constant}`
  return { words, scale: { type: 'symlog', constant, domain, nice: false }, axis: { values: ticks, ...NUMBER, labelOverlap: 'greedy' } }
}
