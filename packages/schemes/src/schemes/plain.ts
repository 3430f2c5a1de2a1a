// Readings sent as they are: the floor of every cost, and the check of the harness itself.
import { lanesToBytes } from '@hushgrid/primitives'
import { totalOfLanes } from '../bodies/lanes.ts'
import { MOST_READING } from '../facts.ts'
import { role, type Scheme } from '../scheme.ts'
import { aggregatorOf, members } from '../shared/parties.ts'

/** The scheme that hides nothing. */
export function plain(): Scheme {
  return {
    name: 'plain',
    facts: {
      title: 'No protection',
      citation: 'None: what a utility does that asks for readings.',
      family: 'none',
      dealer: 'none',
      missing: 'recovered at once',
      sees: 'the aggregator, and whoever taps a link, sees every reading',
      collusion: 'nobody: there is nothing left to learn',
      strength: 0,
      maxReading: MOST_READING,
      noisy: false,
      rounds: 1,
      messages: n => n,
      how: [
        'Each meter sends its reading to the aggregator, 8 bytes a lane, signed like every message here. The aggregator adds up what has come by the deadline and names whose readings are in the total.',
        'Nothing is hidden. Its messages, bytes and time are the least that any scheme can need, so that the price of privacy is read off as the difference.'
      ],
      uncertain: []
    },
    roles: {
      meter: role({
        create: () => undefined,
        rounds: {
          slot: [
            {
              run: (_, { reading }, { group }) => (reading ? { send: [{ to: aggregatorOf(group), body: lanesToBytes(reading) }] } : {})
            }
          ]
        }
      }),
      aggregator: role({
        create: () => undefined,
        rounds: {
          slot: [
            undefined,
            {
              awaits: members,
              run: (_, inbox, { group }) => ({ outcome: totalOfLanes(inbox, group.lanes, { trusting: true }) })
            }
          ]
        }
      })
    }
  }
}
