// Dimitriou, Awad 2016, the symmetric scheme: blindings sent to neighbours, who subtract what their senders add.
import { addLanes, concatBytes, type LaneVector, lanesToBytes, type MeterId, subtractLanes, u8 } from '@hushgrid/primitives'
import { randomLanes } from '../arithmetic/random.ts'
import { decodeLanes, totalOfLanes } from '../bodies/lanes.ts'
import { decodeMembers, encodeMembers } from '../bodies/members.ts'
import { MalformedBodyError } from '../errors.ts'
import { MOST_READING } from '../facts.ts'
import type { SchemeOptions } from '../options.ts'
import { type Inbox, type Made, role, type Scheme, type Turn } from '../scheme.ts'
import { neighboursOf } from '../shared/neighbours.ts'
import { aggregatorOf, members } from '../shared/parties.ts'

interface Meter {
  /** The slot's reading and all blindings that were sent, until it leaves blinded. */
  blinded: LaneVector | undefined
}

/** The scheme that is a DC-net whose masks are sent instead of derived. */
export function dimitriouAwadSymmetric({ degree, trusting = false }: SchemeOptions = {}): Scheme {
  return {
    name: 'dimitriou-awad-symmetric',
    facts: {
      title: 'Dimitriou and Awad, symmetric',
      citation:
        'T. Dimitriou, M. K. Awad: Secure and Scalable Aggregation in the Smart Grid Resilient against Malicious Entities. Ad Hoc Networks 50, 58–67, 2016.',
      family: 'masks',
      dealer: 'none',
      missing: 'lost, unnoticed',
      sees: 'nobody',
      collusion: 'all neighbours of a meter with the aggregator',
      strength: 128,
      maxReading: MOST_READING,
      noisy: false,
      rounds: 2,
      messages: n => n * Math.min(degree ?? n - 1, n - 1) + n,
      how: [
        'Each meter draws random lanes for each of its neighbours and sends them, sealed. To its reading it adds what it sent and subtracts what came, modulo 2^64, and sends the result to the aggregator. In the sum of all results everything random cancels.',
        'A newcomer needs its neighbours and nothing else, and a leaver is left off the list. A meter that blinds others and then sends no reading leaves its blindings in the sum: a random number, which only the count of senders gives away. The slot is lost then.',
        'It is a DC-net of the same degree as the graph, with masks that travel each slot instead of being derived from keys that were agreed once. The difference in messages to a DC-net is what deriving saves.'
      ],
      uncertain: [
        'The paper could not be read in full: that each meter deals with a few others is known, the degree and the choice of neighbours are not; here neighbours are near each other on the ring of members.',
        'A meter that misses a neighbour’s blinding says so instead of sending a sum that would be wrong; this is ours.'
      ]
    },
    roles: {
      meter: role<Meter>({
        create: () => ({ blinded: undefined }),
        rounds: {
          slot: [
            { run: (meter, { reading }, turn) => (reading ? blind(meter, reading, neighbours(turn, degree), turn) : {}) },
            { awaits: (_, turn) => neighbours(turn, degree), run: (meter, inbox, turn) => submit(meter, inbox, turn, trusting) }
          ]
        }
      }),
      aggregator: role({
        create: () => undefined,
        rounds: {
          slot: [undefined, undefined, { awaits: members, run: (_, inbox, turn) => addUp(inbox, turn, trusting) }]
        }
      })
    }
  }
}

function neighbours({ group, self }: Turn, degree: number | undefined): MeterId[] {
  return neighboursOf(group, self, degree)
}

function blind(meter: Meter, reading: LaneVector, to: readonly MeterId[], { group, rng }: Turn): Made {
  // Without a neighbour the reading would leave as it is.
  if (to.length === 0) return {}
  const blinded = reading.slice() as LaneVector
  const blindings = to.map(() => randomLanes(rng, group.lanes))
  for (const blinding of blindings) addLanes(blinded, blinding)
  meter.blinded = blinded
  return { send: to.map((id, i) => ({ to: id, body: lanesToBytes(blindings[i] as LaneVector), sealed: true })) }
}

/** Sends the blinded reading, or `u8 0 ‖ u16 number` of each neighbour that is missing: no lanes have an odd length. */
function submit(meter: Meter, { from, missing }: Inbox, { group }: Turn, trusting: boolean): Made {
  const came = [...from].map(([id, body]) => decodeLanes(body, group.lanes, id))
  const { blinded } = meter
  meter.blinded = undefined
  if (!blinded) return {}
  const to = aggregatorOf(group)
  if (missing.length > 0 && !trusting) return { send: [{ to, body: concatBytes(u8(0), encodeMembers(missing, group)) }] }
  for (const blinding of came) subtractLanes(blinded, blinding)
  return { send: [{ to, body: lanesToBytes(blinded) }] }
}

function addUp(inbox: Inbox, { group }: Turn, trusting: boolean): Made {
  const lacking = new Set<MeterId>()
  for (const [id, body] of inbox.from) {
    if (body.byteLength % 2 === 0) continue
    if (body[0] !== 0) throw new MalformedBodyError(id, 'expected lanes or numbers of missing members, got neither')
    for (const missed of decodeMembers(body.subarray(1), group, id)) lacking.add(missed)
  }
  if (lacking.size === 0 || trusting) return { outcome: totalOfLanes(inbox, group.lanes, { trusting }) }
  // Names those that sent nothing at all, if any: a notice is only what one meter says of another.
  return { outcome: { type: 'lost', reason: 'missing', members: inbox.missing.length > 0 ? inbox.missing : [...lacking] } }
}
