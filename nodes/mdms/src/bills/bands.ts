import { type Bands, parseBands } from '@hushgrid/billing'
import { readTextFile } from '@hushgrid/runtime'

/** Help for `--bands`. */
export const BANDS_HELP = 'a CSV with the band of each slot, as "2013-02-04T00:30Z,normal", for bills by dynamic tariffs'

/**
 * `--bands`.
 *
 * @param slotSeconds - of the network
 * @throws UnreadableFileError, BandsFileError
 */
export function readBands(path: string | undefined, slotSeconds: number): Bands | undefined {
  return path === undefined ? undefined : parseBands(readTextFile(path, 'a file of bands'), path, slotSeconds)
}
