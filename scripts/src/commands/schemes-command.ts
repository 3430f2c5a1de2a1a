// `pnpm schemes`: what is known of the schemes of the literature, and attacks on them.
import { HushgridError, meant, printable, systemRng } from '@hushgrid/primitives'
import { runCommand, wholeNumber } from '@hushgrid/runtime'
import { ATTACKS, SCHEMES, type Scheme, type SchemeName } from '@hushgrid/schemes'
import { Command } from 'commander'
import { madeReadings, runAttack } from '../schemes/run-attack.ts'
import { attacksText, attackText, schemeDocument, schemesText, schemeText } from '../schemes/schemes-text.ts'

interface ListOptions {
  readonly n: number
  readonly json?: boolean
}

interface AttackOptions {
  readonly seed: string
  readonly json?: boolean
}

const EXAMPLES = `
Examples:
  pnpm schemes
  pnpm schemes joye-libert
  pnpm schemes --n 200 --json
  pnpm schemes attack
  pnpm schemes attack garcia-jacobs`

const ATTACK_EXAMPLES = `
Ends with 1 where an attack fails against the scheme as published, or succeeds
against the one that is mended.

Examples:
  pnpm schemes attack
  pnpm schemes attack shi --seed another-day`

/** Runs the command; sets the exit status. */
export async function main(argv: readonly string[]): Promise<void> {
  const command = new Command('pnpm schemes')
    .description('List the aggregation schemes of the literature, or show one: how it works, and what is uncertain about it.')
    .argument('[name]', 'a scheme; without one, all are listed')
    .option('--n <meters>', 'meters for whom messages are counted', wholeNumber('--n', 2, 65_535), 50)
    .option('--json', 'print JSON')
    .allowExcessArguments(false)
    .enablePositionalOptions()
    .addHelpText('after', EXAMPLES)
    .action(show)
  command
    .command('attack')
    .description('Attack a scheme, in a small group with new keys; then the same where an option mends it.')
    .argument('[name]', 'a scheme; without one, the attacks are listed')
    .option('--seed <text>', 'seed of the made-up readings', 'attack')
    .option('--json', 'print JSON')
    .allowExcessArguments(false)
    .addHelpText('after', ATTACK_EXAMPLES)
    // --json may stand before `attack` too.
    .action((name: string | undefined, _: AttackOptions, called: Command) => attack(name, called.optsWithGlobals()))
  await runCommand(command, argv)
}

const NAMES = Object.keys(SCHEMES) as readonly SchemeName[]
const made = (name: SchemeName): Scheme => SCHEMES[name]()

function show(name: string | undefined, { n, json }: ListOptions): void {
  if (name === undefined) {
    const schemes = NAMES.map(made)
    if (json) printJson(schemes.map(scheme => schemeDocument(scheme, n)))
    else print(schemesText(schemes, n))
    return
  }
  const scheme = made(known(name, NAMES, ['attack']))
  if (json) printJson(schemeDocument(scheme, n))
  else print(schemeText(scheme, n, ATTACKS[scheme.name]))
}

function attack(name: string | undefined, { seed, json }: AttackOptions): void {
  const attacked = NAMES.filter(each => ATTACKS[each])
  if (name === undefined) {
    const attacks = attacked.map(each => ({ scheme: each, title: ATTACKS[each]?.title ?? '', repair: ATTACKS[each]?.repair?.what }))
    if (json) printJson(attacks)
    else print(attacksText(attacks))
    return
  }
  const found = runAttack(known(name, attacked), madeReadings(seed), systemRng)
  if (json) printJson({ ...found, seed })
  else print(attackText(found, seed))
  if (!found.holds) process.exitCode = 1
}

/** Finds a scheme by its name. @throws HushgridError with the name that was probably meant */
function known(name: string, names: readonly SchemeName[], others: readonly string[] = []): SchemeName {
  const found = names.find(each => each === name)
  if (found !== undefined) return found
  const without = (NAMES as readonly string[]).includes(name) ? `, on which there is no attack here` : ''
  throw new HushgridError(
    `name: expected one of ${names.join(', ')}, got '${printable(name)}'${without || meant(name, [...names, ...others])}`
  )
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)
}
