// `pnpm vectors` as a person calls it: on the known answers of this folder, which test/vectors/generate.ts computes without
// any of our code, on those beside PROTOCOL.md, and on what must not pass.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const workspace = fileURLToPath(new URL('..', import.meta.url))
const own = join(workspace, 'test/vectors')
const shared = join(workspace, '../shared/vectors')
const work = mkdtempSync(join(tmpdir(), 'hushgrid-vectors-'))
afterAll(() => rmSync(work, { recursive: true }))

interface Outcome {
  readonly status: number
  readonly out: string
  readonly err: string
}

function node(...args: string[]): Promise<Outcome> {
  return new Promise(resolve => {
    execFile(process.execPath, args, { cwd: workspace, maxBuffer: 1 << 26 }, (cause, out, err) => {
      resolve({ status: cause ? Number(cause.code) : 0, out, err })
    })
  })
}

const vectors = (...args: string[]) => node('scripts/src/vectors.ts', ...args)

type Json = string | number | boolean | null | Json[] | { [name: string]: Json }
type Case = { [name: string]: Json } & { name: string }

function casesIn(folder: string, file: string): Case[] {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'))
}

let files = 0
function written(content: string | readonly Case[]): string {
  const path = join(work, `${files++}.json`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

/** Names of the cases by what was said of them. */
function said(out: string, word: 'ok' | 'FAIL'): string[] {
  return out.split('\n').flatMap(line => (line.startsWith(word.padEnd(5)) ? [line.slice(5)] : []))
}

describe('known answers', () => {
  it('of this folder all agree', async () => {
    const names = readdirSync(own).filter(file => file.endsWith('.json'))
    expect(names).toEqual(expect.arrayContaining(['dcnet.json', 'refused.json']))
    const count = names.flatMap(name => casesIn(own, name)).length
    const { status, out, err } = await vectors(...names.map(name => join(own, name)))
    expect(said(out, 'FAIL')).toEqual([])
    expect(out.trim().split('\n').at(-1)).toBe(`${count} passed, 0 failed`)
    expect({ status, err, shown: said(out, 'ok').length }).toEqual({ status: 0, err: '', shown: count })
  })

  const there = existsSync(shared)
  if (!there) console.log('skipped: the known answers beside PROTOCOL.md, since ../shared/vectors is not there')
  it.skipIf(!there)('beside PROTOCOL.md all agree', async () => {
    const names = readdirSync(shared).filter(file => file.endsWith('.json'))
    const count = names.flatMap(name => casesIn(shared, name)).length
    expect(count).toBeGreaterThan(0)
    const { status, out, err } = await vectors(...names.map(name => join(shared, name)))
    expect({ status, err, failed: said(out, 'FAIL') }).toEqual({ status: 0, err: '', failed: [] })
    expect(out.trim().split('\n').at(-1)).toBe(`${count} passed, 0 failed`)
  })

  it('are what their generator computes, which knows nothing of ours', async () => {
    const source = readFileSync(join(own, 'generate.ts'), 'utf8')
    const imports = [...source.matchAll(/\b(?:from|import)\s*\(?\s*'([^']*)'/g)].map(match => match[1])
    expect(imports.length).toBeGreaterThan(4)
    expect(imports.filter(name => !/^(?:node:(?:fs|path)$|@noble\/)/.test(name ?? ''))).toEqual([])

    const again = join(work, 'again')
    mkdirSync(again)
    expect(await node(join(own, 'generate.ts'), again)).toEqual({ status: 0, out: '', err: '' })
    for (const name of ['dcnet.json', 'refused.json'])
      expect(
        readFileSync(join(again, name), 'utf8') === readFileSync(join(own, name), 'utf8'),
        `${name}: run node test/vectors/generate.ts`
      ).toBe(true)
  })
})

/** What an absent member's null may turn into that is of the field's kind. */
const IN_PLACE_OF_NULL: { readonly [field: string]: Json } = { corrections: [], check: '00'.repeat(16), shareRelease: {} }

/** One small change to a value of the kind. */
function altered(value: string | number | boolean | null, field: string | number | undefined): Json {
  if (value === null) return IN_PLACE_OF_NULL[field ?? ''] ?? ['0', '0']
  if (typeof value === 'boolean') return !value
  if (typeof value === 'number') return field === 'recovery' ? (value + 1) % 3 : value + 1
  if (/^-?\d{1,20}$/.test(value)) return String(BigInt(value) + 1n)
  if (/^[0-9a-f]+$/.test(value)) return value.slice(0, -1) + (Number.parseInt(value.slice(-1), 16) ^ 1).toString(16)
  return value.replace(/.$/, last => (last === '0' ? '1' : '0'))
}

/** A copy for each leaf, in which only that leaf is altered, and for each list and table of shares, without its last item. */
function variants(of: Case): Case[] {
  const out: Case[] = []
  const change = (path: readonly (string | number)[], to: (value: Json) => Json) => {
    const copy = structuredClone(of)
    let at: Json = copy
    for (const step of path.slice(0, -1)) at = (at as { [name: string]: Json })[step] as Json
    const last = path.at(-1) as string
    const place = at as { [name: string]: Json }
    place[last] = to(place[last] as Json)
    out.push({ ...copy, name: path.join('.') })
  }
  const visit = (value: Json, path: readonly (string | number)[]): void => {
    if (Array.isArray(value)) {
      if (value.length > 0) change(path, list => (list as Json[]).slice(0, -1))
      value.forEach((item, i) => {
        visit(item, [...path, i])
      })
    } else if (value && typeof value === 'object') {
      if (path.at(-1) === 'shareRelease') change(path, table => Object.fromEntries(Object.entries(table as object).slice(0, -1)))
      for (const [name, item] of Object.entries(value)) visit(item, [...path, name])
    } else change(path, leaf => altered(leaf as string, path.at(-1)))
  }
  for (const [name, value] of Object.entries(of)) if (name !== 'name') visit(value, [name])
  return out
}

describe('a case that is tampered with', () => {
  // One with a missing member, one with absent ones, one of double mask with both.
  it.each(['four-complete', 'eight-mostly-absent', 'double-complete'])('fails, whichever of its values was changed (%s)', async name => {
    const small = casesIn(own, 'dcnet.json').find(of => of.name === name) as Case
    const cases = variants(small)
    expect(cases.length).toBeGreaterThanOrEqual(100)
    const { status, out, err } = await vectors(written([small, ...cases]))
    expect(said(out, 'ok')).toEqual([name])
    expect(said(out, 'FAIL')).toEqual(cases.map(of => of.name))
    expect({ status, err, last: out.trim().split('\n').at(-1) }).toEqual({ status: 1, err: '', last: `1 passed, ${cases.length} failed` })
  })

  it('fails where so many are silent that a private mask stays closed, or where some cannot be silent', async () => {
    const cases = casesIn(own, 'dcnet.json')
    const named = (name: string) => cases.find(of => of.name === name) as Case
    const enough = named('double-silent')
    const ringed = named('double-ring-of-six')
    const other = (enough.ring as string[]).find(id => !(enough.silent as string[]).includes(id)) as string
    const silent = (of: Case, name: string, ...ids: Json[]): Case => ({ ...of, name, silent: ids })
    const given = [
      silent(enough, 'nobody'),
      silent(enough, 'one', other),
      silent(enough, 'two', other, ...(enough.silent as string[])),
      silent(ringed, 'a missing one', ...(ringed.missing as string[])),
      silent(
        ringed,
        'an absent one',
        (ringed.members as { absent: boolean; meterId: string }[]).find(({ absent }) => absent)?.meterId ?? ''
      ),
      silent(enough, 'a stranger', ...(ringed.silent as string[])),
      silent(named('four-complete'), 'one without double mask', (named('four-complete').ring as string[])[0] as string)
    ]
    const { status, out, err } = await vectors(written(given))
    expect(said(out, 'ok')).toEqual(['nobody', 'one'])
    expect(said(out, 'FAIL')).toEqual(given.slice(2).map(of => of.name))
    expect({ status, err }).toEqual({ status: 1, err: '' })
    expect(out).toContain('total: expected shares that open the private mask of')
    expect(out).toContain('silent: expected survivors, and double mask, got')
  })

  it('fails where it should be refused and is not, or for another reason', async () => {
    const [accepted] = casesIn(own, 'dcnet.json') as [Case]
    const refused = casesIn(own, 'refused.json')
    const cases = [
      { ...accepted, name: 'accepted', refused: 'expected' },
      ...refused.map(({ refused: _, ...of }) => ({ ...of, name: `${of.name}, not said to be` })),
      ...refused.map(of => ({ ...of, name: `${of.name}, for another reason`, refused: 'another reason' }))
    ] as Case[]
    const { status, out, err } = await vectors(written(cases))
    expect(said(out, 'FAIL')).toEqual(cases.map(of => of.name))
    expect({ status, err }).toEqual({ status: 1, err: '' })
    expect(out).toContain('expected to be refused (expected), went through')
  })
})

describe('pnpm vectors', () => {
  it('explains itself with examples that work', async () => {
    const { status, out, err } = await vectors('--help')
    expect({ status, err }).toEqual({ status: 0, err: '' })
    const [, examples = ''] = out.split('Examples:\n')
    const named = [...examples.matchAll(/\S+\.json/g)].map(match => match[0])
    expect(named).toContain('test/vectors/dcnet.json')
    for (const path of named.filter(path => !path.includes('*') && !path.startsWith('..')))
      expect(existsSync(join(workspace, path)), path).toBe(true)
  })

  it('ends with 2 and one sentence that names the file where there are no cases to check', async () => {
    const [accepted] = casesIn(own, 'dcnet.json') as [Case]
    const { slot: _, ...incomplete } = accepted
    const notThere = join(work, 'not-there.json')
    const table: (readonly [string[], string | RegExp])[] = [
      [[notThere], `${notThere}: expected a readable file of cases (ENOENT)\n`],
      [[written('not\njson')], /\.json: expected JSON, got /],
      [[written([incomplete as Case])], /\.json: 0\.slot: expected number, received undefined\n$/],
      [[written([{ ...accepted, rosterHash: 'AB' }])], /\.json: 0\.rosterHash: expected 32 bytes in lower-case hexadecimal\n$/],
      [[written('[]')], 'expected at least one case, got none\n'],
      [['--wrong'], "unknown option '--wrong'. Try --help.\n"]
    ]
    const outcomes = await Promise.all(table.map(([args]) => vectors(...args)))
    outcomes.forEach(({ status, err }, i) => {
      const [args, sentence] = table[i] as (typeof table)[number]
      expect(status, `${args}: ${err}`).toBe(2)
      expect(err.split('\n'), String(args)).toHaveLength(2)
      if (typeof sentence === 'string') expect(err).toBe(sentence)
      else expect(err).toMatch(sentence)
    })
  })
})
