// The table of all contenders at one size.
import { sharesOf } from '../../statistics/proportion.ts'
import { bearersIn, bearerTitle } from '../../tables/cost-table.ts'
import { BOUNDS_NOTE, type Cell, cell, name, number } from '../../tables/table.ts'
import { knownContender } from '../../values/contender-facts.ts'
import { latencyOf, lossesOf, perReading } from '../../values/run-values.ts'
import type { Scene } from '../../values/scene.ts'
import { headlineOf, type Series, seriesAgainst, seriesAtOneSize, summaryOf } from '../../values/series.ts'
import { type Exhibit, notThere } from '../exhibit.ts'

/** Fraction of missing meters at which lost slots are counted. */
const DROPOUT = 0.1
const CAPTION = 'What a reading costs with each contender, at one size.'

export const headline: Exhibit = {
  name: 'headline',
  title: 'At a glance',
  make: scene => {
    const { n, series } = headlineOf(seriesAgainst(scene, 'n'))
    if (series.length === 0) return notThere(CAPTION, 'there are no runs')
    const bearers = bearersIn(scene)
    const losses = seriesAtOneSize(scene, 'dropout').filter(({ cells }) => cells.some(({ x }) => isTenth(x)))
    const lostAt = losses[0]?.cells[0]?.point.n ?? null
    const rows = series.flatMap(each =>
      each.cells.map((point): Cell[] => [
        each.label,
        ...(n === null ? [point.point.n] : []),
        ...bearers.map(bearer => cell(summaryOf(scene, point, run => perReading(run, bearer, 'cpuMs')))),
        cell(summaryOf(scene, point, run => perReading(run, 'all', 'sentBytes'))),
        cell(summaryOf(scene, point, run => perReading(run, 'all', 'sentMessages'))),
        cell(summaryOf(scene, point, run => latencyOf(run, 'rounds'))),
        lostCell(scene, losses, each),
        knownContender(each.contender).strength(each.bits),
        point.runs.length
      ])
    )
    const size = n === null ? 'each contender’s size nearest to 50' : `n = ${n}`
    return {
      figures: [],
      tables: [
        {
          name: 'headline',
          title: `What a reading costs, at ${size}`,
          columns: [
            name('contender'),
            ...(n === null ? [number('n')] : []),
            ...bearers.map(bearer => number(`CPU, ${bearerTitle(bearer)}`, 'ms')),
            number('sent, all', 'B'),
            number('messages'),
            number('rounds'),
            number(`lost at 10 %${lostAt === null || lostAt === n ? '' : `, n = ${lostAt}`}`, 'share'),
            name('strength (bits)'),
            number('runs')
          ],
          rows,
          notes: [
            BOUNDS_NOTE(scene.leastRuns),
            'CPU, bytes and messages per reading in the total; bytes and messages sent by all roles together, so that each counts once. Lost at 10 %: share of a run’s slots without a total while a tenth of the meters is missing in each slot.'
          ]
        }
      ],
      caption: CAPTION,
      remarks: lostAt !== null ? [] : ['No run had a tenth of the meters missing, so that the share of lost slots is not there.']
    }
  }
}

const isTenth = (dropout: number): boolean => Math.abs(dropout - DROPOUT) < 1e-9

/** Gives the share of lost slots of a series where a tenth of the meters is missing. */
function lostCell(scene: Scene, losses: readonly Series[], { contender, bits }: Series): Cell {
  const same = losses.find(each => each.contender === contender && each.bits === bits)
  const runs = same?.cells.find(({ x }) => isTenth(x))?.runs ?? []
  const shares = sharesOf(
    runs.map(run => lossesOf(run, 'lost')),
    scene.leastRuns
  )
  return cell(shares?.share ?? null)
}
