// `pnpm demo`: the whole system with one command.
import { randomBytes } from 'node:crypto'
import { autoOr, wholeNumber } from '@hushgrid/runtime'
import { Command } from 'commander'
import { exitStatus } from './exit-status.ts'

interface Options {
  readonly n: number
  readonly seed?: string
  readonly slotMs?: number | 'auto'
  readonly slots?: number
  readonly port: number
  readonly report?: string
  readonly accounts?: boolean
}

const DEFAULT_MEMBERS = 25
/** Fewest members in a total of the default network. */
const LEAST_MEMBERS = 6
const DEFAULT_SLOT_MS = 1000
const DEFAULT_PORT = 7480

const EXPLANATION = `
A start page leads to three others, each at an address of this machine: the living neighbourhood, the supplier's desk, the
customers' page. Accounts are made anew each time, as is everything else; nothing is kept when it ends. While rows of slots
pass, Enter prints addresses and accounts again, and so does --accounts in another terminal: until the demonstration ends
they are in a file that only you can read. The start page shows passwords to whoever has the token at the end of its
address.

Last month is behind it: each meter has sealed its days, each customer has a bill, the supplier has the bills and their
checks. Readings are synthetic. Last month's totals are sums that the demonstration makes; from the first of this month on
they come from the DC-net that runs. A half-hour passes in a second, or in more on a busy machine, unless --slot-ms says
otherwise, and with each day that ends the meters bring what they have sealed.

Examples:
  pnpm demo
  pnpm demo --n 10 --slot-ms 3000
  pnpm demo --slots 48 --seed first
  pnpm demo --accounts`

/**
 * Runs the command.
 *
 * @returns its exit status: 0, also after Ctrl-C; 1 where something failed; 2 where the input was wrong, or --accounts finds none
 */
export async function main(args: readonly string[]): Promise<number> {
  let status = 0
  const program = new Command('pnpm demo')
    .description('Start a neighbourhood, its supplier and its customers on this machine, with a month of readings behind them.')
    .option('--n <meters>', 'how many meters', wholeNumber('--n', LEAST_MEMBERS, 100), DEFAULT_MEMBERS)
    .option('--seed <text>', 'seed of the synthetic readings (default: drawn, and shown)')
    .option(
      '--slot-ms <auto|ms>',
      `real length of a half-hour; auto begins with ${DEFAULT_SLOT_MS} and takes longer ones on a machine that is too busy for them (default: auto)`,
      autoOr(wholeNumber('--slot-ms', 200, 1_800_000))
    )
    .option('--slots <number>', 'end after this many slots (default: at Ctrl-C)', wholeNumber('--slots', 1, 10_000_000))
    .option(
      '--port <port>',
      'of the first page; the others and the supplier’s node have the next ones, or free ones where they are taken',
      wholeNumber('--port', 1, 65_531),
      DEFAULT_PORT
    )
    .option('--report <folder>', 'where the report of the run goes (default: runs/<time>-<name>)')
    .option('--accounts', 'print addresses and accounts of the demonstration that runs, and start none')
    .addHelpText('after', EXPLANATION)
    .allowExcessArguments(false)
    .action(async (options: Options) => {
      if (options.accounts === true) {
        const { showAccounts } = await import('@hushgrid/demo')
        status = showAccounts({ out: text => process.stdout.write(text), err: text => process.stderr.write(text) })
        return
      }
      const { n: members, seed = randomBytes(4).toString('hex'), slotMs = 'auto', slots, port, report } = options
      process.stdout.write('Loading the neighbourhood, its supplier and its customers …\n')
      const { runDemo } = await import('@hushgrid/demo')
      status = await runDemo({
        members,
        seed,
        slotMs: slotMs === 'auto' ? DEFAULT_SLOT_MS : slotMs,
        adapts: slotMs === 'auto',
        slots,
        port,
        report
      })
    })
  return await exitStatus(program, args, () => status)
}
