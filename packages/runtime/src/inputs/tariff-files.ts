import { type Bands, parseBands, parseTariff, type Tariff } from '@hushgrid/billing'
import { HushgridError } from '@hushgrid/primitives'
import { Option } from 'commander'
import { wholeNumber } from '../program/node-command.ts'
import { readTextFile } from './text-file.ts'

/** Options for the bands or the prices of dynamic tariffs. */
export interface BandsOptions {
  readonly bands?: string
  /** Minutes that a row holds for. */
  readonly bandsSlot?: number
}

/** Minutes of a day. */
const MOST_MINUTES = 1440

/** Makes the option `--bands`. */
export function bandsOption(what = 'a CSV with the band or the price of each slot, for bills by dynamic tariffs'): Option {
  return new Option('--bands <file>', what)
}

/** Makes the option `--bands-slot`. */
export function bandsSlotOption(): Option {
  const what = 'how long a row of --bands holds (default: as far as its rows are apart)'
  return new Option('--bands-slot <minutes>', what).argParser(wholeNumber('--bands-slot', 1, MOST_MINUTES))
}

/**
 * Reads a file of bands, where one is named. Its rows have a grid of their own, whatever slots are billed by them.
 *
 * @throws UnreadableFileError, BandsFileError; HushgridError where only the length of its rows is given
 */
export function readBands({ bands, bandsSlot }: BandsOptions): Bands | undefined {
  if (bands === undefined && bandsSlot !== undefined) throw new HushgridError('--bands-slot: expected with --bands, got no file of bands')
  return bands === undefined ? undefined : parseBands(readTextFile(bands, 'a file of bands'), bands, bandsSlot && bandsSlot * 60)
}

/**
 * Reads a tariff, and the bands that it needs.
 *
 * @throws HushgridError where a file is wrong, or bands are missing or not asked for
 */
export function readTariffAndBands(path: string, options: BandsOptions): { readonly tariff: Tariff; readonly bands?: Bands } {
  const tariff = parseTariff(readTextFile(path, 'a tariff'), path)
  if (tariff.needsBands && options.bands === undefined)
    throw new HushgridError(`--bands: expected a file with the band or the price of each slot, since ${tariff.name} is dynamic`)
  if (!tariff.needsBands && options.bands !== undefined)
    throw new HushgridError(`--bands: expected none, since no price of ${tariff.name} depends on them`)
  const bands = readBands(options)
  return { tariff, ...(bands && { bands }) }
}
