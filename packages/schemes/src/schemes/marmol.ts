// Mármol, Sorge, Ugus, Pérez 2012: keys that add up to one key of the operator's, refreshed along a ring.
import {
  addLanes,
  BlindingKey,
  concatBytes,
  type LaneVector,
  lanesFromExactBytes,
  lanesToBytes,
  type MeterId,
  sha256,
  subtractLanes,
  u16,
  u64,
  utf8
} from '@hushgrid/primitives'
import { domain, prf, randomLanes } from '../arithmetic/random.ts'
import { decodeLanes, sumLanes, totalOfLanes } from '../bodies/lanes.ts'
import { MOST_READING } from '../facts.ts'
import type { SchemeOptions } from '../options.ts'
import { type Inbox, type Made, type Round, role, type Scheme, type Turn } from '../scheme.ts'
import { decodeAgreementKey, edgeKey } from '../shared/edge-keys.ts'
import { aggregatorOf, members } from '../shared/parties.ts'

const NAME = 'marmol'

interface Meter {
  /** Own key; none before the setup, and none once it is out of step with the ring. */
  key: LaneVector | undefined
  /** What this meter gave its successor in the slot that runs, and its reading; gone once the slot's message is sent. */
  refresh: { readonly given: LaneVector; readonly reading: LaneVector } | undefined
  /** With `derive`: the key pair of the setup, and keys of the edges that come in from the ring and go out. */
  pair: BlindingKey | undefined
  edges: { readonly incoming: Uint8Array; readonly outgoing: Uint8Array } | undefined
}

/** The scheme of one aggregated key: addition modulo 2^64 is the cipher. */
export function marmol({ keyAggregator = drawnByHash, derive = false, trusting }: SchemeOptions = {}): Scheme {
  const between: Between = { keyAggregator, derive }
  return {
    name: NAME,
    facts: {
      title: 'Mármol, Sorge, Ugus and Pérez',
      citation:
        'F. Gómez Mármol, C. Sorge, O. Ugus, G. Martínez Pérez: Do Not Snoop My Habits: Preserving Privacy in the Smart Grid. IEEE Communications Magazine 50(5), 166–172, 2012; with R. Petrlic and D. Westhoff: Privacy-Enhanced Architecture for Smart Metering. Int. J. of Information Security 12, 67–77, 2013.',
      family: 'masks',
      dealer: 'none',
      missing: 'lost, unnoticed',
      sees: 'nobody',
      collusion:
        'both ring neighbours with the aggregator learn all differences between a meter’s readings; with the key aggregator too, the readings',
      strength: 128,
      maxReading: MOST_READING,
      noisy: false,
      rounds: derive ? 1 : 2,
      messages: n => (derive ? n : 2 * n),
      how: [
        'Each meter draws a key. One of them, chosen by chance, adds all keys up and gives the operator the sum, which never changes. Before each slot every meter hands a random number to its successor in a ring, adds the number that its predecessor gave it to its key, and subtracts its own: each key is new, their sum is the same. A meter then sends its reading plus its key, modulo 2^64, and the operator subtracts the one key from the sum of all messages.',
        'A change of members needs a new key sum, with a new key aggregator and a sealed key from everybody. A meter that is missing takes its key with it: the sum is a random number, only the count of senders tells, and the slot is lost. Where numbers are sent, a meter that missed one is out of step and stays silent until the next setup, since its messages would spoil later totals unnoticed; where ring neighbours derive them from a common key and the slot, the next slot is whole again.',
        'It is a DC-net of degree two plus a key that never changes. The two ring neighbours know by how much a meter’s key changes, and with the operator they see by how much its reading does.',
        'The papers hide from the operator whose message it reads. Here messages are signed, so this is given up for authenticity.'
      ],
      uncertain: [
        'The cipher, addition modulo 2^64 after Castelluccia and others, is one of those that the papers allow, and our choice.',
        'The refresh before every slot, the first included, and numbers that are sent are ours; that they are derived from a common key and the slot is what a remark on the period as a nonce suggests, and was not checked.',
        'How the key aggregator is drawn, by a hash of the group, is ours, and so is that a leaver’s key is not handed over.',
        'The thesis in which the scheme is said to be implemented was not found.'
      ]
    },
    roles: {
      meter: role<Meter>({
        create: () => ({ key: undefined, refresh: undefined, pair: undefined, edges: undefined }),
        rounds: {
          setup: derive
            ? [
                { run: publish },
                { awaits: (_, turn) => neighbours(turn), run: (meter, inbox, turn) => agree(meter, inbox, turn, between) },
                keySum(between)
              ]
            : [{ run: (meter, _, turn) => drawKey(meter, turn, between) }, keySum(between)],
          slot: derive
            ? [{ run: (meter, { reading }, turn) => (reading ? submitDerived(meter, reading, turn) : {}) }]
            : [{ run: give }, { awaits: (_, turn) => [predecessor(turn)], run: submit }]
        }
      }),
      aggregator: role<{ sum: LaneVector | undefined }>({
        create: () => ({ sum: undefined }),
        rounds: {
          setup: [...(derive ? [undefined] : []), undefined, undefined, { awaits: (_, { group }) => [keyAggregator(group)], run: takeSum }],
          slot: [
            ...(derive ? [] : [undefined]),
            undefined,
            { awaits: members, run: (state, inbox, turn) => addUp(state.sum, inbox, turn, trusting) }
          ]
        }
      })
    }
  }
}

/** How members stand to each other. */
interface Between {
  readonly keyAggregator: NonNullable<SchemeOptions['keyAggregator']>
  readonly derive: boolean
}

/** Draws a member by a hash of the group, which nobody chooses alone. */
const drawnByHash: Between['keyAggregator'] = ({ epoch, members }) => {
  const digest = sha256(domain(`${NAME}/key-aggregator`), u64(epoch), utf8(members.join('')))
  return members[Number(new DataView(digest.buffer, digest.byteOffset).getBigUint64(0) % BigInt(members.length))] as MeterId
}

/** Gives the member so many places on in the ring, which is the order of members. */
function inRing({ group: { members }, self }: Turn, places: number): MeterId {
  return members[(members.indexOf(self) + places + members.length) % members.length] as MeterId
}

const predecessor = (turn: Turn): MeterId => inRing(turn, -1)
const successor = (turn: Turn): MeterId => inRing(turn, 1)

/** Gives both ring neighbours; one in a group of two. */
function neighbours(turn: Turn): MeterId[] {
  return [...new Set([predecessor(turn), successor(turn)])].filter(id => id !== turn.self)
}

/** Draws a key, and seals it to the key aggregator. */
function drawKey(meter: Meter, { group, rng, self }: Turn, { keyAggregator }: Between): Made {
  meter.key = randomLanes(rng, group.lanes)
  meter.refresh = undefined
  const to = keyAggregator(group)
  return to === self ? {} : { send: [{ to, body: lanesToBytes(meter.key), sealed: true }] }
}

/** Makes the key aggregator's round: with everybody's key it tells the operator their sum. */
function keySum({ keyAggregator }: Between): Round<Meter> {
  return {
    awaits: (_, { group, self }) => (keyAggregator(group) === self ? group.members.filter(id => id !== self) : []),
    run: ({ key }, { from, missing }, { group, self }) => {
      if (keyAggregator(group) !== self) return {}
      const keys = [...from].map(([id, body]) => decodeLanes(body, group.lanes, id))
      if (!key || missing.length > 0) return {}
      return { send: [{ to: aggregatorOf(group), body: lanesToBytes(sumLanes([key, ...keys], group.lanes)), sealed: true }] }
    }
  }
}

function takeSum(aggregator: { sum: LaneVector | undefined }, { from }: Inbox, { group }: Turn): Made {
  aggregator.sum = undefined
  for (const [sender, body] of from) aggregator.sum = decodeLanes(body, group.lanes, sender)
  return {}
}

/** Gives the successor a random number. */
function give(meter: Meter, { reading }: Inbox, turn: Turn): Made {
  // The meter gave a number away and took none: its key no longer fits the others. Whoever took no part in a slot in which
  // others did has a successor of which this is true, so that no later total can come out wrong.
  if (meter.refresh) meter.key = undefined
  if (!meter.key || !reading) return {}
  const given = randomLanes(turn.rng, turn.group.lanes)
  meter.refresh = { given, reading }
  return { send: [{ to: successor(turn), body: lanesToBytes(given), sealed: true }] }
}

/** Refreshes the key and sends the reading under it. */
function submit(meter: Meter, { from }: Inbox, { group }: Turn): Made {
  const [taken] = [...from].map(([id, body]) => decodeLanes(body, group.lanes, id))
  const { key, refresh } = meter
  if (!key || !refresh || !taken) return {}
  subtractLanes(addLanes(key, taken), refresh.given)
  meter.refresh = undefined
  return { send: [{ to: aggregatorOf(group), body: lanesToBytes(addLanes(refresh.reading.slice() as LaneVector, key)) }] }
}

function publish(meter: Meter, _: Inbox, turn: Turn): Made {
  const pair = BlindingKey.generate(turn.rng)
  meter.pair = pair
  return { send: neighbours(turn).map(to => ({ to, body: pair.publicKey })) }
}

/** Agrees on a key with each ring neighbour, one for each direction, and goes on to the key aggregator. */
function agree(meter: Meter, { from }: Inbox, turn: Turn, between: Between): Made {
  const keys = new Map([...from].map(([id, body]) => [id, decodeAgreementKey(body, id)]))
  const { group, self, work } = turn
  const number = (id: MeterId): Uint8Array => u16(group.members.indexOf(id))
  const edge = (giver: MeterId, taker: MeterId): Uint8Array | undefined => {
    const key = keys.get(giver === self ? taker : giver)
    return key && meter.pair && edgeKey(meter.pair, key, concatBytes(domain(`${NAME}/edge`), number(giver), number(taker)), work)
  }
  const [incoming, outgoing] = [edge(predecessor(turn), self), edge(self, successor(turn))]
  meter.pair = undefined
  meter.edges = incoming && outgoing && { incoming, outgoing }
  return drawKey(meter, turn, between)
}

/** Sends the reading under a key that is new for the slot, whatever became of the slot before. */
function submitDerived({ key, edges }: Meter, reading: LaneVector, { group, slot, work }: Turn): Made {
  if (!key || !edges) return {}
  const number = (edge: Uint8Array): LaneVector =>
    lanesFromExactBytes(prf(edge, `${NAME}/refresh`, slot, 8 * group.lanes, work), group.lanes)
  const masked = addLanes(reading.slice() as LaneVector, key)
  subtractLanes(addLanes(masked, number(edges.incoming)), number(edges.outgoing))
  return { send: [{ to: aggregatorOf(group), body: lanesToBytes(masked) }] }
}

function addUp(sum: LaneVector | undefined, inbox: Inbox, { group }: Turn, trusting: boolean | undefined): Made {
  const outcome = totalOfLanes(inbox, group.lanes, { trusting, ...(sum && { less: sum }) })
  if (sum || outcome.type === 'lost') return { outcome }
  return { outcome: { type: 'lost', reason: 'missing', members: [] } }
}
