import { DataFormatError, shown } from './data-format-error.ts'
import type { Format, Layout, LayoutName } from './layout.ts'
import { lowCarbonLondon } from './low-carbon-london.ts'
import { refit } from './refit.ts'
import { smartStar } from './smart-star.ts'
import { uciHousehold } from './uci-household.ts'
import { ukDale } from './uk-dale.ts'
import { wideCsv } from './wide-csv.ts'

const FORMATS: readonly Format[] = [wideCsv, lowCarbonLondon, smartStar, refit, ukDale, uciHousehold]

/** The format of a name. */
export function formatOf(name: LayoutName): Format {
  return FORMATS.find(format => format.name === name) as Format
}

const KNOWN =
  'the first line of a known layout: slot_start_utc,… (wide CSV); LCLid,tstp,energy(kWh/hh) (Low Carbon London); ' +
  'YYYY-MM-DD HH:MM:SS,kW (UMass Smart*); Time,Unix,Aggregate,… (REFIT); unixseconds watts (UK-DALE); ' +
  'Date;Time;Global_active_power;… (UCI)'

/**
 * The layout of a file, going by its first lines. Twenty or so are enough; two of data are needed where the file alone
 * tells the length of its intervals.
 *
 * @param path - the file's name, with its folders where the household is named by one, `/` between them
 * @throws DataFormatError that says why no layout fits
 */
export function detectLayout(firstLines: readonly string[], path: string): Layout {
  const lines = firstLines.map(line => line.replace(/^\uFEFF/, '').replace(/\r$/, '')).filter(line => line.trim() !== '')
  const first = lines[0]
  if (first === undefined) throw new DataFormatError(path, 0, KNOWN, 'an empty file')
  const format = FORMATS.find(candidate => candidate.recognises(first))
  if (!format) throw new DataFormatError(path, 1, KNOWN, shown(first))
  const layout = format.detect(lines, path)
  if (typeof layout === 'string') throw new DataFormatError(path, 0, `a file of the layout ${format.name}`, layout)
  return layout
}
