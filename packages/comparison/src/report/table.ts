// A table, and its three forms: LaTeX with booktabs, Markdown, HTML.
import { HushgridError } from '@hushgrid/primitives'
import { escapeMarkup } from './markup.ts'

export interface Column {
  readonly title: string
  readonly unit?: string
  /** Alignment; `text` is for sentences, which wrap. */
  readonly align: 'left' | 'right' | 'text'
}

/** Table with cells of plain Unicode; each form escapes them. */
export interface Table {
  /** Name of the files, and of LaTeX's label. */
  readonly name: string
  readonly title: string
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly string[])[]
  readonly notes: readonly string[]
}

/** Number of rows that fit on a page; a longer table is a `longtable`. */
const PAGE_ROWS = 40
/** Number of columns that fit beside each other in normal size. */
const NORMAL_COLUMNS = 5
/** Share of a line that a column without sentences takes at most, and that one of sentences takes at most and at least. */
const PLAIN_SHARE = 0.13
/** Share of a line between two columns. */
const GAP_SHARE = 0.02
const TEXT_SHARES = { most: 0.38, least: 0.12 } as const
/** Signs of the small print in which sentences are set, on a whole line. */
const LINE_SIGNS = 110

const LATEX_SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '%': '\\%',
  _: '\\_',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': "''",
  '’': "'",
  '–': '--',
  '…': '\\dots{}',
  '−': '$-$',
  '×': '$\\times$',
  '·': '$\\cdot$',
  '≈': '$\\approx$',
  '≤': '$\\leq$',
  '≥': '$\\geq$',
  '⌈': '$\\lceil$',
  '⌉': '$\\rceil$',
  '⌊': '$\\lfloor$',
  '⌋': '$\\rfloor$',
  µ: '$\\mu$',
  '→': '$\\rightarrow$',
  '′': "'",
  '‖': '$\\|$',
  '“': '``',
  '”': "''",
  '‘': '`',
  ℓ: '$\\ell$',
  α: '$\\alpha$',
  γ: '$\\gamma$',
  δ: '$\\delta$',
  ε: '$\\varepsilon$',
  κ: '$\\kappa$',
  λ: '$\\lambda$',
  σ: '$\\sigma$',
  Δ: '$\\Delta$',
  Σ: '$\\Sigma$',
  '²': '\\textsuperscript{2}',
  '\u00a0': '~',
  '\u202f': '\\,'
}
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹⁻'

/**
 * Escapes text for LaTeX.
 *
 * @throws HushgridError at a character that LaTeX would not know
 */
export function latexText(text: string): string {
  const raised = text
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+/gu, digits => `\u0000${[...digits].map(digit => '0123456789-'[SUPERSCRIPTS.indexOf(digit)]).join('')}\u0001`)
    // LaTeX makes one dash of two hyphens, as in an option of a command.
    .replace(/-(?=-)/g, '-\u0002')
  return [...raised]
    .map(sign => {
      const written = MARKS[sign] ?? LATEX_SPECIAL[sign]
      if (written !== undefined) return written
      if (isLetter(sign)) return sign
      throw new HushgridError(`LaTeX: expected a sign that is known here, got ${JSON.stringify(sign)} in ${JSON.stringify(text)}`)
    })
    .join('')
}

/** What marks of our own become, set where signs follow one another. */
const MARKS: Readonly<Record<string, string>> = { '\u0000': '\\textsuperscript{', '\u0001': '}', '\u0002': '{}' }

const isLetter = (sign: string): boolean => /[\u0020-\u007e\p{Script=Latin}]/u.test(sign)

/** Replaces signs that {@link latexText} does not know, as a path in another script may have them. */
export function latexKnown(text: string): string {
  return [...text].map(sign => (sign in LATEX_SPECIAL || isLetter(sign) || SUPERSCRIPTS.includes(sign) ? sign : '?')).join('')
}

/** Tells whether a group of rows with the same first cell begins here. */
function beginsGroup({ rows }: Table, index: number): boolean {
  const grouped = rows.some((row, i) => i > 0 && row[0] === rows[i - 1]?.[0])
  return grouped && index > 0 && rows[index]?.[0] !== rows[index - 1]?.[0]
}

/** Gives the share of a line for each column of sentences. */
function textShare(columns: readonly Column[]): number {
  const texts = columns.filter(({ align }) => align === 'text').length
  const left = (1 - PLAIN_SHARE * (columns.length - texts) - GAP_SHARE * columns.length) / Math.max(1, texts)
  return Math.max(TEXT_SHARES.least, Math.min(TEXT_SHARES.most, left))
}

/** Guesses how many lines a table takes on paper, where its sentences wrap. */
function linesOf({ columns, rows }: Table, share: number): number {
  const height = (row: readonly string[]): number =>
    Math.max(1, ...columns.map(({ align }, i) => (align === 'text' ? Math.ceil((row[i] ?? '').length / (share * LINE_SIGNS)) : 1)))
  return rows.reduce((sum, row) => sum + height(row), 0)
}

const hasUnits = ({ columns }: Table): boolean => columns.some(({ unit }) => unit !== undefined)

/** Writes LaTeX; the comment at its head names the packages that it needs. Wide tables are shrunk to the line. */
export function latexTable(table: Table): string {
  const { name, title, columns, rows, notes } = table
  const texts = columns.filter(({ align }) => align === 'text').length
  const share = textShare(columns)
  const long = linesOf(table, share) > PAGE_ROWS
  const width = share.toFixed(2)
  const preamble = columns
    .map(({ align }) => (align === 'text' ? `>{\\raggedright\\arraybackslash}p{${width}\\linewidth}` : align === 'left' ? 'l' : 'r'))
    .join('')
  const line = (cells: readonly string[]): string => `${cells.map(latexText).join(' & ')} \\\\`
  const head = [
    line(columns.map(column => column.title)),
    ...(hasUnits(table) ? [line(columns.map(({ unit }) => (unit === undefined ? '' : `[${unit}]`)))] : [])
  ]
  const body = rows.flatMap((row, i) => (beginsGroup(table, i) ? ['\\addlinespace', line(row)] : [line(row)]))
  const wide = columns.length > NORMAL_COLUMNS && texts === 0 && !long
  const packages = ['booktabs', ...(wide ? ['adjustbox'] : []), ...(texts > 0 ? ['array'] : []), ...(long ? ['longtable'] : [])]
  const caption = `\\caption{${latexText(title)}}\\label{tab:hushgrid-${name}}`
  const size = `${long ? '\\scriptsize' : columns.length > NORMAL_COLUMNS || texts > 0 ? '\\footnotesize' : '\\small'}\\setlength{\\tabcolsep}{4pt}`
  const remarks = notes.map(note => `\\par\\smallskip{\\footnotesize ${latexText(note)}}`)
  const first = `% \\usepackage{${packages.join(',')}}`
  if (!long) {
    return [
      first,
      '\\begin{table}[tbp]',
      '\\centering',
      caption,
      size,
      ...(wide ? ['\\begin{adjustbox}{max width=\\linewidth}'] : []),
      `\\begin{tabular}{@{}${preamble}@{}}`,
      '\\toprule',
      ...head,
      '\\midrule',
      ...body,
      '\\bottomrule',
      '\\end{tabular}',
      ...(wide ? ['\\end{adjustbox}'] : []),
      ...remarks,
      '\\end{table}',
      ''
    ].join('\n')
  }
  return [
    first,
    `{${size}`,
    `\\begin{longtable}{@{}${preamble}@{}}`,
    `${caption}\\\\`,
    '\\toprule',
    ...head,
    '\\midrule',
    '\\endhead',
    '\\bottomrule',
    '\\endfoot',
    ...body,
    '\\end{longtable}',
    ...remarks,
    '}',
    ''
  ].join('\n')
}

const titled = ({ title, unit }: Column): string => (unit === undefined ? title : `${title} (${unit})`)

/** Writes Markdown, as GitHub reads it. */
export function markdownTable({ title, columns, rows, notes }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell => cell.replace(/[\\|<*_]/g, '\\$&')).join(' | ')} |`
  return [
    `**${title}**`,
    '',
    line(columns.map(titled)),
    `| ${columns.map(({ align }) => (align === 'right' ? '---:' : '---')).join(' | ')} |`,
    ...rows.map(line),
    ...notes.flatMap(note => ['', note]),
    ''
  ].join('\n')
}

/** Writes HTML: a table with its caption, and its notes beneath. */
export function htmlTable(table: Table): string {
  const { name, title, columns, rows, notes } = table
  const kind = ({ align }: Column): string => ` class="${align}"`
  const head = columns
    .map(column => {
      const unit = column.unit === undefined ? '' : `<small>${escapeMarkup(column.unit)}</small>`
      return `<th scope="col"${kind(column)}>${escapeMarkup(column.title)}${unit}</th>`
    })
    .join('')
  const body = rows.map((row, i) => {
    const cells = columns.map((column, c) => {
      const text = escapeMarkup(row[c] ?? '')
      return c === 0 ? `<th scope="row"${kind(column)}>${text}</th>` : `<td${kind(column)}>${text}</td>`
    })
    return `<tr${beginsGroup(table, i) ? ' class="group"' : ''}>${cells.join('')}</tr>`
  })
  const remarks = notes.map(note => `<p class="note">${escapeMarkup(note)}</p>`)
  return [
    `<div class="table" id="table-${name}">`,
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeMarkup(title)}"><table>`,
    `<caption>${escapeMarkup(title)}</caption>`,
    `<thead><tr>${head}</tr></thead>`,
    `<tbody>${body.join('\n')}</tbody>`,
    '</table></div>',
    ...remarks,
    '</div>'
  ].join('\n')
}
