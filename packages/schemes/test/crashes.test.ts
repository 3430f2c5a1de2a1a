// What holds for every registered scheme where a party is down for some rounds and then goes on: no exception, and no total but
// the exact one of the named contributors.
import { SeededRng, type Slot, signedLanes } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SchemeOptions } from '../src/options.ts'
import type { Scheme } from '../src/scheme.ts'
import { SCHEMES } from '../src/schemes/registered.ts'
import { SHORT_KEYS } from './support/keys.ts'
import { FIRST_SLOT, SmallGroup } from './support/small-group.ts'

const SEED = process.env.HUSHGRID_SEED ?? 'crashes'
const METERS = 3
/** More than any phase has. */
const ROUNDS = 9
/** A slot of it takes a tenth of a second. */
const SLOW = new Set(['dimitriou-awad-robust'])
const cases = Object.entries(SCHEMES).map(([name, make]) => ({ name, make: make as (options?: SchemeOptions) => Scheme }))

/** In which rounds a party is down, in a second setup and in each slot after it. */
const plans = fc.record({
  party: fc.nat(99),
  down: fc.array(fc.uniqueArray(fc.integer({ min: 1, max: ROUNDS }), { maxLength: ROUNDS }), { minLength: 4, maxLength: 4 })
})

function readingsIn(at: number): number[][] {
  return Array.from({ length: METERS }, (_, i) => [(i + 1) * 1000 + at * 17])
}

describe(`of seed ${SEED}`, () => {
  it.each(cases)('$name gives no other number where a party is down in between', ({ make }) => {
    const scheme = make(SHORT_KEYS)
    const property = fc.property(plans, ({ party, down: [setup = [], ...slots] }) => {
      const small = new SmallGroup(scheme, { meters: METERS })
      const parties = [...small.group.members, ...Object.values(small.group.parties), ...small.group.deviceOf.values()]
      const who = parties[party % parties.length] as (typeof parties)[number]
      small.again({ down: new Map([[who, setup]]) })
      for (const [i, rounds] of slots.entries()) {
        const rows = readingsIn(i)
        const { outcome } = small.slot(rows, { at: (FIRST_SLOT + i) as Slot, down: new Map([[who, rounds]]) })
        if (outcome?.type !== 'total') continue
        const sum = outcome.contributors.reduce((total, id) => total + BigInt(rows[small.group.members.indexOf(id)]?.[0] as number), 0n)
        expect(signedLanes(outcome.lanes)).toEqual([sum])
      }
    })
    fc.assert(property, { numRuns: SLOW.has(scheme.name) ? 8 : 25, seed: new SeededRng(SEED).below(2 ** 31) })
  })
})
