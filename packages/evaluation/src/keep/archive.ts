// An evaluation in three files, small enough to be kept with a thesis: figures are made from them as from its folder.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { HushgridError } from '@hushgrid/primitives'
import { prepareFolder, writeResult } from '@hushgrid/runtime'
import { ARCHIVE, readEvaluation } from './read-evaluation.ts'

/**
 * Writes what an evaluation keeps of its runs to another folder, all runs in one compressed file.
 *
 * @returns the number of runs
 * @throws HushgridError where a run cannot be read, or the folder cannot be written to or has an evaluation
 */
export function archiveEvaluation(from: string, to: string): number {
  const { runs } = readEvaluation(from)
  if (existsSync(join(to, 'evaluation.json')))
    throw new HushgridError(`--archive ${to}: expected a folder without an evaluation in it, got one`)
  prepareFolder('--archive', to)
  // Level and no time of writing: the same runs give the same bytes.
  writeResult(join(to, ARCHIVE), gzipSync(runs.map(run => `${JSON.stringify(run)}\n`).join(''), { level: 9 }))
  for (const name of ['planned.json', 'evaluation.json']) writeResult(join(to, name), readFileSync(join(from, name)))
  return runs.length
}
