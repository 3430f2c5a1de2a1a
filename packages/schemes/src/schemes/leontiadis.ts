// Leontiadis, Elkhiyaoui, Molva 2014, section 4: meters draw their own keys, and a collector adds up what lifts them.
import { fromBytes, inverse, modulo, randomUnit } from '@hushgrid/paillier'
import { concatBytes, type LaneVector, type MeterId, type Slot, signedLanes, u8 } from '@hushgrid/primitives'
import { lanesIn, pack, unpack } from '../arithmetic/packing.ts'
import { decodeModulus, SquareRing } from '../arithmetic/square-ring.ts'
import { decodeMembers, encodeMembers } from '../bodies/members.ts'
import { MalformedBodyError } from '../errors.ts'
import { MOST_READING } from '../facts.ts'
import { DEFAULT_BITS, freshKey, type SchemeOptions, strengthOf } from '../options.ts'
import { type Group, type Inbox, type Made, type Round, type Rounds, role, type Scheme, type Turn } from '../scheme.ts'
import { aggregatorOf, fromAggregator, members } from '../shared/parties.ts'

const NAME = 'leontiadis'

/** First byte of a list of members, which makes its length odd; a product's is even. */
const LIST = u8(0)

/** A party with its key: a meter's exponent, the aggregator's unit, none of the collector. */
interface Keyed {
  ring: SquareRing | undefined
  key: bigint | undefined
}

interface Meter extends Keyed {
  /** Of the slot that runs. */
  reading: LaneVector | undefined
}

/** The aggregator, with what it heard in the slot that runs. */
interface Aggregator extends Keyed {
  heard: ReadonlyMap<MeterId, bigint>
  /** Members that are in the collector's product. */
  contributors: readonly MeterId[] | undefined
}

interface Collector extends Keyed {
  heard: ReadonlyMap<MeterId, bigint>
  /** Last slot of which it gave a product away: there is one a slot, or differences would fall out. */
  given: Slot | undefined
}

/** Scheme without a dealer of keys, whose members come and go. */
export function leontiadis(options: SchemeOptions = {}): Scheme {
  const { bits = DEFAULT_BITS, keyFor = freshKey, minMembers = 2, modulus, trusting } = options
  const known = modulus === undefined ? undefined : new SquareRing(modulus, bits)
  const none = (): Keyed => ({ ring: known, key: undefined })
  const joins = (draw: DrawKey): Rounds<Keyed> => entering(bits, known !== undefined, draw)
  return {
    name: NAME,
    facts: {
      title: 'Leontiadis, Elkhiyaoui and Molva',
      citation:
        'I. Leontiadis, K. Elkhiyaoui, R. Molva: Private and Dynamic Time-Series Data Aggregation with Trust Relaxation. CANS 2014, LNCS 8813, 305–320.',
      family: 'keys',
      dealer: 'parameters',
      missing: 'recovered by a round more',
      sees: 'nobody, if the aggregator shows all meters the same power; else the aggregator, unseen. Whoever kept the factors of N and hears the messages sees all',
      collusion: 'the aggregator with the collector',
      strength: strengthOf(bits),
      maxReading: MOST_READING,
      mostLanes: lanesIn(bits - 1),
      noisy: false,
      rounds: 3,
      messages: n => 2 * n + 2,
      how: [
        'Everybody knows a modulus N whose factors nobody keeps. Each meter draws its own secret exponent k, and the aggregator a secret a. For a slot, with h a hash of it, the aggregator publishes h^a. A meter sends (1 + xN)·h^k modulo N² to the aggregator, all lanes packed into x, and (h^a)^k to a collector. The collector gives the aggregator the product of what it heard. The aggregator raises the product of its messages to the power a, divides by the collector’s product, and 1 + a·(Σ x)·N is left.',
        'No keys are dealt, so a newcomer needs only N and a leaver is forgotten. Where a meter is missing, the aggregator and the collector first tell each other whom they heard, and the product is over those whom both heard: a round and two short messages more.',
        'The collector alone learns nothing, even if it overhears all. The collector and the aggregator together read every meter: they need only divide one message by the other. The collector gives out one product a slot, and none over fewer than the least number of members, since two products that differ in one member show its reading. An aggregator that shows meters different powers h^a weights their readings unseen, so meters have to compare what they were shown.',
        'Whoever made N and kept its factors reads everything, so that no dealer of keys does not mean that nobody is trusted. A meter computes two powers with exponents of 2|N| bits.'
      ],
      uncertain: [
        'The equations are the paper’s; encodings and the packing of lanes are ours.',
        'How aggregator and collector agree on the members of a product is ours. Where the collector heard all, it gives its product at once; a ciphertext that only the aggregator missed then loses the slot, since a second product would be worth a reading.',
        'Whether the paper has an answer to an aggregator that shows meters different powers was not checked.',
        'Who makes N is left open: here a dealer does, unless the network knows one already.'
      ]
    },
    roles: {
      dealer: role<{ ring: SquareRing | undefined }>({
        create: () => ({ ring: known }),
        rounds: known
          ? {}
          : {
              setup: [{ run: (state, _, turn) => publish(state, turn, () => new SquareRing(keyFor(turn.self, bits).publicKey.n, bits)) }],
              join: [
                { run: ({ ring }, _, { group }) => (ring ? { send: group.joined.map(to => ({ to, body: ring.encodeModulus() })) } : {}) }
              ],
              leave: []
            }
      }),
      meter: role<Meter>({
        create: () => ({ ...none(), reading: undefined }),
        rounds: {
          ...joins(({ rng }) => fromBytes(rng.bytes(bits / 4))),
          slot: [{ run: keepReading }, { awaits: fromAggregator, run: submit }]
        }
      }),
      aggregator: role<Aggregator>({
        create: () => ({ ...none(), heard: new Map(), contributors: undefined }),
        rounds: {
          ...joins(({ rng }, { n }) => randomUnit(rng, n)),
          slot: [
            { run: (state, _, turn) => openSlot(state, turn) },
            undefined,
            { awaits: members, run: (state, inbox, turn) => hear(state, inbox, turn) },
            { awaits: collector, run: (state, inbox, turn) => learn(state, inbox, turn, trusting) },
            { awaits: collector, run: (state, inbox, turn) => learn(state, inbox, turn, trusting) }
          ]
        }
      }),
      collector: role<Collector>({
        create: () => ({ ...none(), heard: new Map(), given: undefined }),
        rounds: {
          ...joins(() => 0n),
          slot: [
            undefined,
            undefined,
            { awaits: members, run: (state, inbox, turn) => collect(state, inbox, turn, minMembers) },
            { awaits: unlessGiven, run: (state, inbox, turn) => collectAgreed(state, inbox, turn, minMembers) }
          ]
        }
      })
    }
  }
}

type DrawKey = (turn: Turn, ring: SquareRing) => bigint

const collector = (_: unknown, { group }: Turn): MeterId[] => [collectorOf(group)]
const collectorOf = ({ parties }: Group): MeterId => parties.collector as MeterId

function publish(state: { ring: SquareRing | undefined }, { group, work }: Turn, make: () => SquareRing): Made {
  work.count('paillier-keygen')
  state.ring = make()
  const body = state.ring.encodeModulus()
  return {
    send: [
      { to: 'meters', body },
      { to: collectorOf(group), body }
    ]
  }
}

/** Makes the rounds in which a party learns N, unless it knows it, and draws its key; in a join newcomers alone do. */
function entering(bits: number, known: boolean, draw: DrawKey): Rounds<Keyed> {
  const enters = ({ phase, group, self }: Turn): boolean => phase === 'setup' || group.joined.includes(self)
  const enter: Round<Keyed> = {
    awaits: (_, turn) => (known || !enters(turn) ? [] : [turn.group.parties.dealer as MeterId]),
    run: (party, { from }, turn) => {
      if (!enters(turn)) return {}
      for (const [dealer, body] of from) party.ring = decodeModulus(body, bits, dealer)
      if (party.ring) party.key = draw(turn, party.ring)
      return {}
    }
  }
  return { setup: [undefined, enter], join: [undefined, enter], leave: [] }
}

/** Publishes h^a for the slot. */
function openSlot(state: Aggregator, { slot, work }: Turn): Made {
  state.heard = new Map()
  state.contributors = undefined
  const { ring, key } = state
  return ring && key !== undefined ? { send: [{ to: 'meters', body: ring.encode(ring.power(ring.hash(NAME, slot), key, work)) }] } : {}
}

function keepReading(meter: Meter, { reading }: Inbox): Made {
  meter.reading = reading
  return {}
}

/** Sends the reading to the aggregator, and to the collector what lifts its hiding. */
function submit(meter: Meter, { from }: Inbox, { group, slot, work }: Turn): Made {
  const { ring, key, reading } = meter
  if (!ring || key === undefined || !reading) return {}
  const [lifted] = [...from].map(([id, body]) => decodeLifted(ring, body, id))
  // A meter that was down as the next slot began would send it again there, as that slot's.
  meter.reading = undefined
  if (lifted === undefined) return {}
  const ciphertext = (ring.plain(pack(signedLanes(reading))) * ring.power(ring.hash(NAME, slot), key, work)) % ring.squared
  return {
    send: [
      { to: aggregatorOf(group), body: ring.encode(ciphertext) },
      { to: collectorOf(group), body: ring.encode(ring.power(lifted, key, work)) }
    ]
  }
}

/** Decodes h^a; 1 and −1 would take a meter's share out of the product. */
function decodeLifted(ring: SquareRing, body: Uint8Array, sender: MeterId): bigint {
  const value = ring.decode(body, sender)
  if (value === 1n || value === ring.squared - 1n) throw new MalformedBodyError(sender, 'expected a power of the hash, got 1 or −1')
  return value
}

function decodeAll(ring: SquareRing | undefined, { from }: Inbox): Map<MeterId, bigint> {
  return new Map(ring ? [...from].map(([id, body]) => [id, ring.decode(body, id)]) : [])
}

const listOf = (heard: ReadonlyMap<MeterId, bigint>, group: Group): Uint8Array => concatBytes(LIST, encodeMembers(heard.keys(), group))

/** Takes the members' messages; tells the collector whom it heard where somebody is missing. */
function hear(state: Aggregator, inbox: Inbox, { group }: Turn): Made {
  state.heard = decodeAll(state.ring, inbox)
  return inbox.missing.length > 0 ? { send: [{ to: collectorOf(group), body: listOf(state.heard, group) }] } : {}
}

/** Gives the product if all were heard, and says who was if not. */
function collect(state: Collector, inbox: Inbox, { group, slot }: Turn, minMembers: number): Made {
  state.heard = decodeAll(state.ring, inbox)
  const whole = inbox.missing.length === 0 || isGiven(state, slot)
  const body = whole ? productOf(state, group.members, slot, minMembers) : listOf(state.heard, group)
  return { send: [{ to: aggregatorOf(group), body }] }
}

/** Gives the product over those whom both heard; over those whom it heard where the aggregator has not said otherwise. */
function collectAgreed(state: Collector, { from }: Inbox, { group, slot }: Turn, minMembers: number): Made {
  const [others = group.members] = [...from].map(([id, body]) => decodeList(body, group, id))
  if (isGiven(state, slot)) return {}
  const both = others.filter(id => state.heard.has(id))
  return { send: [{ to: aggregatorOf(group), body: productOf(state, both, slot, minMembers) }] }
}

const isGiven = ({ given }: Collector, slot: Slot): boolean => given !== undefined && slot <= given
const unlessGiven = (state: Collector, { group, slot }: Turn): MeterId[] => (isGiven(state, slot) ? [] : [aggregatorOf(group)])

/** Multiplies the shares of members; nothing where they are too few, or where the slot's product is given away already. */
function productOf(state: Collector, ids: readonly MeterId[], slot: Slot, minMembers: number): Uint8Array {
  const { ring, heard } = state
  if (!ring || ids.length < minMembers || isGiven(state, slot)) return new Uint8Array(0)
  state.given = slot
  // What has served is gone: in a later slot whose messages were missed it would make a second product of this one.
  state.heard = new Map()
  return ring.encode(ring.product(ids.map(id => heard.get(id) as bigint)))
}

function decodeList(body: Uint8Array, group: Group, sender: MeterId): MeterId[] {
  if (body[0] !== LIST[0]) throw new MalformedBodyError(sender, 'expected a list of members, got another body')
  return decodeMembers(body.subarray(1), group, sender)
}

/** Takes the collector's list, or its product, which ends the slot. */
function learn(state: Aggregator, { from, missing }: Inbox, { group, work }: Turn, trusting: boolean | undefined): Made {
  const { ring, key, heard, contributors } = state
  const unheard = group.members.filter(id => !heard.has(id))
  for (const [sender, body] of from) {
    if (body.byteLength === 0) return { outcome: { type: 'lost', reason: 'refused', members: unheard } }
    if (body.byteLength % 2 === 1 && !contributors) {
      state.contributors = decodeList(body, group, sender).filter(id => heard.has(id))
      return {}
    }
    if (!ring || key === undefined) break
    const product = ring.decode(body, sender)
    if (!contributors && unheard.length > 0 && !trusting) break
    const ids = contributors ?? [...heard.keys()]
    const lifted = ring.power(ring.product(ids.map(id => heard.get(id) as bigint)), key, work)
    const x = ring.logarithm((lifted * ring.inverse(product)) % ring.squared)
    const lanes = x === undefined ? undefined : unpack(centred(x * (inverse(key, ring.n) as bigint), ring.n), group.lanes)
    return { outcome: lanes ? { type: 'total', contributors: ids, lanes } : { type: 'lost', reason: 'implausible', members: [] } }
  }
  return { outcome: { type: 'lost', reason: 'missing', members: [...unheard, ...missing] } }
}

function centred(value: bigint, n: bigint): bigint {
  const residue = modulo(value, n)
  return residue > n / 2n ? residue - n : residue
}
