// `pnpm vectors`: checks this implementation against the protocol's known answers.
import { checkVectorCase, parseVectors } from '@hushgrid/dcnet'
import { failWith, readTextFile, runCommand } from '@hushgrid/runtime'
import { Command } from 'commander'

const EXAMPLES = `
Examples:
  pnpm vectors test/vectors/dcnet.json
  pnpm vectors test/vectors/*.json
`

/** Runs the command; sets the exit status: 1 where an answer differs, 2 where the input was wrong. */
export async function main(argv: readonly string[]): Promise<void> {
  const command = new Command('pnpm vectors')
    .description(
      'Check known answers for the protocol: rosters, credentials, rings, masks, submissions, releases, shares, open lanes, totals, edge openings.'
    )
    .argument('<files...>', 'files of cases, JSON')
    .addHelpText('after', EXAMPLES)
    .action(run)
  await runCommand(command, argv)
}

function run(files: readonly string[]): void {
  let [passed, failed] = [0, 0]
  for (const file of files)
    for (const vector of parseVectors(readTextFile(file, 'a file of cases'), file)) {
      const { failures, checked } = checkVectorCase(vector)
      if (failures.length > 0) failed++
      else passed++
      if (failures.length > 0) print(`FAIL ${vector.name}`, ...failures.map(failure => `     ${failure}`))
      else print(`ok   ${vector.name}`, `     ${checked.join(', ')}`)
    }
  print(`${passed} passed, ${failed} failed`)
  if (failed > 0) process.exitCode = 1
  else if (passed === 0) failWith('expected at least one case, got none')
}

function print(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`)
}
