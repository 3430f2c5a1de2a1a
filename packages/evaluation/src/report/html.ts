// report.html of an evaluation: findings first, then every exhibit folded, in one file that opens without a network.

import { environmentFacts, escapeMarkup, factsHtml, htmlTable, pageHtml } from '@hushgrid/comparison/report'
import { commandOf, countsText } from '../exhibits/caption.ts'
import type { DrawnExhibit } from '../exhibits/exhibit.ts'
import { printed } from '../tables/table.ts'
import { type Scene, sceneRemarks } from '../values/scene.ts'
import { findingsOf } from './findings.ts'
import { EVALUATION_STYLE } from './style.ts'
import { FILES, LIMITS } from './text.ts'

const paragraph = (text: string, kind = ''): string => `<p${kind === '' ? '' : ` class="${kind}"`}>${escapeMarkup(text)}</p>`

function findingsHtml(scene: Scene): string {
  const items = findingsOf(scene).map(({ title, text }) => `<li><strong>${escapeMarkup(title)}.</strong> ${escapeMarkup(text)}</li>`)
  return `<ol class="findings">${items.join('\n')}</ol>`
}

/** Writes an exhibit as a fold; one that is not there says why in its heading line. */
function exhibitHtml(scene: Scene, { exhibit, made, caption, svg }: DrawnExhibit, open: boolean): string {
  const figures = [...svg].map(([name, drawing]) => `<figure id="figure-${name}"><div class="sheet">${drawing}</div></figure>`)
  const tables = made.tables.filter(({ rows }) => rows.length > 0).map(table => htmlTable(printed(table)))
  const mark = made.missing === undefined ? '' : ` <small>not there: ${escapeMarkup(made.missing)}</small>`
  const text = caption.replace(/ Made by: .*$/, '')
  return `<details id="${exhibit.name}"${open ? ' open' : ''}>
<summary>${escapeMarkup(exhibit.title)}${mark}</summary>
${figures.join('\n')}
${paragraph(text, 'caption')}
<pre><code>${escapeMarkup(commandOf(scene, exhibit))}</code></pre>
${tables.join('\n')}
</details>`
}

const distinct = (values: readonly (string | number)[]): string => [...new Set(values)].join(', ')

function settingHtml({ evaluation, runs }: Scene): string {
  return factsHtml(
    [
      ['started', evaluation.started],
      ['contenders', distinct(runs.map(({ point }) => point.contender))],
      ['meters', distinct(runs.map(({ point }) => point.n).sort((a, b) => a - b))],
      ['runs', countsText({ runs, slots: null })],
      ['slot', distinct(runs.map(({ slotSeconds }) => `${slotSeconds} s`))],
      ['readings', evaluation.readings],
      ['lanes', evaluation.lanes.join(', ')],
      ['seed', evaluation.seed]
    ],
    'facts'
  )
}

/** Writes one self-contained HTML document. */
export function reportHtml(scene: Scene, drawn: readonly DrawnExhibit[]): string {
  const { evaluation } = scene
  const warnings = sceneRemarks(scene, true).map(remark => `<div class="warning">${escapeMarkup(remark)}</div>`)
  const exhibits = drawn.map((each, i) => exhibitHtml(scene, each, i === 0))
  const body = `<header>
<h1>Evaluation: ${escapeMarkup(evaluation.name)}</h1>
<p class="lead">Every contender on the same readings, seeds and missing meters.</p>
${warnings.join('\n')}
</header>
<main>
<section id="findings">
<h2>Five findings</h2>
${findingsHtml(scene)}
</section>
<section id="exhibits">
<h2>Figures and tables</h2>
${exhibits.join('\n')}
</section>
<section id="repeat">
<h2>Repeat it</h2>
<pre><code>${escapeMarkup(evaluation.command)}</code></pre>
${settingHtml(scene)}
${factsHtml(FILES, 'facts')}
</section>
<section id="limits">
<h2>Limits</h2>
<ul>${LIMITS.map(limit => `<li>${escapeMarkup(limit)}</li>`).join('\n')}</ul>
</section>
<section id="environment">
<h2>Environment</h2>
${environmentFacts(evaluation.environment)}
</section>
</main>`
  return pageHtml(`Evaluation ${evaluation.name}`, body, EVALUATION_STYLE)
}
