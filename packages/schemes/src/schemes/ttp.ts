// Aggregation by a third party that everybody trusts with all readings.
import { concatBytes, lanesToBytes, type MeterId } from '@hushgrid/primitives'
import { decodeLanes, sumLanes } from '../bodies/lanes.ts'
import { decodeMembers, encodeMembers } from '../bodies/members.ts'
import { MalformedBodyError } from '../errors.ts'
import { MOST_READING } from '../facts.ts'
import type { SchemeOptions } from '../options.ts'
import { type Inbox, type Made, role, type Scheme, type Turn } from '../scheme.ts'
import { aggregatorOf, members } from '../shared/parties.ts'

/** The scheme of trust alone. */
export function ttp({ minMembers = 2 }: SchemeOptions = {}): Scheme {
  return {
    name: 'ttp',
    facts: {
      title: 'Trusted third party',
      citation: 'J.-M. Bohli, C. Sorge, O. Ugus: A Privacy Model for Smart Metering. ICC Workshops 2010.',
      family: 'none',
      dealer: 'none',
      missing: 'recovered at once',
      sees: 'the third party sees every reading',
      collusion: 'the third party alone',
      strength: 128,
      maxReading: MOST_READING,
      noisy: false,
      rounds: 2,
      messages: n => n + 1,
      how: [
        'Each meter sends its reading, sealed, to a third party. The third party adds up what has come by the deadline and tells the aggregator the sum and whose readings are in it, at least as many as the group asks for.',
        'Changes of members cost nothing and a missing meter is left out. All of it rests on the third party, which sees everything: it shows what trust alone buys.'
      ],
      uncertain: ['That the model of the paper is this one was not checked.']
    },
    roles: {
      meter: role({
        create: () => undefined,
        rounds: {
          slot: [
            {
              run: (_, { reading }, { group }) =>
                reading ? { send: [{ to: thirdParty(group), body: lanesToBytes(reading), sealed: true }] } : {}
            }
          ]
        }
      }),
      dealer: role({
        create: () => undefined,
        rounds: { slot: [undefined, { awaits: members, run: (_, inbox, turn) => addUp(inbox, turn, minMembers) }] }
      }),
      aggregator: role({
        create: () => undefined,
        rounds: {
          slot: [
            undefined,
            undefined,
            { awaits: (_, { group }) => [thirdParty(group)], run: (_, inbox, turn) => learn(inbox, turn, minMembers) }
          ]
        }
      })
    }
  }
}

const thirdParty = ({ parties }: Turn['group']): MeterId => parties.dealer as MeterId

/** Sends lanes ‖ u16 number of each contributor, or nothing where they are too few. */
function addUp({ from }: Inbox, { group }: Turn, minMembers: number): Made {
  const readings = [...from].map(([id, body]) => decodeLanes(body, group.lanes, id))
  if (readings.length < minMembers) return {}
  return {
    send: [{ to: aggregatorOf(group), body: concatBytes(lanesToBytes(sumLanes(readings, group.lanes)), encodeMembers(from.keys(), group)) }]
  }
}

function learn({ from, missing }: Inbox, { group }: Turn, minMembers: number): Made {
  for (const [sender, body] of from) {
    const lanes = decodeLanes(body.subarray(0, 8 * group.lanes), group.lanes, sender)
    const contributors = decodeMembers(body.subarray(8 * group.lanes), group, sender)
    if (contributors.length < minMembers)
      throw new MalformedBodyError(sender, `expected at least ${minMembers} contributors, got ${contributors.length}`)
    return { outcome: { type: 'total', contributors, lanes } }
  }
  return { outcome: { type: 'lost', reason: 'missing', members: missing } }
}
