// The table of all contenders at one size.
import { type Shares, sharesOf } from '../../statistics/proportion.ts'
import { bearersIn, bearerTitle } from '../../tables/cost-table.ts'
import { BOUNDS_NOTE, type Cell, cell, name, number } from '../../tables/table.ts'
import { slotBasis } from '../../values/basis.ts'
import { knownContender } from '../../values/contender-facts.ts'
import { latencyOf, lossesOf, perReading } from '../../values/run-values.ts'
import type { Scene } from '../../values/scene.ts'
import { headlineOf, type Cell as Point, type Series, seriesAgainst, summaryOf } from '../../values/series.ts'
import { type Exhibit, notThere } from '../exhibit.ts'

/** Fraction of missing meters at which lost slots are counted. */
const DROPOUT = 0.1
const CAPTION = 'What a reading costs with each contender'

export const headline: Exhibit = {
  name: 'headline',
  title: 'At a glance',
  make: scene => {
    const { n, size, series } = headlineOf(seriesAgainst(scene, 'n'))
    if (series.length === 0) return notThere(`${CAPTION}.`, 'there are no runs')
    const where = `n = ${size}${n === null ? ' or each contender’s size nearest to it' : ''}`
    const bearers = bearersIn(scene)
    const rows = rowsOf(scene, series)
    const lostElsewhere = rows.some(({ point, lost }) => lost !== null && lost.n !== point.point.n)
    return {
      figures: [],
      tables: [
        {
          name: 'headline',
          title: `What a reading costs, at ${where}`,
          columns: [
            name('contender'),
            ...(n === null ? [number('n')] : []),
            ...bearers.map(bearer => number(`CPU, ${bearerTitle(bearer)}`, 'ms')),
            number('sent, all', 'B'),
            number('messages'),
            number('rounds'),
            number('lost at 10 %', 'share'),
            ...(lostElsewhere ? [number('lost at n')] : []),
            name('strength (bits)'),
            number('runs')
          ],
          rows: rows.map(({ each, point, lost }): Cell[] => [
            each.label,
            ...(n === null ? [point.point.n] : []),
            ...bearers.map(bearer => cell(summaryOf(point, run => perReading(run, bearer, 'cpuMs')))),
            cell(summaryOf(point, run => perReading(run, 'all', 'sentBytes'))),
            cell(summaryOf(point, run => perReading(run, 'all', 'sentMessages'))),
            cell(summaryOf(point, run => latencyOf(run, 'rounds'))),
            cell(lost?.shares.share ?? null),
            ...(lostElsewhere ? [lost?.n ?? null] : []),
            knownContender(each.contender).strength(each.bits),
            point.runs.length
          ]),
          notes: [
            BOUNDS_NOTE,
            `CPU, bytes and messages per reading in the total; bytes and messages sent by all roles together, so that each counts once. Lost at 10 %: share of a run’s slots without a total while a tenth of the meters is missing in each slot${lostElsewhere ? ', at the size beside it' : ''}. Runs: those that costs are taken from.`
          ]
        }
      ],
      caption: `${CAPTION}, at ${where}.`,
      remarks: rows.some(({ lost }) => lost !== null)
        ? []
        : ['No run had a tenth of the meters missing, so that the share of lost slots is not there.'],
      basis: slotBasis(
        rows.flatMap(({ each, lost }) => (lost ? [each, { ...each, cells: [lost.cell] }] : [each])),
        run => lossesOf(run, 'lost').of
      )
    }
  }
}

/** What a contender loses, at the size nearest to a row's. */
interface Lost {
  readonly n: number
  readonly shares: Shares
  readonly cell: Point
}

interface Row {
  readonly each: Series
  readonly point: Point
  readonly lost: Lost | null
}

function rowsOf(scene: Scene, series: readonly Series[]): readonly Row[] {
  const runs = scene.runs.filter(({ point }) => Math.abs(point.dropout - DROPOUT) < 1e-9)
  const losses = seriesAgainst({ ...scene, runs }, 'n')
  return series.flatMap(each => each.cells.map(point => ({ each, point, lost: lostAt(losses, each, point) })))
}

/** Parameters in which runs with missing meters should be as the row's; of several the most alike are taken. */
const ALIKE = ['degree', 'lanes', 'gamma', 'churn', 'delayMs', 'loss'] as const

function lostAt(losses: readonly Series[], { contender, bits }: Series, { point }: Point): Lost | null {
  const unlike = (other: Point): number => ALIKE.filter(key => other.point[key] !== point[key]).length
  const [nearest] = losses
    .filter(each => each.contender === contender && each.bits === bits)
    .flatMap(({ cells }) => cells.filter(other => other.point.drive === point.drive))
    .sort((a, b) => Math.abs(a.point.n - point.n) - Math.abs(b.point.n - point.n) || unlike(a) - unlike(b))
  const shares = nearest ? sharesOf(nearest.runs.map(run => lossesOf(run, 'lost'))) : null
  return nearest && shares ? { n: nearest.point.n, shares, cell: nearest } : null
}
