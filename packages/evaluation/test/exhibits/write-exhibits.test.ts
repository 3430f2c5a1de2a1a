// Files of an evaluation: what is written, the report, and whether LaTeX takes the tables.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { latexTable, latexText } from '@hushgrid/comparison/report'
import { afterAll, describe, expect, it } from 'vitest'
import { captionText } from '../../src/exhibits/caption.ts'
import { EXHIBITS } from '../../src/exhibits/exhibits.ts'
import { writeExhibits } from '../../src/exhibits/write-exhibits.ts'
import type { Evaluation } from '../../src/record/evaluation.ts'
import type { EvaluatedCost } from '../../src/record/run.ts'
import { findingsOf } from '../../src/report/findings.ts'
import { reportHtml } from '../../src/report/html.ts'
import { printed } from '../../src/tables/table.ts'
import { sceneOf } from '../../src/values/scene.ts'
import { type GeneratedInit, generatedEvaluation } from '../support/generated-evaluation.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-exhibits-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const FEW = {
  contenders: ['plain', 'dcnet', 'shi', 'garcia-jacobs'],
  n: [10, 20, 50],
  repeats: 6,
  dropout: [0, 0.1]
} as const satisfies GeneratedInit
const FROM = { from: 'there' } as const
const evaluation = generatedEvaluation(FEW)
const hasLatex = spawnSync('pdflatex', ['--version']).status === 0
const hasPackages = hasLatex && spawnSync('kpsewhich', ['booktabs.sty', 'adjustbox.sty']).status === 0

describe('the files', () => {
  it('are figures in both widths and tints, tables in three forms, and captions', async () => {
    const files = await writeExhibits(folder, evaluation, ['memory', 'security'])
    expect(files).toContain('figures/memory-column.pdf')
    expect(files).toContain('figures/grey/memory-full.svg')
    for (const form of ['csv', 'md', 'tex']) expect(files).toContain(`tables/security.${form}`)
    for (const form of ['txt', 'tex']) expect(files).toContain(`captions/memory.${form}`)
    for (const file of files) expect(existsSync(join(folder, file)), file).toBe(true)
    expect(existsSync(join(folder, 'report.html'))).toBe(false)
  })

  it('have captions that LaTeX can set, wherever the evaluation lies', async () => {
    await writeExhibits(folder, evaluation, ['security'], { from: 'výsledky/оценка' })
    expect(readFileSync(join(folder, 'captions/security.tex'), 'utf8')).toContain(
      'pnpm evaluate -{}-from výsledky/?????? -{}-only security'
    )
    expect(readFileSync(join(folder, 'captions/security.txt'), 'utf8')).toContain('--from výsledky/оценка --only security')
  })

  it('of an exhibit that is gone are removed, and others stay', async () => {
    const gone = { ...evaluation, runs: evaluation.runs.map(run => ({ ...run, memory: {} })) }
    await writeExhibits(folder, gone, ['memory'])
    expect(existsSync(join(folder, 'figures/memory-column.pdf'))).toBe(false)
    expect(existsSync(join(folder, 'tables/memory.csv'))).toBe(false)
    expect(readFileSync(join(folder, 'captions/memory.txt'), 'utf8')).toContain('Not there: no run measured memory.')
    expect(existsSync(join(folder, 'tables/security.csv'))).toBe(true)
  })
})

describe('the report', () => {
  const scene = sceneOf(evaluation, FROM)
  const drawn = EXHIBITS.map(exhibit => {
    const made = exhibit.make(scene)
    return { exhibit, made, caption: captionText(scene, exhibit, made), svg: new Map([[exhibit.name, '<svg></svg>']]) }
  })
  const html = reportHtml(scene, drawn)

  it('begins with five findings, then folds every exhibit', () => {
    expect(html.indexOf('Five findings')).toBeLessThan(html.indexOf('<details'))
    expect(html.match(/<li><strong>/g)).toHaveLength(5)
    for (const { name } of EXHIBITS) expect(html).toContain(`<details id="${name}"`)
  })

  it('loads nothing from anywhere', () => {
    expect(html).toContain(`content="default-src 'none'`)
    expect(html).not.toMatch(/<script|<link|src=|url\(/)
  })

  it('says how to repeat each exhibit', () => {
    for (const { name } of EXHIBITS) expect(html).toContain(`--only ${name}</code>`)
  })
})

describe('findings', () => {
  const textOf = (init: GeneratedInit, title: string): string =>
    findingsOf(sceneOf(generatedEvaluation({ ...FEW, ...init }), FROM)).find(each => each.title === title)?.text ?? ''

  it('name the least and the most with their intervals', () => {
    expect(textOf({}, 'Computation')).toMatch(
      /^A household computes [\d.]+ \([\d.]+–[\d.]+\) ms for a reading with dcnet, the least of the 3 .* with garcia-jacobs, the most, .* \(n = 50, 6 runs each, 95 % intervals\)\.$/
    )
  })

  it('claim no order where the runs show none', () => {
    const alike = textOf({ contenders: ['shi', 'kursawe-interactive'], noise: 0.3 }, 'Computation')
    expect(alike).toMatch(/From these runs (shi|kursawe-interactive) cannot be told from (shi|kursawe-interactive)\./)
    expect(textOf({ repeats: 5 }, 'Computation')).toMatch(
      /5 runs each, ranges: too few for an interval\).*No order is claimed beyond these runs\.$/
    )
    expect(textOf({ repeats: 1 }, 'Computation')).toContain('one run each: no claim beyond it')
  })

  it('are of runs in virtual time alone, where there are any', () => {
    const live = evaluation.runs.map(run => ({
      ...run,
      point: { ...run.point, drive: 'live' as const, delayMs: 0 },
      slots: run.slots.map(slot => ({ ...slot, roles: { ...slot.roles, meter: { ...(slot.roles.meter as EvaluatedCost), cpuMs: 1e9 } } }))
    }))
    const texts = (runs: Evaluation['runs']) => findingsOf(sceneOf({ ...evaluation, runs }, FROM))
    expect(texts([...evaluation.runs, ...live])).toEqual(texts(evaluation.runs))
    const [computation, , , , latency] = texts(live)
    expect(computation?.text).toContain('(n = 50, live nodes, 6 runs each')
    expect(latency?.text).toContain('Not said')
  })

  it('claim nothing of a contender with too few pairs of runs', () => {
    const runs = evaluation.runs.filter(({ point }) => point.contender !== 'garcia-jacobs' || point.repeat < 3)
    const [computation] = findingsOf(sceneOf({ ...evaluation, runs }, FROM))
    expect(computation?.text).toMatch(
      /times as much in the same repeats \(n = 50, 6 and 3 runs; in square brackets a range, of too few for an interval\)\. Of garcia-jacobs nothing is claimed beyond these runs, since there are fewer than 6 pairs\.$/
    )
  })

  it('do not say that what was not lost cannot be', () => {
    expect(textOf({}, 'Missing meters')).toContain(
      'no slot was lost in these runs with plain and dcnet (so few runs still allow that up to 45.9 % of all runs lose one; 95 % interval)'
    )
    expect(textOf({ repeats: 3 }, 'Missing meters')).toContain('too few runs for an interval')
  })

  it('say what they lack', () => {
    expect(textOf({ dropout: [0] }, 'Missing meters')).toBe('Not said: no run had meters missing.')
    expect(textOf({ n: [10, 20] }, 'Growth')).toContain('Not said')
    expect(textOf({ contenders: ['plain'] }, 'Bytes')).toContain('Not said')
  })
})

it.skipIf(!hasPackages)('gives LaTeX nothing that it cannot set', { timeout: 60_000 }, () => {
  const scene = sceneOf(generatedEvaluation({ repeats: 2, n: [10, 20, 50], dropout: [0, 0.1] }), FROM)
  const made = EXHIBITS.map(exhibit => ({ exhibit, made: exhibit.make(scene) }))
  const tables = made.flatMap(each => each.made.tables.filter(({ rows }) => rows.length > 0).map(table => latexTable(printed(table))))
  const captions = made.map(each => `\\par ${latexText(captionText(scene, each.exhibit, each.made))}`)
  const source = `\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{lmodern,booktabs,adjustbox,array,longtable}\\extrafloats{100}\\begin{document}\n${[...captions, ...tables].join('\n\\clearpage\n')}\n\\end{document}\n`
  writeFileSync(join(folder, 'all.tex'), source)
  execFileSync('pdflatex', ['-interaction=nonstopmode', '-halt-on-error', 'all.tex'], { cwd: folder, stdio: 'pipe' })
  expect(existsSync(join(folder, 'all.pdf'))).toBe(true)
})

if (!hasPackages) console.log('pdflatex with booktabs and adjustbox is not here: the test that compiles tables is skipped')
