// Errors of every command: one sentence on standard error and exit status 2 where the person's input is wrong.
import { alternatives, HushgridError, meant, printable } from '@hushgrid/primitives'
import { type Command, CommanderError } from 'commander'
import { failWith } from './failure.ts'
import { configureHelp } from './help.ts'
import { watchOutput } from './output.ts'

/**
 * Runs a command. Errors of ours and of the option parser end in one sentence and status 2; anything else is a defect
 * and keeps its stack.
 */
export async function runCommand(program: Command, argv: readonly string[] = process.argv): Promise<void> {
  watchOutput()
  configureHelp(program, text => process.stdout.write(text))
  try {
    await program.parseAsync([...argv])
  } catch (cause) {
    const sentence = usageSentence(cause, program)
    if (sentence !== undefined) failWith(sentence)
  }
}

/**
 * Says in a sentence what is wrong with a command line or the input that it names.
 *
 * @returns undefined where nothing is wrong: help was asked for
 * @throws whatever is no error of ours or of the option parser
 */
export function usageSentence(cause: unknown, program: Command): string | undefined {
  if (cause instanceof HushgridError) return cause.message
  if (!(cause instanceof CommanderError)) throw cause
  if (cause.exitCode === 0) return undefined
  // A program of several commands, called with none, would print its help, which is not one sentence.
  if (cause.code === 'commander.help') return `expected a command: ${alternatives(program.commands.map(each => each.name()))}. Try --help.`
  const message = cause.message.replace(/^error: |\.$/g, '').replace(/\s*\(Did you mean/, ' (did you mean')
  return `${message}. Try --help.`
}

/**
 * Says that a word is no command of a program whose commands are programs of their own. Repeats the word only where a
 * command is near, for it may be a password.
 *
 * @param name - the program, as a person calls it
 */
export function noCommand(name: string, word: string, commands: readonly string[]): string {
  const expected = commands.length === 0 ? 'options only' : `options, or one of the commands ${commands.join(', ')}`
  const near = meant(word, commands)
  return `${name}: expected ${expected}, got ${near === '' ? 'another word' : `'${printable(word)}'${near}`}. Try ${name} --help.`
}
