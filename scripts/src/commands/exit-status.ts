import { configureHelp, EXIT_USAGE, usageSentence, watchOutput } from '@hushgrid/runtime'
import type { Command } from 'commander'

/**
 * Runs a command whose action tells its own outcome.
 *
 * @param status - outcome of the action, asked once it is over
 * @returns the exit status: `status`, 0 after --help, 2 with one sentence on standard error where the input was wrong
 */
export async function exitStatus(program: Command, args: readonly string[], status: () => number): Promise<number> {
  watchOutput()
  configureHelp(program, text => process.stdout.write(text))
  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (cause) {
    const sentence = usageSentence(cause, program)
    if (sentence === undefined) return 0
    process.stderr.write(`${sentence}\n`)
    return EXIT_USAGE
  }
  return status()
}
