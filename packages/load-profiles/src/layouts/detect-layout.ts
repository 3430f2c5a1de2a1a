import { DataFormatError, shown } from './data-format-error.ts'
import { ausgrid } from './datasets/ausgrid.ts'
import { lowCarbonLondon } from './datasets/low-carbon-london.ts'
import { refit } from './datasets/refit.ts'
import { smartStar } from './datasets/smart-star.ts'
import { uciHousehold } from './datasets/uci-household.ts'
import { redd, ukDale } from './datasets/uk-dale.ts'
import { greenButton } from './green-button.ts'
import type { Format, Layout, LayoutName } from './layout.ts'
import type { TableHints } from './tables/hints.ts'
import { tableCsv } from './tables/table-csv.ts'

/** Datasets, and a standard, with layouts of their own. */
const FORMATS: readonly Format[] = [lowCarbonLondon, smartStar, refit, redd, ukDale, uciHousehold, ausgrid, greenButton]

/** Gives the format of a name; all others are tables. */
export function formatOf(name: LayoutName): Pick<Format, 'header' | 'reader'> {
  return FORMATS.find(format => format.name === name) ?? tableCsv
}

const KNOWN = 'a table with a column of stamps and columns of readings, or a file of a dataset that is known'

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
  const layout = (format ?? tableCsv).detect(lines, path, hints)
  if (typeof layout !== 'string') return layout
  if (format) throw new DataFormatError(path, 0, `a file of the layout ${format.name}`, layout)
  throw new DataFormatError(path, 1, KNOWN, `${shown(first)}: ${layout}`)
}
