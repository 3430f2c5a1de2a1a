import { readFileSync } from 'node:fs'
import { checkVectorCase, parseVectors } from '@hushgrid/dcnet'
import { HushgridError } from '@hushgrid/primitives'
import { failWith, runCommand } from '@hushgrid/runtime'
import { Command } from 'commander'

const program = new Command('pnpm vectors')
  .description('Check known answers for the protocol: roster hashes, rings, masks, submissions, releases, shares and totals.')
  .argument('<files...>', 'files of cases, JSON')
  .addHelpText(
    'after',
    '\nExamples:\n  pnpm vectors test/vectors/dcnet.json\n  pnpm vectors ../shared/vectors/*.json test/vectors/*.json\n'
  )
  .action((files: string[]) => {
    let passed = 0
    let failed = 0
    for (const file of files) {
      let text: string
      try {
        text = readFileSync(file, 'utf8')
      } catch (cause) {
        throw new HushgridError(`${file}: expected a readable file of cases (${(cause as NodeJS.ErrnoException).code ?? 'unreadable'})`)
      }
      for (const vector of parseVectors(text, file)) {
        const result = checkVectorCase(vector)
        if (result.failures.length > 0) {
          failed++
          console.log(`FAIL ${vector.name}`)
          for (const failure of result.failures) console.log(`     ${failure}`)
        } else {
          passed++
          console.log(`ok   ${vector.name}${vector.refused === undefined ? '' : ` (refused: ${vector.refused})`}`)
        }
      }
    }
    console.log(`${passed} passed, ${failed} failed`)
    if (failed > 0) process.exitCode = 1
    else if (passed === 0) failWith('expected at least one case, got none')
  })

await runCommand(program)
