// Every command of package.json that a person calls explains itself, and so does every command below it: under the name
// that it is called by, in 80 columns, with each default once; and ends in order where nobody takes that.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Scripts that make or check files of the repository, and take no options. */
const FOR_DEVELOPERS = ['web:build', 'generate', 'api']

const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { scripts: Record<string, string> }
const commands = Object.entries(scripts).filter(([name, line]) => line.startsWith('node ') && !FOR_DEVELOPERS.includes(name))

afterEach(() => {
  vi.restoreAllMocks()
})

it('knows the commands', () => {
  expect(commands.length).toBeGreaterThan(12)
})

/** Runs a command with an output that takes nothing; gives its status and what it says of that. */
async function runInto(output: 'full' | 'closed', args: readonly string[]) {
  const full = openSync('/dev/full', 'w')
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', output === 'full' ? full : 'pipe', 'pipe'] })
  closeSync(full)
  child.stdout?.destroy()
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', text => {
    errors += text
  })
  const [status] = await once(child, 'close')
  return { status, errors }
}

it.each(commands)('pnpm %s --help into a closed pipe, and onto a full disk', { timeout: 60_000 }, async (_, line) => {
  const [, ...args] = line.split(' ')
  const [closed, full] = await Promise.all([runInto('closed', [...args, '--help']), runInto('full', [...args, '--help'])])
  expect(closed).toEqual({ status: 0, errors: '' })
  expect(full).toEqual({ status: 2, errors: 'standard output: expected to write to it, got ENOSPC\n' })
})

it.each(commands.slice(0, 1))('pnpm %s --help as a process', { timeout: 60_000 }, async (name, line) => {
  const [, ...args] = line.split(' ')
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...args, '--help'], { cwd: ROOT })
  expect(stderr).toBe('')
  expect(stdout).toMatch(new RegExp(`^Usage: pnpm ${name} `))
})

type Main = (args: readonly string[], output?: object) => unknown

/** Runs a command of an entry file in this process, as the file itself does. */
async function helpOf(line: string, words: readonly string[]): Promise<string> {
  const entry = line.split(' ').at(-1) ?? ''
  const source = readFileSync(`${ROOT}${entry}`, 'utf8')
  const module = /import\('(\.\/[^']+)'\)/.exec(source)?.[1] ?? ''
  const { main } = (await import(new URL(module, pathToFileURL(`${ROOT}${entry}`)).href)) as { main: Main }
  let out = ''
  const write = (text: string | Uint8Array): boolean => {
    out += text
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(write)
  const args = [...words, '--help']
  await main(source.includes('main(process.argv)') ? ['node', entry, ...args] : args, { out: write, err: () => undefined })
  vi.restoreAllMocks()
  return out
}

/** Finds the commands below one in its help: those that commander lists, and programs of their own. */
function commandsIn(help: string): string[] {
  const [, listed = ''] = /^Commands:\n((?: .*\n)*)/m.exec(help) ?? []
  const [, named = ''] = /^Commands: ([^;]*);\s+each\s+explains\s+itself\s+with\s+--help\.\n\n/m.exec(help) ?? []
  return [...[...listed.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name = '']) => name), ...named.split(/,\s+/)].filter(
    name => name !== '' && name !== 'help'
  )
}

/** The help of a command, which is called by its words after the program's name. */
interface Explained {
  readonly words: readonly string[]
  readonly help: string
}

async function helpsOf(line: string, words: readonly string[]): Promise<Explained[]> {
  const help = await helpOf(line, words)
  const below: Explained[] = []
  for (const name of commandsIn(help)) below.push(...(await helpsOf(line, [...words, name])))
  return [{ words, help }, ...below]
}

describe.each(commands)('pnpm %s', (name, line) => {
  it('explains itself and the commands below it', { timeout: 60_000 }, async () => {
    for (const { words, help } of await helpsOf(line, [])) {
      const called = ['pnpm', name, ...words].join(' ')
      expect(help).toMatch(new RegExp(`^Usage: ${called} `))
      expect({ called, wide: help.split('\n').filter(each => [...each].length > 80) }).toEqual({ called, wide: [] })
      // An option and what is said of it: one default at most.
      const options = help.split(/\n {2}(?=-)/).map(text => text.split(/\n(?! )/)[0] ?? '')
      expect({ called, twice: options.filter(text => (text.match(/default/g) ?? []).length > 1) }).toEqual({ called, twice: [] })
    }
    const [{ help } = { help: '' }] = await helpsOf(line, [])
    expect(help).toMatch(new RegExp(`\n {2}pnpm ${name}`))
  })
})

it('finds the commands below the others', { timeout: 60_000 }, async () => {
  const below = async (name: string): Promise<string[]> =>
    (await helpsOf(scripts[name] ?? '', [])).map(({ words }) => words.join(' ')).filter(words => words !== '')
  expect(await below('topology')).toEqual(['exposure', 'degree', 'check', 'schema'])
  expect(await below('schemes')).toEqual(['attack'])
  expect(await below('bill')).toEqual(['verify'])
  expect(await below('node:registrar')).toEqual(['id', 'lift'])
  expect(await below('node:mdms')).toEqual(expect.arrayContaining(['id', 'deal', 'account add', 'show forecast', 'tariff add', 'desk']))
  expect(await below('node:customer')).toEqual(expect.arrayContaining(['pair', 'register']))
})
