// The benchmark in its smallest size, so that it does not rot; its figures mean nothing here.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readBenchRun, seededPaillierKey } from '@hushgrid/bench'
import { PARTS } from '@hushgrid/bench/options'
import { SeededRng } from '@hushgrid/primitives'
import { afterAll, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'hushgrid-bench-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const bench = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['scripts/src/bench.ts', ...args], { cwd: ROOT, encoding: 'utf8' })

it('runs every part, prints a table, writes JSON with the machine named, and sets it beside itself', () => {
  const out = join(folder, 'bench.json')
  const { status, stdout, stderr } = bench('--tiny', '--out', out)
  expect(stderr).toContain('measuring town')
  expect(status).toBe(0)
  const { format, figures, machine, tiny, seed } = readBenchRun('--from', out)
  expect({ format, tiny, seed }).toEqual({ format: 'hushgrid-bench/2', tiny: true, seed: 'bench' })
  expect(machine.cores).toBeGreaterThan(0)
  const prose = stdout.replaceAll(/\s+/g, ' ')
  expect(prose).toContain(`${machine.cores} core`)
  expect(prose).toContain('seed "bench"')
  expect(stdout).toContain(`written to ${out}`)
  const names = figures.map(({ name }) => name).join('\n')
  for (const part of [
    'mask of one reading',
    'mask of a reading whose day is expanded',
    'first mask of an epoch, nothing known',
    'sum of a day',
    'sum of the submissions of a slot, n = 20',
    'X25519',
    'Ed25519',
    ...['submission', 'mask release', 'share release, degree 22', 'PES reading under AES', 'PES batch of 10 readings'].flatMap(message =>
      ['encode', 'decode', 'encode and sign', 'decode and verify'].map(what => `${message}: ${what}`)
    ),
    'payload of a ShareRelease, n = 24',
    'private masks of a slot opened',
    'encrypt a reading, 512 bits: filled pool',
    'decrypt, 512 bits: CRT by OpenSSL',
    'a reading in its envelope, 512 bits',
    'meter: encrypt, prove and seal, 512 bits',
    'PES: open and check, of a batch of 16, 512 bits',
    'CPU of a slot over sockets, n = 6',
    'from the command to the first exact total, n = 6',
    'slots that were not exact, n = 8'
  ]) {
    expect(names).toContain(part)
    expect(stdout).toContain(part)
  }
  expect(new Set(figures.map(({ part }) => part))).toEqual(new Set(PARTS))
  for (const { name, value, unit, runs, spread, floor, ratio, floorValue } of figures) {
    expect(unit).toMatch(/^(µs|ms|s|B|MB|%|of \d+|)$/)
    // What one mode costs beyond another comes out below zero where the machine is busy.
    if (!name.includes("beyond edge release's")) expect(value).toBeGreaterThanOrEqual(0)
    expect(runs).toBeGreaterThan(0)
    expect(spread !== undefined).toBe(runs > 1)
    expect(ratio !== undefined).toBe(floor !== undefined)
    expect(floorValue !== undefined).toBe(floor !== undefined)
  }

  const again = bench('--from', out, '--against', out, '--fail-above', '1')
  expect(again.stderr).toBe('')
  expect(again.stdout).toContain(`${figures.length} same, 0 as its floor, 0 perhaps worse, 0 worse`)
  expect(again.stdout).toContain('worse by more than 1 ×: none')
  expect(again.status).toBe(0)
}, 300_000)

it('refuses what it cannot do in one sentence, before anything is measured', () => {
  for (const [args, message] of [
    [
      ['--only', 'nothing'],
      /^--only: expected one of computation, codec, double-mask, paillier, reading-proof, billing, simulation, sockets, visitors, start, town, got 'nothing'\n$/
    ],
    [['--repeat-disturbed', '0'], /^--repeat-disturbed: expected a whole number from 1 to 100, got "0"\n$/],
    [
      ['--from', join(folder, 'bench.json'), '--repeat-disturbed'],
      /^--from: expected without --repeat-disturbed, since nothing is measured\n$/
    ],
    [['--fail-above', '2'], /^--fail-above: expected with --against, got it alone\n$/],
    [['--against', join(folder, 'nowhere.json')], /^--against .*nowhere\.json: expected the JSON of a pnpm bench, got ENOENT\n$/]
  ] as const) {
    const { status, stdout, stderr } = bench(...args)
    expect(stderr).toMatch(message)
    expect(stdout).toBe('')
    expect(status).toBe(2)
  }
}, 60_000)

it('draws the same Paillier key from the same seed, one that decrypts and has short obfuscators', () => {
  const { publicKey, privateKey } = seededPaillierKey(512, 'bench')
  expect(publicKey.bits).toBe(512)
  expect(publicKey.hs).toBeDefined()
  expect(privateKey.decrypt(publicKey.encrypt(-1234n, new SeededRng('reading')))).toBe(-1234n)
  expect(seededPaillierKey(512, 'bench').publicKey.n).toBe(publicKey.n)
  expect(seededPaillierKey(512, 'other').publicKey.n).not.toBe(publicKey.n)
})
