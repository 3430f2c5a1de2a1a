// Every contender of the house and some schemes on real nodes: a neighbourhood of five forms, and its totals are the sums of the readings.
import { changeNetwork } from '@hushgrid/topology'
import { describe, expect, it } from 'vitest'
import { CONTENDERS } from '../../src/contender/contenders.ts'
import { SCHEME_CONTENDERS } from '../../src/contender/schemes/contenders.ts'
import { syntheticReadings } from '../../src/meters/readings.ts'
import { labNetwork } from '../../src/neighbourhood/network.ts'
import { stateFolder } from '../../src/neighbourhood/state-folder.ts'
import { runSlots } from '../../src/run/slots.ts'

const MEMBERS = 5
const SLOTS = 2
/** Long enough for nodes that share two busy cores with others, ms. */
const SLOT_MS = 3000
const LONG = 120_000
/** Schemes of two kinds: with a key authority and a store, and with meters that dial each other. */
const SCHEMES: readonly string[] = ['vetter', 'marmol']
const ALL = [...CONTENDERS, ...SCHEME_CONTENDERS.filter(({ facts }) => SCHEMES.includes(facts.name))]

describe('live', () => {
  it.each(ALL.map(contender => [contender.facts.name, contender] as const))('%s adds up', { timeout: LONG }, async (_, contender) => {
    const folder = stateFolder('lab')
    const state = folder.path
    const base = labNetwork(MEMBERS)
    const [recovery = base.recovery] = contender.facts.recoveries ?? []
    const network = changeNetwork(base, { minMembers: 3, recovery })
    const failure = new AbortController()
    const neighbourhood = contender.live({
      network,
      members: MEMBERS,
      readings: syntheticReadings(network, MEMBERS, 'contender'),
      slotMs: SLOT_MS,
      processes: 1,
      state,
      emit: () => {},
      fail: cause => failure.abort(cause)
    })
    try {
      await neighbourhood.form()
      const { rows } = await runSlots(neighbourhood, SLOTS, failure.signal, { begun: () => {}, row: () => {} })
      failure.signal.throwIfAborted()
      expect(rows.map(({ exact, submitted, members }) => ({ exact, submitted, members }))).toEqual(
        Array.from({ length: SLOTS }, () => ({ exact: true, submitted: MEMBERS, members: MEMBERS }))
      )
    } finally {
      await neighbourhood.stop()
      folder.remove()
    }
  })
})
