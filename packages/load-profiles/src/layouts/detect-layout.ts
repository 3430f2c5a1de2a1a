import { ausgrid } from './ausgrid.ts'
import { DataFormatError, shown } from './data-format-error.ts'
import { greenButton } from './green-button.ts'
import type { Format, Layout, LayoutName } from './layout.ts'
import { lowCarbonLondon } from './low-carbon-london.ts'
import { refit } from './refit.ts'
import { smartStar } from './smart-star.ts'
import { longCsv, wideCsv } from './table-csv.ts'
import type { TableHints } from './table-hints.ts'
import { uciHousehold } from './uci-household.ts'
import { redd, ukDale } from './uk-dale.ts'

/** The datasets with a layout of their own come before the tables that anybody writes. */
const FORMATS: readonly Format[] = [lowCarbonLondon, smartStar, refit, redd, ukDale, uciHousehold, ausgrid, greenButton, wideCsv, longCsv]

/** The format of a name. */
export function formatOf(name: LayoutName): Format {
  return FORMATS.find(format => format.name === name) as Format
}

const KNOWN =
  'a table with a column of stamps and columns of readings, or a file of Low Carbon London, Smart*, REFIT, REDD, UK-DALE, UCI, ' +
  'Ausgrid or Green Button'

/** Most characters of a line that are looked at; the head of a file of one long line is enough to tell it. */
const LOOKED_AT = 2 ** 20

/**
 * The layout of a file, going by its first lines. Twenty or so are enough; two of data are needed where the file alone
 * tells the length of its intervals, and two of one household where rows are in the order of time.
 *
 * @param path - the file's name, with its folders where the household is named by one, `/` between them
 * @throws DataFormatError that says why no layout fits
 */
export function detectLayout(firstLines: readonly string[], path: string, hints: TableHints = {}): Layout {
  const lines = firstLines
    .map(line =>
      line
        .slice(0, LOOKED_AT)
        .replace(/^\uFEFF/, '')
        .replace(/\r$/, '')
    )
    .filter(line => line.trim() !== '')
  const first = lines[0]
  if (first === undefined) throw new DataFormatError(path, 0, KNOWN, 'an empty file')
  const format = FORMATS.find(candidate => candidate.recognises(lines, path, hints))
  if (!format) {
    const why = wideCsv.detect(lines, path, hints)
    throw new DataFormatError(path, 1, KNOWN, `${shown(first)}${typeof why === 'string' ? ` (${why})` : ''}`)
  }
  const layout = format.detect(lines, path, hints)
  if (typeof layout === 'string') throw new DataFormatError(path, 0, `a file of the layout ${format.name}`, layout)
  return layout
}
