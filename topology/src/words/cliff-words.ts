// The cliff of double mask in words, for a terminal.
import { counted, tableLines } from '@hushgrid/primitives'
import type { CliffLevel, CliffSummary } from '../exposure/cliff.ts'
import { boundText, chanceText, metersText } from './figure-text.ts'

/** Figures of a cliff for a terminal, aligned. */
export function cliffLines(summary: CliffSummary): string[] {
  const { members, neighbours, needed, minMembers, row, absent, cuts, trials, seed, levels } = summary
  const before = [...(absent > 0 ? [`${absent} absent`] : []), ...(cuts > 0 ? [`${counted(cuts, 'pair')} cut`] : [])]
  const head = tableLines([
    [
      'the cliff',
      `a member with more than ${neighbours - needed} of ${neighbours} neighbours absent, cut or missing counts as missing too; so do parts of fewer than ${minMembers}`
    ],
    ['in a row', `${row} missing beside each other lose the slot as a whole`],
    ...(before.length > 0 ? [['beforehand', `${before.join(', ')}, at random places`]] : []),
    ['simulation', `${counted(trials, 'random placement')} a line, seed ${JSON.stringify(seed)}, 95 % intervals`]
  ])
  const title = ['', 'any joins, formula', 'slots lost, simulation', 'left in a total']
  return [...head, '', ...tableLines([title, ...levels.map(level => cells(level, members))])]
}

function cells({ share, missing, log2Any, lost, lostInterval: [from, to], left }: CliffLevel, members: number): string[] {
  return [
    `${missing} of ${members} missing (${Number((100 * share).toPrecision(4))} %)`,
    log2Any === Number.NEGATIVE_INFINITY ? '0' : `at most ${boundText(log2Any)}`,
    `${chanceText(lost)} (${chanceText(from)} to ${chanceText(to)})`,
    lost === 1 ? 'none' : metersText(left)
  ]
}
