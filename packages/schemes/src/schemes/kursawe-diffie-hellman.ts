// Kursawe, Danezis, Kohlweiss 2011, section 3.2: masks in the exponent, from public values that are new for each slot.
import { concatBytes, type LaneVector, type MeterId, signedLanes, u8, u64 } from '@hushgrid/primitives'
import { hashToGroup, Point, type Scalar } from '@hushgrid/primitives/group'
import { LogTable } from '../arithmetic/discrete-log.ts'
import { randomScalar } from '../arithmetic/random.ts'
import { decodePoints } from '../bodies/elements.ts'
import { DEFAULT_MAX_READING, type SchemeOptions } from '../options.ts'
import { type Inbox, type Made, type Outcome, role, type Scheme, type Turn } from '../scheme.ts'
import { totalBy } from '../shared/logarithms.ts'
import { aggregatorOf, members, others } from '../shared/parties.ts'

const NAME = 'kursawe-diffie-hellman'

interface Meter {
  secret: Scalar | undefined
  /** The slot's reading and bases, until the reading is sent. */
  begun: { readonly reading: LaneVector; readonly bases: readonly Point[] } | undefined
}

/** The comparison protocol, with a logarithm where the paper compares with a feeder's meter. */
export function kursaweDiffieHellman({ maxReading = DEFAULT_MAX_READING, trusting = false }: SchemeOptions = {}): Scheme {
  return {
    name: NAME,
    facts: {
      title: 'Kursawe, Danezis and Kohlweiss, Diffie–Hellman',
      citation: 'K. Kursawe, G. Danezis, M. Kohlweiss: Privacy-Friendly Aggregation for the Smart-Grid. PETS 2011, LNCS 6794, 175–191.',
      family: 'non-interactive',
      dealer: 'none',
      missing: 'lost, noticed',
      sees: 'nobody',
      collusion: 'the aggregator with all other meters, or with one that sends its public value after all others and so loses the slot',
      strength: 126,
      maxReading,
      noisy: false,
      rounds: 2,
      messages: n => 2 * n,
      how: [
        'Each meter has a secret number X. A slot and lane has a base B of its own, hashed to ristretto255. First every meter broadcasts X·B. Then each multiplies its X with the sum of what the meters above it sent less what those below it sent, adds its reading times B, and sends the result to the aggregator. What two meters share comes in twice, with opposite signs, so (Σ x)·B is left.',
        'In the paper the aggregator does not decrypt: it compares the sum with its own measurement at the feeder, within a tolerance. Here it searches for the logarithm; since the base is new each time, it makes its table anew for each slot and lane.',
        'Nothing proves that a meter knows its X. One that waits for all others’ values can send one with which the sum that a meter multiplies by its X is B itself; that meter’s mask is then its own public value, and the aggregator finds its reading. The slot is lost by it, with no meter named.',
        'A change of members costs nothing. Without one meter’s value nothing cancels, no logarithm is found, and the slot is lost. The broadcast costs n² receipts a slot; with a pairing keys would be agreed on once, which the paper describes and which is not compared.'
      ],
      uncertain: [
        'The logarithm to the base of the slot instead of the paper’s comparison is ours.',
        'That a meter sends nothing once a public value is missing is ours.'
      ]
    },
    roles: {
      meter: role<Meter>({
        create: () => ({ secret: undefined, begun: undefined }),
        rounds: {
          setup: [
            {
              run: (meter, _, { rng }) => {
                meter.secret = randomScalar(rng)
                return {}
              }
            }
          ],
          slot: [{ run: publish }, { awaits: others, run: (meter, inbox, turn) => submit(meter, inbox, turn, trusting) }]
        }
      }),
      aggregator: role({
        create: () => undefined,
        rounds: {
          slot: [
            undefined,
            { awaits: members, run: (_, inbox, turn) => checkAllPublished(inbox, turn, trusting) },
            { awaits: members, run: (_, inbox, turn) => ({ outcome: addUp(inbox, turn, maxReading, trusting) }) }
          ]
        }
      })
    }
  }
}

/** Computes the bases of a slot, one a lane. */
function basesOf({ group, slot, work }: Turn): Point[] {
  work.count('hash-to-group', group.lanes)
  return Array.from({ length: group.lanes }, (_, lane) => hashToGroup(concatBytes(u64(slot), u8(lane)), `hushgrid/v1/schemes/${NAME}`))
}

function encode(points: readonly Point[]): Uint8Array {
  return concatBytes(...points.map(point => point.encode()))
}

/** Decodes everybody's elements. @throws MalformedBodyError */
function decodeAll({ from }: Inbox, { group }: Turn): Map<MeterId, Point[]> {
  return new Map([...from].map(([id, body]) => [id, decodePoints(body, group.lanes, id)]))
}

function publish(meter: Meter, { reading }: Inbox, turn: Turn): Made {
  meter.begun = undefined
  const { secret } = meter
  if (!reading || secret === undefined) return {}
  const bases = basesOf(turn)
  meter.begun = { reading, bases }
  turn.work.count('scalar-mult', bases.length)
  return { send: [{ to: 'meters', body: encode(bases.map(base => base.multiply(secret))) }] }
}

function submit(meter: Meter, inbox: Inbox, turn: Turn, trusting: boolean): Made {
  const values = decodeAll(inbox, turn)
  const { secret, begun } = meter
  meter.begun = undefined
  if (secret === undefined || !begun || (inbox.missing.length > 0 && !trusting)) return {}
  const { group, self, work } = turn
  const points = signedLanes(begun.reading).map((reading, lane) => {
    const sumOf = (side: (id: MeterId) => boolean): Point =>
      Point.sum([...values].flatMap(([id, each]) => (side(id) ? [each[lane] as Point] : [])))
    const [below, above] = [sumOf(id => id < self), sumOf(id => id > self)]
    work.count('scalar-mult', 3)
    return Point.sum([(begun.bases[lane] as Point).multiply(reading), above.multiply(secret), below.multiply(-secret)])
  })
  return { send: [{ to: aggregatorOf(group), body: encode(points) }] }
}

/** Ends the slot at once where a public value is missing: nobody answers, and this tells whose fault it is. */
function checkAllPublished(inbox: Inbox, turn: Turn, trusting: boolean): Made {
  decodeAll(inbox, turn)
  return inbox.missing.length > 0 && !trusting ? { outcome: { type: 'lost', reason: 'missing', members: inbox.missing } } : {}
}

function addUp(inbox: Inbox, turn: Turn, maxReading: bigint, trusting: boolean): Outcome {
  const bodies = decodeAll(inbox, turn)
  if (inbox.missing.length > 0 && !trusting) return { type: 'lost', reason: 'missing', members: inbox.missing }
  const { group, work } = turn
  const sums = Array.from({ length: group.lanes }, (_, lane) => Point.sum([...bodies.values()].map(points => points[lane] as Point)))
  const most = BigInt(group.members.length) * maxReading
  const tables = basesOf(turn).map(base => new LogTable(base, most, false, work))
  return totalBy(lane => tables[lane] as LogTable, sums, [...bodies.keys()], work)
}
