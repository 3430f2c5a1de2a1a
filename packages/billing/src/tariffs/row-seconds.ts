// The time that each row of a file of bands holds for.
import { durationText } from '@hushgrid/primitives'
import type { FailLine } from './tariff-file-error.ts'

/** Start of a row, s since 1970, and its line in the file. */
interface RowStart {
  readonly start: number
  readonly line: number
}

/**
 * Finds the time that rows hold for: as told, else the greatest common divisor of their distances, which some neighbours
 * have to be apart. A file without such neighbours has a mistyped start, or more holes than rows: its grid is not guessed.
 *
 * @param rows - in ascending order
 * @returns seconds; undefined for a single row
 */
export function rowSeconds(rows: readonly RowStart[], told: number | undefined, fail: FailLine): number | undefined {
  const distances = rows.slice(1).map((row, i) => row.start - (rows[i] as RowStart).start)
  if (told !== undefined) {
    const odd = distances.findIndex(each => each % told !== 0)
    if (odd >= 0) failAt(odd, `a row a multiple of ${durationText(told)} after`, '')
    return told
  }
  if (distances.length === 0) return undefined
  const length = distances.reduce(divisor)
  if (distances.includes(length)) return length
  const usual = mostFrequent(distances)
  const odd = distances.findIndex(each => each % usual !== 0)
  return failAt(odd, `a row ${durationText(usual)} after`, ', as most are, or a multiple of it')

  function failAt(distance: number, expected: string, more: string): never {
    const [before, row] = [rows[distance] as RowStart, rows[distance + 1] as RowStart]
    const got = `one ${durationText(row.start - before.start)} after`
    return fail(
      row.line,
      `${expected} line ${before.line}${more}`,
      `${got}${told === undefined ? '; --bands-slot says how long a row holds' : ''}`
    )
  }
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b)
}

function mostFrequent(numbers: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const each of numbers) counts.set(each, (counts.get(each) ?? 0) + 1)
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best))[0]
}
