// Values of a parameter as a file writes them: one, a list, or a range.

/** Range by steps or by factors: from the first value on, as far as it does not go beyond the last. */
export interface Range {
  readonly from: number
  readonly to: number
  readonly step?: number | undefined
  readonly times?: number | undefined
}

/** Values of a parameter that is a number. */
export type Values<T = never> = number | T | Range | readonly (number | T)[]

/** Most values of one parameter: a longer range is a mistyped one. */
export const MOST_VALUES = 1000

/** Digits in which a value of a range is exact: sums of 0.1 end in more of them than anybody wrote. */
const DIGITS = 12
/** Part of a step by which a value may lie beyond the end of its range, for the same reason. */
const SLACK = 1e-9

/** Tells whether written values are a range. */
export function isRange(written: unknown): written is Range {
  return typeof written === 'object' && written !== null && !Array.isArray(written)
}

/** Gives all values, each once, in the order in which they are written. */
export function valuesOf<T = never>(written: Values<T>): readonly (number | T)[] {
  if (isRange(written)) return rangeValues(written)
  return [...new Set(Array.isArray(written) ? (written as readonly (number | T)[]) : [written as number | T])]
}

/** Gives the values of a range; none where it is not one. */
function rangeValues({ from, to, step, times }: Range): readonly number[] {
  const values: number[] = []
  const at = (i: number): number => Number((step === undefined ? from * (times ?? 1) ** i : from + i * step).toPrecision(DIGITS))
  const most = to + SLACK * (step ?? Math.abs(to))
  for (let i = 0; at(i) <= most && values.length <= MOST_VALUES; i++) values.push(at(i))
  return [...new Set(values)]
}

/** Says what is wrong with a range; undefined where nothing is. */
export function rangeMistake({ from, to, step, times }: Range): { readonly key: keyof Range; readonly expected: string } | undefined {
  if ((step === undefined) === (times === undefined)) return { key: 'from', expected: 'a range with either step or times' }
  if (to < from) return { key: 'to', expected: `at least the range's from, ${from}` }
  if (step !== undefined && step <= 0) return { key: 'step', expected: 'a number above 0' }
  if (times !== undefined && times <= 1) return { key: 'times', expected: 'a number above 1' }
  if (times !== undefined && from <= 0) return { key: 'from', expected: 'a number above 0, which can be multiplied' }
  const count = rangeValues({ from, to, step, times }).length
  if (count > MOST_VALUES) return { key: step === undefined ? 'times' : 'step', expected: `a range of at most ${MOST_VALUES} values` }
  return undefined
}

/**
 * Reads values as a command line writes them: `10`, `10,20,50`, `4..40:4` by steps of 4, `10..640*2` by factors of 2.
 *
 * @returns undefined where they are none of these
 */
export function readValues(text: string): Values<string> | undefined {
  const range = /^(?<from>[\d.]+?)\.\.(?<to>[\d.]+)(?<by>[:*])(?<width>[\d.]+)$/.exec(text)?.groups
  if (range) {
    const [from, to, width] = [range.from, range.to, range.width].map(Number) as [number, number, number]
    if ([from, to, width].some(Number.isNaN)) return undefined
    return { from, to, ...(range.by === ':' ? { step: width } : { times: width }) }
  }
  const parts = text.split(',').map(part => part.trim())
  if (parts.some(part => part === '')) return undefined
  return parts.map(part => (Number.isNaN(Number(part)) ? part : Number(part)))
}
