// Busom, Petrlic, Sebé, Sorge, Valls 2016: ElGamal in the exponent under a key whose secret is spread over all meters.
import { hash } from 'node:crypto'
import { concatBytes, type LaneVector, type MeterId, sha256, signedLanes, toHex, u16 } from '@hushgrid/primitives'
import { encodeScalar, G, Point, reduceToScalar, type Scalar, scalar } from '@hushgrid/primitives/group'
import { domain, randomScalar } from '../arithmetic/random.ts'
import { decodePoints, decodeScalars } from '../bodies/elements.ts'
import { MalformedBodyError } from '../errors.ts'
import { DEFAULT_MAX_READING, type SchemeOptions } from '../options.ts'
import { type Inbox, type Made, type Outcome, role, type Scheme, type Turn } from '../scheme.ts'
import { Logarithms } from '../shared/logarithms.ts'
import { aggregatorOf, fromAggregator, members, others } from '../shared/parties.ts'

const NAME = 'busom'
const ELEMENTS = 64
const DIGEST_BYTES = 32

interface Meter {
  secret: Scalar | undefined
  /** The sum of all meters' keys, once all have come and proved themselves. */
  groupKey: Point | undefined
  /** Noise of the slot by lane, until the one answer of the slot. */
  noise: readonly Scalar[] | undefined
  /** What the aggregator showed, until the others have said that they saw the same. */
  shown: { readonly points: readonly Point[]; readonly digest: Uint8Array } | undefined
  /** True after the aggregator showed two sums: nothing is answered in this group any more. */
  stopped: boolean
}

interface Aggregator {
  /** Members without a key that proves itself; undefined before the setup. */
  unkeyed: readonly MeterId[] | undefined
  /** Second components of the slot, by member. */
  seconds: ReadonlyMap<MeterId, readonly Point[]>
  readonly logarithms: Logarithms
}

/** The scheme that has neither a dealer nor pairs: one public key for the group, and a decryption by all. */
export function busom({ maxReading = DEFAULT_MAX_READING, trusting = false, echo = false }: SchemeOptions = {}): Scheme {
  return {
    name: NAME,
    facts: {
      title: 'Busom, Petrlic, Sebé, Sorge and Valls',
      citation:
        'N. Busom, R. Petrlic, F. Sebé, C. Sorge, M. Valls: Efficient Smart Metering Based on Homomorphic Encryption. Computer Communications 82, 95–101, 2016.',
      family: 'interactive',
      dealer: 'none',
      missing: 'lost, noticed',
      sees: echo ? 'nobody' : 'nobody, if the aggregator shows all meters the same sum; else the aggregator, unseen',
      collusion: 'all other meters with the aggregator',
      strength: 126,
      maxReading,
      noisy: false,
      rounds: echo ? 4 : 3,
      messages: n => (echo ? 3 * n : 2 * n) + 1,
      how: [
        'Each meter has a key pair and proves that it knows the secret; the sum of all public keys is the group’s, whose secret nobody holds. A meter adds noise to its reading and encrypts the sum to the group’s key, ElGamal in the exponent. The aggregator sends all meters the sum of the ciphertexts’ first components. Each answers with its share of the decryption, in which its noise stands as well, so that a share opens nothing by itself. All shares together leave (Σ x)·G, whose small logarithm the aggregator finds.',
        'A newcomer’s key and proof go to all, and a leaver’s key is subtracted. A meter that is silent in any round loses the slot: no logarithm is found without its share, after a whole search.',
        'A meter cannot check the sum that it opens. An aggregator that shows each meter another sum, made with weights, reads one meter and the total in one slot that looks regular. With the option echo meters tell each other the hash of what they were shown, a round more, and answer only where all were shown the same; two values are evidence, and later slots stop.',
        'A meter may answer once a slot, ever: two answers differ by its secret times a point of the aggregator’s choice.'
      ],
      uncertain: [
        'The proof of possession of a key, and noise from the whole range of scalars, are ours.',
        'The repair by echo is ours, and one meter that lies about what it was shown stops a group as well: who lied is seen from the aggregator’s signatures.',
        'Garra, Leibenger, Miret and Sebé (International Journal of Information Security, 2020) report weaknesses of this line of work and a repair; whether the attack here is theirs was not checked.'
      ]
    },
    roles: {
      meter: role<Meter>({
        create: () => ({ secret: undefined, groupKey: undefined, noise: undefined, shown: undefined, stopped: false }),
        rounds: {
          setup: [{ run: publishKey }, { awaits: others, run: sumKeys }],
          slot: [
            { run: (meter, { reading }, turn) => (reading ? encrypt(meter, reading, turn) : {}) },
            undefined,
            { awaits: fromAggregator, run: echo ? tell : answer },
            ...(echo ? [{ awaits: others, run: answerIfSame }] : [])
          ]
        }
      }),
      aggregator: role<Aggregator>({
        create: () => ({ unkeyed: undefined, seconds: new Map(), logarithms: new Logarithms() }),
        rounds: {
          setup: [undefined, { awaits: members, run: checkKeys }],
          slot: [
            undefined,
            { awaits: members, run: (state, inbox, turn) => sumFirsts(state, inbox, turn, trusting) },
            undefined,
            ...(echo ? [undefined] : []),
            { awaits: members, run: (state, inbox, turn) => ({ outcome: open(state, inbox, turn, { maxReading, trusting }) }) }
          ]
        }
      })
    }
  }
}

/** Computes the challenge of a proof of possession: whose key it is stands in it, so that nobody repeats another's. */
function challengeOf(number: number, key: Point, first: Point): Scalar {
  return reduceToScalar(hash('sha512', concatBytes(domain(`${NAME}/key`), u16(number), key.encode(), first.encode()), 'buffer'))
}

/** Sends Y ‖ R ‖ z (Schnorr). */
function publishKey(meter: Meter, _: Inbox, { group, self, rng, work }: Turn): Made {
  const [secret, k] = [randomScalar(rng), randomScalar(rng)]
  const [key, first] = [G.multiply(secret), G.multiply(k)]
  work.count('scalar-mult', 2)
  meter.secret = secret
  meter.groupKey = undefined
  const response = scalar(k + challengeOf(group.members.indexOf(self), key, first) * secret)
  return { send: [{ to: 'meters', body: concatBytes(key.encode(), first.encode(), encodeScalar(response)) }] }
}

/** Decodes a key and checks that its sender knows the secret: a key made of others' keys would cancel them. */
function decodeKey(body: Uint8Array, sender: MeterId, { group, work }: Turn): Point {
  const [key, first] = decodePoints(body.subarray(0, ELEMENTS), 2, sender) as [Point, Point]
  const [response] = decodeScalars(body.subarray(ELEMENTS), 1, sender) as [Scalar]
  work.count('scalar-mult', 2)
  const expected = first.add(key.multiply(challengeOf(group.members.indexOf(sender), key, first)))
  if (!G.multiply(response).equals(expected)) throw new MalformedBodyError(sender, 'expected a proof of the key, got one that fails')
  return key
}

/** Sums the group's key. Without one of them fewer would decrypt than members are, so there is none. */
function sumKeys(meter: Meter, { from, missing }: Inbox, turn: Turn): Made {
  const keys = [...from].map(([id, body]) => decodeKey(body, id, turn))
  turn.work.count('scalar-mult')
  if (missing.length === 0 && meter.secret !== undefined) meter.groupKey = Point.sum([G.multiply(meter.secret), ...keys])
  return {}
}

function checkKeys(state: Aggregator, { from, missing }: Inbox, turn: Turn): Made {
  for (const [id, body] of from) decodeKey(body, id, turn)
  state.unkeyed = missing
  return {}
}

/** Sends C = r·G and D = r·Y + (m + z)·G of each lane. */
function encrypt(meter: Meter, reading: LaneVector, { group, rng, work }: Turn): Made {
  const { groupKey, stopped } = meter
  meter.noise = undefined
  meter.shown = undefined
  if (!groupKey || stopped) return {}
  const noise: Scalar[] = []
  const points = signedLanes(reading).flatMap(value => {
    const [z, r] = [randomScalar(rng), randomScalar(rng)]
    noise.push(z)
    work.count('scalar-mult', 3)
    return [G.multiply(r), groupKey.multiply(r).add(G.multiply(value + z))]
  })
  meter.noise = noise
  return { send: [{ to: aggregatorOf(group), body: concatBytes(...points.map(point => point.encode())) }] }
}

function sumFirsts(state: Aggregator, { from, missing }: Inbox, { group }: Turn, trusting: boolean): Made {
  const bodies = [...from].map(([id, body]) => [id, decodePoints(body, 2 * group.lanes, id)] as const)
  const absent = state.unkeyed?.length ? state.unkeyed : missing
  if (absent.length > 0 && !trusting) return { outcome: { type: 'lost', reason: 'missing', members: absent } }
  state.seconds = new Map(bodies.map(([id, points]) => [id, points.filter((_, i) => i % 2 === 1)]))
  const sums = lanesOf(group.lanes, lane => Point.sum(bodies.map(([, points]) => points[2 * lane] as Point)))
  return { send: [{ to: 'meters', body: concatBytes(...sums.map(point => point.encode())) }] }
}

const lanesOf = <T>(lanes: number, of: (lane: number) => T): T[] => Array.from({ length: lanes }, (_, lane) => of(lane))

/** Answers x·C* + z·G of each lane, once. */
function share({ secret, noise }: Meter, points: readonly Point[], { group, work }: Turn): Made {
  if (secret === undefined || !noise) return {}
  const shares = points.map((point, lane) => {
    work.count('scalar-mult', 2)
    return point.multiply(secret).add(G.multiply(noise[lane] as Scalar))
  })
  return { send: [{ to: aggregatorOf(group), body: concatBytes(...shares.map(point => point.encode())) }] }
}

function answer(meter: Meter, { from }: Inbox, turn: Turn): Made {
  for (const [sender, body] of from) {
    const made = share(meter, decodePoints(body, turn.group.lanes, sender), turn)
    meter.noise = undefined
    return made
  }
  return {}
}

/** Tells the others the hash of what the aggregator showed. */
function tell(meter: Meter, { from }: Inbox, { group }: Turn): Made {
  for (const [sender, body] of from) {
    const points = decodePoints(body, group.lanes, sender)
    const digest = sha256(body)
    meter.shown = { points, digest }
    return { send: [{ to: 'meters', body: digest }] }
  }
  return {}
}

/** Answers where all others saw the same; stops for good where one did not. */
function answerIfSame(meter: Meter, { from, missing }: Inbox, turn: Turn): Made {
  for (const [id, body] of from)
    if (body.byteLength !== DIGEST_BYTES)
      throw new MalformedBodyError(id, `expected a hash of ${DIGEST_BYTES} bytes, got ${body.byteLength}`)
  const { shown } = meter
  meter.shown = undefined
  if (!shown) return {}
  const aggregator = aggregatorOf(turn.group)
  if ([...from.values()].some(digest => toHex(digest) !== toHex(shown.digest))) {
    meter.stopped = true
    meter.noise = undefined
    return { accused: [{ member: aggregator, what: 'two meters say that it showed them different sums of one slot' }] }
  }
  // Without the others' word they may have been shown something else; without their shares there is no total anyway.
  const made = missing.length === 0 ? share(meter, shown.points, turn) : {}
  meter.noise = undefined
  return made
}

/** Subtracts all shares from all second components. */
function open(
  state: Aggregator,
  { from, missing }: Inbox,
  { group, work }: Turn,
  { maxReading, trusting }: { readonly maxReading: bigint; readonly trusting: boolean }
): Outcome {
  const shares = [...from].map(([id, body]) => decodePoints(body, group.lanes, id))
  const { seconds } = state
  state.seconds = new Map()
  if (missing.length > 0 && !trusting) return { type: 'lost', reason: 'missing', members: missing }
  const points = lanesOf(group.lanes, lane => {
    const added = Point.sum([...seconds.values()].map(of => of[lane] as Point))
    return added.add(Point.sum(shares.map(of => of[lane] as Point)).multiply(scalar(-1n)))
  })
  work.count('scalar-mult', group.lanes)
  return state.logarithms.total(points, BigInt(group.members.length) * maxReading, [...seconds.keys()], work)
}
