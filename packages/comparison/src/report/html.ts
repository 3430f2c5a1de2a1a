// report.html: the whole report in one file that opens without a network.

import type { ComparedEnvironment } from '@hushgrid/lab'
import type { Figure, FigureName } from '../figures/figures.ts'
import type { ComparedResults } from '../results/result.ts'
import { verdictOf } from '../results/verdict.ts'
import { escapeMarkup } from './markup.ts'
import { environmentFacts, factsHtml, pageHtml } from './page.ts'
import { htmlTable, type Table } from './table.ts'
import type { TableName } from './tables.ts'
import { FILES, LIMITS, MEASURES } from './text.ts'

type Part = { readonly table: TableName } | { readonly figure: FigureName } | { readonly html: string }

interface Section {
  readonly id: string
  readonly title: string
  readonly parts: readonly Part[]
}

const text = (words: string): Part => ({ html: `<p>${escapeMarkup(words)}</p>` })

const EXTRAPOLATION_WARNING = `<div class="warning"><strong>Extrapolation.</strong> Nothing in this table was measured. It multiplies what a reading
costs in one neighbourhood on this machine by the readings of a million meters, and for sizes that were not measured it takes the fitted line.</div>`

const SECTIONS: readonly Section[] = [
  { id: 'headline', title: 'At a glance', parts: [{ table: 'headline' }] },
  {
    id: 'trust',
    title: 'Security and trust',
    parts: [text('What each mode costs is half of the answer; this is the other half.'), { table: 'security' }, { table: 'trust' }]
  },
  {
    id: 'cpu',
    title: 'CPU',
    parts: [{ figure: 'cpu-meter' }, { figure: 'cpu-collecting' }, { figure: 'cpu-roles' }, { table: 'roles' }]
  },
  { id: 'bytes', title: 'Bytes', parts: [{ figure: 'bytes' }] },
  { id: 'latency', title: 'Time to the total', parts: [{ figure: 'latency' }] },
  { id: 'sizes', title: 'All sizes', parts: [{ table: 'sizes' }] },
  { id: 'setup', title: 'Setting up', parts: [{ figure: 'setup' }, { table: 'setup' }] },
  { id: 'changes', title: 'Meters come and go', parts: [{ figure: 'changes' }, { table: 'changes' }] },
  { id: 'growth', title: 'Growth', parts: [{ table: 'growth' }] },
  { id: 'extrapolation', title: 'A million meters', parts: [{ html: EXTRAPOLATION_WARNING }, { table: 'extrapolation' }] }
]

const distinct = (values: readonly (string | number)[]): string => [...new Set(values)].join(', ')

function setting({ runs, ...results }: ComparedResults): string {
  return factsHtml(
    [
      ['measured', `${results.started} to ${results.ended}`],
      ['modes', distinct(runs.map(({ mode }) => mode))],
      ['meters', distinct(runs.map(({ n }) => n))],
      ['repeats', String(Math.max(...runs.map(({ repeat }) => repeat)) + 1)],
      ['slot', distinct(runs.map(({ slotSeconds, slotMs }) => `${slotSeconds} s in ${slotMs} ms of real time`))],
      ['slots a run', distinct(runs.map(({ slots, warmUpSlots }) => `${slots.length} after ${warmUpSlots} to warm up`))],
      ['readings', results.readings],
      ['lanes', results.lanes.join(', ')],
      ['churn', results.churn ?? 'none'],
      ['seed', results.seed]
    ],
    'facts'
  )
}

function figureHtml({ name, title, caption, svg }: Figure): string {
  const drawing = svg.replace('<svg ', `<svg role="img" aria-label="${escapeMarkup(`${title}. ${caption}`)}" `)
  return `<figure id="figure-${name}"><div class="sheet">${drawing}</div><figcaption>${escapeMarkup(caption)}</figcaption></figure>`
}

/** Writes one self-contained HTML document. */
export function reportHtml(
  results: ComparedResults,
  environment: ComparedEnvironment,
  tables: Readonly<Record<TableName, Table>>,
  figures: readonly Figure[]
): string {
  const partHtml = (part: Part): string => {
    if ('html' in part) return part.html
    if ('table' in part) {
      const table = tables[part.table]
      return table.rows.length > 0 ? htmlTable(table) : `<p>${escapeMarkup(`${table.title}: nothing was measured.`)}</p>`
    }
    return figures
      .filter(({ name }) => name === part.figure)
      .map(figureHtml)
      .join('')
  }
  const sections = SECTIONS.map(section => ({ ...section, html: section.parts.map(partHtml).join('\n') })).filter(({ html }) => html !== '')
  const rest = [
    {
      id: 'repeat',
      title: 'Repeat it',
      html: `<pre><code>${escapeMarkup(results.command)}</code></pre><p>Tables and figures again from the raw results: <code>pnpm compare --from</code> and this folder.</p>${factsHtml(FILES, 'facts')}`
    },
    { id: 'measures', title: 'How it was measured', html: factsHtml(MEASURES, 'measures') },
    { id: 'limits', title: 'Limits', html: `<ul>${LIMITS.map(limit => `<li>${escapeMarkup(limit)}</li>`).join('\n')}</ul>` },
    { id: 'environment', title: 'Environment', html: environmentFacts(environment) }
  ]
  const all = [...sections, ...rest]
  const title = 'What the DC-net costs, and what Paillier costs'
  return pageHtml(
    title,
    `<header>
<h1>${escapeMarkup(title)}</h1>
<p class="lead">The same readings, the same seed and the same changes through each mode, on live libp2p nodes.</p>
${verdictOf(results)
  .remarks.map(remark => `<div class="warning">${escapeMarkup(remark)}.</div>`)
  .join('\n')}
<nav aria-label="Contents"><ul>
${all.map(section => `<li><a href="#${section.id}">${escapeMarkup(section.title)}</a></li>`).join('\n')}
</ul></nav>
${setting(results)}
</header>
<main>
${all.map(section => `<section id="${section.id}">\n<h2>${escapeMarkup(section.title)}</h2>\n${section.html}\n</section>`).join('\n')}
</main>`
  )
}
