// `pnpm compare --million`: its progress, its figures, and its exit status.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { comparedEnvironment } from '@hushgrid/lab'
import { counted, HushgridError } from '@hushgrid/primitives'
import { prepareFolder, stopSignal, writeResult } from '@hushgrid/runtime'
import { runMillion } from './million.ts'
import type { MillionReadings } from './plan.ts'
import { MillionDisplay, millionText } from './text.ts'

/**
 * Simulates the day and writes its result.
 *
 * @returns the exit status: 1 where a total was wrong
 */
export async function simulateMillion(options: {
  readonly households?: number
  readonly neighbourhood?: number
  readonly missing?: number
  readonly readings?: MillionReadings
  readonly seed?: string
  readonly out?: string
}): Promise<number> {
  const { households, neighbourhood, missing, readings, out } = options
  const folder = out ?? join('comparisons', new Date().toISOString().slice(0, 19).replaceAll(':', ''))
  const file = join(folder, 'million.json')
  if (existsSync(file)) throw new HushgridError(`--out ${folder}: expected a folder without million.json, got one with it`)
  const abandon = prepareFolder('--out', folder)
  const seed = options.seed ?? randomBytes(4).toString('hex')
  process.stderr.write(`seed ${seed}\n`)
  const stop = stopSignal()
  const display = new MillionDisplay(process.stderr)
  try {
    const result = await runMillion({
      seed,
      ...(households !== undefined && { households }),
      ...(neighbourhood !== undefined && { neighbourhoodSize: neighbourhood }),
      ...(missing !== undefined && { missing }),
      ...(readings !== undefined && { readings }),
      progress: display.show,
      signal: stop.signal
    }).catch(cause => {
      if (!stop.signal.aborted) throw cause
      return undefined
    })
    display.close()
    if (!result) {
      process.stderr.write('ended early; nothing is written\n')
      return 0
    }
    const document = { format: 'hushgrid-million/1', environment: comparedEnvironment(), result }
    process.stdout.write(`${millionText(result)}\n`)
    writeResult(file, `${JSON.stringify(document, undefined, 2)}\n`)
    process.stdout.write(`\nwritten to ${file}\n`)
    if (result.wrong === 0) return 0
    process.stderr.write(`${counted(result.wrong, 'total')} ${result.wrong === 1 ? 'differs' : 'differ'} from the sum of the readings\n`)
    return 1
  } finally {
    abandon()
    stop.dispose()
  }
}
