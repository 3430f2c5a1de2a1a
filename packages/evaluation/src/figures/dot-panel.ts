// Panels of dots, a row for each series: for what is compared at one size.

import { type Bounded, valueAxis } from './axis.ts'
import { kindMark } from './look.ts'
import type { Panel, PanelMaker, Place } from './plan.ts'

export interface Dot extends Bounded {
  /** Name of the row. */
  readonly label: string
  /** One of the kinds that stand in a row. */
  readonly kind: string
}

export interface DotOptions {
  readonly xTitle: string
  /** Rows from the top; one without a dot is left out. */
  readonly labels: readonly string[]
  readonly kinds: readonly string[]
  /** Value at which a line stands, such as a ratio of 1. */
  readonly rule?: number
  /** Text above the panel. */
  readonly title?: string
  /** True where a linear scale is meant, as for exponents. */
  readonly linear?: boolean
}

/** Height of a row, points; of one with several kinds for each of them. */
const ROW = 9.5
const ROW_OF_KINDS = 5

/** Makes a panel; none where there is nothing to show. */
export function dotPanel(dots: readonly Dot[], options: DotOptions): readonly PanelMaker[] {
  if (dots.length === 0) return []
  const value = valueAxis(dots, { linear: options.linear ?? false })
  const labels = options.labels.filter(label => dots.some(dot => dot.label === label))
  const kinds = options.kinds.filter(kind => dots.some(dot => dot.kind === kind))
  return [place => panelOf(dots, { ...options, labels, kinds }, value, place)]
}

function panelOf(
  dots: readonly Dot[],
  { xTitle, labels, kinds, rule, title }: DotOptions,
  value: ReturnType<typeof valueAxis>,
  place: Place
): Panel {
  const axis = { grid: true, domain: false, ticks: false, labelPadding: 4, labelLimit: 200 }
  const y = {
    field: 'label',
    type: 'nominal',
    sort: labels,
    scale: { domain: labels, paddingInner: 0.15, paddingOuter: 0.1 },
    title: null,
    axis: place.column === 0 ? axis : { ...axis, labels: false, labelPadding: 0 }
  }
  const yOffset =
    kinds.length > 1 ? { yOffset: { field: 'kind', type: 'nominal', sort: kinds, scale: { domain: kinds, paddingOuter: 0.3 } } } : {}
  const x = { type: 'quantitative', title: `${xTitle}${value.words}`, scale: value.scale, axis: value.axis }
  const marks = kinds.map((_, i) => kindMark(i))
  const legend = kinds.length > 1 ? { orient: 'bottom', direction: 'horizontal', columns: Math.min(4, kinds.length) } : null
  const channel = (range: readonly unknown[]): object => ({
    field: 'kind',
    type: 'nominal',
    scale: { domain: kinds, range },
    legend,
    title: null
  })
  const colour = channel(marks.map(mark => mark.colour))
  const line =
    rule === undefined
      ? []
      : [
          {
            data: { values: [{ at: rule }] },
            mark: { type: 'rule', strokeWidth: 0.6, color: '#444444', strokeDash: [2, 1.5] },
            encoding: { x: { ...x, field: 'at' } }
          }
        ]
  return {
    ...(title === undefined ? {} : { title }),
    width: place.width,
    height: { step: Math.max(ROW, kinds.length * ROW_OF_KINDS), for: 'position' },
    data: { values: [...dots] },
    layer: [
      ...line,
      ...kinds.map((kind, i) => ({
        data: { values: dots.filter(dot => dot.kind === kind) },
        mark: { type: 'rule', strokeWidth: 0.9, color: marks[i]?.colour },
        encoding: { y, ...yOffset, x: { ...x, field: 'low' }, x2: { field: 'high' } }
      })),
      {
        mark: { type: 'point', opacity: 1, size: 20, strokeWidth: 0.8 },
        encoding: {
          y,
          ...yOffset,
          x: { ...x, field: 'median' },
          shape: channel(marks.map(({ shape }) => shape)),
          fill: channel(marks.map(({ fill }) => fill)),
          stroke: colour
        }
      }
    ]
  } as unknown as Panel
}
