import { type Bands, parseBands, parseTariff, type Tariff } from '@hushgrid/billing'
import { HushgridError } from '@hushgrid/primitives'
import { readTextFile } from './text-file.ts'

/** Help for `--bands` of a supplier's commands. */
export const BANDS_HELP = 'a CSV with the band of each slot, as "2013-02-04T00:30Z,normal", for bills by dynamic tariffs'

/**
 * Reads a file of bands, where one is named.
 *
 * @param slotSeconds - length of the network's slots
 * @throws UnreadableFileError, BandsFileError
 */
export function readBands(path: string | undefined, slotSeconds: number): Bands | undefined {
  return path === undefined ? undefined : parseBands(readTextFile(path, 'a file of bands'), path, slotSeconds)
}

/** @throws UnreadableFileError, TariffFileError */
export function readTariff(path: string): Tariff {
  return parseTariff(readTextFile(path, 'a tariff'), path)
}

/**
 * Reads a tariff, and the bands that it needs.
 *
 * @param slotSeconds - length of the slots in the bands' rows
 * @throws HushgridError where a file is wrong, or bands are missing or not asked for
 */
export function readTariffAndBands(
  path: string,
  bandsPath: string | undefined,
  slotSeconds: number
): { tariff: Tariff; bands: Bands | undefined } {
  const tariff = readTariff(path)
  if (tariff.needsBands && bandsPath === undefined)
    throw new HushgridError(`--bands: expected a file with the band of each slot, since ${tariff.name} is dynamic`)
  if (!tariff.needsBands && bandsPath !== undefined)
    throw new HushgridError(`--bands: expected none, since no price of ${tariff.name} depends on them`)
  return { tariff, bands: readBands(bandsPath, slotSeconds) }
}
