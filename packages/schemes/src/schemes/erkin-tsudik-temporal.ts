// Erkin, Tsudik 2012, the temporal protocol: one meter's bill over a period, by blindings that cancel over time.
import { fromBytes, type PrivateKey } from '@hushgrid/paillier'
import { InvalidArgumentError, type LaneVector, type MeterId, type Slot, signedLanes, slot as slotOf } from '@hushgrid/primitives'
import { lanesIn, pack, unpack } from '../arithmetic/packing.ts'
import { decodeModulus, SquareRing } from '../arithmetic/square-ring.ts'
import { MOST_READING } from '../facts.ts'
import { DEFAULT_BITS, freshKey, type SchemeOptions, strengthOf } from '../options.ts'
import { type Inbox, type Made, role, type Scheme, type Turn } from '../scheme.ts'
import { aggregatorOf, members } from '../shared/parties.ts'

const NAME = 'erkin-tsudik-temporal'
/** A day of quarter hours at one price, so that the bill is the day's energy. */
const DEFAULT_PRICES = Array.from({ length: 96 }, () => 1n)

/** Blindings of the period that a meter has begun. */
interface Begun {
  readonly first: Slot
  readonly blindings: readonly bigint[]
  /** Ring of the period; a new key waits for the next. */
  readonly ring: SquareRing
}

interface Meter {
  ring: SquareRing | undefined
  begun: Begun | undefined
}

interface Utility {
  key: PrivateKey | undefined
  ring: SquareRing | undefined
  /** Slot with which the period began. */
  first: Slot | undefined
  /** Ciphertexts of the period by meter. */
  readonly values: Map<MeterId, bigint[]>
}

/** The scheme of bills: the aggregator, here the utility, learns a meter's priced sum over a period and nothing in between. */
export function erkinTsudikTemporal(options: SchemeOptions = {}): Scheme {
  const { bits = DEFAULT_BITS, keyFor = freshKey, prices = DEFAULT_PRICES, trusting = false } = options
  if (prices.length < 2 || prices.length > 255) throw new InvalidArgumentError('prices', 'from 2 to 255', String(prices.length))
  const period = new Period(prices)
  const takeKey = { awaits: newcomersOnly, run: (meter: Meter, inbox: Inbox) => take(meter, inbox, bits) }
  return {
    name: NAME,
    prices,
    facts: {
      title: 'Erkin and Tsudik, temporal',
      citation:
        'Z. Erkin, G. Tsudik: Private Computation of Spatial and Temporal Power Consumption with Smart Meters. ACNS 2012, LNCS 7341, 561–577.',
      family: 'non-interactive',
      dealer: 'none',
      missing: 'lost, noticed',
      sees: 'the utility sees each meter’s bill, and each reading if it made its modulus for that; else nobody sees a reading',
      collusion: 'the meter itself, or a utility that made its modulus for it',
      strength: strengthOf(bits),
      maxReading: period.maxReading,
      mostLanes: lanesIn(bits - 1),
      yields: 'bills',
      noisy: false,
      rounds: 1,
      messages: n => n,
      how: [
        'This is a way to bill, not to aggregate: it yields no total of a slot, but for each meter, at the end of a period of T slots, the sum of its readings times the prices. The utility has a Paillier key N. In each slot a meter sends (1 + p·x·N)·h^R, with h a hash of the period’s first slot. The exponents R are random but for the last, which makes all of them sum to a multiple of N. The product of the T ciphertexts is then a Paillier ciphertext of the bill.',
        'No meter needs another, so a change of members costs a newcomer one key and the others nothing. A period is T slots from a multiple of T on; whoever joins within one begins with the next, and whoever leaves has no bill of the last. A meter without a ciphertext in one slot has no bill of the period: what is left decrypts to noise. It could send the exponent of a ciphertext that never arrived, which is not done here.',
        'The utility believes the meter: nothing proves that it used the right prices, or its readings. Running beside a scheme of totals it doubles the ciphertexts of a reading.'
      ],
      uncertain: [
        'Exponents of |N| + 128 bits are ours. They hide a reading while logarithms modulo N are hard. A utility that makes N of primes p whose p − 1 has small factors only finds the exponents, and reads each slot; exponents of 2|N| + 128 bits would stand that.',
        'That prices are applied at the meter is ours; weights on ciphertexts would have to fit the exponents.',
        'The slots of a period before its last end without an outcome, and the last with a bill for each meter: that is how this interface holds the protocol, and ours.',
        'That the ciphertexts are sealed for the utility is ours. N and h are public, so whoever heard all of a meter’s could divide the last obfuscator out and read the bill.'
      ]
    },
    roles: {
      meter: role<Meter>({
        create: () => ({ ring: undefined, begun: undefined }),
        rounds: {
          setup: [undefined, takeKey],
          join: [undefined, takeKey],
          leave: [],
          slot: [{ run: (meter, { reading }, turn) => (reading ? encrypt(meter, reading, turn, period) : {}) }]
        }
      }),
      aggregator: role<Utility>({
        create: () => ({ key: undefined, ring: undefined, first: undefined, values: new Map() }),
        rounds: {
          setup: [
            {
              run: (utility, _, turn) => {
                utility.key = keyFor(turn.self, bits)
                turn.work.count('paillier-keygen')
                utility.ring = new SquareRing(utility.key.publicKey.n, bits)
                utility.values.clear()
                return { send: [{ to: 'meters', body: utility.ring.encodeModulus() }] }
              }
            }
          ],
          join: [
            {
              run: ({ ring }, _, { group }) => (ring ? { send: group.joined.map(to => ({ to, body: ring.encodeModulus() })) } : {})
            }
          ],
          leave: [],
          slot: [undefined, { awaits: members, run: (utility, inbox, turn) => collect(utility, inbox, turn, { period, trusting }) }]
        }
      })
    }
  }
}

/** Slots of a period and their prices. */
class Period {
  readonly #prices: readonly bigint[]
  /** Largest |reading| whose bill fits 64 bits. */
  readonly maxReading: bigint

  constructor(prices: readonly bigint[]) {
    this.#prices = prices
    const sum = prices.reduce((total, price) => total + (price < 0n ? -price : price), 0n)
    const most = ((1n << 63n) - 1n) / (sum || 1n)
    this.maxReading = most < MOST_READING ? most : MOST_READING
  }

  get length(): number {
    return this.#prices.length
  }

  firstOf(slot: Slot): Slot {
    return slotOf(slot - (slot % this.length))
  }

  /** Gives the place of a slot in its period, from 0. */
  placeOf(slot: Slot): number {
    return slot % this.length
  }

  priceAt(slot: Slot): bigint {
    return this.#prices[this.placeOf(slot)] as bigint
  }

  endsWith(slot: Slot): boolean {
    return this.placeOf(slot) === this.length - 1
  }
}

function newcomersOnly(_: unknown, { group, phase, self }: Turn): MeterId[] {
  return phase === 'setup' || group.joined.includes(self) ? [aggregatorOf(group)] : []
}

function take(meter: Meter, { from }: Inbox, bits: number): Made {
  for (const [utility, body] of from) meter.ring = decodeModulus(body, bits, utility)
  return {}
}

/** Begins a period in its first slot: draws the exponents of all slots but the last, whose exponent completes 2^136·N. */
function begin(meter: Meter, { rng, slot }: Turn, { length }: Period): Begun | undefined {
  const { ring } = meter
  if (!ring) return undefined
  const blindings = Array.from({ length: length - 1 }, () => fromBytes(rng.bytes(ring.residueBytes + 16)))
  const last = (ring.n << 136n) - blindings.reduce((sum, blinding) => sum + blinding, 0n)
  return { first: slot, blindings: [...blindings, last], ring }
}

function encrypt(meter: Meter, reading: LaneVector, turn: Turn, period: Period): Made {
  const { group, slot, work } = turn
  const first = period.firstOf(slot)
  if (slot === first) meter.begun = begin(meter, turn, period)
  const { begun } = meter
  if (!begun || begun.first !== first) return {}
  const { ring, blindings } = begun
  const values = signedLanes(reading)
  // A larger one would carry into the next lane's field, and give another bill unnoticed.
  if (values.some(value => value > period.maxReading || value < -period.maxReading)) return {}
  const priced = pack(values.map(value => value * period.priceAt(slot)))
  const blinding = blindings[period.placeOf(slot)] as bigint
  const base = ring.hash(NAME, first)
  // Says nothing under a modulus that its owner made wrong: the last blinding may be negative, and there is no inverse.
  if (!ring.isUnit(base)) return {}
  const value = (ring.plain(priced) * ring.power(base, blinding, work)) % ring.squared
  return { send: [{ to: aggregatorOf(group), body: ring.encode(value), sealed: true }] }
}

/** Keeps a slot's ciphertexts, and opens each meter's product in the last slot. */
function collect(utility: Utility, { from }: Inbox, turn: Turn, { period, trusting }: { period: Period; trusting: boolean }): Made {
  const { key, ring, values } = utility
  const { group, slot, work } = turn
  if (!key || !ring) return {}
  const decoded = [...from].map(([id, body]) => [id, ring.decode(body, id)] as const)
  const first = period.firstOf(slot)
  if (utility.first !== first) values.clear()
  utility.first = first
  for (const [id, value] of decoded) values.set(id, [...(values.get(id) ?? []), value])
  if (!period.endsWith(slot)) return {}
  const bills = new Map<MeterId, LaneVector>()
  for (const id of group.members) {
    const own = values.get(id) ?? []
    if (own.length === 0 || (own.length < period.length && !trusting)) continue
    work.count('paillier-decrypt')
    const bill = unpack(key.decrypt(key.publicKey.ciphertext(ring.product(own))), group.lanes)
    if (bill) bills.set(id, bill)
  }
  values.clear()
  return { outcome: { type: 'bills', bills, missing: group.members.filter(id => !bills.has(id)) } }
}
