// Holds README.md and docs to what is there: each command is run here or shown by another test, options exist, links and
// paths lead somewhere, samples can be read, and the examples print what their page says.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseTariff } from '@hushgrid/billing'
import { parseEvaluation } from '@hushgrid/evaluation'
import { detectLayout } from '@hushgrid/load-profiles'
import { parseScenario } from '@hushgrid/scenarios'
import { parseNetwork } from '@hushgrid/topology'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anchorsOf, blocksOf, commandsOf, exists, linksOf, pages, pathsOf, ROOT, textOf } from './support/docs-pages.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-docs-'))
const inFolder = (name: string): string => join(folder, name)
/** A program that starts on two busy cores, or a short run. */
const LONG = 120_000

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const COMMANDS = pages().flatMap(commandsOf)
const TEXTS = [...new Set(COMMANDS.map(({ text }) => text.replace(/^npx pnpm@12 /, 'pnpm ')))].sort()

/** What gets the repository and its tools, and the file that does the same for every test run. */
const SETTING_UP: Readonly<Record<string, string>> = {
  'git clone <address of this repository> hushgrid': '.ci/run',
  'cd hushgrid': '.ci/run',
  'npm install -g pnpm@12': '.ci/run',
  'pnpm install': '.ci/run',
  'pnpm test': '.ci/run',
  'pnpm types': 'package.json',
  'pnpm lint': 'package.json',
  'pnpm check': 'package.json',
  'pnpm dead': 'package.json',
  'pnpm api': 'package.json',
  'pnpm coverage': 'package.json',
  'pnpm web:build': 'package.json',
  'pnpm test:only': 'package.json',
  'pnpm test:only packages/dcnet': 'package.json',
  'pnpm test:long': 'package.json',
  'pnpm generate': 'packages/messages/test/generated.test.ts'
}

/** Programs and their subcommands: the entry file, and tests that show how each is called. */
const PROGRAMS: Readonly<Record<string, { readonly entry: string; readonly shownBy: readonly string[] }>> = {
  'nodes:start': program('scripts/src/nodes-start.ts', 'scripts/test/nodes-start.test.ts', 'scripts/test/support/started-run.ts'),
  churn: program('scripts/src/churn.ts', 'scripts/test/churn.test.ts'),
  verify: program('scripts/src/verify.ts', 'scripts/test/nodes-start.test.ts'),
  topology: program('scripts/src/topology.ts', 'scripts/test/topology.test.ts'),
  vectors: program('scripts/src/vectors.ts', 'test/vectors.test.ts'),
  schemes: program('scripts/src/schemes.ts', 'scripts/test/schemes.test.ts'),
  'schemes attack': program('scripts/src/schemes.ts', 'scripts/test/schemes.test.ts'),
  bench: program('scripts/src/bench.ts', 'scripts/test/bench.test.ts', 'scripts/test/bench-against.test.ts'),
  compare: program('scripts/src/compare.ts', 'scripts/test/compare.test.ts', 'scripts/test/compare-million.test.ts'),
  evaluate: program('scripts/src/evaluate.ts', 'scripts/test/evaluate.test.ts'),
  sweep: program('scripts/src/sweep.ts', 'scripts/test/evaluate.test.ts'),
  demo: program('scripts/src/demo.ts', 'test/browser/desk-and-customer.test.ts'),
  readings: program('scripts/src/readings.ts', 'scripts/test/readings.test.ts'),
  bill: program('scripts/src/bill.ts', 'scripts/test/bill.test.ts'),
  'bill verify': program('scripts/src/bill.ts', 'scripts/test/bill.test.ts'),
  'node:registrar': program('nodes/registrar/src/main.ts', 'test/processes/dcnet.test.ts', 'test/processes/inputs.test.ts'),
  'node:aggregator': program(
    'nodes/aggregator/src/main.ts',
    'test/processes/dcnet.test.ts',
    'test/processes/mdms.test.ts',
    'test/processes/withheld-lane.test.ts'
  ),
  'node:meter': program(
    'nodes/meter/src/main.ts',
    'test/processes/dcnet.test.ts',
    'test/processes/inputs.test.ts',
    'test/processes/pes.test.ts',
    'test/processes/billing.test.ts'
  ),
  'node:meter billing-pair': program('nodes/meter/src/main.ts', 'test/processes/billing.test.ts'),
  'node:concentrator': program('nodes/concentrator/src/main.ts', 'test/processes/pes.test.ts', 'test/processes/inputs.test.ts'),
  'node:concentrator id': program('nodes/concentrator/src/main.ts', 'test/processes/pes.test.ts'),
  'node:pes': program('nodes/concentrator/src/pes-main.ts', 'test/processes/pes.test.ts', 'test/processes/inputs.test.ts'),
  'node:pes id': program('nodes/concentrator/src/pes-main.ts', 'test/processes/pes.test.ts'),
  'node:mdms': program(
    'nodes/mdms/src/main.ts',
    'test/processes/mdms.test.ts',
    'test/processes/pes.test.ts',
    'test/processes/withheld-lane.test.ts',
    'nodes/mdms/test/web/command.test.ts'
  ),
  'node:mdms id': program('nodes/mdms/src/main.ts', 'test/processes/mdms.test.ts'),
  'node:mdms deal': program('nodes/mdms/src/main.ts', 'test/processes/pes.test.ts'),
  'node:mdms sign-meters': program('nodes/mdms/src/main.ts', 'test/processes/pes.test.ts'),
  'node:mdms desk': program('nodes/mdms/src/main.ts', 'nodes/mdms/test/web/command.test.ts'),
  'node:mdms household': program('nodes/mdms/src/main.ts', 'nodes/mdms/test/household/household-command.test.ts'),
  'node:mdms account add': program(
    'nodes/mdms/src/main.ts',
    'nodes/mdms/test/commands/store-commands.test.ts',
    'nodes/mdms/test/household/household-command.test.ts'
  ),
  'node:mdms tariff add': program('nodes/mdms/src/main.ts', 'nodes/mdms/test/bills/deliveries.test.ts'),
  'node:mdms show totals': program('nodes/mdms/src/main.ts', 'nodes/mdms/test/commands/store-commands.test.ts'),
  'node:mdms show bills': program('nodes/mdms/src/main.ts', 'nodes/mdms/test/commands/show-bills.test.ts'),
  'node:mdms show forecast': program('nodes/mdms/src/main.ts', 'nodes/mdms/test/commands/store-commands.test.ts'),
  'node:customer': program('nodes/customer/src/main.ts', 'test/processes/billing.test.ts'),
  'node:customer pair': program('nodes/customer/src/main.ts', 'test/processes/billing.test.ts'),
  'node:customer fetch': program('nodes/customer/src/main.ts', 'test/processes/billing.test.ts'),
  'node:customer bill': program('nodes/customer/src/main.ts', 'test/processes/billing.test.ts'),
  'node:customer send': program('nodes/customer/src/main.ts', 'test/processes/billing.test.ts'),
  'node:customer export': program(
    'nodes/customer/src/main.ts',
    'test/processes/billing.test.ts',
    'nodes/customer/test/meter-and-customer.test.ts'
  ),
  'node:customer serve': program('nodes/customer/src/main.ts', 'nodes/customer/test/portal/processes.test.ts'),
  'node:customer register': program('nodes/customer/src/main.ts', 'nodes/customer/test/portal/processes.test.ts')
}

function program(entry: string, ...shownBy: readonly string[]) {
  return { entry, shownBy }
}

/** Subcommands whose options are their parent's to explain. */
const SUBCOMMANDS = ['topology exposure', 'topology degree', 'topology check', 'topology schema']

/** A pnpm command taken apart: its program with subcommands, and the options that it gives. */
function takenApart(text: string): { head: string; words: string[]; options: string[] } | undefined {
  const [pnpm, ...words] = text.split(' ')
  if (pnpm !== 'pnpm') return undefined
  const head = [3, 2, 1].map(length => words.slice(0, length).join(' ')).find(candidate => candidate in PROGRAMS)
  if (head === undefined) return undefined
  const options = words.filter(word => word.startsWith('--')).map(word => word.split('=')[0] ?? word)
  return { head, words, options: [...new Set(options)] }
}

/** Whether a test starts a program: by its entry file, by the name of its role, or by a helper of its own package's tests. */
function calls(entry: string, file: string, text: string): boolean {
  const [root, role = ''] = entry.split('/')
  if (root !== 'nodes') return text.includes(basename(entry)) || text.includes(`@hushgrid/scripts/${basename(entry, '.ts')}'`)
  const name = entry.endsWith('pes-main.ts') ? 'pes' : role
  if (text.includes(`'${name}'`)) return true
  return file.startsWith(`nodes/${role}/`) && /src\/main\.ts|from '\.\.\/support\//.test(text)
}

/** Runs a program of the repository from its root. */
function run(args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [...args], { cwd: ROOT, timeout: LONG, maxBuffer: 1 << 26 }, (error, out, err) =>
      resolve({ status: error ? Number(error.code) : 0, out, err })
    )
  })
}

/** Files that pages talk of as the reader's own, and where they are here. */
const OWN_FILES: Readonly<Record<string, string>> = {
  'readings.csv': inFolder('readings.csv'),
  'february.bill': inFolder('february.bill'),
  'topology/scenarios/my-outage.yaml': inFolder('topology/scenarios/my-outage.yaml'),
  'elm-street.yaml': inFolder('elm-street.yaml'),
  'runs/first': inFolder('first'),
  'runs/my-outage': inFolder('my-outage'),
  'supplier.share': inFolder('supplier.share'),
  'pes.share': inFolder('pes.share'),
  'dealer.key': inFolder('dealer.key'),
  'runs/readings.csv': inFolder('readings.csv'),
  'runs/first-try': inFolder('first-try'),
  'my-evaluation.yaml': inFolder('my-evaluation.yaml')
}

/** The YAML block of a page that has such a name. */
function namedBlock(name: string): string {
  const found = pages()
    .flatMap(blocksOf)
    .find(({ language, text }) => language === 'yaml' && text.includes(`name: ${name}\n`))
  if (!found) throw new Error(`expected a YAML block named ${name} in the docs, got none`)
  return found.text
}

/** Commands that are run here, in this order, as the pages have them. */
const RUN_HERE = [
  'pnpm bill --help',
  'pnpm topology schema',
  'pnpm topology check topology/networks/street-25.yaml',
  'pnpm topology check elm-street.yaml',
  'pnpm topology degree --n 200',
  'pnpm topology degree --n 200 --collusion 0.2 --recovery double-mask',
  'pnpm topology exposure --n 50 --degree 2',
  'pnpm topology exposure --n 50 --degree 2 --collusion 0.1',
  'pnpm vectors test/vectors/dcnet.json',
  'pnpm schemes',
  'pnpm schemes joye-libert',
  'pnpm schemes attack',
  'pnpm schemes attack garcia-jacobs',
  'pnpm churn --list',
  'pnpm churn evening-outage',
  'pnpm churn evening-outage --recovery double-mask',
  'pnpm churn topology/scenarios/evening-outage.yaml',
  'pnpm churn attack-ask-twice',
  'pnpm churn topology/scenarios/my-outage.yaml',
  'pnpm churn topology/scenarios/my-outage.yaml --recovery double-mask',
  'pnpm churn topology/scenarios/my-outage.yaml --seed 7 --report runs/my-outage',
  'pnpm bill --data runs/readings.csv --tariff packages/billing/tariffs/flat.yaml --household flat-1',
  'pnpm bill --data readings.csv --tariff packages/billing/tariffs/flat.yaml --household house-12 --period 2013-02 --out february.bill',
  'pnpm bill verify february.bill --tariff packages/billing/tariffs/flat.yaml',
  'pnpm nodes:start --n 10 --slots 4 --slot-ms 2000 --no-web --seed readme --report runs/first',
  'pnpm verify runs/first',
  'pnpm compare --n 7 --modes plain,dcnet --degree 4 --slots 2 --slot-ms 2000 --out runs/first-try',
  'pnpm evaluate --list',
  'pnpm evaluate quick --dry-run',
  'pnpm evaluate my-evaluation.yaml --dry-run',
  'pnpm node:mdms deal --network elm-street.yaml --dealer-key dealer.key --bits 2048 --supplier-share supplier.share --pes-share pes.share'
]
/** Commands that say what they load, or whose nodes may warn of a slot that was late. */
const isLive = (text: string): boolean => /^pnpm (nodes:start|compare|evaluate) /.test(text)

const isExample = (text: string): boolean => text.startsWith('pnpm exec node docs/examples/')

beforeAll(() => {
  const start = Date.UTC(2013, 1, 4)
  const rows = Array.from({ length: 96 }, (_, i) => `${new Date(start + i * 1_800_000).toISOString().slice(0, 16)}Z,${100 + i},${i % 7}`)
  writeFileSync(inFolder('readings.csv'), `slot_start_utc,house-12,flat-1\n${rows.join('\n')}\n`)
  mkdirSync(inFolder('topology/scenarios'), { recursive: true })
  cpSync(join(ROOT, 'topology/networks'), inFolder('topology/networks'), { recursive: true })
  writeFileSync(inFolder('topology/scenarios/my-outage.yaml'), namedBlock('my-outage'))
  writeFileSync(inFolder('elm-street.yaml'), namedBlock('elm-street'))
  writeFileSync(inFolder('my-evaluation.yaml'), namedBlock('my-evaluation'))
})

describe('commands', () => {
  it('are run here, or are shown by a test that gives the same options', () => {
    const unknown: string[] = []
    const kept = new Map<string, string>()
    const read = (file: string): string => {
      if (!kept.has(file)) kept.set(file, readFileSync(join(ROOT, file), 'utf8'))
      return kept.get(file) ?? ''
    }
    for (const text of TEXTS) {
      if (text in SETTING_UP || RUN_HERE.includes(text) || isExample(text)) continue
      const command = takenApart(text)
      if (!command) {
        unknown.push(`${text}: no program that is known here`)
        continue
      }
      const { entry, shownBy } = PROGRAMS[command.head] ?? { entry: '', shownBy: [] }
      const shown = [...shownBy.map(read), ...RUN_HERE.filter(other => takenApart(other)?.head === command.head)]
      const [, ...subcommands] = command.head.split(' ')
      const missing = [
        ...(shownBy.some(file => calls(entry, file, read(file))) ? [] : [entry]),
        ...subcommands.filter(word => !shown.some(text => new RegExp(`['"\`]${word}['"\` ]`).test(text))),
        ...command.options.filter(option => !shown.some(text => new RegExp(`${option}(?![\\w-])`).test(text)))
      ]
      if (missing.length > 0) unknown.push(`${text}: ${missing.join(', ')} in none of ${shownBy.join(', ')}`)
    }
    expect(unknown).toEqual([])
  })

  it('stand in the docs if they are listed here, and every file that shows one is there', () => {
    expect(RUN_HERE.filter(text => !TEXTS.includes(text))).toEqual([])
    expect(Object.keys(SETTING_UP).filter(text => !TEXTS.includes(text))).toEqual([])
    const heads = new Set(TEXTS.map(text => takenApart(text)?.head))
    expect(Object.keys(PROGRAMS).filter(head => !heads.has(head))).toEqual([])
    const files = [...Object.values(SETTING_UP), ...Object.values(PROGRAMS).flatMap(({ entry, shownBy }) => [entry, ...shownBy])]
    expect([...new Set(files)].filter(file => !existsSync(join(ROOT, file)))).toEqual([])
  })

  it('are scripts of package.json, with the entry that is tried here', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
    const wrong = Object.entries(PROGRAMS).filter(([head, { entry }]) => !scripts[head.split(' ')[0] ?? '']?.endsWith(entry))
    expect(wrong.map(([head]) => head)).toEqual([])
    const tools = TEXTS.filter(text => text in SETTING_UP && text.startsWith('pnpm ') && text !== 'pnpm install')
    expect(tools.filter(text => !((text.split(' ')[1] ?? '') in scripts))).toEqual([])
  })

  const used = new Map<string, Set<string>>()
  for (const text of TEXTS) {
    const command = takenApart(text)
    if (!command) continue
    const sub = SUBCOMMANDS.find(name => text.startsWith(`pnpm ${name}`))
    const head = sub ?? command.head
    used.set(head, new Set([...(used.get(head) ?? []), ...command.options]))
  }
  it.each([...used])('pnpm %s has the options that the docs give it', { timeout: LONG }, async (head, options) => {
    const [script = '', ...subcommands] = head.split(' ')
    const entry = PROGRAMS[head]?.entry ?? PROGRAMS[script]?.entry ?? ''
    const { status, out } = await run([entry, ...subcommands, '--help'])
    expect(status).toBe(0)
    expect([...options].filter(option => !new RegExp(`${option}(?![\\w-])`).test(out))).toEqual([])
  })

  it.each(RUN_HERE)('%s', { timeout: LONG }, async text => {
    const [script = '', ...args] = text.split(' ').slice(1)
    const entry = PROGRAMS[script]?.entry ?? ''
    const { status, err, out } = await run([entry, ...args.map(word => OWN_FILES[word] ?? word)])
    expect([status, isLive(text) ? '' : err]).toEqual([0, ''])
    expect(out).not.toBe('')
  })
})

describe('examples', () => {
  const blocks = blocksOf('docs/examples/README.md')
  const shown = blocks.flatMap(({ language, text }, i) => {
    const file = /^pnpm exec node (docs\/examples\/\S+)(.*)$/m.exec(text)
    return language === 'sh' && file ? [{ file: file[1] ?? '', args: (file[2] ?? '').trim(), out: blocks[i + 1]?.text ?? '' }] : []
  })
  /** Keys are drawn anew in each run. */
  const withoutKeys = (text: string): string => text.replaceAll(/[0-9a-f]{64}/g, 'KEY')

  it.each(shown)('$file prints what the page says', { timeout: LONG }, async ({ file, args, out }) => {
    const own = args === '' ? [] : args.split(' ').map(word => OWN_FILES[word] ?? word)
    const ended = await run([file, ...own])
    expect([ended.status, ended.err]).toEqual([0, ''])
    expect(withoutKeys(ended.out)).toBe(withoutKeys(out))
  })

  it('are all shown', () => {
    const files = globSync('docs/examples/*.ts', { cwd: ROOT }).map(file => file.replaceAll('\\', '/'))
    expect(shown.map(({ file }) => file).sort()).toEqual(files.sort())
  })
})

describe('samples', () => {
  const yaml = pages()
    .flatMap(blocksOf)
    .filter(({ language }) => language === 'yaml')
  it.each(yaml)('$page: a YAML sample is read', ({ page, text }) => {
    if (text.includes('operations:')) expect(parseScenario(text, page).slots).toBeGreaterThan(0)
    else if (text.includes('contenders:')) expect(parseEvaluation({ file: page, text }).name).not.toBe('')
    else if (text.includes('import:')) expect(parseTariff(text, page).name).not.toBe('')
    else expect(parseNetwork(text, page).members).toBeGreaterThan(0)
  })

  it('of readings are of the layouts that data.md says', () => {
    const [section = ''] = textOf('docs/data.md').split('### Networks')
    const samples = [...section.matchAll(/^```(?:csv|xml)?\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text.trimEnd().split('\n'))
    expect(samples.map(lines => detectLayout(lines, 'house_1/channel_1.dat').name)).toEqual([
      'wide-csv',
      'long-csv',
      'green-button',
      'low-carbon-london',
      'smart-star',
      'refit',
      'uk-dale',
      'uci-household'
    ])
  })

  it('of a run have the columns that a run writes', { timeout: LONG }, () => {
    const headers = textOf('docs/data.md').split('\n')
    for (const [report, file] of [
      ['first', 'slots.csv'],
      ['first', 'membership.csv'],
      ['my-outage', 'membership.csv']
    ] as const) {
      expect(headers).toContain(readFileSync(join(inFolder(report), file), 'utf8').split('\n')[0])
    }
  })
})

describe('pages', () => {
  it('lead somewhere with every link, path and heading', () => {
    const dead = pages().flatMap(page => [
      ...[...linksOf(page), ...pathsOf(page)].filter(({ target }) => !(target in OWN_FILES) && !exists(target)),
      ...linksOf(page).filter(({ target, anchor }) => anchor !== undefined && exists(target) && !anchorsOf(target).has(anchor))
    ])
    expect(dead).toEqual([])
  })

  it('are all reached from README.md', () => {
    const reached = new Set(['README.md'])
    for (const page of reached) for (const { target } of linksOf(page)) if (target.endsWith('.md') && exists(target)) reached.add(target)
    expect(pages().filter(page => !reached.has(page))).toEqual([])
  })

  it('of the front door have room on a few screens', () => {
    expect(textOf('README.md').split('\n').length).toBeLessThanOrEqual(150)
  })
})
