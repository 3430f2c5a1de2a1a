// Help of every command, in lines of 80 columns: options and descriptions, which commander lays out, and the prose and
// examples below them, which are written by hand.
import { TERMINAL_COLUMNS, wrapped, wrappedText } from '@hushgrid/primitives'
import { type Command, Help, type HelpConfiguration } from 'commander'

/** Width of an option beyond which its description begins on the next line. */
const MOST_TERM_WIDTH = 28
/** Blanks before an option, as commander writes them. */
const INDENT = '  '
/** Blank at which no line is broken: a command of two words is read as one. */
const UNBROKEN = '\u00a0'

/** Layout of options and descriptions. */
const LAYOUT: HelpConfiguration = {
  helpWidth: TERMINAL_COLUMNS,
  minWidthToWrap: 20,
  padWidth: (command, helper) => Math.min(MOST_TERM_WIDTH, Help.prototype.padWidth.call(helper, command, helper)),
  formatItem(term, termWidth, description, helper) {
    const item = (text: string): string => Help.prototype.formatItem.call(helper, text, termWidth, description, helper)
    return term.length <= termWidth || description === '' ? item(term) : `${INDENT}${term}\n${item('')}`
  }
}

/** Has a command and those below it write their help in 80 columns, and no error of their own. */
export function configureHelp(command: Command, write: (text: string) => void): void {
  command
    .exitOverride()
    .showHelpAfterError(false)
    .configureHelp(LAYOUT)
    .configureOutput({ writeOut: text => write(helpText(text)), writeErr: () => undefined })
  for (const each of command.commands) configureHelp(each, write)
}

/** Fits help into 80 columns: paragraphs are filled anew, commands of the examples broken before an option. */
export function helpText(text: string): string {
  const lines: string[] = []
  let paragraph: string[] = []
  const endParagraph = (): void => {
    if (paragraph.length > 0)
      lines.push(...wrapped(paragraph.join(' ').replaceAll('pnpm ', `pnpm${UNBROKEN}`)).map(line => line.replaceAll(UNBROKEN, ' ')))
    paragraph = []
  }
  for (const line of text.replaceAll(/ *\\\n */g, ' ').split('\n')) {
    if (/^\S/.test(line)) paragraph.push(line)
    else {
      endParagraph()
      lines.push(...(/^ +pnpm /.test(line) ? exampleLines(line) : [wrappedText(line)]))
    }
  }
  endParagraph()
  return lines.join('\n')
}

/** Breaks an example that is too long; what it shows then stands above it. */
function exampleLines(line: string): string[] {
  if (line.length <= TERMINAL_COLUMNS) return [line]
  const [, indent = '', command = '', comment] = /^( +)(.*?)(?: {3,}(\S.*))?$/.exec(line) ?? []
  const broken: string[] = []
  let shown = indent
  for (const part of command.split(/ (?=--)/)) {
    if (shown.trim() !== '' && `${shown} ${part} \\`.length > TERMINAL_COLUMNS) {
      broken.push(`${shown} \\`)
      shown = `${indent}  ${part}`
    } else shown += shown.trim() === '' ? part : ` ${part}`
  }
  return [...(comment === undefined ? [] : wrapped(comment, { first: `${indent}# ` })), ...broken, shown]
}

/** Names the commands of a program that are programs of their own, for its help. */
export function commandsText(commands: readonly string[]): string {
  return commands.length === 0 ? '' : `\nCommands: ${commands.join(', ')}; each explains itself with --help.\n`
}
