// Kursawe, Danezis, Kohlweiss 2011, section 3.1: a few leaders hold what makes all masks sum to zero.
import { addLanes, InvalidArgumentError, type LaneVector, lanesToBytes, type MeterId, subtractLanes } from '@hushgrid/primitives'
import { randomLanes } from '../arithmetic/random.ts'
import { decodeLanes, sumLanes, totalOfLanes } from '../bodies/lanes.ts'
import { MOST_READING } from '../facts.ts'
import type { SchemeOptions } from '../options.ts'
import { type Group, type Inbox, type Made, role, type Scheme, type Turn } from '../scheme.ts'
import { aggregatorOf, members } from '../shared/parties.ts'

const DEFAULT_LEADERS = 2

interface Meter {
  /** The slot's reading, masked as far as it goes, until it is sent. */
  masked: LaneVector | undefined
}

/** The protocol of shares sent to leaders. */
export function kursaweInteractive({ leaders = DEFAULT_LEADERS, trusting = false }: SchemeOptions = {}): Scheme {
  // Without a leader readings would leave as they are.
  if (!Number.isInteger(leaders) || leaders < 1) throw new InvalidArgumentError('leaders', 'a whole number from 1', String(leaders))
  return {
    name: 'kursawe-interactive',
    facts: {
      title: 'Kursawe, Danezis and Kohlweiss, interactive',
      citation: 'K. Kursawe, G. Danezis, M. Kohlweiss: Privacy-Friendly Aggregation for the Smart-Grid. PETS 2011, LNCS 6794, 175–191.',
      family: 'interactive',
      dealer: 'none',
      missing: 'lost, unnoticed',
      sees: 'nobody',
      collusion: 'all leaders with the aggregator read who does not lead; all who do not lead with the aggregator read a leader',
      strength: 128,
      maxReading: MOST_READING,
      noisy: false,
      rounds: 2,
      messages: n => leadersAmong(n, leaders) * (n - leadersAmong(n, leaders)) + n,
      how: [
        'A few meters lead. For each slot every other meter sends each leader a random number, sealed, and adds all of them to its reading; a leader subtracts from its own reading all that it got. Everybody then sends the result to the aggregator, where modulo 2^64 the random numbers cancel in the sum.',
        'A change of members costs nothing, since no keys are kept but those that seal. A meter that is missing in the second round leaves its numbers in the sum, which is then random and does not show it: only the count of senders does. A leader whose number from somebody is missing sends nothing, so the slot is lost.',
        'All leaders together with the aggregator can subtract a meter’s masks; one honest leader is enough against that. A leader’s own mask is made by those who do not lead, who can subtract it just so. Leaders take turns, so that not the same few are always trusted.'
      ],
      uncertain: [
        'How leaders are chosen is ours: they move on with the epoch.',
        'The paper adds modulo 2^32; here sums are modulo 2^64.',
        'That a leader sends nothing once a share is missing is ours.'
      ]
    },
    roles: {
      meter: role<Meter>({
        create: () => ({ masked: undefined }),
        rounds: {
          slot: [
            { run: (meter, { reading }, turn) => share(meter, reading, leadersOf(turn.group, leaders), turn) },
            {
              awaits: (_, { group, self }) => followersOf(group, self, leaders),
              run: (meter, inbox, turn) => submit(meter, inbox, turn, trusting)
            }
          ]
        }
      }),
      aggregator: role({
        create: () => undefined,
        rounds: {
          slot: [
            undefined,
            undefined,
            {
              awaits: members,
              run: (_, inbox, { group }) => ({ outcome: totalOfLanes(inbox, group.lanes, { trusting }) })
            }
          ]
        }
      })
    }
  }
}

/** Counts the leaders: without anybody else nobody would mask anything. */
function leadersAmong(meters: number, wanted: number): number {
  return Math.max(0, Math.min(wanted, meters - 1))
}

/** Gives the leaders of an epoch, ascending. */
function leadersOf({ members, epoch }: Group, wanted: number): MeterId[] {
  const count = leadersAmong(members.length, wanted)
  const first = (epoch * count) % members.length
  return members.filter((_, i) => (i - first + members.length) % members.length < count)
}

/** Gives whose shares a member waits for: everybody's who does not lead, where it leads itself. */
function followersOf(group: Group, self: MeterId, wanted: number): MeterId[] {
  const leaders = leadersOf(group, wanted)
  return leaders.includes(self) ? group.members.filter(id => !leaders.includes(id)) : []
}

/** Sends each leader a share of the mask, and keeps the masked reading for the next round. */
function share(meter: Meter, reading: LaneVector | undefined, leaders: readonly MeterId[], { group, self, rng }: Turn): Made {
  const masked = reading?.slice() as LaneVector | undefined
  meter.masked = masked
  if (!masked || leaders.includes(self)) return {}
  return {
    send: leaders.map(to => {
      const mask = randomLanes(rng, group.lanes)
      addLanes(masked, mask)
      return { to, body: lanesToBytes(mask), sealed: true }
    })
  }
}

function submit(meter: Meter, { from, missing }: Inbox, { group }: Turn, trusting: boolean): Made {
  const shares = [...from].map(([id, body]) => decodeLanes(body, group.lanes, id))
  const { masked } = meter
  meter.masked = undefined
  // A meter whose share came only to other leaders would leave it in the sum, and the aggregator could not tell.
  if (!masked || (missing.length > 0 && !trusting)) return {}
  return { send: [{ to: aggregatorOf(group), body: lanesToBytes(subtractLanes(masked, sumLanes(shares, group.lanes))) }] }
}
