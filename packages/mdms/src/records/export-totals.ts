import { withheldLanes, withheldReasons } from '@hushgrid/primitives'
import type { SlotTotalRow } from '@hushgrid/statistics'
import { instant } from './results.ts'

/**
 * Writes totals as CSV (RFC 4180, with line feeds): a line a slot, its start in UTC, each lane in Wh, the contributors, the
 * missing members, and why lanes are withheld. A lane that a total lacks is empty, never zero.
 */
export function totalsToCsv(totals: readonly SlotTotalRow[], slotSeconds: number): string {
  const codes = [...new Set(totals.flatMap(({ lanes }) => Object.keys(lanes)))].sort()
  const header = ['slot_start_utc', ...codes.map(code => `${code} Wh`), 'contributors', 'missing', 'withheld']
  const lines = totals.map(({ slot, lanes, contributors, missing }) => {
    const why = withheldReasons(withheldLanes(lanes))
    const sums = codes.map(code => (typeof lanes[code] === 'bigint' ? lanes[code] : ''))
    return [instant(slot * slotSeconds * 1000), ...sums, contributors, missing, why && `"${why}"`].join(',')
  })
  return `${[header.join(','), ...lines].join('\n')}\n`
}
