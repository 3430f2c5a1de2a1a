// Joye, Libert 2013, section 4: keys dealt so that they sum to zero over the integers, readings modulo N.
import { fromBytes, toBytes } from '@hushgrid/paillier'
import { concatBytes, type LaneVector, signedLanes, u8 } from '@hushgrid/primitives'
import { lanesIn, pack, unpack } from '../arithmetic/packing.ts'
import { decodeModulus, SquareRing } from '../arithmetic/square-ring.ts'
import { MalformedBodyError } from '../errors.ts'
import { MOST_READING } from '../facts.ts'
import { DEFAULT_BITS, freshKey, type SchemeOptions, strengthOf } from '../options.ts'
import { type Inbox, type Made, role, type Scheme, type Turn } from '../scheme.ts'
import { aggregatorOf, fromDealer, members } from '../shared/parties.ts'

const NAME = 'joye-libert'

interface Keyed {
  ring: SquareRing | undefined
  key: bigint
}

/** The scheme that has no small logarithm: any sum below N. */
export function joyeLibert({ bits = DEFAULT_BITS, keyFor = freshKey, trusting }: SchemeOptions = {}): Scheme {
  return {
    name: NAME,
    facts: {
      title: 'Joye and Libert',
      citation:
        'M. Joye, B. Libert: A Scalable Scheme for Privacy-Preserving Aggregation of Time-Series Data. FC 2013, LNCS 7859, 111–125.',
      family: 'keys',
      dealer: 'keys',
      missing: 'lost, noticed',
      sees: 'nobody; the dealer sees all if it keeps the keys or the primes and hears the messages',
      collusion: 'all other meters with the aggregator, or the dealer with whoever hears the messages',
      strength: strengthOf(bits),
      maxReading: MOST_READING,
      mostLanes: lanesIn(bits - 1),
      noisy: false,
      rounds: 1,
      messages: n => n,
      how: [
        'A dealer makes N = pq, gives each meter a secret integer and the aggregator the negative of their sum, and forgets p, q and the secrets. For each slot a meter sends (1 + xN)·h^s modulo N², h a hash of the slot, with all lanes packed into x. In the product of all messages and the aggregator’s own part the secrets cancel, and 1 + (Σ x)·N is left.',
        'A change of members needs new keys for everybody. Without one meter’s message the product has another form, so the loss of the slot is noticed at once. No logarithm is searched for, and readings may be large; one power with an exponent of 2|N| bits costs a meter twice what a Paillier encryption does.',
        'Whoever keeps p and q needs no secret: from two ciphertexts of a meter both readings follow by reducing a lattice of rank two. That N could be made jointly is not part of the paper.'
      ],
      uncertain: ['The length of the secrets, 2|N| bits, is ours: it makes them uniform modulo λN but for a negligible part.']
    },
    roles: {
      dealer: role({
        create: () => undefined,
        rounds: { setup: [{ run: (_, __, turn) => deal(turn, bits, keyFor(turn.self, bits).publicKey.n) }] }
      }),
      meter: role<Keyed>({
        create: () => ({ ring: undefined, key: 0n }),
        rounds: {
          setup: [undefined, { awaits: fromDealer, run: (meter, inbox) => takeKey(meter, inbox, bits, bits / 4) }],
          slot: [{ run: ({ ring, key }, { reading }, turn) => (reading && ring ? encrypt(ring, key, reading, turn) : {}) }]
        }
      }),
      aggregator: role<Keyed>({
        create: () => ({ ring: undefined, key: 0n }),
        rounds: {
          setup: [undefined, { awaits: fromDealer, run: (aggregator, inbox) => takeKey(aggregator, inbox, bits, bits / 4 + 2) }],
          slot: [undefined, { awaits: members, run: (aggregator, inbox, turn) => addUp(aggregator, inbox, turn, trusting === true) }]
        }
      })
    }
  }
}

/** Deals N ‖ u8 sign ‖ |s| to each meter, and two bytes more to the aggregator. */
function deal({ group, rng, work }: Turn, bits: number, n: bigint): Made {
  work.count('paillier-keygen')
  const keys = group.members.map(() => {
    const magnitude = fromBytes(rng.bytes(bits / 4))
    return ((rng.bytes(1)[0] as number) & 1) === 1 ? -magnitude : magnitude
  })
  const modulus = new SquareRing(n, bits).encodeModulus()
  const bodyOf = (key: bigint, length: number): Uint8Array =>
    concatBytes(modulus, u8(key < 0n ? 1 : 0), toBytes(key < 0n ? -key : key, length))
  const own = -keys.reduce((sum, key) => sum + key, 0n)
  return {
    send: [
      ...group.members.map((to, i) => ({ to, body: bodyOf(keys[i] as bigint, bits / 4), sealed: true })),
      { to: aggregatorOf(group), body: bodyOf(own, bits / 4 + 2), sealed: true }
    ]
  }
}

function takeKey(party: Keyed, { from }: Inbox, bits: number, length: number): Made {
  for (const [dealer, body] of from) {
    const [modulus, sign, magnitude] = [body.subarray(0, bits / 8), body[bits / 8], body.subarray(bits / 8 + 1)]
    if (magnitude.byteLength !== length || (sign !== 0 && sign !== 1))
      throw new MalformedBodyError(dealer, `expected a modulus, a sign and ${length} bytes, got ${body.byteLength} bytes`)
    const ring = decodeModulus(modulus, bits, dealer)
    party.ring = ring
    party.key = sign === 1 ? -fromBytes(magnitude) : fromBytes(magnitude)
  }
  return {}
}

function encrypt(ring: SquareRing, key: bigint, reading: LaneVector, { group, slot, work }: Turn): Made {
  const base = ring.hash(NAME, slot)
  if (!ring.isUnit(base)) return {}
  const value = (ring.plain(pack(signedLanes(reading))) * ring.power(base, key, work)) % ring.squared
  return { send: [{ to: aggregatorOf(group), body: ring.encode(value) }] }
}

function addUp({ ring, key }: Keyed, { from, missing }: Inbox, { group, slot, work }: Turn, trusting: boolean): Made {
  if (!ring || (missing.length > 0 && !trusting)) return { outcome: { type: 'lost', reason: 'missing', members: missing } }
  const values = [...from].map(([id, body]) => ring.decode(body, id))
  const base = ring.hash(NAME, slot)
  const x = ring.isUnit(base) ? ring.logarithm((ring.power(base, key, work) * ring.product(values)) % ring.squared) : undefined
  const lanes = x === undefined ? undefined : unpack(x, group.lanes)
  if (!lanes) return { outcome: { type: 'lost', reason: 'implausible', members: [] } }
  return { outcome: { type: 'total', contributors: [...from.keys()], lanes } }
}
