// `pnpm compare --million`: its progress, its figures, and its exit status.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HushgridError } from '@hushgrid/primitives'
import { stopSignal } from '@hushgrid/runtime'
import { comparedEnvironment } from './environment.ts'
import { type MillionProgress, runMillion } from './million.ts'
import { millionText } from './million-text.ts'

/** How often a line is written where there is no terminal, seconds. */
const LINE_EVERY = 30

/** @returns the exit status: 1 where a total was wrong */
export async function simulateMillion(options: {
  readonly households?: number
  readonly neighbourhood?: number
  readonly missing?: number
  readonly seed?: string
  readonly out?: string
}): Promise<number> {
  const { households, neighbourhood, missing, out } = options
  const folder = out ?? join('comparisons', new Date().toISOString().slice(0, 19).replaceAll(':', ''))
  const file = join(folder, 'million.json')
  if (existsSync(file)) throw new HushgridError(`--out ${folder}: expected a folder without million.json, got one with it`)
  const seed = options.seed ?? randomBytes(4).toString('hex')
  process.stderr.write(`seed ${seed}\n`)
  const stop = stopSignal()
  try {
    const result = await runMillion({
      seed,
      ...(households !== undefined && { households }),
      ...(neighbourhood !== undefined && { neighbourhoodSize: neighbourhood }),
      ...(missing !== undefined && { missing }),
      progress: shower(),
      signal: stop.signal
    }).catch(cause => {
      if (!stop.signal.aborted) throw cause
      return undefined
    })
    if (process.stderr.isTTY) process.stderr.write('\r\u001B[K')
    if (!result) {
      process.stderr.write('ended early; nothing is written\n')
      return 0
    }
    mkdirSync(folder, { recursive: true })
    const document = { format: 'hushgrid-million/1', environment: comparedEnvironment(), result }
    writeFileSync(file, `${JSON.stringify(document, undefined, 2)}\n`)
    process.stdout.write(`${millionText(result)}\n\nwritten to ${file}\n`)
    if (result.wrong === 0) return 0
    process.stderr.write(`${result.wrong} totals differ from the sum of the readings\n`)
    return 1
  } finally {
    stop.dispose()
  }
}

function shower(): (at: MillionProgress) => void {
  const terminal = process.stderr.isTTY === true
  let shown = 0
  return ({ households, of, seconds, remaining }) => {
    const text = `${households} of ${of} households, ${Math.round(seconds)} s, about ${Math.round(remaining)} s left`
    if (terminal) process.stderr.write(`\r\u001B[K${text}`)
    else if (seconds - shown >= LINE_EVERY) {
      shown = seconds
      process.stderr.write(`${text}\n`)
    }
  }
}
