// Two runs of the benchmark set side by side: figure by figure, with a verdict that knows how much rounds differ.
import type { BenchRun, PartFigure } from './file.ts'
import type { MiddleHalf } from './measure.ts'

/**
 * Medians that differ by less say nothing, whatever their quartiles: the rounds of one process share what the compiler and
 * the memory happened to be like in it (Georges, Buytaert and Eeckhout 2007, Statistically rigorous Java performance
 * evaluation, OOPSLA, section 3.2).
 */
export const LEAST_CHANGE = 0.05
/** {@link LEAST_CHANGE} for a run without quartiles. */
export const LEAST_CHANGE_OF_ONE_ROUND = 0.2

/**
 * `better` and `worse`: beyond what the rounds vary by. `perhaps …`: by more than {@link LEAST_CHANGE_OF_ONE_ROUND}, but one
 * run does not say how much its rounds vary. `as its floor`: it moved, and its floor with it, as when the machine is slower.
 * `same`: no difference that shows.
 */
export const VERDICTS = ['better', 'perhaps better', 'same', 'as its floor', 'perhaps worse', 'worse'] as const
export type Verdict = (typeof VERDICTS)[number]

/** A figure that both runs have. */
export interface ComparedFigure {
  readonly name: string
  readonly unit: string
  readonly now: PartFigure
  readonly before: PartFigure
  /** Now as a multiple of before; Infinity where there was nothing before, undefined where before was below zero. */
  readonly ratio: number | undefined
  /** The same of the floor, where both runs have the same one: what the machine's speed did. */
  readonly floorRatio: number | undefined
  readonly verdict: Verdict
}

/** What two runs come to beside each other. */
export interface RunComparison {
  readonly figures: readonly ComparedFigure[]
  /** Only now. */
  readonly appeared: readonly string[]
  /** Only before, of parts that were measured now too. */
  readonly gone: readonly string[]
  /** Only before, of parts that were left out now. */
  readonly leftOut: readonly string[]
  /** Under the same name, in units that cannot be compared. */
  readonly otherUnit: readonly { readonly name: string; readonly now: string; readonly before: string }[]
  /** In what the machines differ. */
  readonly machine: readonly { readonly what: string; readonly now: string; readonly before: string }[]
  /** In what else the runs differ, a sentence each. */
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

/** Tells whether the floor moved the same way, so that the figure's multiple of it is what it was. */
function movedWithFloor(now: PartFigure, before: PartFigure, worse: boolean): boolean {
  const moved = floorRatioOf(now, before)
  if (moved === undefined || !now.ratioSpread || !before.ratioSpread || !overlap(now.ratioSpread, before.ratioSpread)) return false
  return worse ? moved >= 1 + LEAST_CHANGE : moved <= 1 - LEAST_CHANGE
}

/** Format 1 says what a figure was beside its floor, but not the floor itself. */
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

function remarksOn(now: BenchRun, before: BenchRun): string[] {
  const remarks: string[] = []
  if (now.tiny !== before.tiny) remarks.push(`only the run ${now.tiny ? 'of now' : 'before'} is tiny: its figures mean nothing`)
  else if (now.tiny) remarks.push('both runs are tiny: their figures mean nothing')
  for (const [when, { format, seed }] of [['now', now] as const, ['before', before] as const]) {
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
 * @param complete - the run of now left no part out; tells what is gone from what was not measured where an earlier run
 * does not say which part its figures are of
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

/** The figures that are worse by more than a ratio, and not only by what their rounds vary by or what their floor did. */
export function worseThan({ figures }: RunComparison, limit: number): readonly ComparedFigure[] {
  return figures.filter(({ verdict, ratio }) => verdict.endsWith('worse') && (ratio ?? Infinity) > limit)
}
