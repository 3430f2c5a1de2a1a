// Expands an evaluation file into the orders of its runs: each point once, and only such as make sense for its contender.
import { basename, dirname, resolve } from 'node:path'
import { churnFor } from '@hushgrid/comparison/inputs'
import { DEFAULT_LANES, HushgridError, InvalidArgumentError, meant, type Path, printable } from '@hushgrid/primitives'
import { EXHIBIT_NAMES, type ExhibitName } from '../exhibits/names.ts'
import { EVALUATION_DEFAULTS } from '../file/defaults.ts'
import { type EvaluationSource, refuseInEvaluation } from '../file/evaluation-file.ts'
import type { EvaluationFields } from '../file/evaluation-schema.ts'
import type { RunOrder } from '../record/order.ts'
import type { RunPoint } from '../record/run.ts'
import { GROUPS, KNOWN_NAMES } from './contender-traits.ts'
import { type LeftOut, type SeriesPoint, seriesPoints } from './points.ts'
import { runName } from './run-name.ts'
import { type Series, seriesOf } from './series.ts'

/** An evaluation, checked and ready to start. */
export interface EvaluationPlan {
  readonly name: string
  readonly about: string
  readonly seed: string
  readonly exhibits: readonly ExhibitName[]
  /** OBIS codes of the lanes, of the run that has most. */
  readonly lanes: readonly string[]
  readonly slotSeconds: number
  readonly data?: string | undefined
  /** In the order in which they run: repeats outermost, so that a machine's change meets all contenders and points. */
  readonly orders: readonly RunOrder[]
  /** What the file asks for and is not run, with the reason. */
  readonly leftOut: readonly LeftOut[]
}

/** Codes of the lanes beyond the usual ones: further registers of IEC 62056-6-1, as values of an interval. */
const FURTHER_LANES = [3, 4, 5, 6, 7, 8, 9, 10].map(register => `1-0:${register}.29.0`)
/** Most runs of an evaluation: more are a mistyped range. */
const MOST_RUNS = 100_000

/**
 * Expands the fields of an evaluation file.
 *
 * @param source - the file itself, so that an error names the place; left out where there is none
 * @throws EvaluationFileError, or HushgridError without a source, where a contender or scenario is unknown, or a series is empty
 */
export function evaluationPlan(fields: EvaluationFields, seed?: string, source?: EvaluationSource): EvaluationPlan {
  const refuse = refuser(source)
  const series = seriesOf(fields)
  const base = seed ?? fields.seed ?? fields.name
  const leftOut: LeftOut[] = []
  const wanted = new Map<string, { point: RunPoint; series: Series }>()
  let repeats = 0
  for (const each of series) {
    checkContenders(each, refuse)
    checkChurn(each, base, refuse)
    const { points, left } = seriesPoints(each, fields.data !== undefined)
    leftOut.push(...left)
    if (each.asksForChanges && !points.every(isSteady)) leftOut.push(CHANGES)
    const [first] = left
    if (points.length === 0) refuse(each.at('contenders'), 'a contender that can run so', first ? `${first.what}: ${first.why}` : 'none')
    repeats = Math.max(repeats, each.repeats)
    merge(wanted, points, each)
    if (wanted.size * repeats > MOST_RUNS) refuse(each.path, `at most ${MOST_RUNS} runs`, `more, of ${wanted.size} points`)
  }
  const common = {
    slotSeconds: fields.slotSeconds ?? EVALUATION_DEFAULTS.slotSeconds,
    data: fields.data === undefined ? undefined : resolve(dirname(source?.file ?? '.'), fields.data)
  }
  const orders = ordersOf([...wanted.values()], repeats, { ...common, seed: base })
  return {
    name: fields.name,
    about: fields.about,
    seed: base,
    exhibits: fields.exhibits === undefined ? EXHIBIT_NAMES : [fields.exhibits].flat(),
    lanes: laneCodes(Math.max(...orders.map(({ point }) => point.lanes))),
    ...common,
    orders,
    leftOut
  }
}

/** Changes that a file asks for in words where points have none. */
const CHANGES: LeftOut = {
  what: 'changes of points with dropout or churn',
  why: 'without steady slots there is nothing to tell their cost by'
}

/** Tells whether the same meters take part in all slots of a point, so that the cost of a change can be told. */
function isSteady({ churn, dropout }: SeriesPoint): boolean {
  return churn === null && dropout === 0
}

type Refuse = (path: Path, expected: string, got?: string) => never

function refuser(source: EvaluationSource | undefined): Refuse {
  return (path, expected, got) => {
    if (source) return refuseInEvaluation(source, { path, expected, got })
    throw new HushgridError(
      `${path.filter(part => part !== 'series' && typeof part !== 'number').join('.')}: expected ${expected}, got ${got}`
    )
  }
}

/** Checks that contenders are known. */
function checkContenders({ contenders, at }: Series, refuse: Refuse): void {
  const known = [...Object.keys(GROUPS), ...KNOWN_NAMES]
  contenders.forEach((name, i) => {
    if (known.includes(name)) return
    const path = at('contenders')
    const expected = `one of ${known.join(', ')}`
    const got = `'${printable(name)}'${meant(name, known)}`
    refuse(contenders.length === 1 ? path : [...path, i], expected, got)
  })
}

/** Checks that churn scenarios can be read, and that they fit the numbers of meters and what befalls meters. */
function checkChurn({ churn, n, slots, warmUp, at }: Series, seed: string, refuse: Refuse): void {
  for (const name of churn) {
    if (name === null) continue
    for (const members of n) {
      try {
        churnFor(name, { n: members, slots, warmUp, seed: seedOf(seed, 0) })
      } catch (cause) {
        if (!(cause instanceof HushgridError)) throw cause
        const path = churn.length === 1 ? at('churn') : [...at('churn'), churn.indexOf(name)]
        if (cause instanceof InvalidArgumentError) refuse(path, cause.expected, `${cause.got} in '${printable(name)}'`)
        refuse(path, "a churn scenario, or 'none'", `'${printable(name)}' (${cause.message})`)
      }
    }
  }
}

/** Adds a series' points; one that is there already runs once, as long and with as much as any series wants. */
function merge(wanted: Map<string, { point: RunPoint; series: Series }>, points: readonly SeriesPoint[], series: Series): void {
  for (const point of points) {
    const whole = { ...point, repeat: 0 }
    const name = runName(whole)
    const other = wanted.get(name)?.series
    const longer = other && {
      ...series,
      slots: Math.max(series.slots, other.slots),
      warmUp: Math.max(series.warmUp, other.warmUp),
      repeats: Math.max(series.repeats, other.repeats),
      changes: series.changes || other.changes
    }
    wanted.set(name, { point: whole, series: longer ?? series })
  }
}

interface Common {
  readonly seed: string
  readonly slotSeconds: number
  readonly data: string | undefined
}

function ordersOf(
  wanted: readonly { readonly point: RunPoint; readonly series: Series }[],
  repeats: number,
  { seed, slotSeconds, data }: Common
): RunOrder[] {
  // Live nodes want the machine for themselves: they come after what runs side by side.
  const drives = [...wanted].sort((a, b) => Number(a.point.drive === 'live') - Number(b.point.drive === 'live'))
  return Array.from({ length: repeats }, (_, repeat) =>
    drives.flatMap(({ point, series }) => {
      if (repeat >= series.repeats) return []
      const { slots, warmUp, changes } = series
      const order = {
        point: { ...point, repeat },
        seed: seedOf(seed, repeat),
        slots,
        warmUpSlots: warmUp,
        slotSeconds,
        lanes: laneCodes(point.lanes),
        changes: changes && isSteady(point)
      }
      return [{ ...order, ...(data !== undefined && { data }) }]
    })
  ).flat()
}

/** Seed of a repeat's readings, keys, waits, missing meters and churn. */
function seedOf(seed: string, repeat: number): string {
  return `${seed}/${repeat}`
}

function laneCodes(lanes: number): string[] {
  return [...DEFAULT_LANES, ...FURTHER_LANES].slice(0, lanes)
}

/** Says in words where readings are from. */
export function readingsText({ data, seed }: Pick<EvaluationPlan, 'data' | 'seed'>): string {
  return data === undefined ? `synthetic homes, seed ${seed} and the number of the repeat` : `readings of ${basename(data)}`
}
