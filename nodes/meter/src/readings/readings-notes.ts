// What a person is told of readings that were loaded, the same in every command.
import type { LoadedReadings } from './readings-file.ts'

/** Lines of each kind before the rest is only counted. */
const MOST = 6

function some(lines: readonly string[], what: string): string[] {
  return lines.length <= MOST ? [...lines] : [...lines.slice(0, MOST - 1), `and ${lines.length - MOST + 1} more ${what}`]
}

/** Gives a sentence for each file that was not read, and for what was repaired, left out or doubtful in those that were. */
export function readingsNotes({ skipped, notes }: Pick<LoadedReadings, 'skipped' | 'notes'>): string[] {
  const channels = skipped.filter(({ reason }) => reason.startsWith('the channel of an appliance'))
  const others = skipped.filter(each => !channels.includes(each)).map(({ file, reason }) => `${file} was not read: ${reason}`)
  const appliances = channels.length === 0 ? [] : [`${channels.length} channels of appliances were not read`]
  return [...some(others, 'files were not read'), ...appliances, ...some(notes, 'remarks; pnpm readings says them all')]
}
