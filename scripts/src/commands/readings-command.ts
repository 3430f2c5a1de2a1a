// `pnpm readings`: what is made of a file of readings, before it is used.
import { createWriteStream, existsSync, rmSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type DataFacts, loadOptionsOf, loadReadings, withDataFacts } from '@hushgrid/node-meter'
import { HushgridError } from '@hushgrid/primitives'
import { runCommand } from '@hushgrid/runtime'
import { Command } from 'commander'
import { readingsDocument, readingsText } from '../readings/readings-text.ts'
import { wideCsvLines } from '../readings/wide-csv-file.ts'

interface Options extends DataFacts {
  readonly write?: string
  readonly json?: boolean
}

const EXAMPLES = `
Says what was recognised (layout, unit, zone, interval, households, lanes), what
was repaired, left out or is doubtful, and draws a mean day.

Examples:
  pnpm readings lcl/
  pnpm readings "my meter.csv" --unit kWh --time-zone Europe/Berlin
  pnpm readings export.xml --write readings.csv
  pnpm readings wide.csv --column house-7 --slot-minutes 60 --json`

/** Runs the command; sets the exit status. */
export async function main(argv: readonly string[]): Promise<void> {
  const command = new Command('pnpm readings')
    .description('Show what is made of a file or folder of readings.')
    .argument('<file|folder>', 'readings in any layout that is known')
    .option('--write <file>', 'write them there as a wide CSV, Wh; never over another file')
    .option('--json', 'print JSON')
    .allowExcessArguments(false)
    .addHelpText('after', EXAMPLES)
    .action(run)
  await runCommand(withDataFacts(command), argv)
}

async function run(path: string, options: Options): Promise<void> {
  const { write, json, timeZone } = options
  if (write !== undefined && existsSync(write)) throw new HushgridError(`--write ${write}: expected a file that is not there yet`)
  const loaded = await loadReadings(path, loadOptionsOf(options))
  if (write !== undefined) await writeLines(write, wideCsvLines(loaded.households))
  const said = write === undefined ? [] : ['', `written to ${write}: ${loaded.households.length} households, Wh`]
  if (json) process.stdout.write(`${JSON.stringify(readingsDocument(path, loaded), undefined, 2)}\n`)
  else process.stdout.write(`${[...readingsText(path, loaded, timeZone), ...said].join('\n')}\n`)
}

async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  function* ended(): Generator<string> {
    for (const line of lines) yield `${line}\n`
  }
  try {
    // Readings of homes are for their owner's eyes.
    await pipeline(Readable.from(ended()), createWriteStream(path, { flags: 'wx', mode: 0o600 }))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === undefined) throw cause
    // What is half written would be taken for all of it, and keep the next try from writing.
    if (code !== 'EEXIST') rmSync(path, { force: true })
    throw new HushgridError(`--write ${path}: expected a file that can be written (${code})`)
  }
}
