// A lane that 3 of 25 homes can fill, on real nodes: the lab's lines and report, `pnpm verify`, and the supplier's program
// behind it all have the one sentence.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contenderFor, type LabReadings, labNetwork, runLab, verifyRun } from '@hushgrid/lab'
import type { HouseholdSeries } from '@hushgrid/load-profiles'
import { EXPORT_LANE, IMPORT_LANE, meterId, type Slot } from '@hushgrid/primitives'
import { afterAll, expect, it, vi } from 'vitest'
import { killAllNodes, NodeProcess, programOf, runToEnd } from '../support/node-process.ts'

const MEMBERS = 25
const GENERATORS = 3
const SLOTS = 4
/** Long enough for all to be in, on two busy cores, ms. */
const SLOT_MS = 4000
const LONG = 180_000
const FIRST = 1_936_440 as Slot
const PASSWORD = 'correct horse battery'
const SENTENCE = 'withheld: 3 of 25 can feed in, 6 are needed'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-withheld-lane-'))
afterAll(async () => {
  await killAllNodes()
  rmSync(folder, { recursive: true, force: true })
})

/** Homes that draw 100 Wh a slot, of which three feed 40 Wh in. */
function readings(): LabReadings {
  const seriesOf = (home: number): HouseholdSeries => {
    const lanes = home < GENERATORS ? [IMPORT_LANE, EXPORT_LANE] : [IMPORT_LANE]
    const slots = 4 * SLOTS
    const values = Int32Array.from({ length: slots * lanes.length }, (_, i) => (lanes[i % lanes.length] === EXPORT_LANE ? 40 : 100))
    return { household: `house-${home}`, lanes, slotSeconds: 900, firstSlot: FIRST, slots, values }
  }
  const series = new Map(Array.from({ length: MEMBERS }, (_, home) => [home, seriesOf(home)]))
  return { recipe: { kind: 'recorded', series }, households: MEMBERS, firstSlot: FIRST, notes: [], source: 'three generators' }
}

/** Runs a command on the supplier's store, with passwords piped in. */
async function runMdms(args: readonly string[], ...lines: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [programOf('mdms'), ...args, '--data-dir', join(folder, 'mdms')], {
    stdio: ['pipe', 'pipe', 'inherit']
  })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    out += text
  })
  child.stdin.end(lines.map(line => `${line}\n`).join(''))
  expect(await once(child, 'close')).toEqual([0, null])
  return out
}

it('is withheld in the same words by lab, verify, log and store', { timeout: LONG }, async () => {
  const network = labNetwork(MEMBERS)
  const file = join(folder, 'network.yaml')
  writeFileSync(file, `name: ${network.name}\nslotSeconds: ${network.slotSeconds}\nmembers: ${MEMBERS}\nminMembers: 6\n`)
  const { out: told } = await runToEnd('mdms', ['id', '--data-dir', join(folder, 'mdms'), '--json'])
  const id = meterId(String(JSON.parse(told).id))
  let mdms: NodeProcess | undefined
  let shown = ''
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    shown += text
    return true
  })
  const report = join(folder, 'run')
  const begun = (aggregator: string, { real, protocol, rate }: { real: number; protocol: number; rate: number }): void => {
    const clock = `${new Date(real).toISOString()},${new Date(protocol).toISOString()},${rate}`
    const args = ['--network', file, '--data-dir', join(folder, 'mdms'), '--listen', '/ip4/127.0.0.1/tcp/0', '--json']
    mdms = new NodeProcess('mdms', [...args, '--preset', 'lab', '--lab-clock', clock, '--aggregator', aggregator])
  }
  const status = await runLab(
    {
      ...{ network, members: MEMBERS, readings: readings(), seed: 'three', slots: SLOTS, slotMs: SLOT_MS, processes: 1 },
      ...{ contender: contenderFor({ mode: 'dcnet', recovery: network.recovery }), port: undefined, notes: [], supplier: { id, begun } }
    },
    { report }
  ).finally(() => spy.mockRestore())
  expect(status).toBe(0)

  const lines = shown.split('\n')
  expect(lines.filter(line => line.includes('withheld:'))).toEqual([`  ${SENTENCE}`])
  const slots = lines.filter(line => line.startsWith('2025-'))
  expect(slots).toHaveLength(SLOTS)
  for (const line of slots) expect([line.length, / 25\/25 +2\.500 +withheld +yes /.test(line)]).toEqual([80, true])

  const document = JSON.parse(readFileSync(join(report, 'run.json'), 'utf8')) as { slots: { total: unknown; withheld: unknown }[] }
  const few = { able: GENERATORS, of: MEMBERS, needed: 6 }
  for (const { total, withheld } of document.slots) expect([total, withheld]).toEqual([{ [IMPORT_LANE]: '2500' }, { [EXPORT_LANE]: few }])
  const verdict = await verifyRun(report)
  expect(verdict.problems).toEqual([])
  expect(verdict.lines).toContain(`${SLOTS} totals with a lane ${SENTENCE}`)

  const total = await mdms?.event('total')
  expect(total).toMatchObject({ contributors: MEMBERS, importKWh: 2.5, withheld: SENTENCE.replace('withheld: ', '') })
  expect(await mdms?.stop()).toMatchObject({ status: 0 })
  await runMdms(['account', 'add', 'ada', '--roles', 'admin'], PASSWORD)
  await runMdms(['account', 'add', 'eve', '--roles', 'supplier-analyst', '--as', 'ada'], PASSWORD, PASSWORD)
  expect(await runMdms(['show', 'totals', '--as', 'eve'], PASSWORD)).toContain(SENTENCE)
})
