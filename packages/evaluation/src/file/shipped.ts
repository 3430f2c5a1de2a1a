// Evaluation files that are shipped, by name, and any other by its path.
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HushgridError, meant, printable } from '@hushgrid/primitives'
import { readTextFile } from '@hushgrid/runtime'
import { type EvaluationSource, parseEvaluation } from './evaluation-file.ts'
import type { EvaluationFields } from './evaluation-schema.ts'

const SHIPPED = fileURLToPath(new URL('../../evaluations', import.meta.url))

/** An evaluation file that has been read. */
export interface LoadedEvaluation {
  readonly source: EvaluationSource
  readonly fields: EvaluationFields
}

/**
 * Reads an evaluation file.
 *
 * @param named - its path, or the name of a shipped one
 * @throws UnreadableFileError, EvaluationFileError, HushgridError where no shipped file has that name
 */
export function loadEvaluation(named: string): LoadedEvaluation {
  const file = pathOf(named)
  const source = { file, text: readTextFile(file, 'an evaluation file') }
  return { source, fields: parseEvaluation(source) }
}

/** Lists the shipped files by name, with the subject of each. */
export function shippedEvaluations(): readonly { readonly name: string; readonly about: string }[] {
  return names().map(name => ({ name, about: loadEvaluation(name).fields.about }))
}

function names(): string[] {
  return readdirSync(SHIPPED)
    .flatMap(name => (name.endsWith('.yaml') ? [basename(name, '.yaml')] : []))
    .sort()
}

function pathOf(named: string): string {
  if (named.includes('/') || named.endsWith('.yaml') || named.endsWith('.yml')) return named
  const shipped = names()
  if (shipped.includes(named)) return join(SHIPPED, `${named}.yaml`)
  const got = `'${printable(named)}'${meant(named, shipped)}`
  throw new HushgridError(`expected an evaluation file or the name of a shipped one, ${shipped.join(', ')}, got ${got}`)
}
