// From the DC-net to concentrator and PES and back, on the page of one run of the lab.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { verifyRun } from '@hushgrid/lab'
import { CSRF_HEADER, type LabSlot, type LabState } from '@hushgrid/web-api'
import { afterEach, describe, expect, it } from 'vitest'
import { endRuns, LabWebRun } from '../support/lab-web-run.ts'

afterEach(endRuns)

/** A start or several, on two busy cores. */
const LONG = 180_000
const IMPORT = '1-0:1.29.0'

async function runningAs(run: LabWebRun, from: number, name: string): Promise<LabState> {
  const { state } = await run.change('snapshot', from, change => change.state.phase === 'running' && change.state.contender.name === name)
  return state
}

const slotsOf = (run: LabWebRun): LabSlot[] => run.changes.flatMap(change => (change.type === 'over' ? [change.slot] : []))

describe('the switch', { timeout: LONG }, () => {
  it('forms the other mode on the same readings, slot after slot, and shows where plaintext is', async () => {
    const run = await new LabWebRun('--n', '8', '--slots', '9', '--slot-ms', '2000', '--seed', 'switch').follow()
    await run.running()
    await run.change('over', 0)
    expect(await run.act({ do: 'switch', contender: 'dcnet' })).toEqual({ status: 409, error: 'it runs so already' })
    expect(await run.act({ do: 'switch', contender: 'dcnet-double' })).toEqual({
      status: 409,
      error: 'expected a contender for a network with recovery edge-release, got dcnet-double'
    })
    const from = run.changes.length
    expect((await run.act({ do: 'switch', contender: 'pes-reencrypt' })).status).toBe(202)
    expect((await run.act({ do: 'join' })).status).toBe(409)
    const pes = await runningAs(run, from, 'pes-reencrypt')
    expect(pes).toMatchObject({
      contender: { name: 'pes-reencrypt', masks: false },
      bits: 2048,
      degree: 0,
      edges: [],
      counters: { slots: 0 }
    })
    expect(pes).not.toHaveProperty('recovery')
    expect(pes).not.toHaveProperty('forming')
    expect(pes.contender.sight.filter(({ plaintext }) => plaintext).map(({ role }) => role)).toEqual(['meter', 'pes'])
    expect(run.changes.slice(from).some(change => change.type === 'snapshot' && change.state.phase === 'switching')).toBe(true)

    const { slot } = await run.change('over', from, each => each.slot.exact)
    const detail = (await run.detail(3)).slots.find(each => each.slot === slot.slot)
    expect(detail?.received.map(({ role, form }) => [role, form])).toEqual([
      ['concentrator', 'ciphertext'],
      ['pes', 'plain']
    ])
    // The point of the page: the PES has just what was used.
    expect(detail?.received[1]?.values).toEqual(detail?.used)
    expect(detail?.received[0]?.values['']).toMatch(/^[0-9a-f]{88}$/)
    const state = await run.state()
    expect(state.meters.map(({ household }) => household)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(state.slots.some(({ slot: each }) => each < slot.slot)).toBe(true)
    expect(await run.act({ do: 'ask-twice', household: 1 })).toEqual({ status: 409, error: 'there are no masks to ask for in this mode' })
    expect(await run.act({ do: 'switch', contender: 'pes-reencrypt' })).toEqual({ status: 409, error: 'it runs so already' })

    const back = run.changes.length
    expect((await run.act({ do: 'switch', contender: 'dcnet' })).status).toBe(202)
    expect(await runningAs(run, back, 'dcnet')).toMatchObject({ recovery: 'edge-release', degree: 7 })
    expect(await run.ended).toBe(0)

    const slots = slotsOf(run)
    expect(slots).toHaveLength(9)
    // No slot was left out, and none came twice.
    expect(slots.map(each => each.slot - (slots[0] as LabSlot).slot)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect(slots.every(({ exact }) => exact)).toBe(true)
    expect(run.err).toBe('')
    const reports = readdirSync(run.folder).sort()
    expect(reports).toEqual(['run', 'run-2-pes', 'run-3-dcnet'])
    const documents = reports.map(name => JSON.parse(readFileSync(join(run.folder, name, 'run.json'), 'utf8')))
    expect(documents.map(({ configuration }) => configuration.mode)).toEqual(['dcnet', 'pes', 'dcnet'])
    expect(documents.flatMap(({ slots: each }) => each.map(({ slot: number }: { slot: number }) => number))).toEqual(
      slots.map(({ slot: number }) => number)
    )
    for (const name of reports) expect((await verifyRun(join(run.folder, name))).problems).toEqual([])
    // A single reading is nowhere but on the page.
    const used = detail?.used?.[IMPORT]
    for (const name of reports) {
      const text = readFileSync(join(run.folder, name, 'events.jsonl'), 'utf8') + readFileSync(join(run.folder, name, 'run.json'), 'utf8')
      expect(text).not.toContain('"used"')
      expect(text).not.toContain(`"${IMPORT}":"${used}"`)
    }
  })

  it('direct: the PES has ciphertexts only, and the concentrator goes and comes back', async () => {
    const run = await new LabWebRun('--n', '6', '--slot-ms', '1500', '--mode', 'pes', '--variant', 'direct').follow()
    expect(await run.running()).toMatchObject({ contender: { name: 'pes-direct', label: 'PES, direct' } })
    const { slot } = await run.change('over', 0, each => each.slot.exact)
    const detail = (await run.detail(2)).slots.find(each => each.slot === slot.slot)
    expect(detail?.received.map(({ role, form }) => [role, form])).toEqual([
      ['concentrator', 'ciphertext'],
      ['pes', 'ciphertext']
    ])
    // Modulo n squared, 2 times 2048 bits, for the PES; for the concentrator with its proof, sealed.
    const [sealed = '', ciphertext = ''] = detail?.received.map(({ values }) => values['']) ?? []
    expect(ciphertext).toMatch(/^[0-9a-f]{1024}$/)
    expect(sealed).toMatch(/^[0-9a-f]{1026,}$/)
    expect(sealed).not.toContain(ciphertext)
    expect((await run.act({ do: 'join', household: 7 })).status).toBe(202)
    await run.change('ring', 0, ({ meters }) => meters.some(each => each.household === 7 && each.state === 'in'))
    const from = run.changes.length
    expect((await run.act({ do: 'aggregator-crash' })).status).toBe(202)
    await run.change('over', from, each => each.slot.lost)
    expect((await run.act({ do: 'aggregator-restart' })).status).toBe(202)
    const again = run.changes.length
    await run.change('over', again, each => each.slot.exact && each.slot.submitted === 7)
    expect(run.log).toContain('The concentrator is up again, with what it had kept.')
  })

  it('is refused under a scenario, and where the readings end', async () => {
    const run = await new LabWebRun('--n', '8', '--slot-ms', '1000', '--churn', 'poisson-day').follow()
    await run.running()
    expect(await run.act({ do: 'switch', contender: 'pes-reencrypt' })).toEqual({
      status: 409,
      error: 'a churn scenario is under way, which is planned for this run alone'
    })
  })

  it('the households of a recording that are left may join', async () => {
    const first = new LabWebRun('--help')
    await first.ended
    const data = join(first.folder, 'data.csv')
    const rows = ['slot_start_utc,a,b,c,d,e,f,g,h', '2024-03-04T00:00Z,1,2,3,4,5,6,7,8', '2024-03-04T00:15Z,1,2,3,4,5,6,7,8']
    writeFileSync(data, `${rows.join('\n')}\n`)
    const run = await new LabWebRun('--n', '6', '--slot-ms', '5000', '--data', data).follow()
    const { spare, csrf } = await run.running()
    expect(spare).toEqual([6, 7])
    const { slot } = await run.change('over', 0)
    expect(slot.total?.[IMPORT]).toBe('21')
    const last = await run.change('open', 0, change => change.slot === slot.slot + 1)
    expect(last.start).toBe('2024-03-04T00:15:00.000Z')
    // With a token from before: the run ends soon after the last slot's deadline.
    expect(await run.post({ do: 'switch', contender: 'pes-reencrypt' }, { [CSRF_HEADER]: csrf })).toEqual({
      status: 409,
      error: 'the readings end here: there is no slot left for another run'
    })
  })
})

describe('Ctrl-C', { timeout: LONG }, () => {
  it('ends the page with the run, the last event first', async () => {
    const run = await new LabWebRun('--n', '8', '--slot-ms', '1200').follow()
    await run.running()
    await run.change('over', 0)
    const begin = performance.now()
    run.interrupt()
    expect(await run.ended).toBe(0)
    // What is promised is two seconds, see nodes-start.test.ts; here nobody who follows the page holds it up.
    expect(performance.now() - begin).toBeLessThan(4000)
    expect(run.changes.at(-1)).toMatchObject({ type: 'snapshot', state: { phase: 'ended' } })
    expect(existsSync(join(run.folder, 'run', 'run.json'))).toBe(true)
  })
})
