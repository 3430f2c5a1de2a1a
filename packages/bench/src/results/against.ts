// Comparison of two runs, figure by figure, with a verdict that allows for the spread of rounds.
import type { BenchRun, PartFigure } from './file.ts'
import type { MiddleHalf } from './measure.ts'

/**
 * Least difference of medians that says something, whatever their quartiles: the rounds of one process share the same chance
 * state of compiler and memory (Georges, Buytaert and Eeckhout 2007, Statistically rigorous Java performance evaluation,
 * OOPSLA, section 3.2).
 */
export const LEAST_CHANGE = 0.05
/** Least difference of a run without quartiles, as {@link LEAST_CHANGE}. */
export const LEAST_CHANGE_OF_ONE_ROUND = 0.2

/**
 * Verdicts on a figure. `better` and `worse`: by more than its rounds vary. `perhaps …`: by more than
 * {@link LEAST_CHANGE_OF_ONE_ROUND}, but one run has no spread of rounds. `as its floor`: it moved with its floor, as on a
 * slower machine. `same`: no difference that shows.
 */
export const VERDICTS = ['better', 'perhaps better', 'same', 'as its floor', 'perhaps worse', 'worse'] as const
type Verdict = (typeof VERDICTS)[number]

/** Figure that both runs have. */
export interface ComparedFigure {
  readonly name: string
  readonly unit: string
  readonly now: PartFigure
  readonly before: PartFigure
  /** Value now as a multiple of before; Infinity where that was zero, undefined where it was below zero. */
  readonly ratio: number | undefined
  /** Ratio of the floor, where both runs have the same one, which shows a change of the machine's speed. */
  readonly floorRatio: number | undefined
  readonly verdict: Verdict
}

/** Comparison of two runs. */
export interface RunComparison {
  readonly figures: readonly ComparedFigure[]
  /** Figures that only the run of now has. */
  readonly appeared: readonly string[]
  /** Figures that only the run before has, of parts that were measured now too. */
  readonly gone: readonly string[]
  /** Figures that only the run before has, of parts that were left out now. */
  readonly leftOut: readonly string[]
  /** Figures of the same name in units that cannot be compared. */
  readonly otherUnit: readonly { readonly name: string; readonly now: string; readonly before: string }[]
  /** Differences between the machines. */
  readonly machine: readonly { readonly what: string; readonly now: string; readonly before: string }[]
  /** Other differences between the runs, a sentence each. */
  readonly remarks: readonly string[]
}

function ratioOf(now: number, before: number): number | undefined {
  if (now === before) return 1
  if (before < 0) return undefined
  return before === 0 ? (now > 0 ? Infinity : 0) : now / before
}

function verdictOf(now: PartFigure, before: PartFigure): Verdict {
  const worse = now.value > before.value
  if (now.value === before.value) return 'same'
  if (now.counted || before.counted) return worse ? 'worse' : 'better'
  const change = Math.abs(now.value - before.value)
  const size = Math.abs(before.value)
  if (!now.spread || !before.spread) {
    if (change < LEAST_CHANGE_OF_ONE_ROUND * size) return 'same'
    return worse ? 'perhaps worse' : 'perhaps better'
  }
  if (overlap(now.spread, before.spread) || change < LEAST_CHANGE * size) return 'same'
  if (movedWithFloor(now, before, worse)) return 'as its floor'
  return worse ? 'worse' : 'better'
}

const overlap = (a: MiddleHalf, b: MiddleHalf): boolean => a.q1 <= b.q3 && b.q1 <= a.q3

/** Tells whether the floor moved the same way, so that the figure's multiple of it has not changed. */
function movedWithFloor(now: PartFigure, before: PartFigure, worse: boolean): boolean {
  const moved = floorRatioOf(now, before)
  if (moved === undefined || !now.ratioSpread || !before.ratioSpread || !overlap(now.ratioSpread, before.ratioSpread)) return false
  return worse ? moved >= 1 + LEAST_CHANGE : moved <= 1 - LEAST_CHANGE
}

/** Gives a figure's floor, derived for format 1, which has the ratio only. */
const floorOf = ({ floorValue, value, ratio }: PartFigure): number | undefined => floorValue ?? (ratio ? value / ratio : undefined)

function floorRatioOf(now: PartFigure, before: PartFigure): number | undefined {
  if (now.floor === undefined || now.floor !== before.floor) return undefined
  const [floor, earlier] = [floorOf(now), floorOf(before)]
  return floor === undefined || earlier === undefined ? undefined : ratioOf(floor, earlier)
}

function compareFigure(now: PartFigure, before: PartFigure): ComparedFigure {
  return {
    name: now.name,
    unit: now.unit,
    now,
    before,
    ratio: ratioOf(now.value, before.value),
    floorRatio: floorRatioOf(now, before),
    verdict: verdictOf(now, before)
  }
}

const MACHINE = {
  cpu: ({ cpu }) => cpu,
  cores: ({ cores }) => String(cores),
  memory: ({ memoryBytes }) => `${(memoryBytes / 1e9).toFixed(0)} GB`,
  platform: ({ platform }) => platform,
  'Node.js': ({ node }) => node,
  OpenSSL: ({ openssl }) => openssl
} as const satisfies Record<string, (machine: BenchRun['machine']) => string>

/** Names the parts that a busy machine disturbed, each with the reason; undefined where none was. */
export function disturbedParts(figures: readonly PartFigure[]): string | undefined {
  const reasons = new Map(figures.flatMap(({ part, name, disturbed }) => (disturbed === undefined ? [] : [[part ?? name, disturbed]])))
  return reasons.size === 0 ? undefined : [...reasons].map(([part, why]) => `${part} (${why})`).join(', ')
}

function remarksOn(now: BenchRun, before: BenchRun): string[] {
  const remarks: string[] = []
  if (now.tiny !== before.tiny) remarks.push(`only the run ${now.tiny ? 'of now' : 'before'} is tiny: its figures mean nothing`)
  else if (now.tiny) remarks.push('both runs are tiny: their figures mean nothing')
  for (const [when, { format, seed, figures }] of [['now', now] as const, ['before', before] as const]) {
    const disturbed = disturbedParts(figures)
    if (disturbed !== undefined) remarks.push(`a busy machine disturbed the run ${when === 'now' ? 'of now' : when}: ${disturbed}`)
    if (seed === undefined)
      remarks.push(`the run ${when === 'now' ? 'of now' : when} is of ${format}, which keeps no quartiles and no seed`)
  }
  if (now.seed !== undefined && before.seed !== undefined && now.seed !== before.seed) {
    remarks.push(`the seeds differ: ${JSON.stringify(now.seed)} now, ${JSON.stringify(before.seed)} before`)
  }
  return remarks
}

/**
 * Sets a run beside an earlier one. Figures are matched by name.
 *
 * @param complete - true where the run of now left no part out; needed where an earlier run does not name its figures' parts
 */
export function compareRuns(now: BenchRun, before: BenchRun, complete: boolean): RunComparison {
  const earlier = new Map(before.figures.map(each => [each.name, each]))
  const names = new Set(now.figures.map(({ name }) => name))
  const parts = new Set(now.figures.map(({ part }) => part))
  const missing = before.figures.filter(({ name }) => !names.has(name))
  const measured = ({ part }: PartFigure): boolean => (part === undefined ? complete : parts.has(part))
  const both = now.figures.flatMap(each => {
    const other = earlier.get(each.name)
    return other ? [[each, other] as const] : []
  })
  return {
    figures: both.filter(([a, b]) => a.unit === b.unit).map(([a, b]) => compareFigure(a, b)),
    appeared: now.figures.filter(({ name }) => !earlier.has(name)).map(({ name }) => name),
    gone: missing.filter(measured).map(({ name }) => name),
    leftOut: missing.filter(each => !measured(each)).map(({ name }) => name),
    otherUnit: both.filter(([a, b]) => a.unit !== b.unit).map(([a, b]) => ({ name: a.name, now: a.unit, before: b.unit })),
    machine: Object.entries(MACHINE)
      .map(([what, of]) => ({ what, now: of(now.machine), before: of(before.machine) }))
      .filter(each => each.now !== each.before),
    remarks: remarksOn(now, before)
  }
}

/** Finds the figures that are worse by more than a ratio, beyond the spread of their rounds and the change of their floor. */
export function worseThan({ figures }: RunComparison, limit: number): readonly ComparedFigure[] {
  return figures.filter(({ verdict, ratio }) => verdict.endsWith('worse') && (ratio ?? Infinity) > limit)
}
