// Schemes that hide readings in the exponent by keys that a dealer makes sum to zero: x·G + Σ_k s_k·H(slot, lane, k).
import { concatBytes, type LaneVector, type Slot, signedLanes, u8, u64 } from '@hushgrid/primitives'
import { encodeScalar, G, hashToGroup, Point, type Scalar, scalar } from '@hushgrid/primitives/group'
import { randomScalar } from '../arithmetic/random.ts'
import { decodePoints, decodeScalars } from '../bodies/elements.ts'
import { type Inbox, type Made, type Outcome, role, type Scheme, type Turn } from '../scheme.ts'
import { Logarithms } from './logarithms.ts'
import { aggregatorOf, fromDealer, members } from './parties.ts'

/** What tells such schemes apart. */
export interface ExponentSums {
  /** Name of the scheme, under which it hashes. */
  readonly name: string
  /** What is hashed after slot and lane, one for each key of a party. */
  readonly suffixes: readonly Uint8Array[]
  /** Largest |reading| in a lane, Wh or in the lane's own unit. */
  readonly maxReading: bigint
  /** True to search for a logarithm whoever is missing. */
  readonly trusting: boolean | undefined
  /** Adds noise to a reading before it is hidden; a total may then be below zero or above its bound. */
  readonly addNoise?: ((reading: LaneVector, turn: Turn) => LaneVector) | undefined
}

/** Keys of a meter, or of the aggregator, whose keys make all of them sum to zero; none before the setup. */
interface Keyed {
  keys: readonly Scalar[]
}

/** Makes the roles of a dealer, meters and an aggregator that finds a small logarithm. */
export function exponentRoles(of: ExponentSums): Scheme['roles'] {
  const count = of.suffixes.length
  return {
    dealer: role({ create: () => undefined, rounds: { setup: [{ run: (_, __, turn) => deal(turn, count) }] } }),
    meter: role<Keyed>({
      create: () => ({ keys: [] }),
      rounds: {
        setup: [undefined, { awaits: fromDealer, run: (meter, inbox) => takeKeys(meter, inbox, count) }],
        slot: [
          {
            run: ({ keys }, { reading }, turn) =>
              reading && keys.length > 0 ? encrypt(of, keys, of.addNoise?.(reading, turn) ?? reading, turn) : {}
          }
        ]
      }
    }),
    aggregator: role<Keyed & { readonly logarithms: Logarithms }>({
      create: () => ({ keys: [], logarithms: new Logarithms(of.addNoise !== undefined) }),
      rounds: {
        setup: [undefined, { awaits: fromDealer, run: (aggregator, inbox) => takeKeys(aggregator, inbox, count) }],
        slot: [
          undefined,
          {
            awaits: members,
            run: ({ keys, logarithms }, inbox, turn) => {
              const sums = sumsOf(inbox, turn)
              if ((inbox.missing.length > 0 && !of.trusting) || keys.length === 0) return { outcome: missing(inbox) }
              const points = sums.map((sum, lane) => sum.add(blind(of, keys, lane, turn)))
              const most = BigInt(turn.group.members.length) * of.maxReading
              return { outcome: logarithms.total(points, most, [...inbox.from.keys()], turn.work) }
            }
          }
        ]
      }
    })
  }
}

const missing = (inbox: Inbox): Outcome => ({ type: 'lost', reason: 'missing', members: inbox.missing })

/** Deals `count` keys to each party; the aggregator's make all of them sum to zero. */
function deal({ group, rng }: Turn, count: number): Made {
  const dealt = group.members.map(() => Array.from({ length: count }, () => randomScalar(rng)))
  const own = Array.from({ length: count }, (_, k) => scalar(-dealt.reduce((sum, keys) => sum + (keys[k] as bigint), 0n)))
  return {
    send: [...group.members, aggregatorOf(group)].map((to, i) => ({
      to,
      body: concatBytes(...(dealt[i] ?? own).map(encodeScalar)),
      sealed: true
    }))
  }
}

function takeKeys(party: Keyed, { from }: Inbox, count: number): Made {
  for (const [dealer, body] of from) party.keys = decodeScalars(body, count, dealer)
  return {}
}

/** Computes what hides a lane's value: Σ_k s_k·H(slot, lane, k). */
function blind({ name, suffixes }: ExponentSums, keys: readonly Scalar[], lane: number, { slot, work }: Turn): Point {
  work.count('hash-to-group', keys.length)
  work.count('scalar-mult', keys.length)
  return Point.sum(keys.map((key, k) => baseOf(name, slot, lane, suffixes[k] as Uint8Array).multiply(key)))
}

function baseOf(name: string, slot: Slot, lane: number, suffix: Uint8Array): Point {
  return hashToGroup(concatBytes(u64(slot), u8(lane), suffix), `hushgrid/v1/schemes/${name}`)
}

function encrypt(of: ExponentSums, keys: readonly Scalar[], reading: LaneVector, turn: Turn): Made {
  const points = signedLanes(reading).map((value, lane) => {
    turn.work.count('scalar-mult')
    return G.multiply(value).add(blind(of, keys, lane, turn))
  })
  return { send: [{ to: aggregatorOf(turn.group), body: concatBytes(...points.map(point => point.encode())) }] }
}

/** Adds the members' elements up, lane by lane. */
function sumsOf({ from }: Inbox, { group }: Turn): Point[] {
  const bodies = [...from].map(([id, body]) => decodePoints(body, group.lanes, id))
  return Array.from({ length: group.lanes }, (_, lane) => Point.sum(bodies.map(points => points[lane] as Point)))
}
