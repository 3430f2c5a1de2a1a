// `pnpm topology`: its figures against counting by hand, its exit status, and its sentences about wrong input.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readNetwork } from '@hushgrid/runtime'
import { exposureSummary } from '@hushgrid/topology'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { main } from '../src/commands/topology-command.ts'

const script = fileURLToPath(new URL('../src/topology.ts', import.meta.url))
const networks = fileURLToPath(new URL('../../topology/networks/', import.meta.url))

function run(...args: string[]): { status: number; out: string; err: string } {
  let out = ''
  let err = ''
  const status = main(args, {
    out: text => {
      out += text
    },
    err: text => {
      err += text
    }
  })
  return { status, out, err }
}

/** The words of a text, however its lines are wrapped. */
const prose = (text: string): string => text.replaceAll(/\s+/g, ' ')

function spawn(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [script, ...args], (error, out, err) => resolve({ status: error ? Number(error.code) : 0, out, err }))
  })
}

/** Chance that more than so many of 22 neighbours collude, where 15 of 49 others do, by counting. */
function chanceOfMore(tolerated: number): number {
  const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k)
  let sum = 0
  for (let k = tolerated + 1; k <= 15; k++) sum += choose(15, k) * choose(34, 22 - k)
  return sum / choose(49, 22)
}

describe('as a subprocess', () => {
  it('prints figures and exits with 0', async () => {
    const { status, out, err } = await spawn('exposure', '--n', '50', '--degree', '2', '--collusion', '0.1', '--trials', '500')
    expect(err).toBe('')
    expect(status).toBe(0)
    expect(out).toMatch(/reading-alone\n {2}formula +0\.383 +0\.338\n {2}simulation +0\.\d+ \(.* to .*\)/)
  })

  it('says in one sentence what is wrong and exits with 2', async () => {
    const { status, out, err } = await spawn('degree', '--n', 'fifty')
    expect({ status, out, err }).toEqual({ status: 2, out: '', err: "--n: expected a whole number, got 'fifty'\n" })
  })
})

describe('exposure', () => {
  it('aligns its columns and explains what it counts', () => {
    const { status, out } = run('exposure', '--n', '50', '--degree', '2', '--trials', '300')
    expect(status).toBe(0)
    const lines = out.split('\n')
    const rows = lines.filter(line => /^ {2}(formula|simulation)/.test(line))
    expect(rows).toHaveLength(8)
    const header = lines.find(line => line.includes('chance of any')) as string
    for (const row of rows) {
      expect(row.search(/\d/)).toBe(header.indexOf('expected'))
      expect(row.slice(header.indexOf('chance of any') - 1)).toMatch(/^ \S/)
    }
    expect(out).toContain('members     50, of which 5 collude with the aggregator, at random places')
    expect(prose(out)).toContain('all 2 mask neighbours collude or are absent: the reading is learnt')
    expect(out).not.toContain('the cliff')
  })

  it('goes by the bounds of the mode: with double mask 2t - d - h + 1 neighbours may collude', () => {
    // t = 15 and f = 11 of d = 22. Expected numbers: 35 of 50 are honest, and 15 of a meter's 49 others are not.
    const figures = (recovery: string): unknown => {
      const { out } = run(
        'exposure',
        '--n',
        '50',
        '--degree',
        '22',
        '--collusion',
        '0.3',
        '--trials',
        '0',
        '--recovery',
        recovery,
        '--json'
      )
      return (JSON.parse(out) as { figures: unknown[] }).figures.slice(2)
    }
    const meaning = (text: string): unknown => expect.stringMatching(new RegExp(`^${text} of 22 mask neighbours collude: `))
    expect(figures('double-mask')).toMatchObject([
      { kind: 'reading-unprotected', meaning: meaning('more than 7'), expected: expect.closeTo(35 * chanceOfMore(7), 9) },
      { kind: 'few-unprotected', meaning: meaning('more than 6'), expected: expect.closeTo(35 * chanceOfMore(6), 9) },
      { kind: 'part-unprotected', meaning: meaning('more than 3'), expected: expect.closeTo(35 * chanceOfMore(3), 9) }
    ])
    expect(figures('edge-release')).toMatchObject([
      { kind: 'reading-unprotected', meaning: meaning('more than 10'), expected: expect.closeTo(35 * chanceOfMore(10), 9) },
      { kind: 'few-unprotected', meaning: meaning('more than 9'), expected: expect.closeTo(35 * chanceOfMore(9), 9) }
    ])
  })

  it('has no release to lie about with recovery none, and no simulation with no trials', () => {
    const { out } = run('exposure', '--n', '50', '--degree', '2', '--recovery', 'none', '--trials', '0')
    expect(out).not.toContain('unprotected')
    expect(out).not.toContain('simulation')
  })

  it('shows the cliff of double mask, with what is absent and cut', () => {
    const args = ['exposure', '--n', '50', '--degree', '18', '--recovery', 'double-mask', '--trials', '400', '--absent', '1', '--cuts', '3']
    const { out } = run(...args)
    expect(prose(out)).toContain('members 50, of which 5 collude with the aggregator and 1 is absent, at random places')
    expect(prose(out)).toContain('3 pairs: they expose nobody')
    expect(prose(out)).toContain('6 missing beside each other lose the slot as a whole')
    expect([...new Set(out.match(/^\d+ of 50 missing \(\d+ %\) /gm))]).toEqual([
      '5 of 50 missing (10 %) ',
      '8 of 50 missing (15 %) ',
      '10 of 50 missing (20 %) '
    ])
    expect(JSON.parse(run(...args, '--dropout', '0.3', '--min-members', '9', '--json').out)).toMatchObject({
      absent: 1,
      cuts: 3,
      cliff: { minMembers: 9, row: 6, levels: [{ missing: 15 }, { missing: 23 }, { missing: 30 }] }
    })
  })

  it('prints the same figures as JSON, the same again for the same seed', () => {
    const args = ['exposure', '--n', '40', '--degree', '4', '--collusion', '0.3', '--trials', '200', '--seed', 'thesis', '--json']
    const { out } = run(...args)
    const expected = exposureSummary({ members: 40, degree: 4, collusion: 0.3, recovery: 'edge-release' }, { trials: 200, seed: 'thesis' })
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(expected)))
    expect(run(...args).out).toBe(out)
  })
})

describe('degree', () => {
  it('prints the degree and each condition', () => {
    const { status, out } = run('degree', '--n', '200')
    expect(status).toBe(0)
    expect(out).toMatch(/^degree +42 \(the smallest even degree that meets every condition\)\n/)
    expect(out.match(/^condition \d {2}holds {2}chance of failure at most \S+, allowed 2\^-\d+$/gm)).toHaveLength(3)
    expect(out).toContain('2^-43.7')
  })

  it('goes by the bounds of the mode: with double mask t neighbours must be there, and 2t - d - h + 1 may collude', () => {
    const asked = run('degree', '--n', '50', '--degree', '22', '--recovery', 'double-mask').out
    expect(asked).toContain('fewer than 15 of its 22 neighbours present')
    expect(asked).toContain("more than 6 of a meter's 22 neighbours collude")
    const edges = run('degree', '--n', '50', '--degree', '22', '--recovery', 'edge-release').out
    expect(edges).toContain('fewer than 11 of its 22 neighbours present')
    expect(edges).toContain("more than 9 of a meter's 22 neighbours collude")
    expect(run('degree', '--n', '50', '--recovery', 'double-mask').out).toMatch(/^degree +18 /)
    expect(run('degree', '--n', '50').out).toMatch(/^degree +14 /)
  })

  it('counts absent members and cuts, and shows the cliff of double mask', () => {
    const { out } = run(
      'degree',
      '--n',
      '50',
      '--degree',
      '18',
      '--recovery',
      'double-mask',
      '--absent',
      '2',
      '--cuts',
      '4',
      '--trials',
      '300'
    )
    expect(prose(out)).toContain('50: 5 colluding, 5 missing, 2 absent, 4 pairs cut, recovery double-mask')
    expect(prose(out)).toContain('(5 of 50 are missing, 2 absent, 4 pairs cut)')
    expect(prose(out)).toContain('2 absent, 4 pairs cut, at random places')
    expect(run('degree', '--n', '50', '--recovery', 'double-mask', '--trials', '0').out).not.toContain('the cliff')
  })

  it('exits with 1 where a condition is not met', () => {
    const asked = run('degree', '--n', '50', '--degree', '2')
    expect(asked.status).toBe(1)
    expect(asked.out.match(/FAILS/g)).toHaveLength(3)
    const none = run('degree', '--n', '1000', '--dropout', '0.4', '--recovery', 'double-mask')
    expect(none.status).toBe(1)
    expect(none.out).toMatch(/^degree +none \(none up to 254 will do; its figures\)\n/)
  })

  it('takes every option', () => {
    const args = ['degree', '--n', '500', '--collusion', '0.2', '--dropout', '0.05', '--recovery', 'double-mask', '--sigma', '30', '--json']
    expect(JSON.parse(run(...args).out)).toMatchObject({
      found: true,
      assessment: {
        members: 500,
        colluding: 100,
        missing: 25,
        recovery: 'double-mask',
        conditions: [{ limit: -30 }, { limit: -20 }, { limit: -30 }]
      }
    })
  })
})

describe('check and schema', () => {
  let directory: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'hushgrid-topology-'))
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  it('describes good files', () => {
    const { status, out, err } = run('check', join(networks, 'neighbourhood-50.yaml'), join(networks, 'plain-ring-10.yaml'))
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(prose(out)).toMatch(/ degree 14 \(14 mask neighbours each\): the smallest even degree that meets PROTOCOL.md section 5/)
    expect(prose(out)).toContain('conditions 1 and 3, not met')
  })

  it('points at the mistake in a bad one', () => {
    const file = join(directory, 'bad.yaml')
    writeFileSync(file, 'name: bad\nmembers: 10\ndegree: 3\n')
    expect(run('check', file)).toEqual({
      status: 2,
      out: '',
      err: `${file}:3:9: degree: expected 'auto', 'complete' or an even number from 2 to 65534, got 3\n`
    })
    writeFileSync(file, 'name: bad\nmembers: 1000\ndropout: 0.4\nrecovery: double-mask\n')
    const impossible = run('check', file)
    expect(impossible.status).toBe(2)
    expect(impossible.err).toMatch(/^degree 'auto': expected one up to 254 .*\n$/)
  })

  it('says so when a file cannot be read', () => {
    const file = join(directory, 'none.yaml')
    expect(run('check', file)).toEqual({ status: 2, out: '', err: `${file}: expected a network file, got no such file\n` })
    expect(() => readNetwork(directory)).toThrow('expected a network file, got a folder')
  })

  it('prints the schema that is kept with the networks', () => {
    expect(JSON.parse(run('schema').out)).toEqual(JSON.parse(readFileSync(join(networks, 'network.schema.json'), 'utf8')))
  })
})

describe('bad input', () => {
  it.each([
    [[], /^expected a command: exposure, degree, check or schema\. Try --help\.$/],
    [['expose'], /^unknown command 'expose' \(did you mean exposure\?\)\. Try --help\.$/],
    [['exposure', '--degree', '2'], /^required option '--n <members>' not specified\. Try --help\.$/],
    [['exposure', '--n', '50', '--degree', '3'], /^degree: expected an even number from 2 to 65534, got 3$/],
    [['exposure', '--n', '50', '--degree', '-2'], /^--degree: expected a whole number, got '-2'$/],
    [['exposure', '--n', '1', '--degree', '2'], /^members: expected a whole number from 2 to 65535, got 1$/],
    [['exposure', '--n', '50', '--degree', '2', '--collusion', '1.5'], /^collusion: expected a fraction from 0 to below 1, got 1.5$/],
    [['exposure', '--n', '50', '--degree', '2', '--collusion', 'half'], /^--collusion: expected a number, got 'half'$/],
    [
      ['exposure', '--n', '50', '--degree', '2', '--recovery', 'all'],
      /^--recovery: expected one of none, edge-release, double-mask, got 'all'$/
    ],
    [
      ['exposure', '--n', '50', '--degree', '2', '--trials', '99999999'],
      /^trials: expected a whole number from 1 to 10000000, got 99999999$/
    ],
    [['degree', '--n', '50', '--colusion', '0.1'], /^unknown option '--colusion' \(did you mean --collusion\?\)\. Try --help\.$/],
    [['degree', '--n', '50', '--absent', '51'], /^absent: expected a whole number from 0 to 50, got 51$/],
    [['exposure', '--n', '50', '--degree', '2', '--cuts', '51'], /^cuts: expected a whole number from 0 to 50, got 51$/],
    [['degree', '--n', '50', '--sigma', '0'], /^sigma: expected a positive number of bits, got 0$/],
    [['degree', '--n', '50', 'more'], /^too many arguments/],
    [['check'], /^missing required argument 'file'\. Try --help\.$/]
  ])('%j', (args, message) => {
    const { status, out, err } = run(...args)
    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(err.endsWith('\n')).toBe(true)
    expect(err.trimEnd()).toMatch(message)
    expect(err.trimEnd()).not.toContain('\n')
  })

  it('shows help with examples, and exits with 0', () => {
    for (const args of [['--help'], ['exposure', '--help'], ['degree', '--help'], ['check', '--help']]) {
      const { status, out, err } = run(...args)
      expect({ status, err }).toEqual({ status: 0, err: '' })
      expect(out).toMatch(/Examples?:\n {2}pnpm topology /)
    }
  })
})
