// `pnpm verify`: checks a run's report against its transcript.
import { verifyRun } from '@hushgrid/lab'
import { wrapped } from '@hushgrid/primitives'
import { runCommand } from '@hushgrid/runtime'
import { Command } from 'commander'

const EXAMPLES = `
Examples:
  pnpm verify runs/first
  pnpm verify runs/first --registrar 3258514992673b66…`

/**
 * Runs the command; sets the exit status: 1 where something does not hold, 2 where the input was wrong. A run in virtual time
 * with stand-ins for signatures ends with 0, and says first that nothing signed was checked.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const command = new Command('pnpm verify')
    .description(
      "Check a run's report offline: every signature, sum and contributor, and what follows from them. It ends with what it cannot check."
    )
    .argument('<folder>', 'a report that pnpm nodes:start or pnpm churn has written')
    .option(
      '--registrar <key>',
      "the registrar's key, 64 hexadecimal digits, where you know it from elsewhere (default: the report's own word)"
    )
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string, options: { readonly registrar?: string }) => {
      const { lines, problems } = await verifyRun(folder, options.registrar)
      for (const line of lines) process.stdout.write(`${wrapped(line, { next: '  ' }).join('\n')}\n`)
      if (problems.length > 0) process.exitCode = 1
      for (const problem of problems) process.stderr.write(`${problem}\n`)
    })
  await runCommand(command, argv)
}
