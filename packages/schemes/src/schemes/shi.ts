// Shi, Chan, Rieffel, Chow, Song 2011, section 4: keys dealt so that they sum to zero, readings in the exponent.
import { concatBytes, type LaneVector, lanesFromIntegers, type MeterId, type Slot, signedLanes, u8, u64 } from '@hushgrid/primitives'
import { encodeScalar, G, hashToGroup, Point, type Scalar, scalar } from '@hushgrid/primitives/group'
import { dilutedNoise, type Noise } from '../discrete-laplace.ts'
import { decodePoints, decodeScalars } from '../group-body.ts'
import { Logarithms } from '../logarithms.ts'
import { aggregatorOf, DEFAULT_MAX_READING, type SchemeOptions } from '../options.ts'
import { randomScalar } from '../random.ts'
import { type Inbox, type Made, type Outcome, role, type Scheme, type Turn, type Work } from '../scheme.ts'

const NAME = 'shi'

/** A meter's key, or the aggregator's, which makes all of them sum to zero. */
interface Keyed {
  key: Scalar | undefined
}

/** The scheme that most later ones are measured against: one message of 32 bytes a lane, a dealer, a small logarithm. */
export function shi({ maxReading = DEFAULT_MAX_READING, noise, trusting }: SchemeOptions = {}): Scheme {
  return {
    name: NAME,
    facts: {
      title: 'Shi, Chan, Rieffel, Chow and Song',
      citation: 'E. Shi, T.-H. H. Chan, E. Rieffel, R. Chow, D. Song: Privacy-Preserving Aggregation of Time-Series Data. NDSS 2011.',
      family: 'keys',
      dealer: 'keys',
      missing: 'lost, noticed',
      sees: 'nobody; the dealer sees all if it keeps the keys and hears the messages',
      collusion: 'all other meters with the aggregator, or the dealer with whoever hears the messages',
      strength: 126,
      maxReading,
      noisy: noise !== undefined,
      rounds: 1,
      messages: n => n,
      how: [
        'A dealer gives each meter a secret number and the aggregator the negative of their sum, and forgets them. For each slot and lane a meter sends x·G + s·H(slot, lane) in ristretto255. In the sum of all messages and the aggregator’s own part the secrets cancel, and (Σ x)·G is left, whose small logarithm the aggregator finds by baby steps and giant steps.',
        'A change of members needs new keys for everybody. Without one meter’s message no logarithm is found: the slot is lost after a whole search. A meter may send one ciphertext a slot, ever: two show the difference of their readings.',
        'The paper adds noise at the meters, so that the total is differentially private; here it is an option, drawn with integers alone and by so few meters that the error does not grow with their number. Totals are then off on purpose. Chan, Shi and Song (FC 2012) bring the total back when meters fail, with log n ciphertexts a meter.'
      ],
      uncertain: [
        'The loss of the paper’s proof, a factor that grows with the cube of n, is as the authors of benhamouda-joye-libert say.',
        'The exact sampler of the noise, of Canonne, Kamath and Steinke (2020), is ours, and so is how the probability of noise is rounded.',
        'A patent application exists that seems to cover the scheme (EP 2 485 430); neither its claims nor its status were examined.'
      ]
    },
    roles: {
      dealer: role({ create: () => undefined, rounds: { setup: [{ run: deal }] } }),
      meter: role<Keyed>({
        create: () => ({ key: undefined }),
        rounds: {
          setup: [undefined, { awaits: dealerOf, run: takeKey }],
          slot: [
            {
              run: (meter, { reading }, turn) =>
                reading && meter.key !== undefined ? encrypt(meter.key, noise ? noisy(reading, noise, turn) : reading, turn) : {}
            }
          ]
        }
      }),
      aggregator: role<Keyed & { readonly logarithms: Logarithms }>({
        create: () => ({ key: undefined, logarithms: new Logarithms(noise !== undefined) }),
        rounds: {
          setup: [undefined, { awaits: dealerOf, run: takeKey }],
          slot: [
            undefined,
            {
              awaits: (_, { group }) => group.members,
              run: ({ key, logarithms }, inbox, turn) => {
                const sums = sumsOf(inbox, turn)
                if ((inbox.missing.length > 0 && !trusting) || key === undefined) return { outcome: missing(inbox) }
                const points = sums.map((sum, lane) => sum.add(blind(key, turn.slot, lane, turn.work)))
                const most = BigInt(turn.group.members.length) * maxReading
                return { outcome: logarithms.total(points, most, [...inbox.from.keys()], turn.work) }
              }
            }
          ]
        }
      })
    }
  }
}

const missing = (inbox: Inbox): Outcome => ({ type: 'lost', reason: 'missing', members: inbox.missing })

function dealerOf(_: unknown, { group }: Turn): MeterId[] {
  return [group.parties.dealer as MeterId]
}

function deal(_: unknown, __: Inbox, { group, rng }: Turn): Made {
  const keys = group.members.map(() => randomScalar(rng))
  const own = scalar(-keys.reduce((sum, key) => sum + key, 0n))
  return {
    send: [...group.members, aggregatorOf(group)].map((to, i) => ({ to, body: encodeScalar(keys[i] ?? own), sealed: true }))
  }
}

function takeKey(party: Keyed, { from }: Inbox): Made {
  for (const [dealer, body] of from) party.key = decodeScalars(body, 1, dealer)[0]
  return {}
}

/** Computes key·H(slot, lane). */
function blind(key: Scalar, slot: Slot, lane: number, work: Work): Point {
  work.count('hash-to-group')
  work.count('scalar-mult')
  return hashToGroup(concatBytes(u64(slot), u8(lane)), `hushgrid/v1/schemes/${NAME}`).multiply(key)
}

/** Adds a meter's share of the noise to its reading; lanes are drawn in their order. */
function noisy(reading: LaneVector, noise: Noise, { group, rng }: Turn): LaneVector {
  return lanesFromIntegers(signedLanes(reading).map(value => value + dilutedNoise(noise, group.members.length, rng)))
}

function encrypt(key: Scalar, reading: LaneVector, { group, slot, work }: Turn): Made {
  const points = signedLanes(reading).map((value, lane) => {
    work.count('scalar-mult')
    return G.multiply(value).add(blind(key, slot, lane, work))
  })
  return { send: [{ to: aggregatorOf(group), body: concatBytes(...points.map(point => point.encode())) }] }
}

/** Adds the members' elements up, lane by lane. */
function sumsOf({ from }: Inbox, { group }: Turn): Point[] {
  const bodies = [...from].map(([id, body]) => decodePoints(body, group.lanes, id))
  return Array.from({ length: group.lanes }, (_, lane) => Point.sum(bodies.map(points => points[lane] as Point)))
}
