// `pnpm compare`: its options and its help.
import type { MillionReadings } from '@hushgrid/comparison'
import { COMPARED_MODES, COMPARISON_DEFAULTS, MILLION_READINGS } from '@hushgrid/comparison/options'
import { type DataFacts, withDataFacts } from '@hushgrid/node-meter/options'
import { KEY_BITS } from '@hushgrid/paillier'
import { HushgridError, InvalidArgumentError } from '@hushgrid/primitives'
import { choiceOf, wholeNumber } from '@hushgrid/runtime'
import type { Network } from '@hushgrid/topology'
import { Command } from 'commander'
import { exitStatus } from './exit-status.ts'

interface Options extends DataFacts {
  readonly n?: readonly number[]
  readonly modes?: readonly string[]
  readonly bits?: readonly number[]
  readonly slots?: number
  readonly repeat?: number
  readonly repeatDisturbed?: number | true
  readonly degree?: Network['degree']
  readonly churn?: string
  readonly data?: string
  readonly seed?: string
  readonly slotMs?: number
  readonly out?: string
  readonly from?: string
  readonly million?: boolean
  readonly households?: number
  readonly neighbourhood?: number
  readonly missing?: number
  readonly readings?: MillionReadings
}

const { sizes, bits: defaultBits, slots: defaultSlots, leastSlotMs, slotMsPerMeter } = COMPARISON_DEFAULTS

const EXAMPLES = `
Every combination is a neighbourhood of live libp2p nodes, each role in a process of its own (all meters in one), over
the same readings, seed and churn. plain is the floor: the same nodes without protection. dcnet recovers by edge release,
dcnet-double by double mask; beside them --modes takes the schemes that pnpm schemes lists, all but those that yield
bills, and all for everything. A scheme without an answer to a change of members is set up anew; one with a message for
each pair of meters runs with 50 at most. Where --churn is not given a meter joins, one leaves and one crashes after the measured
slots, and what each cost is measured. Repeats run after one another, so that a change of the machine's speed meets all.

The folder holds results.csv (a measured value a row), results.json, environment.json, figures/*.svg, tables/*.tex and
*.md, and report.html, which opens from disk. Ctrl-C ends after what has been measured is written. The exit status is 1
where a total was wrong, a run failed, or slots were lost that nobody asked to lose. Runs that a busy machine disturbed
are named, with the reason, in every file; slots that it lost count for no contender. --repeat-disturbed runs them again,
and the last run counts.

--million computes a day of 1,000,000 households without sockets: masks, sums and recovery, neighbourhood by
neighbourhood, on all cores.

A chapter with all schemes, virtual time and runs that can be resumed is pnpm evaluate, of which this is the short form.

Examples:
  pnpm compare
  pnpm compare --n 50,200 --modes dcnet,pes-reencrypt,plain --bits 2048,3072 --repeat 5 --out thesis
  pnpm compare --n 50 --churn topology/scenarios/poisson.yaml --slots 24
  pnpm compare --n 10,25,50,100,200 --modes dcnet --degree 8      what grows with n, where the degree does not
  pnpm compare --n 10 --modes plain,dcnet,joye-libert,kursawe-low-overhead     two schemes beside the house's
  pnpm compare --data readings.csv --n 25,50 --repeat 3
  pnpm compare --from thesis                    tables and figures again from the raw results
  pnpm compare --million --seed thesis`

function list<T>(read: (text: string) => T): (text: string) => T[] {
  return text => [...new Set(text.split(',').map(part => read(part.trim())))]
}

function keyBits(text: string): number {
  const bits = Number(text)
  if (!KEY_BITS.includes(bits))
    throw new InvalidArgumentError('--bits', `some of ${KEY_BITS.join(', ')}, joined by commas`, JSON.stringify(text))
  return bits
}

function degree(text: string): Network['degree'] {
  const value = Number(text)
  if (text !== 'auto' && (!/^\d+$/.test(text) || value < 2 || value % 2 !== 0))
    throw new InvalidArgumentError('--degree', 'auto or an even number from 2 on', JSON.stringify(text))
  return text === 'auto' ? text : value
}

function fraction(text: string): number {
  const value = Number(text)
  if (!/^0?\.?\d+$/.test(text) || value < 0 || value >= 1)
    throw new InvalidArgumentError('--missing', 'a fraction from 0 to below 1', JSON.stringify(text))
  return value
}

function command(action: (options: Options) => Promise<void>): Command {
  const made = new Command('pnpm compare')
    .description('Compare what the DC-net costs with what Paillier costs, on the same work.')
    .option('--n <list>', `numbers of meters (default: ${sizes.join(',')})`, list(wholeNumber('--n', 3, 1000)))
    .option('--modes <list>', `${COMPARED_MODES.join(',')} (the default), schemes by name, all`, list(String))
    .option('--bits <list>', `of a Paillier key or a scheme's modulus: ${KEY_BITS.join(',')} (default: ${defaultBits})`, list(keyBits))
    .option('--slots <number>', `slots that are measured (default: ${defaultSlots})`, wholeNumber('--slots', 1, 100_000))
    .option('--repeat <number>', 'how often each combination is run (default: 1)', wholeNumber('--repeat', 1, 1000))
    .option(
      '--repeat-disturbed [times]',
      'run again what a busy machine disturbed, up to so many times (1 unless given)',
      wholeNumber('--repeat-disturbed', 1, 100)
    )
    .option('--degree <auto|K>', 'mask neighbours of a meter with dcnet and dcnet-double (default: auto, which grows with n)', degree)
    .option('--churn <scenario>', 'have a churn scenario happen instead of one join, one leave and one crash')
    .option('--data <file|folder>', 'real readings, as for pnpm nodes:start (default: a synthetic neighbourhood)')
    .option('--seed <text>', 'of the synthetic readings and the churn (default: drawn, and shown)')
    .option(
      '--slot-ms <ms>',
      `real length of a slot, the same for all (default: ${leastSlotMs}, or ${slotMsPerMeter} a meter, more with powers to compute)`,
      wholeNumber('--slot-ms', 200, 86_400_000)
    )
    .option('--out <folder>', 'where everything is written (default: comparisons/<time>)')
    .option('--from <folder>', 'make tables and figures again from the raw results in a folder')
    .option('--million', 'compute a day of a million households instead, without sockets')
    .option('--households <number>', 'with --million: how many (default: 1000000)', wholeNumber('--households', 50, 100_000_000))
    .option(
      '--neighbourhood <number>',
      'with --million: most members of a neighbourhood (default: 50)',
      wholeNumber('--neighbourhood', 50, 200)
    )
    .option('--missing <fraction>', 'with --million: chance that a meter is missing in a slot (default: 0.01)', fraction)
    .option(
      '--readings <source>',
      `with --million: ${MILLION_READINGS.join(' or ')}, the synthetic ones or mere numbers (default: households)`,
      choiceOf('--readings', MILLION_READINGS)
    )
    .allowExcessArguments(false)
    .addHelpText('after', EXAMPLES)
    .action(action)
  return withDataFacts(made)
}

/**
 * Runs the command.
 *
 * @returns its exit status: 0; 1 where a total was wrong, a run failed, or slots were lost that nobody asked to lose; 2 where
 * the input was wrong
 */
export async function main(args: readonly string[]): Promise<number> {
  let status = 0
  const program = command(async options => {
    checkTogether(options)
    process.stderr.write('Loading what is compared …\n')
    const { comparisonPlan, remakeComparison, runComparison, simulateMillion } = await import('@hushgrid/comparison')
    if (options.million) status = await simulateMillion(options)
    else if (options.from !== undefined) status = await remakeComparison(options.from)
    else status = await runComparison(comparisonPlan(options, args), options.out)
  })
  return await exitStatus(program, args, () => status)
}

const MILLION_ONLY = ['households', 'neighbourhood', 'missing', 'readings'] as const
const MEASURED_ONLY = [
  'n',
  'modes',
  'bits',
  'slots',
  'repeat',
  'repeatDisturbed',
  'degree',
  'churn',
  'data',
  'slotMs',
  'unit',
  'timeZone',
  'separator',
  'column',
  'slotMinutes'
] as const

/** @throws HushgridError where options do not go together */
function checkTogether(options: Options): void {
  const { from, million, out, seed } = options
  const given = (names: readonly (keyof Options)[]): string | undefined => {
    const name = names.find(each => options[each] !== undefined)
    return name?.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
  }
  const stray = million ? given(MEASURED_ONLY) : given(MILLION_ONLY)
  if (stray) throw new HushgridError(`--${stray}: expected ${million ? 'without' : 'with'} --million`)
  if (from === undefined) return
  const other = million ? 'million' : (given(MEASURED_ONLY) ?? (out !== undefined ? 'out' : seed !== undefined ? 'seed' : undefined))
  if (other) throw new HushgridError(`--${other}: expected without --from, which measures nothing`)
}
