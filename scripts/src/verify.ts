import { verifyRun } from '@hushgrid/lab'
import { runCommand } from '@hushgrid/runtime'
import { Command } from 'commander'

await runCommand(
  new Command('pnpm verify')
    .description("Replay a run's transcript offline: every signature, every sum, every contributor, and the figures of its report.")
    .argument('<folder>', 'a report that pnpm nodes:start has written')
    .option(
      '--registrar <key>',
      "the registrar's key, 64 hexadecimal digits, where you know it from elsewhere (default: the report's own word)"
    )
    .addHelpText('after', '\nExamples:\n  pnpm verify runs/first\n  pnpm verify runs/first --registrar 3258514992673b66…')
    .action((folder: string, options: { registrar?: string }) => {
      const verdict = verifyRun(folder, options.registrar)
      for (const line of verdict.lines) console.log(line)
      if (verdict.problems.length > 0) process.exitCode = 1
      for (const problem of verdict.problems) console.error(problem)
    })
)
