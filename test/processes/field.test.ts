// A network under the field preset, in processes, in the order of docs/deploy.md: lists and keys first, and no stranger.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KNOWN_LANES, KnownReadings } from '../support/known-readings.ts'
import { killAllNodes, type NodeEvent, NodeProcess, type Role, runToEnd } from '../support/node-process.ts'

const SLOT_SECONDS = 8
const MEMBERS = 6
/** A test that waits for several slots, and for nodes that start, on two busy cores. */
const LONG = 180_000

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  return address.port
}

describe('a network under the field preset', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hushgrid-field-'))
  const networkFile = join(folder, 'network.yaml')
  const recording = join(folder, 'readings.csv')
  const readings = new KnownReadings(MEMBERS + 1, SLOT_SECONDS, Math.floor(Date.now() / 1000 / SLOT_SECONDS) - 5, 300)
  const meters: NodeProcess[] = []
  let registrar: NodeProcess
  let aggregator: NodeProcess
  let mdms: NodeProcess

  function start(role: Role, name: string, more: readonly string[], listen = '/ip4/127.0.0.1/tcp/0'): NodeProcess {
    const common = ['--network', networkFile, '--data-dir', join(folder, name), '--listen', listen, '--preset', 'field', '--json']
    return new NodeProcess(role, [...common, ...more])
  }

  async function idOf(role: Role, name: string): Promise<NodeEvent> {
    const { status, out } = await runToEnd(role, ['id', '--data-dir', join(folder, name), '--json'])
    expect(status).toBe(0)
    return JSON.parse(out) as NodeEvent
  }

  beforeAll(async () => {
    writeFileSync(
      networkFile,
      `name: field\nslotSeconds: ${SLOT_SECONDS}\nmembers: ${MEMBERS}\nminMembers: 6\ndropout: 0\nrecovery: none\n${KNOWN_LANES}`
    )
    readings.write(recording)
    const listen = `/ip4/127.0.0.1/tcp/${await freePort()}`
    const registrarAddress = `${listen}${String((await idOf('registrar', 'registrar')).address)}`
    const { id: supplier } = await idOf('mdms', 'mdms')
    aggregator = start('aggregator', 'aggregator', ['--registrar', registrarAddress, '--reader', String(supplier)])
    const { id: aggregatorKey, address } = await aggregator.event('listening', undefined, LONG)
    for (let household = 0; household <= MEMBERS; household++) {
      const source = ['--data', recording, '--household', readings.nameOf(household)]
      meters.push(start('meter', `meter-${household}`, ['--registrar', registrarAddress, ...source]))
    }
    const ids = await Promise.all(meters.map(async meter => String((await meter.event('listening', undefined, LONG)).id)))
    // The last is on no list.
    writeFileSync(join(folder, 'meters.txt'), `${ids.slice(0, MEMBERS).join('\n')}\n`)
    const allow = ['--allow', join(folder, 'meters.txt'), '--aggregator-key', String(aggregatorKey)]
    registrar = start('registrar', 'registrar', allow, listen)
    mdms = start('mdms', 'mdms', ['--aggregator', String(address)])
  }, LONG)

  afterAll(async () => {
    await killAllNodes()
    rmSync(folder, { recursive: true, force: true })
  })

  it('has the exact totals of the meters on the list, at the aggregator and at its reader', { timeout: LONG }, async () => {
    for (const node of [aggregator, mdms]) {
      const totals = await node.until('three totals', () => (node.all('total').length >= 3 ? node.all('total') : undefined), LONG)
      for (const { contributors, importKWh, slot } of totals)
        expect([contributors, Math.round(Number(importKWh) * 1000)]).toEqual([MEMBERS, readings.sum(MEMBERS, Number(slot))])
    }
    expect(aggregator.all('lost').filter(({ reason }) => reason !== undefined)).toEqual([])
  })

  it('turns the meter away that is on no list, and counts it', { timeout: LONG }, async () => {
    const turnedAway = () => registrar.all('dropped').some(({ stranger }) => Number(stranger) > 0)
    await registrar.until('strangers counted', () => turnedAway() || undefined, LONG)
    expect(meters.at(-1)?.all('enrolled')).toEqual([])
    expect(registrar.all('enrolled')).toHaveLength(MEMBERS)
  })
})
