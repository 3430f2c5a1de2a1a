// Exponents with which costs for a reading grow with n.
import { exponentText, type Growth, LEAST_SIZES } from '@hushgrid/comparison/report'
import { dotPanel } from '../../figures/dot-panel.ts'
import { type Cell, name, number } from '../../tables/table.ts'
import { slotBasis } from '../../values/basis.ts'
import { type Grown, grownWith, LEAST_AT_SIZE } from '../../values/grown.ts'
import { steadyCount } from '../../values/run-values.ts'
import { seriesAgainst } from '../../values/series.ts'
import { type Exhibit, notThere } from '../exhibit.ts'

const CAPTION =
  'Exponent b of a cost per reading that grows as n to the power b, fitted by least squares on the logarithms, one point a run; marks: the exponent; whiskers: its 95 % interval by Student’s t, which takes the logarithms’ errors for normal. 0: a reading costs the same however many meters there are; 1: it costs in proportion to n. Where a contender’s degree grows with n, the exponent holds that growth too. Nothing is said of sizes that were not measured.'

export const growth: Exhibit = {
  name: 'growth',
  title: 'Growth with n',
  make: scene => {
    const grown = grownWith(scene)
    const fitted = grown.filter(({ growth: { kind } }) => kind === 'fitted')
    if (fitted.length === 0) return notThere(CAPTION, `it takes ${LEAST_SIZES} sizes, and ${LEAST_AT_SIZE} runs at each of them`)
    const labels = [...new Set(grown.map(({ label }) => label))]
    const measures = [...new Set(grown.map(({ measure }) => measure))]
    const panels = measures.map(measure =>
      dotPanel(
        fitted
          .filter(each => each.measure === measure)
          .flatMap(({ label, growth: found }) =>
            found.kind === 'fitted'
              ? [{ label, kind: measure, median: found.exponent.value, low: found.exponent.low, high: found.exponent.high }]
              : []
          ),
        { xTitle: `exponent: ${measure}`, labels, kinds: [measure], rule: 0, linear: true }
      )
    )
    return {
      figures: [
        {
          name: 'growth',
          alt: 'Exponents of growth with n, a row for each contender.',
          panels: panels.flat(),
          columns: { column: 1, full: 3 }
        }
      ],
      tables: [
        {
          name: 'growth',
          title: 'Growth: exponent b of a cost per reading = a · n^b',
          columns: [name('contender'), name('cost'), name('n measured'), number('runs'), name('exponent (95 % interval)'), number('R²')],
          rows: grown.map(rowOf),
          notes: [
            `From ${LEAST_SIZES} sizes on, with ${LEAST_AT_SIZE} runs at each. Ordinary least squares on the logarithms; R²: share of their variance that the line explains.`
          ]
        }
      ],
      caption: CAPTION,
      remarks: [],
      basis: slotBasis(
        seriesAgainst(scene, 'n').filter(({ label }) => fitted.some(each => each.label === label)),
        steadyCount
      ),
      bounds: 'own'
    }
  }
}

const textOf = (found: Growth): string => (found.kind === 'fitted' ? exponentText(found.exponent) : found.reason)

function rowOf({ label, measure, growth: found }: Grown): readonly Cell[] {
  return [
    label,
    measure,
    found.sizes.join(', '),
    found.points,
    textOf(found),
    found.kind === 'fitted' && Number.isFinite(found.rSquared) ? found.rSquared.toFixed(2) : '–'
  ]
}
