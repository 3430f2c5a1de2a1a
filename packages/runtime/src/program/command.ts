// Errors of every command: one sentence on standard error and exit status 2 where the person's input is wrong.
import { HushgridError } from '@hushgrid/primitives'
import { type Command, CommanderError } from 'commander'
import { failWith } from './failure.ts'
import { watchOutput } from './output.ts'

/** Layout of --help: options that are long still wrap their text in a terminal of 80 columns. */
export const HELP_LAYOUT = { minWidthToWrap: 20 }

/**
 * Runs a command. Errors of ours and of the option parser end in one sentence and status 2; anything else is a defect
 * and keeps its stack.
 */
export async function runCommand(program: Command, argv: readonly string[] = process.argv): Promise<void> {
  watchOutput()
  for (const command of [program, ...program.commands]) {
    command.exitOverride()
    command.configureOutput({ writeErr: () => undefined })
    command.showHelpAfterError(false)
    command.configureHelp(HELP_LAYOUT)
  }
  try {
    await program.parseAsync([...argv])
  } catch (cause) {
    if (cause instanceof CommanderError) {
      // A program of several commands, called with none, would print its help, which is not one sentence.
      const message = cause.code === 'commander.help' ? 'expected a command' : cause.message.replace(/^error: |\.$/g, '')
      if (cause.exitCode !== 0) failWith(`${message}. Try --help.`)
    } else if (cause instanceof HushgridError) failWith(cause.message)
    else throw cause
  }
}
