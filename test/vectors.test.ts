// `pnpm vectors` as a person calls it: on the known answers of test/vectors, which generate.ts there computes without any of
// our code, on those beside the protocol's page, and on what must not pass.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const workspace = fileURLToPath(new URL('..', import.meta.url))
const own = join(workspace, 'test/vectors')
const shared = ['dcnet-v2.json', 'committed.json'].map(name => join(workspace, '../shared/known-answers', name))
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

  const there = shared.every(file => existsSync(file))
  if (!there) console.log('skipped: the known answers beside PROTOCOL.md, since ../shared/known-answers is not there')
  it.skipIf(!there)('beside PROTOCOL.md all agree, slots and edge openings', async () => {
    const { status, out, err } = await vectors(...shared)
    expect({ status, err, failed: said(out, 'FAIL') }).toEqual({ status: 0, err: '', failed: [] })
    const [slots, committed] = shared.map(file => JSON.parse(readFileSync(file, 'utf8')))
    const count = slots.length + committed.edgeOpenings.length + committed.refused.length
    expect(count).toBeGreaterThanOrEqual(24)
    expect(out.trim().split('\n').at(-1)).toBe(`${count} passed, 0 failed`)
  })

  const ofSchemes = join(workspace, '../shared/known-answers/schemes.json')
  if (!existsSync(ofSchemes)) console.log('skipped: the known answers of schemes, since ../shared/known-answers is not there')
  it.skipIf(!existsSync(ofSchemes))('of schemes agree, and fail where a byte is another', async () => {
    const file = JSON.parse(readFileSync(ofSchemes, 'utf8'))
    // The others take seconds each; the tests of the schemes have them all.
    const cases = file.cases.filter(({ scheme }: { scheme: string }) => ['shi', 'marmol', 'kursawe-low-overhead'].includes(scheme))
    const right = await vectors(written(JSON.stringify({ ...file, cases })))
    expect({ status: right.status, err: right.err, ok: said(right.out, 'ok') }).toEqual({
      status: 0,
      err: '',
      ok: cases.map(({ scheme }: { scheme: string }) => scheme)
    })
    const wrong = structuredClone(cases)
    for (const each of wrong) each.slots[1].transcript.digest = '00'.repeat(32)
    const { status, out } = await vectors(written(JSON.stringify({ ...file, cases: wrong })))
    expect({ status, failed: said(out, 'FAIL').length }).toEqual({ status: 1, failed: cases.length })
  })

  it('are listed with what was checked of each', async () => {
    const { out } = await vectors(join(own, 'dcnet.json'), join(own, 'refused.json'))
    const lines = out.split('\n')
    const checkedOf = (name: string): string[] => (lines[lines.indexOf(`ok   ${name}`) + 1] ?? '').trim().split(', ')
    const roster = ['rosterHash', 'registrarKey', 'rosterSignature', 'ring']
    expect(checkedOf('four-complete')).toEqual(
      expect.arrayContaining([
        ...roster,
        'credential ×4',
        'lane mask ×4',
        'openLanes',
        'submission ×4',
        'release ×4',
        'total',
        'totalWithoutMissing'
      ])
    )
    expect(checkedOf('double-liars')).toEqual(
      expect.arrayContaining([
        ...roster,
        'cut ×3',
        'absent member',
        'corrections ×23',
        'tags ×23',
        'check ×23',
        'shareRelease ×23',
        'conflicts'
      ])
    )
    expect(checkedOf('cut of a stranger')).toEqual(['refusal', 'roster cuts: expected members', 'got somebody else'])
  })

  it('are what their generator computes, which knows nothing of ours', async () => {
    const sources = ['generate.ts', ...readdirSync(join(own, 'generator')).map(file => `generator/${file}`)]
    const imports = sources.flatMap(file =>
      [...readFileSync(join(own, file), 'utf8').matchAll(/\b(?:from|import)\s*\(?\s*'([^']*)'/g)].map(match => match[1] ?? '')
    )
    expect(imports.length).toBeGreaterThan(20)
    expect(imports.filter(name => !/^(?:node:(?:fs|path)$|@noble\/|\.\/(?:generator\/)?[a-z]+\.ts$)/.test(name))).toEqual([])

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
const IN_PLACE_OF_NULL: { readonly [field: string]: Json } = { corrections: [], tags: [], check: '00'.repeat(16), shareRelease: {} }

/** Fields of decimal strings; other strings are hexadecimal or OBIS codes. */
const DECIMAL = new Set(['maxReading', 'reading', 'submission', 'release', 'total', 'totalWithoutMissing'])
/** Lists whose items are pairs: an item is altered, and not shortened. */
const PAIRS = new Set(['cuts', 'conflicts'])

/** One small change to a value of the kind. */
function altered(value: string | number | boolean | null, path: readonly (string | number)[]): Json {
  const field = path.findLast(step => typeof step === 'string') ?? ''
  if (value === null) return IN_PLACE_OF_NULL[field] ?? ['0', '0']
  if (typeof value === 'boolean') return !value
  if (typeof value === 'number') return field === 'recovery' ? (value + 1) % 3 : value + 1
  if (DECIMAL.has(field)) return String(BigInt(value) + 1n)
  if (/^[0-9a-f]+$/.test(value)) return value.slice(0, -1) + (Number.parseInt(value.slice(-1), 16) ^ 1).toString(16)
  return value.replace(/.$/, last => (last === '0' ? '1' : '0'))
}

/** Gives a member of each kind: absent, missing, lying, cut, none of these. */
function oneOfEach(of: Case): ReadonlySet<number> {
  const kinds = new Map<string, number>()
  const lists = [of.missing, of.lying, (of.roster as { cuts: string[][] }).cuts.flat()] as string[][]
  const members = of.members as { meterId: string; absent: boolean }[]
  members.forEach(({ meterId, absent }, i) => {
    kinds.set([absent, ...lists.map(list => list.includes(meterId))].join(), i)
  })
  return new Set(kinds.values())
}

/**
 * A copy for each leaf, of members for those of one of each kind, in which only that leaf is altered, and for each list and
 * table of shares, without its last item.
 */
function variants(of: Case): Case[] {
  const out: Case[] = []
  const altering = oneOfEach(of)
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
      if (value.length > 0 && !PAIRS.has(path.at(-2) as string)) change(path, list => (list as Json[]).slice(0, -1))
      value.forEach((item, i) => {
        if (path.at(-1) !== 'members' || altering.has(i)) visit(item, [...path, i])
      })
    } else if (value && typeof value === 'object') {
      if (path.at(-1) === 'shareRelease') change(path, table => Object.fromEntries(Object.entries(table as object).slice(0, -1)))
      for (const [name, item] of Object.entries(value)) visit(item, [...path, name])
    } else change(path, leaf => altered(leaf as string, path))
  }
  const { suite: _, ...roster } = of.roster as { [name: string]: Json }
  for (const [name, value] of Object.entries({ ...of, roster })) if (name !== 'name') visit(value, [name])
  return out
}

describe('a case that is tampered with', () => {
  // One with a missing member, one with absent ones, one of double mask with both, one with a cut and a liar.
  it.each(['four-complete', 'eight-mostly-absent', 'double-complete', 'double-cut-and-liar'])(
    'fails, whichever of its values was changed (%s)',
    async name => {
      const small = casesIn(own, 'dcnet.json').find(of => of.name === name) as Case
      const cases = variants(small)
      expect(cases.length).toBeGreaterThanOrEqual(90)
      const { status, out, err } = await vectors(written([small, ...cases]))
      expect(said(out, 'ok')).toEqual([name])
      expect(said(out, 'FAIL')).toEqual(cases.map(of => of.name))
      expect({ status, err, last: out.trim().split('\n').at(-1) }).toEqual({ status: 1, err: '', last: `1 passed, ${cases.length} failed` })
    }
  )

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
      [[notThere], `${notThere}: expected a file of cases, got no such file\n`],
      [[written('not\njson')], /\.json: expected JSON, got /],
      [[written([incomplete as Case])], /\.json: 0\.slot: expected number, received undefined\n$/],
      [[written([{ ...accepted, roster: { ...(accepted.roster as object), suite: 2 } }])], /\.json: 0\.roster\.suite: expected 1\n$/],
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
