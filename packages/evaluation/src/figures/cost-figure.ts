// Figures of what was measured: lines against a parameter, or dots where a run has one value of each parameter only.

import type { EvaluatedRun } from '../record/run.ts'
import { PARAMETER_TITLES, type Parameter } from '../values/parameters.ts'
import type { Scene } from '../values/scene.ts'
import { axisOf, type Series, seriesAgainst, seriesAtOneSize, summaryOf } from '../values/series.ts'
import { dotPanel } from './dot-panel.ts'
import { type Line, linePanels } from './line-panel.ts'
import { markOf } from './look.ts'
import type { FigurePlan } from './plan.ts'

/** A value of runs that has a figure of its own. */
export interface Measure {
  /** Name of the figure's files. */
  readonly name: string
  /** Title of the axis, with its unit. */
  readonly title: string
  readonly valueIn: (run: EvaluatedRun) => number | null
  /** Ends of the scale, where they are known beforehand. */
  readonly ends?: readonly [number, number]
}

export interface MeasuredFigures {
  readonly figures: readonly FigurePlan[]
  /** Parameter that they are drawn against; n where there is but one point. */
  readonly axis: Parameter
  /** Series of all contenders against it. */
  readonly series: readonly Series[]
}

/** Parameters whose values double rather than grow by one. */
const LOGARITHMIC: readonly Parameter[] = ['n', 'degree', 'bits']
const PANEL_HEIGHT = 84
export const FAMILY_COLUMNS = { column: 2, full: 3 } as const

function linesOf(series: readonly Series[], valueIn: Measure['valueIn']): readonly Line[] {
  return series.flatMap(each => {
    const points = each.cells.flatMap(cell => {
      const found = summaryOf(cell, valueIn)
      return found ? [{ ...found, x: cell.x }] : []
    })
    return points.length === 0 ? [] : [{ label: each.label, group: each.family, mark: markOf(each.contender, each.variant), points }]
  })
}

/** @param preferred - parameters to draw against, the first with several values */
export function measuredFigures(scene: Scene, measures: readonly Measure[], preferred: readonly Parameter[] = ['n']): MeasuredFigures {
  const axis = axisOf(scene, preferred)
  const series = axis === 'n' || axis === null ? seriesAgainst(scene, 'n') : seriesAtOneSize(scene, axis)
  const figures = measures.flatMap(measure => (axis === null ? asDots(series, measure) : asLines(series, measure, axis)))
  return { figures, axis: axis ?? 'n', series }
}

function asLines(series: readonly Series[], { name, title, valueIn, ends }: Measure, axis: Parameter): readonly FigurePlan[] {
  const xTitle = PARAMETER_TITLES[axis]
  const options = { xTitle, xLog: LOGARITHMIC.includes(axis), height: PANEL_HEIGHT, ...(ends && { ends }) }
  const { panels, words } = linePanels(linesOf(series, valueIn), options)
  const alt = `${title} against ${xTitle}, a panel for each family of contenders.`
  return panels.length === 0 ? [] : [{ name, alt, panels, valueTitle: `${title}${words}`, columns: FAMILY_COLUMNS }]
}

function asDots(series: readonly Series[], { name, title, valueIn }: Measure): readonly FigurePlan[] {
  const dots = series.flatMap(({ label, cells }) => {
    const [only] = cells
    const found = only && summaryOf(only, valueIn)
    return found ? [{ ...found, label, kind: title }] : []
  })
  const panels = dotPanel(dots, { xTitle: title, labels: series.map(({ label }) => label), kinds: [title] })
  return panels.length === 0 ? [] : [{ name, alt: `${title}, a row for each contender.`, panels, columns: { column: 1, full: 1 } }]
}
