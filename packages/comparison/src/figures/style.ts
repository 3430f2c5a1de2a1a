// Look of figures: colours that differ in brightness, and marks and dashes that differ without colour.
import type { Mark } from '@hushgrid/lab'
import type { Config } from 'vega-lite'
import { COMPARED } from '../contenders.ts'
import type { Series } from '../results/series.ts'

/**
 * Gives a mark for each series, the same in every figure of a comparison; further lengths of a key take the contender's next.
 * Colours are after Okabe and Ito 2008.
 */
export function seriesMarks(series: readonly Series[]): ReadonlyMap<string, Mark> {
  return new Map(
    COMPARED.flatMap(({ facts: { name, marks } }) =>
      series.filter(({ mode }) => mode === name).map(({ label }, i) => [label, marks[i % marks.length] ?? marks[0]] as const)
    )
  )
}

const INK = '#1a1a1a'
const GRID = '#dddddd'

/** Configuration of figures; the font is the reader's own sans-serif, so that none is embedded. */
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
