// Questions about the time over real sockets: a meter whose clock is wrong, or that cannot ask yet.
import { setTimeout as wait } from 'node:timers/promises'
import { slotTimes } from '@hushgrid/primitives'
import { afterEach, expect, it, vi } from 'vitest'
import { FIRST, SmallNetwork } from '../support/small-network.ts'

const MEMBERS = 3
/** Real length of a slot: a quarter of its unit, the longest round trip that counts, is one and a half seconds. */
const SLOT_MS = 96_000
const { unit } = slotTimes(FIRST, 900)
const PATIENCE = { timeout: 60_000, interval: 10 }
const WITHIN = { timeout: 120_000 }

let network: SmallNetwork
afterEach(async () => {
  await network.stop()
  expect(network.failures).toEqual([])
})

it.each([40, -40])('a meter whose clock is off by %d units sets it by the registrar, and joins', WITHIN, async units => {
  network = await SmallNetwork.form(MEMBERS)
  network.run(FIRST, 8, SLOT_MS)
  const meter = network.addMeter()
  meter.asks = 'at-start'
  meter.clock.offset = units * unit
  await network.start(meter)
  expect(Math.abs(meter.clock.offset)).toBeLessThan(unit / 4)
  const adjusted = meter.outputs.filter(output => output.type === 'clock-adjusted')
  expect(adjusted).toMatchObject([{ first: true, wasOff: true }])
  expect(meter.outputs.filter(output => output.type === 'ask-time')).toHaveLength(4)
  // One conversation for the time, and another to enrol and join: the registrar refused nothing.
  expect(network.registrar.service.state.drops.counts).toEqual({})
})

it('a meter that cannot ask waits, and asks again until it can', WITHIN, async () => {
  network = await SmallNetwork.form(MEMBERS)
  network.run(FIRST, 8, SLOT_MS)
  await network.crashRegistrar()
  const meter = network.addMeter()
  meter.asks = 'at-start'
  let joined = false
  const joining = network.start(meter).then(() => {
    joined = true
  })
  // The first enquiry fails within four round trips that do not count.
  await vi.waitFor(() => expect(meter.outputs.filter(output => output.type === 'ask-time').length).toBeGreaterThan(4), PATIENCE)
  await wait(100)
  expect([joined, meter.service.state.clock.known]).toEqual([false, false])
  expect(meter.outputs.map(output => output.type)).not.toContain('request')
  await network.startRegistrar()
  await joining
  expect(meter.service.state.clock.known).toBe(true)
})
