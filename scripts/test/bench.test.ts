// The benchmark in its smallest size, so that it does not rot; its figures mean nothing here.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'hushgrid-bench-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('runs, prints a table and writes JSON with the machine named', () => {
  const out = join(folder, 'bench.json')
  const table = execFileSync(
    process.execPath,
    ['scripts/src/bench.ts', '--tiny', '--only', 'computation,double-mask,paillier,simulation,sockets', '--out', out],
    {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore']
    }
  )
  const { figures, machine, tiny } = JSON.parse(readFileSync(out, 'utf8'))
  expect(tiny).toBe(true)
  expect(machine.cores).toBeGreaterThan(0)
  const names = figures.map((figure: { name: string }) => figure.name).join('\n')
  for (const part of [
    'mask of one reading',
    'sum of a day',
    'X25519',
    'Ed25519',
    'submission: decode',
    'payload of a ShareRelease, n = 24',
    'private masks of a slot opened',
    'encrypt a reading, 512 bits: filled pool',
    'decrypt, 512 bits: CRT by OpenSSL',
    'CPU of a slot over sockets, n = 6'
  ]) {
    expect(names).toContain(part)
    expect(table).toContain(part)
  }
  for (const { value, unit, runs } of figures) {
    expect(value).toBeGreaterThanOrEqual(0)
    expect(unit).toMatch(/^(µs|ms|B|)$/)
    expect(runs).toBeGreaterThan(0)
  }
})

it('refuses a part that there is not', () => {
  const run = spawnSync(process.execPath, ['scripts/src/bench.ts', '--only', 'nothing'], { cwd: ROOT, encoding: 'utf8' })
  expect(run.status).toBe(2)
  expect(run.stderr).toMatch(
    /--only: expected parts of computation, double-mask, paillier, simulation, sockets, start, town, got "nothing"/
  )
})
