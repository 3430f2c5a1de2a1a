// Panels of lines against a parameter, one for each family, so that a few lines share one.

import { FAMILIES, FAMILY_TITLES } from '../values/contender-facts.ts'
import { type Bounded, type ValueAxis, valueAxis } from './axis.ts'
import type { SeriesMark } from './look.ts'
import type { Panel, PanelMaker, Place } from './plan.ts'

export interface LinePoint extends Bounded {
  readonly x: number
}

/** A line: the medians of a series with their bounds. */
export interface Line {
  readonly label: string
  /** Group that shares a panel. */
  readonly group: string
  readonly mark: SeriesMark
  readonly points: readonly LinePoint[]
}

export interface LineOptions {
  readonly xTitle: string
  /** True for sizes, which double rather than grow by one. */
  readonly xLog: boolean
  readonly height: number
  /** Ends of the scale of values, where they are known beforehand. */
  readonly ends?: readonly [number, number]
}

/** Least distance of two labels on a logarithmic axis of sizes. */
const APART = 1.25

function xAxis(lines: readonly Line[], { xLog }: LineOptions): { readonly scale: object; readonly axis: object } {
  const values = [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b)
  const [least = 0, most = 1] = [values[0], values.at(-1)]
  const axis = { values, format: ',~r', grid: false, labelOverlap: 'greedy' }
  if (!xLog || least <= 0) {
    const room = 0.05 * (most - least || 1)
    return {
      scale: { type: 'linear', domain: [least - room, most + room], nice: false, zero: false },
      axis: values.length > 7 ? { ...axis, values: undefined, tickCount: 5 } : axis
    }
  }
  const margin = Math.max(1.08, (most / least) ** 0.06)
  const shown = values.filter((value, i) => i === 0 || i === values.length - 1 || value / (values[i - 1] ?? value) >= APART)
  return { scale: { type: 'log', domain: [least / margin, most * margin], nice: false }, axis: { ...axis, values: shown } }
}

/** Panels with what belongs to all of them. */
export interface Panels {
  readonly panels: readonly PanelMaker[]
  /** Words about the scale that belong to its title. */
  readonly words: string
}

/** Makes a panel for each group with lines, all with the same axes. A mark stands at its x, however many others do. */
export function linePanels(lines: readonly Line[], options: LineOptions): Panels {
  const points = lines.flatMap(each => each.points)
  if (points.length === 0) return { panels: [], words: '' }
  const value = valueAxis(points, options.ends ? { ends: options.ends } : {})
  const x = xAxis(lines, options)
  const order = [...FAMILIES, ...new Set(lines.map(({ group }) => group))]
  const groups = [...Map.groupBy(lines, ({ group }) => group)].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
  const panels = groups.map(
    ([group, own]): PanelMaker =>
      place =>
        linePanel(own, { title: titleOf(group), x, value, options, place })
  )
  return { panels, words: value.words }
}

const titleOf = (group: string): string => FAMILY_TITLES[group as keyof typeof FAMILY_TITLES] ?? group

interface Setting {
  readonly title: string
  readonly x: { readonly scale: object; readonly axis: object }
  readonly value: ValueAxis
  readonly options: LineOptions
  readonly place: Place
}

function linePanel(lines: readonly Line[], { title, x, value, options, place }: Setting): Panel {
  const xField = { field: 'x', type: 'quantitative', title: `${options.xTitle}${options.xLog ? ', log scale' : ''}`, ...x }
  const y = { type: 'quantitative', title: null, scale: value.scale, axis: value.axis }
  const marks = lines.map(line => line.mark)
  const labels = lines.map(({ label }) => label)
  const legend = { orient: 'bottom', direction: 'vertical', columns: 1 }
  const channel = (range: readonly unknown[]): object => ({
    field: 'label',
    type: 'nominal',
    scale: { domain: labels, range },
    legend,
    title: null
  })
  const all = lines.flatMap(({ label, points }) => points.map(point => ({ ...point, label })))
  return {
    title,
    width: place.width,
    height: options.height,
    data: { values: all },
    layer: [
      ...lines.flatMap(({ points }, i) => [
        {
          data: { values: [...points] },
          mark: { type: 'line', strokeWidth: 0.9, strokeDash: marks[i]?.dash, color: marks[i]?.colour },
          encoding: { x: xField, y: { ...y, field: 'median' } }
        },
        {
          data: { values: [...points] },
          mark: { type: 'rule', strokeWidth: 0.9, color: marks[i]?.colour },
          encoding: { x: xField, y: { ...y, field: 'low' }, y2: { field: 'high' } }
        }
      ]),
      {
        mark: { type: 'point', opacity: 1, size: 24, strokeWidth: 0.8 },
        encoding: {
          x: xField,
          y: { ...y, field: 'median' },
          shape: channel(marks.map(({ shape }) => shape)),
          fill: channel(marks.map(({ fill }) => fill)),
          stroke: channel(marks.map(({ colour }) => colour))
        }
      }
    ]
  } as unknown as Panel
}
