// `pnpm schemes`: what it says of the schemes is their facts, in 80 columns; attacks run, and end with a status.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ATTACKS, type Attack, SCHEMES, type SchemeName } from '@hushgrid/schemes'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { main } from '../src/commands/schemes-command.ts'
import { attacksText, attackText, schemeDocument, schemesText, schemeText } from '../src/schemes/schemes-text.ts'

const PROGRAM = fileURLToPath(new URL('../src/schemes.ts', import.meta.url))
const LONG = 60_000
const NAMES = Object.keys(SCHEMES) as SchemeName[]
const ALL = NAMES.map(name => SCHEMES[name]())

function run(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [PROGRAM, ...args], { timeout: LONG }, (error, out, err) =>
      resolve({ status: error ? Number(error.code) : 0, out, err })
    )
  })
}

const wide = (lines: readonly string[]): string[] => lines.filter(line => [...line].length > 80)
/** Joins lines, so that a text that was wrapped is found again. */
const joined = (lines: readonly string[]): string => lines.join(' ').replaceAll(/\s+/g, ' ')

describe('the list', () => {
  it('has each scheme with its facts, in 80 columns', { timeout: LONG }, async () => {
    const { status, out, err } = await run()
    expect({ status, err }).toEqual({ status: 0, err: '' })
    const lines = out.trimEnd().split('\n')
    expect(wide(lines)).toEqual([])
    expect(lines).toEqual(schemesText(ALL, 50))
    for (const { name, facts } of ALL) {
      const row = lines.find(line => line.startsWith(`${name} `))
      expect(row?.split(/\s+/).slice(1)).toEqual([
        facts.family,
        facts.dealer,
        ...[facts.rounds, facts.messages(50), facts.strength].map(String)
      ])
      expect(joined(lines)).toContain(`missing meter: ${facts.missing}; who must collude: ${facts.collusion}`)
    }
  })

  it('counts messages among so many meters', () => {
    const [row] = schemesText([SCHEMES['garcia-jacobs']()], 65_535).slice(1)
    expect(row).toMatch(/ 196605 /)
    expect(wide(schemesText(ALL, 65_535))).toEqual([])
  })

  it('comes as JSON', { timeout: LONG }, async () => {
    const { status, out } = await run('--n', '7', '--json')
    expect(status).toBe(0)
    expect(JSON.parse(out)).toEqual(ALL.map(scheme => schemeDocument(scheme, 7)))
    expect(JSON.parse(out)[0]).toMatchObject({ name: 'plain', messages: 7, meters: 7, maxReading: String(1n << 47n) })
  })
})

describe('a scheme', () => {
  it.each(ALL)('$name is shown by its facts alone, in 80 columns', scheme => {
    const { name, facts } = scheme
    const lines = schemeText(scheme, 50, ATTACKS[name])
    expect(wide(lines)).toEqual([])
    const text = joined(lines)
    for (const said of [facts.title, facts.citation, facts.missing, ...facts.how, ...facts.uncertain])
      expect(text).toContain(joined([said]))
    expect(lines.filter(line => line.startsWith('- '))).toHaveLength(facts.uncertain.length)
    expect(text.includes(`pnpm schemes attack ${name}.`)).toBe(name in ATTACKS)
  })

  it('is shown by its name, as JSON too', { timeout: LONG }, async () => {
    const [shown, json] = await Promise.all([run('joye-libert', '--n', '7'), run('joye-libert', '--n', '7', '--json')])
    const scheme = SCHEMES['joye-libert']()
    expect(shown).toEqual({ status: 0, out: `${schemeText(scheme, 7, ATTACKS['joye-libert']).join('\n')}\n`, err: '' })
    expect(JSON.parse(json.out)).toEqual(schemeDocument(scheme, 7))
  })

  it('that is none is an error of one sentence', { timeout: LONG }, async () => {
    const ended = await Promise.all([run('shy'), run('atack'), run('attack', 'plain'), run('--n', '1'), run('shi', 'plain')])
    expect(ended.map(({ status, out }) => [status, out])).toEqual(Array(5).fill([2, '']))
    expect(ended.map(({ err }) => err)).toEqual([
      `name: expected one of ${NAMES.join(', ')}, got 'shy' (did you mean shi?)\n`,
      `name: expected one of ${NAMES.join(', ')}, got 'atack' (did you mean attack?)\n`,
      expect.stringMatching(/^name: expected one of .*, got 'plain', on which there is no attack here\n$/),
      '--n: expected a whole number from 2 to 65535, got "1"\n',
      expect.stringMatching(/^too many arguments.*\n$/)
    ])
  })
})

describe('attacks', () => {
  afterEach(() => {
    vi.restoreAllMocks()
    process.exitCode = undefined
  })

  /** Runs the command in this process; gives what it prints and its exit status. */
  async function here(...args: string[]): Promise<{ status: typeof process.exitCode; lines: string[] }> {
    let out = ''
    vi.spyOn(process.stdout, 'write').mockImplementation(text => {
      out += text
      return true
    })
    await main(['node', PROGRAM, ...args])
    return { status: process.exitCode, lines: out.trimEnd().split('\n') }
  }

  it('are listed', { timeout: LONG }, async () => {
    const [{ out }, json, before] = await Promise.all([run('attack'), run('attack', '--json'), run('--json', 'attack')])
    expect(before).toEqual(json)
    const listed = NAMES.filter(name => name in ATTACKS).map(scheme => {
      const { title, repair } = ATTACKS[scheme] as Attack
      return { scheme, title, repair: repair?.what }
    })
    expect(out).toBe(`${attacksText(listed).join('\n')}\n`)
    expect(wide(out.split('\n'))).toEqual([])
    expect(JSON.parse(json.out)).toEqual(JSON.parse(JSON.stringify(listed)))
    expect(listed.map(({ scheme }) => scheme)).toEqual(expect.arrayContaining(['garcia-jacobs', 'shi', 'joye-libert']))
  })

  it('run with new keys', { timeout: LONG }, async () => {
    const [shown, again, json] = await Promise.all([
      run('attack', 'garcia-jacobs'),
      run('attack', 'shi', '--seed', 'another'),
      run('attack', 'shi', '--json')
    ])
    expect([shown, again, json].map(({ status, err }) => [status, err])).toEqual(Array(3).fill([0, '']))
    expect(wide([...shown.out.split('\n'), ...again.out.split('\n')])).toEqual([])
    expect(shown.out).toContain('5 meters with new keys')
    expect(shown.out).toMatch(/as published: the attack succeeds\n(?: {2}.+\n){3,10}\n/)
    expect(again.out).toContain('readings made of the seed "another"')
    expect(JSON.parse(json.out)).toMatchObject({ scheme: 'shi', seed: 'attack', meters: 5, holds: true, published: { succeeded: true } })
  })

  it('end with 1 where they do not do what is said of them', async () => {
    vi.spyOn(ATTACKS.shi as Attack, 'run').mockReturnValue({ succeeded: false, learnt: {}, lines: ['It sees nothing.'] })
    expect(await here('attack', 'shi')).toMatchObject({ status: 1, lines: expect.arrayContaining(['as published: the attack fails']) })
  })

  it('are run against the mended scheme too', async () => {
    const attack = ATTACKS.shi as Attack
    const what = 'an option that a test has'
    const result = (succeeded: boolean) => ({ succeeded, learnt: {}, lines: [succeeded ? 'It reads.' : 'It sees nothing.'] })
    vi.spyOn(attack, 'run').mockImplementation((_, options) => result(options?.maxReading !== 7n))
    const attacks = ATTACKS as Record<string, Attack>
    attacks.shi = { ...attack, repair: { options: { maxReading: 7n }, what } }
    onTestFinished(() => {
      attacks.shi = attack
    })
    const { status, lines } = await here('attack', 'shi')
    expect(status).toBeUndefined()
    expect(lines.slice(-5)).toEqual([
      'as published: the attack succeeds',
      '  It reads.',
      '',
      `mended (${what}): the attack fails`,
      '  It sees nothing.'
    ])
  })

  it('fit into 80 columns with long words of their own', () => {
    const lines = Array(10).fill('x'.repeat(78))
    const one = { succeeded: true, learnt: {}, lines }
    const title = 'a long title of an attack '.repeat(5).trim()
    const text = attackText(
      { scheme: 'shi', title, meters: 5, published: one, repaired: { ...one, what: 'w '.repeat(60) }, holds: false },
      's '.repeat(60)
    )
    expect(wide(text)).toEqual([])
    expect(wide(attacksText([{ scheme: 'shi', title, repair: 'w '.repeat(60) }]))).toEqual([])
  })
})

it('ends in order where nobody takes what it prints', { timeout: LONG }, async () => {
  const child = spawn(process.execPath, [PROGRAM], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    errors += text
  })
  expect([...(await once(child, 'close')), errors]).toEqual([0, null, ''])
  const full = openSync('/dev/full', 'w')
  const other = spawn(process.execPath, [PROGRAM], { stdio: ['ignore', full, 'pipe'] })
  closeSync(full)
  let said = ''
  other.stderr?.setEncoding('utf8').on('data', text => {
    said += text
  })
  const [status] = await once(other, 'close')
  expect([status, said]).toEqual([2, 'standard output: expected to write to it, got ENOSPC\n'])
})
