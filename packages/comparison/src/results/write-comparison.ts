// Writes all files of a comparison, from its raw results.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ComparedEnvironment } from '@hushgrid/lab'
import { makeFolder, writeResult } from '@hushgrid/runtime'
import { FIGURE_NAMES, figuresOf } from '../figures/figures.ts'
import { reportHtml } from '../report/html.ts'
import { latexTable, markdownTable } from '../report/table.ts'
import { TABLE_NAMES, tablesOf } from '../report/tables.ts'
import { resultsCsv, resultsParquet } from './csv.ts'
import { ComparisonError } from './read-comparison.ts'
import type { ComparedResults } from './result.ts'
import { combinationsOf } from './series.ts'
import { verdictOf } from './verdict.ts'

const jsonText = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

/**
 * Writes results.json, environment.json, results.csv and .parquet, figures, tables and report.html. Files of an earlier comparison are
 * replaced; a figure or table without data any more is removed.
 *
 * @returns the files, relative to the folder
 * @throws ComparisonError where there are no runs; OutputError where a file cannot be written
 */
export async function writeComparison(
  folder: string,
  results: ComparedResults,
  environment: ComparedEnvironment
): Promise<readonly string[]> {
  if (results.runs.length === 0) throw new ComparisonError('results: expected at least one run, got none')
  const files = new Map<string, string | Uint8Array>([
    ['results.json', jsonText(results)],
    ['environment.json', jsonText(environment)],
    ['results.csv', resultsCsv(results)],
    ['results.parquet', resultsParquet(results)]
  ])
  for (const room of ['figures', 'tables']) makeFolder(join(folder, room), 0o777)
  // Files that cannot be made again come first.
  for (const [name, content] of files) writeResult(join(folder, name), content)
  const combinations = combinationsOf(results)
  const figures = await figuresOf(combinations)
  const { incomplete, disturbed } = verdictOf(results)
  const tables = tablesOf(combinations, [
    ...(incomplete === undefined ? [] : [`Incomplete: ${incomplete}.`]),
    ...(disturbed === undefined ? [] : [`Disturbed: ${disturbed}.`])
  ])
  const made = new Map<string, string>([
    ...figures.map(({ name, svg }) => [`figures/${name}.svg`, svg] as const),
    ...TABLE_NAMES.filter(name => tables[name].rows.length > 0).flatMap(name => [
      [`tables/${name}.tex`, latexTable(tables[name])] as const,
      [`tables/${name}.md`, markdownTable(tables[name])] as const
    ]),
    ['report.html', reportHtml(results, environment, tables, figures)]
  ])
  for (const [name, content] of made) writeResult(join(folder, name), content)
  const possible = [
    ...FIGURE_NAMES.map(name => `figures/${name}.svg`),
    ...TABLE_NAMES.flatMap(name => [`tables/${name}.tex`, `tables/${name}.md`])
  ]
  for (const name of possible) if (!made.has(name)) rmSync(join(folder, name), { force: true })
  return [...files.keys(), ...made.keys()]
}
