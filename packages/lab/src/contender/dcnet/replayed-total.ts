// A total of the report beside the one that its transcript leads to.
import { counted, publishedSums, type SlotSums, withheldLanes, withheldReasons, withheldText } from '@hushgrid/primitives'
import type { RunFile } from '../../report/run-file.ts'

type ReportedSlot = Pick<RunFile['slots'][number], 'slot' | 'epoch' | 'lost' | 'total' | 'withheld'>

/** Total of a slot as its transcript gives it. */
export interface ReplayedTotal {
  readonly epoch: number
  /** Sums of the network's lanes, or why one has none. */
  readonly sums: SlotSums
  readonly submissions: number
}

/** Lists the claims of a report about a slot that its transcript does not bear out. */
export function contradictions(row: ReportedSlot, replayed: ReplayedTotal | undefined): string[] {
  const says = `slot ${row.slot}: run.json says ${row.total ? inWords(row.total) : 'lost'}, the transcript`
  if (!replayed) return row.lost ? [] : [`${says} has no total`]
  const sums = inWords(publishedSums(replayed.sums))
  if (row.lost || !row.total) return [`${says} ${sums}`]
  if (inWords(row.total) !== sums || row.epoch !== replayed.epoch) return [`${says} adds up to ${sums}`]
  const [reported, found] = [row.withheld, withheldLanes(replayed.sums)]
  return [...new Set([...Object.keys(reported), ...Object.keys(found)])].flatMap(lane => {
    const [said, is] = [reported, found].map(reasons => (reasons[lane] ? withheldText(lane, reasons[lane]) : 'nothing'))
    return said === is ? [] : [`slot ${row.slot}: run.json says of ${lane} ${said}, the transcript ${is}`]
  })
}

function inWords(sums: Readonly<Record<string, string | bigint>>): string {
  return Object.keys(sums)
    .sort()
    .map(lane => `${lane} ${sums[lane]}`)
    .join(', ')
}

/** Counts the totals without a lane, by the reason. */
export function withheldLines(slots: readonly ReportedSlot[]): string[] {
  const counts = new Map<string, number>()
  for (const { withheld } of slots) {
    const why = withheldReasons(withheld)
    if (why !== '') counts.set(why, (counts.get(why) ?? 0) + 1)
  }
  return [...counts].map(([why, count]) => `${counted(count, 'total')} with a lane withheld: ${why}`)
}
