// How figures look: colours that differ in brightness, and marks and dashes that differ without any.
import type { Config } from 'vega-lite'
import { COMPARED_MODES, type ComparedMode } from '../results/compare-result.ts'
import type { Series } from '../results/series.ts'

export interface SeriesStyle {
  readonly colour: string
  /** A name of Vega's, or a path. */
  readonly shape: string
  /** Lengths of dash and gap, px. */
  readonly dash: readonly number[]
}

/** By mode; further sizes of the Paillier key take the next of its mode. Colours after Okabe and Ito 2008. */
const STYLES: Readonly<Record<ComparedMode, readonly SeriesStyle[]>> = {
  plain: [{ colour: '#000000', shape: 'circle', dash: [1, 0] }],
  dcnet: [{ colour: '#0072b2', shape: 'square', dash: [8, 3] }],
  'dcnet-double': [{ colour: '#56b4e9', shape: 'diamond', dash: [2, 2] }],
  'pes-reencrypt': [
    { colour: '#a63a00', shape: 'triangle-up', dash: [12, 3] },
    { colour: '#d55e00', shape: 'triangle-right', dash: [12, 3, 2, 3] },
    { colour: '#f0a070', shape: 'M-1,-1L1,1M1,-1L-1,1', dash: [12, 3, 2, 3, 2, 3] }
  ],
  'pes-direct': [
    { colour: '#006b4f', shape: 'triangle-down', dash: [5, 3] },
    { colour: '#009e73', shape: 'triangle-left', dash: [5, 3, 1, 3] },
    { colour: '#7fceb9', shape: 'cross', dash: [5, 3, 1, 3, 1, 3] }
  ]
}

/** A style for each series, the same in every figure of a comparison. */
export function seriesStyles(series: readonly Series[]): ReadonlyMap<string, SeriesStyle> {
  return new Map(
    COMPARED_MODES.flatMap(mode =>
      series
        .filter(each => each.mode === mode)
        .map(({ label }, i) => [label, STYLES[mode][i % STYLES[mode].length] as SeriesStyle] as const)
    )
  )
}

const INK = '#1a1a1a'
const GRID = '#dddddd'

/** Fonts are the reader's own sans-serif, so that none is embedded. */
export const FIGURE_CONFIG: Config = {
  background: '#ffffff',
  font: 'sans-serif',
  padding: 8,
  view: { stroke: '#999999' },
  title: { anchor: 'start', fontSize: 14, fontWeight: 600, color: INK, subtitleFontSize: 11, subtitleColor: '#444444', offset: 12 },
  axis: {
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 500,
    labelColor: INK,
    titleColor: INK,
    gridColor: GRID,
    domainColor: '#666666',
    tickColor: '#666666',
    titlePadding: 8
  },
  legend: {
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 500,
    labelColor: INK,
    titleColor: INK,
    symbolSize: 90,
    symbolStrokeWidth: 1.5,
    rowPadding: 5
  },
  header: { labelFontSize: 12, labelFontWeight: 600, titleFontSize: 12, labelColor: INK, titleColor: INK }
}
