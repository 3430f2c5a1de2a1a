// The two kinds of panel that all figures are made of, as Vega-Lite specifications.

import type { Mark, Spread } from '@hushgrid/lab'
import type { TopLevelSpec } from 'vega-lite'

export type Panel = Extract<TopLevelSpec, { readonly hconcat: unknown }>['hconcat'][number]

/** A median of a series, with its middle half. */
interface PanelPoint extends Spread {
  readonly label: string
}

export interface LinePoint extends PanelPoint {
  readonly n: number
}

export interface BarPoint extends PanelPoint {
  /** Kind of the bar, one of those beside each other for a series. */
  readonly kind: string
}

/** Ratio of largest to smallest median above which a linear scale would hide the small ones. */
const LOGARITHMIC_FROM = 12
/** Distance between points of the same n, as a share of n, so that none hides another. */
const DODGE = 0.028

/**
 * Place of a vertical axis's title: above it, where it reads better than on its side. Vega, which guesses the width of text
 * without a screen, then leaves the right room.
 */
const ABOVE = { titleAngle: 0, titleAnchor: 'end', titleAlign: 'left', titleBaseline: 'bottom', titleX: 0, titleY: -7 }

/** Tells whether a linear scale would hide the small values. */
const logarithmic = (points: readonly Spread[]): boolean => {
  const medians = points.map(({ median }) => median)
  return points.every(({ q1 }) => q1 > 0) && Math.max(...medians) / Math.min(...medians) > LOGARITHMIC_FROM
}

/** Gives the labels of a logarithmic axis: 1, 2, 5 of each decade where there are few decades, else the decades. */
function decades(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low))
  const last = Math.ceil(Math.log10(high))
  const steps = last - first > 3 ? [1] : [1, 2, 5]
  return Array.from({ length: last - first + 1 }, (_, i) => steps.map(step => step * 10 ** (first + i))).flat()
}

function yScale(points: readonly Spread[]): { readonly scale: object; readonly axis: object } {
  const low = Math.min(...points.map(({ q1 }) => q1))
  const high = Math.max(...points.map(({ q3 }) => q3))
  if (logarithmic(points)) {
    const domain = [low / 1.25, high * 1.25] as const
    const values = decades(...domain).filter(value => value >= domain[0] && value <= domain[1])
    return { scale: { type: 'log', domain, nice: false }, axis: { values, format: '~r' } }
  }
  const reach = Math.max(0, high) - Math.min(0, low)
  const room = (bound: number): number => bound + Math.sign(bound) * 0.05 * reach
  return {
    scale: { type: 'linear', domain: [room(Math.min(0, low)), room(Math.max(0, high))], nice: true },
    axis: { format: ',~r', tickCount: 6 }
  }
}

/**
 * Draws medians against n, a line for each series, the middle half as a whisker. The scale of n is logarithmic; so is that
 * of cost, and its axis says so, where a linear one would hide the smaller costs.
 */
export function linePanel(
  points: readonly LinePoint[],
  styles: ReadonlyMap<string, Mark>,
  options: {
    readonly title?: string
    readonly yTitle: string
    readonly width: number
    readonly height: number
    readonly zeroRule?: boolean
  }
): Panel {
  const labels = [...styles.keys()].filter(label => points.some(point => point.label === label))
  const all = [...styles.keys()]
  const sizes = [...new Set(points.map(({ n }) => n))].sort((a, b) => a - b)
  const dodged = points.map(point => ({ ...point, x: point.n * (1 + DODGE * (labels.indexOf(point.label) - (labels.length - 1) / 2)) }))
  const margin = 1 + DODGE * (labels.length + 2)
  const { scale, axis } = yScale(points)
  const isLog = logarithmic(points)
  const x = {
    field: 'x',
    type: 'quantitative',
    title: 'meters n (log scale)',
    scale: { type: 'log', domain: [Math.min(...sizes) / margin, Math.max(...sizes) * margin], nice: false },
    axis: { values: sizes, format: 'd', grid: false, labelOverlap: 'greedy' }
  }
  const y = { type: 'quantitative', title: `${options.yTitle}${isLog ? ', log scale' : ''}`, scale, axis: { ...axis, ...ABOVE } }
  const legend = { title: null, orient: 'bottom', direction: 'horizontal', columns: 3 }
  const range = (of: (style: Mark) => unknown): unknown[] => all.map(label => of(styles.get(label) as Mark))
  const color = {
    field: 'label',
    type: 'nominal',
    scale: { domain: all, range: range(({ colour }) => colour) },
    legend
  }
  const shape = {
    field: 'label',
    type: 'nominal',
    scale: { domain: all, range: range(({ shape }) => shape) },
    legend
  }
  // Each line is a layer of its own, since dashes as a channel would get into the legend's marks.
  const lines = labels.map(label => ({
    data: { values: dodged.filter(point => point.label === label) },
    mark: { type: 'line', strokeWidth: 1.6, strokeDash: styles.get(label)?.dash, color: styles.get(label)?.colour },
    encoding: { x, y: { ...y, field: 'median' } }
  }))
  const zero = options.zeroRule
    ? [{ mark: { type: 'rule', color: '#444444', strokeWidth: 1 }, encoding: { y: { datum: 0, type: 'quantitative' } } }]
    : []
  return {
    ...(options.title === undefined ? {} : { title: { text: options.title, fontSize: 12, frame: 'group', offset: 6 } }),
    width: options.width,
    height: options.height,
    data: { values: dodged },
    layer: [
      ...zero,
      ...lines,
      {
        mark: { type: 'rule', strokeWidth: 1.8 },
        encoding: { x, y: { ...y, field: 'q1' }, y2: { field: 'q3' }, color }
      },
      {
        mark: { type: 'point', filled: true, opacity: 1, size: 75, stroke: '#ffffff', strokeWidth: 0.7 },
        encoding: { x, y: { ...y, field: 'median' }, color, shape }
      }
    ]
  } as Panel
}

/** Fills and marks of the bars beside each other. */
const KINDS = [
  { fill: '#3b5b7a', stroke: '#1a1a1a' },
  { fill: '#c3d3e2', stroke: '#1a1a1a' },
  { fill: '#ffffff', stroke: '#1a1a1a' }
] as const

/** Draws medians as bars from zero, a group for each series, the middle half as a whisker; linear, as bars must be. */
export function barPanel(
  points: readonly BarPoint[],
  labels: readonly string[],
  kinds: readonly string[],
  options: { readonly xTitle: string; readonly width: number; readonly names: boolean }
): Panel {
  const y = {
    field: 'label',
    type: 'nominal',
    sort: labels,
    scale: { domain: labels, paddingInner: 0.25 },
    title: options.names ? 'mode' : null,
    axis: options.names ? { ...ABOVE, titleAlign: 'right', titleX: -6, grid: false, domain: false, ticks: false, labelPadding: 6 } : null
  }
  const yOffset = { field: 'kind', type: 'nominal', sort: kinds, scale: { domain: kinds, paddingInner: 0.1 } }
  const fill = {
    field: 'kind',
    type: 'nominal',
    scale: { domain: kinds, range: kinds.map((_, i) => KINDS[i % KINDS.length]?.fill) },
    legend: { title: null, orient: 'bottom', direction: 'horizontal', symbolType: 'square', symbolStrokeColor: '#1a1a1a' }
  }
  const x = { type: 'quantitative', title: options.xTitle, scale: { zero: true, nice: true }, axis: { format: ',~r', tickCount: 5 } }
  return {
    width: options.width,
    height: { step: kinds.length > 2 ? 13 : 16 },
    data: { values: [...points] },
    layer: [
      { mark: { type: 'bar', stroke: '#1a1a1a', strokeWidth: 0.8 }, encoding: { y, yOffset, x: { ...x, field: 'median' }, fill } },
      {
        mark: { type: 'rule', strokeWidth: 3.4, color: '#ffffff' },
        encoding: { y, yOffset, x: { ...x, field: 'q1' }, x2: { field: 'q3' } }
      },
      {
        mark: { type: 'rule', strokeWidth: 1.6, color: '#000000' },
        encoding: { y, yOffset, x: { ...x, field: 'q1' }, x2: { field: 'q3' } }
      },
      { mark: { type: 'rule', strokeWidth: 1, color: '#444444' }, encoding: { x: { datum: 0, type: 'quantitative' } } }
    ]
  } as Panel
}
