import { HushgridError } from '@hushgrid/primitives'
import { EXIT_USAGE, HELP_LAYOUT, watchOutput } from '@hushgrid/runtime'
import { type Command, CommanderError } from 'commander'

/**
 * Runs a command whose action tells its own outcome.
 *
 * @param status - outcome of the action, asked once it is over
 * @returns the exit status: `status`, 0 after --help, 2 with one sentence on standard error where the input was wrong
 */
export async function exitStatus(program: Command, args: readonly string[], status: () => number): Promise<number> {
  watchOutput()
  program
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .configureHelp(HELP_LAYOUT)
  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (cause) {
    if (cause instanceof CommanderError) {
      if (cause.exitCode === 0) return 0
      process.stderr.write(`${cause.message.replace(/^error: /, '')}; --help shows the options\n`)
      return EXIT_USAGE
    }
    if (!(cause instanceof HushgridError)) throw cause
    process.stderr.write(`${cause.message}\n`)
    return EXIT_USAGE
  }
  return status()
}
