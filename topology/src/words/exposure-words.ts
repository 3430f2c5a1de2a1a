// Exposure figures in words, for a terminal.
import { counted, tableLines } from '@hushgrid/primitives'
import type { ExposureFigure, ExposureSummary } from '../exposure/exposure.ts'
import { chanceText, metersText } from './figure-text.ts'

/** Figures of an exposure for a terminal, aligned. */
export function exposureLines(summary: ExposureSummary): string[] {
  const { members, degree, neighbours, colluding, absent, cuts, recovery, figures, trials, seed } = summary
  const head = tableLines([
    [
      'members',
      `${members}, of which ${colluding} ${colluding === 1 ? 'colludes' : 'collude'} with the aggregator${absent > 0 ? ` and ${absent} ${absent === 1 ? 'is' : 'are'} absent` : ''}, at random places`
    ],
    ['degree', `${degree}: ${neighbours} mask neighbours each`],
    ['recovery', recovery],
    ...(cuts > 0 ? [['cuts', `${counted(cuts, 'pair')}: they expose nobody, since one of each two lies and counts as colluding`]] : []),
    ...(trials === undefined
      ? []
      : [['simulation', `${counted(trials, 'random placement')}, seed ${JSON.stringify(seed)}, 95 % intervals`]])
  ])
  const body: string[][] = [['', 'expected (honest meters)', 'chance of any']]
  for (const figure of figures) {
    body.push([figure.kind, '', ''], ['  formula', metersText(figure.expected), anyText(figure)])
    const { simulated } = figure
    if (!simulated) continue
    const estimate = (text: (value: number) => string, value: number, [from, to]: readonly [number, number]) =>
      `${text(value)} (${text(from)} to ${text(to)})`
    body.push([
      '  simulation',
      estimate(metersText, simulated.expected, simulated.expectedInterval),
      estimate(chanceText, simulated.any, simulated.anyInterval)
    ])
  }
  const meanings = tableLines(figures.map(figure => [figure.kind, figure.meaning]))
  return [...head, '', ...tableLines(body), '', ...meanings]
}

function anyText({ any, anyIs }: ExposureFigure): string {
  return anyIs === 'exact' ? chanceText(any) : `at most ${chanceText(any)}`
}

/** One sentence of warning, as `nodes:start --degree 2` prints it. */
export function exposureSentence(summary: ExposureSummary): string {
  const { members, degree, colluding } = summary
  const alone = summary.figures.find(figure => figure.kind === 'reading-alone') as ExposureFigure
  const open = summary.figures.find(figure => figure.kind === 'reading-unprotected')
  const lies = open ? `; an aggregator that lies about who is missing may get those of ${metersText(open.expected)}` : ''
  return `With degree ${degree} and ${colluding} of ${members} meters colluding, expect ${metersText(alone.expected)} meters to have their reading learnt (chance of any: ${anyText(alone)})${lies}.`
}
