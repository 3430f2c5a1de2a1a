// Every scheme of totals in virtual time, through a crash and a join: exact totals or lost slots, and never another number.
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
const OPTIONS = { bits: SHORT, keyFor, minMembers: 3, maxReading: 20_000n }
const OF_BILLS: SchemeName = 'erkin-tsudik-temporal'
const names = (Object.keys(SCHEMES) as SchemeName[]).filter(name => SCHEMES[name](OPTIONS).facts.yields !== 'bills')

it.each(names)('%s', name => {
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

it('refuses a scheme that yields bills', () => {
  const made = (): unknown => new SimulatedScheme(SCHEMES[OF_BILLS](OPTIONS), { members: MEMBERS, seed: 'bills' })
  expect(made).toThrow('simulated scheme: expected one of totals, got erkin-tsudik-temporal, which yields bills')
})
