import { type Bands, parseBands, parseTariff, type Tariff } from '@hushgrid/billing'
import { HushgridError } from '@hushgrid/primitives'
import { readTextFile } from '@hushgrid/runtime'

/**
 * A tariff, and the bands that it needs.
 *
 * @param slotSeconds - of the bands' rows
 * @throws HushgridError where a file is wrong, or bands are missing or not asked for
 */
export function readTariff(path: string, bandsPath: string | undefined, slotSeconds: number): { tariff: Tariff; bands: Bands | undefined } {
  const tariff = parseTariff(readTextFile(path, 'a tariff'), path)
  if (tariff.needsBands && bandsPath === undefined)
    throw new HushgridError(`--bands: expected a file with the band of each slot, since ${tariff.name} is dynamic`)
  if (!tariff.needsBands && bandsPath !== undefined)
    throw new HushgridError(`--bands: expected none, since no price of ${tariff.name} depends on them`)
  const bands = bandsPath === undefined ? undefined : parseBands(readTextFile(bandsPath, 'a file of bands'), bandsPath, slotSeconds)
  return { tariff, bands }
}
