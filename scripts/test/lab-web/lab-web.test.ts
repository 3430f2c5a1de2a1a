// The page of the living neighbourhood: what it is told while real nodes run, and what its buttons do to them.
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { CSRF_HEADER } from '@hushgrid/web-api'
import { afterEach, describe, expect, it } from 'vitest'
import { endRuns, LabWebRun } from '../support/lab-web-run.ts'

afterEach(endRuns)

/** Several slots and a start, on two busy cores. */
const LONG = 120_000
const IMPORT = '1-0:1.29.0'
const TWO_64 = 2n ** 64n

describe('what the page is told', { timeout: LONG }, () => {
  it('all at first, then a slot as it passes, up to the last event of the run', async () => {
    const run = await new LabWebRun('--n', '10', '--slots', '4', '--slot-ms', '2000').follow()
    const [first] = run.changes
    expect(first).toMatchObject({
      type: 'snapshot',
      state: { network: 'neighbourhood-10', contender: { name: 'dcnet' }, recovery: 'edge-release' }
    })
    const state = await run.running()
    expect(state.meters.map(({ household }) => household).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(state).toMatchObject({ slotSeconds: 900, slotMs: 2000, degree: 9, epoch: 0, aggregatorUp: true, spare: [10, 11, 12, 13, 14] })
    expect(new Set(state.edges.map(edge => [...edge].sort().join())).size).toBe(45)
    expect(state.contender.sight.filter(({ plaintext }) => plaintext).map(({ role }) => role)).toEqual(['meter'])

    const from = run.changes.length
    const { slot } = await run.change('open', from)
    const over = await run.change('over', from, change => change.slot.slot === slot)
    const between = run.changes.slice(from).filter(change => change.type === 'submitted' && change.slot === slot)
    expect(between.flatMap(change => (change.type === 'submitted' ? change.households : [])).sort((a, b) => a - b)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9
    ])
    // Gathered: ten submissions are no ten events. A busy machine spreads them over much of the time there is.
    expect(between.length).toBeLessThan(10)
    expect(over.slot).toMatchObject({ members: 10, submitted: 10, exact: true, lost: false, missing: [], refused: [] })
    expect(over.slot.total).toEqual({ [IMPORT]: over.slot.expected[IMPORT] })
    expect(over.slot.withheld['1-0:2.29.0']?.text).toMatch(/^withheld: [345] of 10 can feed in, 6 are needed$/)
    expect(over.counters.keyAgreements).toBe(90)

    expect(await run.ended).toBe(0)
    expect(run.closed).toBe(true)
    expect(run.changes.at(-1)).toMatchObject({ type: 'snapshot', state: { phase: 'ended', counters: { slots: 4, exact: 4, lost: 0 } } })
    expect(run.err).toBe('')
  })

  it('a meter: what it used, and what the aggregator has of it, which only all together add up to the total', async () => {
    const run = await new LabWebRun('--n', '10', '--slot-ms', '1600', '--processes', '2').follow()
    await run.running()
    // A meter that was late in a slot has nothing in its total.
    const { slot: over } = await run.change('over', 0, ({ slot }) => slot.exact && slot.submitted === 10)
    const details = await Promise.all(Array.from({ length: 10 }, (_, household) => run.detail(household)))
    let masked = 0n
    let used = 0n
    for (const detail of details) {
      const slot = detail.slots.find(each => each.slot === over.slot)
      expect(slot?.received).toMatchObject([{ role: 'aggregator', form: 'masked' }])
      const value = BigInt(slot?.received[0]?.values[IMPORT] ?? -1)
      // A household uses far less than 2^32 Wh in a slot; that masks leave one so small comes once in 2^32 lanes.
      expect(value).toBeGreaterThan(2n ** 32n)
      masked += value
      used += BigInt(slot?.used?.[IMPORT] ?? -1)
      expect(detail).toMatchObject({ state: 'in', keyAgreements: 9 })
      expect(detail.neighbours).toHaveLength(9)
    }
    expect(masked % TWO_64).toBe(BigInt(over.total?.[IMPORT] ?? -1))
    expect(used).toBe(BigInt(over.total?.[IMPORT] ?? -1))
    expect(await run.detail(12)).toMatchObject({ state: 'out', id: '', neighbours: [], slots: expect.any(Array) })
    // What the page is served with is not counted as the nodes' traffic.
    const from = run.changes.length
    let served = 0
    for (let i = 0; i < 300; i++) served += (await (await fetch(`${run.url}api/lab`)).text()).length
    await run.change('over', from)
    await run.change('over', run.changes.length)
    expect(served).toBeGreaterThan(600_000)
    for (const change of run.changes) if (change.type === 'over') expect(change.slot.bytes).toBeLessThan(200_000)
    for (const path of ['15', '-1', 'x', '1e1']) expect((await fetch(`${run.url}api/lab/meters/${path}`)).status).toBe(404)
  })
})

describe('its buttons', { timeout: LONG }, () => {
  it('have meters join, leave, crash and come back, and the aggregator go and come back', async () => {
    const run = await new LabWebRun('--n', '10', '--slot-ms', '2000').follow()
    await run.running()
    const inState = async (household: number, state: string | undefined): Promise<void> => {
      await expect
        .poll(async () => (await run.state()).meters.find(each => each.household === household)?.state, { timeout: 60_000, interval: 50 })
        .toBe(state)
    }

    expect(await run.act({ do: 'join' })).toEqual({ status: 202, error: undefined })
    await inState(10, 'in')
    expect((await run.state()).spare).toEqual([11, 12, 13, 14])
    expect(await run.act({ do: 'join', household: 10 })).toEqual({ status: 409, error: 'meter 10 is in the ring already' })
    expect(await run.act({ do: 'join', household: 99 })).toEqual({ status: 409, error: 'there are no readings of household 99' })

    expect((await run.act({ do: 'leave', household: 2 })).status).toBe(202)
    await inState(2, undefined)
    expect((await run.state()).spare).toContain(2)
    expect(await run.act({ do: 'crash', household: 2 })).toEqual({ status: 409, error: 'meter 2 is not in the ring' })

    expect(await run.act({ do: 'restart', household: 3 })).toEqual({ status: 409, error: 'meter 3 runs' })
    expect((await run.act({ do: 'crash', household: 3 })).status).toBe(202)
    expect(await run.act({ do: 'crash', household: 3 })).toEqual({ status: 409, error: 'meter 3 is down already' })
    expect(await run.act({ do: 'leave', household: 3 })).toEqual({ status: 409, error: 'meter 3 is down' })
    const without = await run.change('over', 0, ({ slot }) => slot.missing.includes(3) && slot.recovered === 1)
    expect(without.slot).toMatchObject({ exact: true, missing: [3] })
    expect(run.changes.some(change => change.type === 'missing' && change.households.includes(3))).toBe(true)
    expect(run.changes.some(change => change.type === 'releasing')).toBe(true)
    expect((await run.act({ do: 'restart', household: 3 })).status).toBe(202)
    await inState(3, 'in')

    expect(await run.act({ do: 'aggregator-restart' })).toEqual({ status: 409, error: 'the aggregator is up already' })
    expect((await run.act({ do: 'aggregator-crash' })).status).toBe(202)
    await expect.poll(async () => (await run.state()).aggregatorUp, { timeout: 30_000 }).toBe(false)
    expect(await run.act({ do: 'ask-twice', household: 4 })).toEqual({ status: 409, error: 'the aggregator is down' })
    const down = run.changes.length
    const { slot: last } = await run.change('over', down, ({ slot }) => slot.lost)
    // Nothing reaches an aggregator that is down, and every figure says so.
    const { slot: lost } = await run.change('over', down, ({ slot }) => slot.slot === last.slot + 1)
    expect(lost).toMatchObject({ lost: true, reason: 'the aggregator was down', members: 10, submitted: 0, missing: [] })
    const { counters, slots: rows } = await run.state()
    expect([counters.slots, counters.exact, counters.lost]).toEqual([
      rows.length,
      rows.filter(({ exact }) => exact).length,
      rows.filter(row => row.lost).length
    ])
    const up = run.changes.length
    expect((await run.act({ do: 'aggregator-restart' })).status).toBe(202)
    await run.change('aggregator', up, change => change.up)
    await run.change('over', up, ({ slot }) => slot.exact && slot.submitted === 10)

    for (const line of [
      /^Meter 10 asks to join\.$/,
      /^Meter 10 is in from the slot of \d\d:\d\d UTC: 11 members, epoch \d+\.$/,
      /^Meter 2 is out from the slot of .* 10 members, epoch \d+\.$/,
      /^Meter 3 crashes, as if its process had been killed\.$/,
      /^Slot of .* UTC: total without meter 3, recovered by \d+ releases of masks\.$/,
      /^Meter 3 runs again, with its keys and its journal\.$/,
      /^The aggregator is down: no slot has a total until it is back\.$/,
      /^Slot of .* UTC: lost \(the aggregator was down\)\.$/,
      /^The aggregator is up again, with what it had kept\.$/
    ])
      expect(
        run.log.some(text => line.test(text)),
        `${line} in ${JSON.stringify(run.log)}`
      ).toBe(true)
    // Whatever a scenario or a person does, what was published is right.
    const slots = run.changes.flatMap(change => (change.type === 'over' ? [change.slot] : []))
    expect(slots.filter(slot => !slot.lost && !slot.exact)).toEqual([])
  }, 240_000)

  it('do not leave fewer members than the network needs', async () => {
    const run = await new LabWebRun('--n', '6', '--slot-ms', '1000').follow()
    await run.running()
    expect(await run.act({ do: 'leave', household: 0 })).toEqual({
      status: 409,
      error: "5 members would be left, and the network's least number is 6"
    })
  })

  it.each(['edge-release', 'double-mask'])('%s: asking twice meets refusals and exposes nothing', async recovery => {
    const run = await new LabWebRun('--n', '10', '--slot-ms', '2400', '--recovery', recovery).follow()
    await run.running()
    const from = run.changes.length
    expect((await run.act({ do: 'ask-twice', household: 4 })).status).toBe(202)
    expect(await run.act({ do: 'ask-twice', household: 5 })).toEqual({
      status: 409,
      error: 'an attack is under way; it ends with its slot'
    })
    const { slot, refusals } = await run.change('refused', from)
    expect(refusals.length).toBeGreaterThan(0)
    const { line } = await run.change('log', from, each => each.line.text.startsWith('Asking twice about meter 4:'))
    expect(line.kind).toBe('attack')
    const over = await run.change('over', from, each => each.slot.slot === slot)
    const refusing = new Set(over.slot.refused.map(({ household }) => household))
    expect(over.slot).toMatchObject({ releases: 0 })
    if (recovery === 'edge-release') {
      // Whoever has submitted and is named says so; that keeps all others from releasing.
      expect(refusing.size).toBeGreaterThanOrEqual(9)
      expect(run.changes.slice(from).filter(change => change.type === 'releasing' && change.slot === slot)).toEqual([])
      expect(line.text).toMatch(/: the slot has its total; 10 meters were shown a request, \d+ disputes?/)
    } else {
      expect(refusing).toContain(4)
      expect(line.text).toMatch(/both requests as evidence/)
    }
    expect(line.text).toMatch(/no masks were released\.$/)
    const { asked } = await run.state()
    expect(asked).toMatchObject({ household: 4, slot, verdict: { held: true } })
    expect(asked?.verdict?.text).toMatch(/^refused by \d+ of 10(, answered by none)?: nobody answers twice for the slot of \d\d:\d\d UTC$/)
    // Nobody is the worse for it: the next slot is as any other.
    const next = await run.change('over', from, each => each.slot.slot === slot + 1)
    expect(next.slot).toMatchObject({ exact: true, submitted: 10 })
    expect((await run.state()).meters.every(({ state }) => state === 'in')).toBe(true)
  })

  it('a meter that is away while the aggregator asks twice costs the slot, which is said', async () => {
    const run = await new LabWebRun('--n', '10', '--slot-ms', '2400').follow()
    await run.running()
    await run.change('over', 0)
    const from = run.changes.length
    expect((await run.act({ do: 'crash', household: 7 })).status).toBe(202)
    expect((await run.act({ do: 'ask-twice', household: 4 })).status).toBe(202)
    const { line } = await run.change('log', from, each => each.line.text.startsWith('Asking twice about meter 4:'))
    const { slot } = await run.change('over', from, each => each.slot.refused.length > 0)
    expect(slot).toMatchObject({ lost: true, exact: false, total: null, reason: 'members dispute that they are missing' })
    expect(line.text).toMatch(
      /^Asking twice about meter 4: the slot is lost \(members dispute that they are missing\);.*no masks were released\.$/
    )
    // The report has both, with the slot that was under way.
    const events = readFileSync(join(run.folder, 'run', 'events.jsonl'), 'utf8')
      .trim()
      .split('\n')
    expect(events.map(each => JSON.parse(each)).filter(({ type }) => type === 'crash' || type === 'attack')).toMatchObject([
      { type: 'crash', meter: 7, slot: expect.any(Number), protocolTime: expect.stringMatching(/Z$/) },
      { type: 'attack', by: 'aggregator', what: 'ask-twice', meter: 4, slot: slot.slot }
    ])
  })

  it('without recovery there is nothing to ask', async () => {
    const run = await new LabWebRun('--n', '6', '--slot-ms', '1000', '--recovery', 'none').follow()
    await run.running()
    const { status, error } = await run.act({ do: 'ask-twice', household: 1 })
    expect([status, error]).toEqual([409, 'there is nothing to ask: in a network without recovery nobody releases masks'])
  })
})

describe('who may ask', { timeout: LONG }, () => {
  it('only this machine, by its own name, and for what changes something with the token of the page', async () => {
    const run = await new LabWebRun('--n', '6', '--slot-ms', '1000').follow()
    const { csrf } = await run.running()
    const { port, hostname } = new URL(run.url)
    expect(hostname).toBe('127.0.0.1')
    expect((await run.post({ do: 'crash', household: 1 }, {})).status).toBe(403)
    expect((await run.post({ do: 'crash', household: 1 }, { [CSRF_HEADER]: `${csrf}x` })).status).toBe(403)
    expect((await run.post({ do: 'crash', household: 1 }, { [CSRF_HEADER]: csrf, origin: 'http://evil.example' })).status).toBe(403)
    expect((await run.state()).meters.every(({ state }) => state === 'in')).toBe(true)
    for (const wrong of [{ do: 'explode' }, { do: 'crash' }, { do: 'crash', household: 1.5 }, { do: 'switch', contender: 'zkp' }, []])
      expect((await run.post(wrong, { [CSRF_HEADER]: csrf })).status, JSON.stringify(wrong)).toBe(400)
    expect(await statusFor(run.url, `localhost:${port}`)).toBe(200)
    expect(await statusFor(run.url, `evil.example:${port}`)).toBe(421)

    const others = Object.values(networkInterfaces()).flatMap(each => (each ?? []).filter(({ internal }) => !internal))
    for (const address of ['127.0.0.2', '::1', ...others.filter(({ scopeid }) => !scopeid).map(({ address }) => address)])
      expect([address, await reaches(address, Number(port))]).toEqual([address, false])
    expect(await reaches('127.0.0.1', Number(port))).toBe(true)
  })
})

function statusFor(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}api/lab`, { headers: { host } }, answer => {
      answer.resume()
      resolve(answer.statusCode)
    })
      .once('error', reject)
      .end()
  })
}

function reaches(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port, timeout: 10_000 })
    const end = (reached: boolean): void => {
      socket.destroy()
      resolve(reached)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
  })
}
