// Every scheme in virtual time, through a crash and a join: exact totals or lost slots, right bills or none, and never another
// number.
import { generateKeyPair, type PrivateKey } from '@hushgrid/paillier'
import type { MeterId } from '@hushgrid/primitives'
import { SCHEMES, type SchemeName } from '@hushgrid/schemes'
import { expect, it } from 'vitest'
import { SimulatedScheme } from '../../src/neighbourhood/simulated-scheme.ts'

/** Bits of keys that protect nothing and still hold two scalars: what is tested does not depend on their length. */
const SHORT = 640
const keys = new Map<MeterId, PrivateKey>()
function keyFor(party: MeterId): PrivateKey {
  const key = keys.get(party) ?? generateKeyPair(SHORT, { insecure: true }).privateKey
  keys.set(party, key)
  return key
}

const MEMBERS = 6
const SLOTS = 9
/** Prices of a period of four slots; the first slot of a simulation, unless given, is the first of one. */
const PRICES = [1n, 2n, 1n, -1n]
const OPTIONS = { bits: SHORT, keyFor, minMembers: 3, maxReading: 20_000n, prices: PRICES }
const isOfBills = (name: SchemeName): boolean => SCHEMES[name](OPTIONS).facts.yields === 'bills'
const ALL = Object.keys(SCHEMES) as SchemeName[]

it.each(ALL.filter(name => !isOfBills(name)))('%s', name => {
  const scheme = SCHEMES[name](OPTIONS)
  const simulated = new SimulatedScheme(scheme, { members: MEMBERS, seed: `every ${name}`, signatures: 'stand-in' })
  simulated.schedule(1.5, () => simulated.crash(3))
  simulated.schedule(5.5, () => simulated.restart(3, 'intact'))
  simulated.runSlots(SLOTS)
  const { slots } = simulated.result()
  const shown = slots.map(({ exact, result }) => (exact ? 'exact' : result))

  expect(simulated.violations).toEqual([])
  expect(slots.filter(({ exact, result }) => result === 'total' && !exact)).toEqual([])
  // Before the crash, and once all have formed a group again.
  expect([shown[0], shown.at(-1)]).toEqual(['exact', 'exact'])
  if (scheme.facts.missing.startsWith('lost')) expect(shown).toContain('lost')
  else expect(shown).not.toContain('none')
})

it.each(ALL.filter(isOfBills))('%s', name => {
  const simulated = new SimulatedScheme(SCHEMES[name](OPTIONS), { members: MEMBERS, seed: `every ${name}`, signatures: 'stand-in' })
  simulated.schedule(1.5, () => simulated.crash(3))
  simulated.schedule(5.5, () => simulated.restart(3, 'intact'))
  simulated.runSlots(12)
  const { slots, summary } = simulated.result()

  expect(simulated.violations).toEqual([])
  // No slot has a total, none is lost, and only the last of a period has bills.
  expect(slots.map(({ result, exact }) => [result, exact])).toEqual(slots.map((_, i) => ['none', i % 4 === 3 ? true : undefined]))
  expect(slots.map(({ bills }) => bills ?? null).filter(bills => bills !== null)).toEqual([
    { right: [0, 1, 2, 4, 5], wrong: [], without: [3] },
    { right: [0, 1, 2, 4, 5], wrong: [], without: [3] },
    { right: [0, 1, 2, 3, 4, 5], wrong: [], without: [] }
  ])
  expect(summary).toMatchObject({ exact: 3, wrong: 0, lost: 0 })
})

it('loses the bills of a period at whose end the aggregator is away', () => {
  const simulated = new SimulatedScheme(SCHEMES['erkin-tsudik-temporal'](OPTIONS), {
    members: MEMBERS,
    seed: 'away',
    signatures: 'stand-in'
  })
  simulated.schedule(2.9, () => simulated.crashRole('aggregator'))
  simulated.schedule(4.5, () => simulated.restartRole('aggregator'))
  simulated.runSlots(8)
  const { slots, summary } = simulated.result()
  expect(slots.map(({ result }) => result)).toEqual(['none', 'none', 'none', 'lost', 'none', 'none', 'none', 'none'])
  expect(summary.lost).toBe(1)
})
