// Whatever a run shows or leaves behind holds no meter's secret key and no single reading.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BlindingKey, lanesFromIntegers, lanesToBytes } from '@hushgrid/primitives'
import { afterAll, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const MEMBERS = 8
const SLOTS = 4
const folder = mkdtempSync(join(tmpdir(), 'hushgrid-secrets-'))
let child: ChildProcess | undefined

afterAll(() => {
  child?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** Readings with seven digits of their own, so that none turns up by chance. */
const readings = Array.from({ length: MEMBERS }, (_, i) => Array.from({ length: SLOTS }, (_, j) => 1_000_003 + 104_729 * i + 1_299_709 * j))

/** All the ways in which bytes may be written down. */
function spellings(secret: Uint8Array): Buffer[] {
  const bytes = Buffer.from(secret)
  const hex = bytes.toString('hex')
  const texts = [
    hex,
    hex.toUpperCase(),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    [...bytes].join(','),
    [...bytes].join(', ')
  ]
  return [bytes, ...texts.map(text => Buffer.from(text))]
}

/** Folders in which labs that run now keep keys. */
function labFolders(): string[] {
  return ['/dev/shm', tmpdir()].flatMap(parent => {
    try {
      return readdirSync(parent)
        .filter(name => name.startsWith('hushgrid-lab-'))
        .map(name => join(parent, name))
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw cause
    }
  })
}

it('a whole run, its output and its report', { timeout: 120_000 }, async () => {
  const data = join(folder, 'readings.csv')
  const start = Date.UTC(2024, 2, 4)
  const rows = Array.from({ length: SLOTS }, (_, j) =>
    [new Date(start + j * 900_000).toISOString().replace(':00.000Z', 'Z'), ...readings.map(of => of[j])].join(',')
  )
  writeFileSync(data, `${['slot_start_utc', ...readings.map((_, i) => `home${i}`)].join(',')}\n${rows.join('\n')}\n`)
  const report = join(folder, 'run')
  const before = new Set(labFolders())
  const args = [
    'scripts/src/nodes-start.ts',
    '--n',
    String(MEMBERS),
    '--slots',
    String(SLOTS),
    // The keys are read while it runs.
    '--slot-ms',
    '2000',
    '--data',
    data,
    '--json',
    '--report',
    report
  ]
  child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: Buffer[] = []
  let secrets: Uint8Array[] = []
  let blinding: BlindingKey[] = []
  const collect = (text: Buffer): void => {
    output.push(text)
    if (secrets.length > 0 || !Buffer.concat(output).includes('"started"')) return
    // The nodes are up: their keys are in files of their owner's, outside of the report.
    for (const lab of labFolders().filter(name => !before.has(name))) {
      expect(statSync(lab).mode & 0o077).toBe(0)
      for (const name of readdirSync(lab, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.key'))) {
        const file = join(lab, name)
        expect(statSync(file).mode & 0o777).toBe(0o600)
        const secret = new Uint8Array(readFileSync(file))
        secrets.push(secret)
        if (basename(name).startsWith('season-')) blinding.push(new BlindingKey(secret))
      }
    }
  }
  child.stdout?.on('data', collect)
  child.stderr?.on('data', collect)
  const code = await new Promise(resolve => child?.once('close', resolve))
  expect(code, Buffer.concat(output).toString()).toBe(0)
  // Identity and blinding key of each meter, identities of registrar and aggregator; other labs may run beside this one.
  expect(secrets.length).toBeGreaterThanOrEqual(2 * MEMBERS + 2)
  expect(blinding.length).toBeGreaterThanOrEqual(MEMBERS)
  secrets = [...secrets, ...blinding.flatMap(own => blinding.filter(other => other !== own).map(other => own.agree(other.publicKey)))]
  blinding = []

  const everything = new Map([['output', Buffer.concat(output)]])
  for (const name of readdirSync(report)) everything.set(name, readFileSync(join(report, name)))
  expect([...everything.keys()].sort()).toEqual([
    'events.jsonl',
    'membership.csv',
    'output',
    'rosters.log',
    'run.json',
    'slots.csv',
    'slots.parquet',
    'transcripts.log'
  ])
  // The search finds what is there: totals are public, and so are the meters' ids.
  const total = readings.reduce((sum, of) => sum + (of[0] ?? 0), 0)
  expect(everything.get('run.json')?.includes(String(total))).toBe(true)
  expect(everything.get('slots.csv')?.includes(String(total))).toBe(true)

  const single = readings
    .flat()
    .flatMap(value => [
      Buffer.from(String(value)),
      Buffer.from((value / 1000).toFixed(3)),
      Buffer.from(lanesToBytes(lanesFromIntegers([value])))
    ])
  for (const [name, content] of everything) {
    for (const secret of secrets)
      for (const spelling of spellings(secret)) expect(content.includes(spelling), `${name} holds a secret`).toBe(false)
    for (const reading of single) expect(content.includes(reading), `${name} holds a reading`).toBe(false)
  }
})
