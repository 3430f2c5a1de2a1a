// `pnpm bench`: its options and its help.
import type { BenchWish } from '@hushgrid/bench'
import { DEFAULT_SEED, PARTS } from '@hushgrid/bench/options'
import { InvalidArgumentError } from '@hushgrid/primitives'
import { choiceOf, wholeNumber } from '@hushgrid/runtime'
import { Command } from 'commander'
import { exitStatus } from './exit-status.ts'

const EXAMPLES = `
Each figure is a median of rounds, with their middle half, as a multiple of a floor that was measured in turn with it where
there is one. A part is named as disturbed where other programs filled the machine meanwhile. Exit status: 0; 1 where a
figure is worse by more than --fail-above; 2 where the input is not what it must be.

Examples:
  pnpm bench
  pnpm bench --only computation,codec
  pnpm bench --only sockets,start --out before.json
  pnpm bench --only sockets,start --against before.json
  pnpm bench --against before.json --fail-above 1.5
  pnpm bench --from now.json --against before.json      two runs of before, nothing measured`

function partsOf(text: string): (typeof PARTS)[number][] {
  const parts = text.split(',').map(choiceOf('--only', PARTS))
  if (new Set(parts).size < parts.length) throw new InvalidArgumentError('--only', 'each part once', JSON.stringify(text))
  return parts
}

function seedOf(text: string): string {
  if (text === '') throw new InvalidArgumentError('--seed', 'a text', 'an empty one')
  return text
}

function limitOf(text: string): number {
  const limit = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || limit < 1)
    throw new InvalidArgumentError('--fail-above', 'a ratio of at least 1, for example 1.5', JSON.stringify(text))
  return limit
}

/**
 * Runs the command.
 *
 * @returns its exit status
 */
export async function main(args: readonly string[]): Promise<number> {
  let status = 0
  const program = new Command('pnpm bench')
    .description('Measure what the protocol costs, each figure beside a floor or a goal; prints a table and writes JSON.')
    .option('--only <parts>', `some of ${PARTS.join(', ')}, joined by commas`, partsOf)
    .option('--tiny', 'smallest sizes: shows that everything still runs, the figures mean nothing')
    .option('--seed <text>', `seed of keys, messages and readings, but for the keys of live nodes (default: ${DEFAULT_SEED})`, seedOf)
    .option('--out <file>', 'where the JSON goes (default: bench-results/<time>.json)')
    .option('--against <file>', "print ratios to an earlier run's JSON")
    .option('--fail-above <ratio>', 'with --against: exit status 1 where a figure is worse by more', limitOf)
    .option(
      '--repeat-disturbed [times]',
      'measure again what a busy machine disturbed, up to so many times (1 unless given)',
      wholeNumber('--repeat-disturbed', 1, 100)
    )
    .option('--from <file>', 'measure nothing, take the figures from this JSON')
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false)
    .action(async (options: BenchWish) => {
      const { runBench } = await import('@hushgrid/bench')
      status = await runBench(options)
    })
  return await exitStatus(program, args, () => status)
}
