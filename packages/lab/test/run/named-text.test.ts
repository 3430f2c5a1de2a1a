// Lines for a person have names in the place of keys.
import { withPeerId } from '@hushgrid/network'
import { IdentityKey, type MeterId, systemRng } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { named, namedText } from '../../src/run/named-text.ts'

const [seven, aggregator, stranger] = Array.from({ length: 3 }, () => IdentityKey.generate(systemRng).id) as [MeterId, MeterId, MeterId]
const known = { households: new Map([[seven, 7]]), keys: { aggregator, registrar: undefined } }

it.each([
  [`aggregator: evidence against ${seven}: two rosters`, 'aggregator: evidence against meter 7: two rosters'],
  [`meter ${seven} is cut`, 'meter 7 is cut'],
  [`registrar: evidence against ${aggregator}: it lies`, 'registrar: evidence against the aggregator: it lies'],
  [`meter ${stranger} is barred`, `meter ${stranger} is barred`],
  [
    `meter 3: connecting to the aggregator at ${withPeerId('/ip4/127.0.0.1/tcp/37439', aggregator)}: refused`,
    'meter 3: connecting to the aggregator at 127.0.0.1:37439: refused'
  ],
  [`no stream to ${withPeerId('', seven).slice('/p2p/'.length)}`, 'no stream to meter 7'],
  ['readings: synthetic neighbourhood, seed shots', 'readings: synthetic neighbourhood, seed shots']
])('%s', (text, shown) => {
  expect(namedText(text, known)).toBe(shown)
})

it('leaves events without a text as they are', () => {
  const page = { type: 'page', url: 'http://127.0.0.1:1/' } as const
  expect(named(page, known)).toBe(page)
  expect(named({ type: 'warning', text: seven }, known)).toEqual({ type: 'warning', text: 'meter 7' })
})
