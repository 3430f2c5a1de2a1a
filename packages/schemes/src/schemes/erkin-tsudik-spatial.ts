// Erkin, Tsudik 2012, the spatial protocol: Paillier whose obfuscators cancel only in the product of all.
import { fromBytes, type PrivateKey, toBytes } from '@hushgrid/paillier'
import { type LaneVector, type MeterId, type Slot, signedLanes, slot as slotOf, u16, u64 } from '@hushgrid/primitives'
import { lanesIn, pack, unpack } from '../arithmetic/packing.ts'
import { domain, shake256 } from '../arithmetic/random.ts'
import { decodeModulus, SquareRing } from '../arithmetic/square-ring.ts'
import { MalformedBodyError } from '../errors.ts'
import { MOST_READING } from '../facts.ts'
import { DEFAULT_BITS, freshKey, type SchemeOptions, strengthOf } from '../options.ts'
import { type Inbox, type Made, type Outcome, type Outgoing, type Round, type Rounds, role, type Scheme, type Turn } from '../scheme.ts'
import { aggregatorOf, members, others } from '../shared/parties.ts'

const NAME = 'erkin-tsudik-spatial'
const LABEL = domain(`${NAME}/r`)
const SEED_BYTES = 32
/** Number of the aggregator among the receivers. */
const AGGREGATOR = 0xfff0

interface Receiver {
  key: PrivateKey | undefined
  /** Rings of all receivers; the aggregator keeps only its own. */
  readonly rings: Map<MeterId, SquareRing>
}

interface Meter extends Receiver {
  /** Seeds that it gave to others, and that they gave to it. */
  readonly given: Map<MeterId, Uint8Array>
  readonly taken: Map<MeterId, Uint8Array>
  /** Reading that waits for the others' seeds. */
  reading: LaneVector | undefined
  /** Value for itself, which stays here. */
  own: bigint | undefined
  /** What the slot before came to, which every meter learns. */
  learnt: Outcome | undefined
}

type MeterRounds = Required<Pick<Rounds<Meter>, 'setup' | 'slot'>>

/** The scheme without any utility: each meter learns the total by itself. */
export function erkinTsudikSpatial(options: SchemeOptions = {}): Scheme {
  const { bits = DEFAULT_BITS, keyFor = freshKey, reseed = 'slot', trusting } = options
  const rounds = meterRounds(options)
  return {
    name: NAME,
    facts: {
      title: 'Erkin and Tsudik, spatial',
      citation:
        'Z. Erkin, G. Tsudik: Private Computation of Spatial and Temporal Power Consumption with Smart Meters. ACNS 2012, LNCS 7341, 561–577.',
      family: 'interactive',
      dealer: 'none',
      missing: 'lost, noticed',
      sees: 'nobody, unless a receiver made its modulus for it; the total is for whoever hears all values, since their blindings cancel without any key',
      collusion: 'all other meters, with a receiver or a listener; a receiver alone that made its modulus for it',
      strength: strengthOf(bits),
      maxReading: MOST_READING,
      mostLanes: lanesIn(bits - 1),
      noisy: false,
      rounds: reseed === 'slot' ? 2 : 1,
      messages: n => n * n + (reseed === 'slot' ? n * (n - 1) : 0),
      how: [
        'Each meter has a Paillier key, and so has the aggregator. For a slot each meter sends each other meter a seed, under the other’s key. To each receiver it then sends (1 + xN)·h^R, where N is the receiver’s modulus, x the reading with all lanes packed, and h a hash of the slot. The exponent R is N, plus numbers from the seeds that it gave, less numbers from those that it was given. In the product of all values these cancel, and what is left is a Paillier ciphertext of the total.',
        'A newcomer’s key goes to all, and a leaver is taken off the list; seeds are new in each slot anyway. A meter that has not had a seed from every other one sends no value, and without one value the product decrypts to noise: the slot is lost, and that shows.',
        'A blinding must serve once. Of two values under the same R a receiver has two equations with one unknown, and both readings follow by reducing a lattice of rank two: a new h alone does not help. The total itself is no secret: N and h are public, so whoever hears all values can divide the last obfuscator out.',
        'With the option reseed: epoch the seeds are exchanged once, at the setup, and each slot derives its own numbers from them: one message a pair and slot instead of two, and no decryption of seeds.'
      ],
      uncertain: [
        'Numbers of |N| + 128 bits are ours. They hide a reading while logarithms modulo N are hard. A receiver that makes N of primes p whose p − 1 has small factors only finds the exponents, and reads each meter; numbers of 2|N| + 128 bits would stand that.',
        'Whether each receiver has a key of its own, as here, or all hold one for the group was not checked; with one key for all a meter would send one value, not n.',
        'That the aggregator is a receiver is ours, so that the total arrives where it does in other schemes.',
        'Seeds instead of the numbers themselves are ours: the same numbers towards two receivers would let these two work a reading out.'
      ]
    },
    roles: {
      meter: role<Meter>({
        create: () => ({
          key: undefined,
          rings: new Map(),
          given: new Map(),
          taken: new Map(),
          reading: undefined,
          own: undefined,
          learnt: undefined
        }),
        rounds
      }),
      aggregator: role<Receiver>({
        create: () => ({ key: undefined, rings: new Map() }),
        rounds: {
          setup: [{ run: (state, _, turn) => publishKey(state, keyFor(turn.self, bits), turn) }],
          slot: [
            ...rounds.slot.slice(1).map(() => undefined),
            {
              awaits: members,
              run: (state, inbox, turn) => {
                const values = decodeValues(state, inbox, turn)
                if (inbox.missing.length > 0 && !trusting) return { outcome: { type: 'lost', reason: 'missing', members: inbox.missing } }
                return { outcome: totalOf(state, values, turn) }
              }
            }
          ]
        }
      })
    }
  }
}

/** Gives a meter's rounds: seeds in each slot, or in the setup alone. */
function meterRounds({ bits = DEFAULT_BITS, keyFor = freshKey, reseed = 'slot' }: SchemeOptions): MeterRounds {
  const publish: Round<Meter> = { run: (meter, _, turn) => publishKey(meter, keyFor(turn.self, bits), turn) }
  const learn: Round<Meter> = { awaits: others, run: learnTotal }
  if (reseed === 'slot')
    return {
      setup: [publish, { awaits: receivers, run: (meter, inbox) => takeKeys(meter, bits, inbox) }],
      slot: [
        {
          run: (meter, { reading }, turn) => {
            meter.reading = reading
            return reading ? giveSeeds(meter, turn) : {}
          }
        },
        {
          awaits: others,
          run: (meter, inbox, turn) => {
            takeSeeds(meter, inbox, turn)
            return sendValues(meter, turn, turn.slot)
          }
        },
        learn
      ]
    }
  return {
    setup: [
      publish,
      {
        awaits: receivers,
        run: (meter, inbox, turn) => {
          takeKeys(meter, bits, inbox)
          return giveSeeds(meter, turn)
        }
      },
      { awaits: others, run: takeSeeds }
    ],
    slot: [
      {
        run: (meter, { reading }, turn) => {
          meter.reading = reading
          return sendValues(meter, turn, reseed === 'never' ? slotOf(0) : turn.slot)
        }
      },
      learn
    ]
  }
}

function receivers(_: unknown, turn: Turn): MeterId[] {
  return [...others(_, turn), aggregatorOf(turn.group)]
}

function publishKey(state: Receiver, key: PrivateKey, { self, work }: Turn): Made {
  work.count('paillier-keygen')
  const ring = new SquareRing(key.publicKey.n, key.publicKey.bits)
  state.key = key
  state.rings.clear()
  state.rings.set(self, ring)
  return { send: [{ to: 'meters', body: ring.encodeModulus() }] }
}

function takeKeys(meter: Meter, bits: number, { from }: Inbox): Made {
  const moduli = [...from].map(([id, body]) => [id, decodeModulus(body, bits, id)] as const)
  for (const [id, ring] of moduli) meter.rings.set(id, ring)
  return {}
}

/** Draws a seed for each other member and sends it under the other's key. */
function giveSeeds(meter: Meter, turn: Turn): Made {
  const { group, rng, work } = turn
  meter.given.clear()
  meter.taken.clear()
  if (meter.rings.size <= group.members.length) return {}
  const send = others(meter, turn).map((to): Outgoing => {
    const ring = meter.rings.get(to) as SquareRing
    const seed = rng.bytes(SEED_BYTES)
    meter.given.set(to, seed)
    return { to, body: ring.encode(ring.encrypt(fromBytes(seed), rng, work)) }
  })
  return { send }
}

function takeSeeds(meter: Meter, { from }: Inbox, { self, work }: Turn): Made {
  const { key, rings } = meter
  const ring = rings.get(self)
  if (!key || !ring) return {}
  const seeds = [...from].map(([id, body]) => {
    const ciphertext = key.publicKey.ciphertext(ring.decode(body, id))
    work.count('paillier-decrypt')
    const seed = key.decrypt(ciphertext)
    if (seed < 0n || seed >> BigInt(8 * SEED_BYTES) !== 0n)
      throw new MalformedBodyError(id, `expected a seed of ${SEED_BYTES} bytes, got another number`)
    return [id, toBytes(seed, SEED_BYTES)] as const
  })
  for (const [id, seed] of seeds) meter.taken.set(id, seed)
  return {}
}

/**
 * Sends the reading to each receiver. A meter that lacks a seed sends nothing: left out seeds could leave its reading bare.
 *
 * @param of - slot of the blindings
 */
function sendValues(meter: Meter, turn: Turn, of: Slot): Made {
  const { reading } = meter
  meter.reading = undefined
  meter.own = undefined
  if (!reading || others(meter, turn).some(id => !meter.given.has(id) || !meter.taken.has(id))) return {}
  const plain = pack(signedLanes(reading))
  meter.own = valueFor(meter, plain, turn.self, { turn, of })
  const send = receivers(meter, turn).flatMap(to => {
    const value = valueFor(meter, plain, to, { turn, of })
    return value === undefined ? [] : [{ to, body: (meter.rings.get(to) as SquareRing).encode(value) }]
  })
  return { send }
}

/** Computes (1 + xN)·h^R for one receiver; undefined where the receiver's modulus has so small a factor that h is no unit. */
function valueFor(meter: Meter, plain: bigint, receiver: MeterId, { turn, of }: { turn: Turn; of: Slot }): bigint | undefined {
  const { group, slot, work } = turn
  const ring = meter.rings.get(receiver) as SquareRing
  const base = ring.hash(NAME, slot)
  if (!ring.isUnit(base)) return undefined
  const index = receiver === aggregatorOf(group) ? AGGREGATOR : group.members.indexOf(receiver)
  const number = (seed: Uint8Array | undefined): bigint => {
    work.count('prf')
    return fromBytes(shake256(ring.residueBytes + 16, LABEL, seed as Uint8Array, u64(of), u16(index)))
  }
  let exponent = ring.n
  for (const id of others(meter, turn)) exponent += number(meter.given.get(id)) - number(meter.taken.get(id))
  return (ring.plain(plain) * ring.power(base, exponent, work)) % ring.squared
}

function decodeValues({ rings }: Receiver, { from }: Inbox, { self }: Turn): Map<MeterId, bigint> {
  const ring = rings.get(self) as SquareRing
  return new Map([...from].map(([id, body]) => [id, ring.decode(body, id)]))
}

/** Decrypts the product of the values; implausible where blindings are left in it. */
function totalOf({ key, rings }: Receiver, values: ReadonlyMap<MeterId, bigint>, { group, self, work }: Turn): Outcome {
  const [ring, own] = [rings.get(self) as SquareRing, key as PrivateKey]
  work.count('paillier-decrypt')
  const lanes = unpack(own.decrypt(own.publicKey.ciphertext(ring.product(values.values()))), group.lanes)
  if (!lanes) return { type: 'lost', reason: 'implausible', members: [] }
  return { type: 'total', contributors: group.members.filter(id => values.has(id)), lanes }
}

/** Learns the total, as every meter does; the slot's outcome is the aggregator's to report. */
function learnTotal(meter: Meter, inbox: Inbox, turn: Turn): Made {
  const values = decodeValues(meter, inbox, turn)
  meter.learnt = undefined
  if (inbox.missing.length > 0 || meter.own === undefined) return {}
  meter.learnt = totalOf(meter, values.set(turn.self, meter.own), turn)
  return {}
}
