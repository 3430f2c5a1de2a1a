// A neighbourhood of processes that is stopped while it forms: at Ctrl-C nothing may be left, and nothing may start behind it.

import { expect, it } from 'vitest'
import { syntheticReadings } from '../../src/meters/readings.ts'
import type { NeighbourhoodOptions } from '../../src/neighbourhood/neighbourhood.ts'
import { labNetwork } from '../../src/neighbourhood/network.ts'
import { RoleNeighbourhood } from '../../src/roles/neighbourhood.ts'

/** Roles of which the aggregator never gets ready. */
const MODULE = `data:text/javascript,${encodeURIComponent(`
  const ready = async () => ({ ready: {}, stop: async () => undefined })
  export const roles = { registrar: ready, aggregator: () => new Promise(() => {}), meter: ready }`)}`

it('ends the processes that still start, and starts no other', { timeout: 60_000 }, async () => {
  const network = labNetwork(10)
  const failures: unknown[] = []
  const options: NeighbourhoodOptions = {
    network,
    members: 10,
    readings: syntheticReadings(network, 10, 'roles'),
    slotMs: 1000,
    processes: 1,
    state: 'nowhere',
    emit: () => {},
    fail: cause => failures.push(cause)
  }
  const begun = Promise.withResolvers<void>()
  const steps: string[] = []
  const neighbourhood = new RoleNeighbourhood(options, {
    module: MODULE,
    form: async ({ start }) => {
      await start('registrar', {})
      const waiting = start('aggregator', {})
      begun.resolve()
      await waiting.catch(cause => steps.push(cause.message))
      await start('meter', {})
    }
  })
  const forming = neighbourhood.form().catch(cause => steps.push(cause.message))
  await begun.promise
  // Resolves once all processes have ended.
  await neighbourhood.stop()
  await forming
  expect(steps).toEqual(['aggregator: its process was ended', 'meter: expected a neighbourhood that runs, got one that was stopped'])
  expect(failures).toEqual([])
})
