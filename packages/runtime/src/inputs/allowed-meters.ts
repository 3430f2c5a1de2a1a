import { HushgridError, type MeterId, meterId, textLines } from '@hushgrid/primitives'
import { readTextFile } from './text-file.ts'

/** File that is no list of meters' ids. */
class AllowedMetersError extends HushgridError {
  override name = 'AllowedMetersError'
}

/**
 * Reads the list of meters that may enrol: an id of 64 hexadecimal digits a line. `#` begins a comment.
 *
 * @throws UnreadableFileError, AllowedMetersError
 */
export function readAllowedMeters(path: string): ReadonlySet<MeterId> {
  const allowed = new Set<MeterId>()
  for (const [index, line] of textLines(readTextFile(path, 'a list of meter ids')).entries()) {
    const text = line.replace(/#.*/, '').trim()
    if (text === '') continue
    if (!/^[0-9a-fA-F]{64}$/.test(text)) {
      throw new AllowedMetersError(
        `${path}:${index + 1}: expected a meter id of 64 hexadecimal digits, got ${JSON.stringify(text.slice(0, 80))}`
      )
    }
    allowed.add(meterId(text.toLowerCase()))
  }
  if (allowed.size === 0) throw new AllowedMetersError(`${path}: expected at least one meter id, got none`)
  return allowed
}
