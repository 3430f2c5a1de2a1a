// Tables of measured costs: a row for each series and point, a column for each bearer and metric.
import { ROLE_TITLES } from '@hushgrid/lab'
import { PARAMETER_TITLES, type Parameter } from '../values/parameters.ts'
import type { Bearer, Metric } from '../values/run-values.ts'
import { costOf, perReading } from '../values/run-values.ts'
import type { Scene } from '../values/scene.ts'
import { type Cell as Point, type Series, summaryOf } from '../values/series.ts'
import { BOUNDS_NOTE, type Cell, cell, name, number, type ValueTable } from './table.ts'

/** Name of a bearer for a person. */
export function bearerTitle(bearer: Bearer): string {
  if (bearer === 'house') return 'household'
  if (bearer === 'collecting') return 'collecting side'
  return bearer === 'all' ? 'all' : ROLE_TITLES[bearer]
}

/** Names a bearer within a sentence. */
export function bearerPhrase(bearer: Bearer): string {
  if (bearer === 'all') return 'all roles'
  return `${bearer === 'meter' || bearer === 'device' || bearer === 'house' ? 'a' : 'the'} ${bearerTitle(bearer)}`
}

/** Bearers whose costs are told apart: the household's parties, where it has several, and the collecting side. */
export function bearersIn({ runs }: Scene): readonly Bearer[] {
  const has = (bearer: Bearer): boolean => runs.some(({ slots }) => slots.some(({ roles }) => costOf(roles, bearer, 'cpuMs') !== null))
  const inHouse = runs.some(({ slots }) => slots.some(({ roles }) => Object.keys(roles).includes('device')))
  return (['meter', ...(inHouse ? (['house'] as const) : []), 'collecting'] as const).filter(has)
}

/** Columns in front of all measured ones. */
export const POINT_COLUMNS = (axis: Parameter): ValueTable['columns'] => [
  name('contender'),
  number('n'),
  number('degree'),
  ...(axis === 'n' || axis === 'degree' ? [] : [number(PARAMETER_TITLES[axis])])
]

export function pointCells(axis: Parameter, { label }: Series, { x, point }: Point): readonly Cell[] {
  return [label, point.n, point.degree, ...(axis === 'n' || axis === 'degree' ? [] : [x])]
}

/** A measured column. */
export interface CostColumn {
  readonly bearer: Bearer
  readonly metric: Metric
  readonly title: string
  readonly unit: string
}

/** Makes a table of costs per reading. */
export function costTable(
  { axis, series }: { readonly axis: Parameter; readonly series: readonly Series[] },
  table: { readonly name: string; readonly title: string; readonly costs: readonly CostColumn[]; readonly notes?: readonly string[] }
): ValueTable {
  const { costs } = table
  return {
    name: table.name,
    title: table.title,
    columns: [...POINT_COLUMNS(axis), ...costs.map(({ title, unit }) => number(title, unit)), number('runs')],
    rows: series.flatMap(each =>
      each.cells.map(point => [
        ...pointCells(axis, each, point),
        ...costs.map(({ bearer, metric }) => cell(summaryOf(point, run => perReading(run, bearer, metric)))),
        point.runs.length
      ])
    ),
    notes: [BOUNDS_NOTE, ...(table.notes ?? [])]
  }
}

/** Makes a table of one size, a row for each role, so that nobody's cost hides in a sum. */
export function rolesTable(
  series: readonly Series[],
  table: { readonly name: string; readonly title: string; readonly metrics: readonly Omit<CostColumn, 'bearer'>[] }
): ValueTable {
  const roles = Object.keys(ROLE_TITLES) as (keyof typeof ROLE_TITLES)[]
  return {
    name: table.name,
    title: table.title,
    columns: [name('contender'), number('n'), name('role'), ...table.metrics.map(({ title, unit }) => number(title, unit))],
    rows: series.flatMap(({ label, cells }) =>
      cells.flatMap(point =>
        roles.flatMap((role): readonly Cell[][] => {
          const values = table.metrics.map(({ metric }) => summaryOf(point, run => perReading(run, role, metric)))
          return values.every(value => value === null)
            ? []
            : [[label, point.point.n, ROLE_TITLES[role], ...values.map(value => cell(value))]]
        })
      )
    ),
    notes: [BOUNDS_NOTE]
  }
}
