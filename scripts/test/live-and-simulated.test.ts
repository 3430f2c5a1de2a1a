// The same scenario and seed under virtual time and on real nodes: the same members come, go and are missing in the same
// slots, and the same slots have totals.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verifyRun } from '@hushgrid/lab'
import { afterAll, expect, it } from 'vitest'
import { ROOT } from './support/started-run.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-both-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const STORM = `name: storm
about: A fifth of the meters crashes, two newcomers and a leave come in between, and the aggregator is away for a moment.
seed: 42
members: 20
slots: 9
network: { minMembers: 6, dropout: 0.2 }
operations:
  - { at: 1, do: crash, fraction: 0.2, for: 3 }
  - { at: 2, do: join, count: 2 }
  - { at: 3, do: leave, count: 1 }
  - { at: 5.5, do: aggregator-crash, for: 0.2 }
expect:
  lost: 0
  exact: true
  faults: []
`

async function churn(report: string, ...args: string[]): Promise<void> {
  const child = spawn(process.execPath, ['scripts/src/churn.ts', join(folder, 'storm.yaml'), '--report', join(folder, report), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', text => {
      said += text
    })
  expect(await new Promise(resolve => child.once('close', resolve)), said).toBe(0)
}

/** Rows of a report's table, by the names of its columns. */
function table(report: string, name: string): Record<string, string>[] {
  const [head = '', ...lines] = readFileSync(join(folder, report, name), 'utf8')
    .trim()
    .split('\n')
  const names = head.split(',')
  return lines.map(line => Object.fromEntries(line.split(',').map((value, i) => [names[i], value])))
}

/** Changes of the membership: in which slot, of what kind, which meter, from which epoch on. */
const changes = (report: string): string[] =>
  table(report, 'membership.csv')
    .map(({ slot, kind, meter, epoch }) => `${slot} ${kind} ${meter} ${epoch}`)
    .sort()

it('lead to the same changes, and the same totals of the same contributors', { timeout: 240_000 }, async () => {
  writeFileSync(join(folder, 'storm.yaml'), STORM)
  await churn('simulated')
  await churn('live', '--live', '--slot-ms', '4000')
  expect(changes('live')).toEqual(changes('simulated'))
  expect(changes('live').filter(change => / (?:join|leave) /.test(change))).toHaveLength(3)

  // Both are written by one schema; the same slots of another day.
  const slots = (report: string) => {
    const rows = table(report, 'slots.csv')
    return rows.map(({ slot, epoch, members, entries, submitted, missing, missingMeters, recovered, rounds, lost }) => ({
      ...{ slot: Number(slot) - Number(rows[0]?.slot), epoch, members, entries, submitted, missing, missingMeters, recovered, rounds, lost }
    }))
  }
  expect(slots('live')).toEqual(slots('simulated'))
  for (const report of ['live', 'simulated']) expect((await verifyRun(join(folder, report))).problems).toEqual([])
  // What happened to the neighbourhood has its lines in both.
  const happened = (report: string): string[] =>
    readFileSync(join(folder, report, 'events.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
      .filter(({ type }) => ['join', 'leave', 'crash', 'restart', 'role-crash', 'role-restart', 'roster', 'change'].includes(type))
      .map(({ type, meter, role, epoch, change }) => `${type} ${role ?? meter ?? ''} ${change ?? ''} ${epoch ?? ''}`)
      .sort()
  expect(happened('live')).toEqual(happened('simulated'))
})
