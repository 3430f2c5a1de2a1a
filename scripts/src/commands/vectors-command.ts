// `pnpm vectors`: checks this implementation against the protocol's known answers.
import { checkVectorCase, parseVectors } from '@hushgrid/dcnet'
import { failWith, readTextFile, runCommand } from '@hushgrid/runtime'
import { checkSchemeFile, parseSchemeFile, type SchemeFinding } from '@hushgrid/schemes'
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
      'Check known answers for the protocol and for the schemes: rosters, credentials, rings, masks, submissions, releases, shares, open lanes, totals, edge openings, messages of schemes.'
    )
    .argument('<files...>', 'files of cases, JSON')
    .addHelpText('after', EXAMPLES)
    .action(run)
  await runCommand(command, argv)
}

function run(files: readonly string[]): void {
  let [passed, failed] = [0, 0]
  for (const file of files)
    for (const { name, failures, checked } of findingsIn(file)) {
      if (failures.length > 0) failed++
      else passed++
      if (failures.length > 0) print(`FAIL ${name}`, ...failures.map(failure => `     ${failure}`))
      else print(`ok   ${name}`, `     ${checked.join(', ')}`)
    }
  print(`${passed} passed, ${failed} failed`)
  if (failed > 0) process.exitCode = 1
  else if (passed === 0) failWith('expected at least one case, got none')
}

function* findingsIn(file: string): Generator<SchemeFinding> {
  const text = readTextFile(file, 'a file of cases')
  const ofSchemes = parseSchemeFile(text, file)
  if (ofSchemes) yield* checkSchemeFile(ofSchemes)
  else for (const vector of parseVectors(text, file)) yield checkVectorCase(vector)
}

function print(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`)
}
