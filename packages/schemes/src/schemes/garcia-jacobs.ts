// Garcia, Jacobs 2011, section 4: each reading is split into shares for all, encrypted under their keys and summed on the way.
import type { PrivateKey } from '@hushgrid/paillier'
import { addLanes, concatBytes, type LaneVector, lanesToBytes, type MeterId, subtractLanes } from '@hushgrid/primitives'
import { totalOfLanes } from '../lanes-body.ts'
import { aggregatorOf, DEFAULT_BITS, freshKey, type SchemeOptions, strengthOf } from '../options.ts'
import { fieldsModulo64, pack } from '../packing.ts'
import { parts } from '../parts.ts'
import { randomLanes } from '../random.ts'
import { type Inbox, type Made, role, type Scheme, type Turn } from '../scheme.ts'
import { decodeModulus, type SquareRing } from '../zn2.ts'

interface Meter {
  key: PrivateKey | undefined
  readonly rings: Map<MeterId, SquareRing>
  /** Own share of the slot's reading, which stays here. */
  ownShare: LaneVector | undefined
}

interface Concentrator {
  readonly rings: Map<MeterId, SquareRing>
}

/** The scheme of shares under everybody's Paillier key. */
export function garciaJacobs({ bits = DEFAULT_BITS, keyFor = freshKey, trusting }: SchemeOptions = {}): Scheme {
  return {
    name: 'garcia-jacobs',
    facts: {
      title: 'Garcia and Jacobs',
      citation: 'F. D. Garcia, B. Jacobs: Privacy-Friendly Energy-Metering via Homomorphic Encryption. STM 2010, LNCS 6710, 226–238, 2011.',
      family: 'interactive',
      dealer: 'none',
      missing: 'lost, unnoticed',
      sees: 'nobody, if the concentrator adds up as agreed; else the concentrator, unseen',
      collusion: 'all other meters with the concentrator, or a concentrator that sends wrong sums alone',
      strength: strengthOf(bits),
      maxReading: 1n << 47n,
      noisy: false,
      rounds: 3,
      messages: n => 3 * n,
      how: [
        'Each meter has a Paillier key. For a slot it splits its reading, modulo 2^64, into one random share for each meter, keeps its own, and sends the others to the concentrator, each under the key of the meter it is for. The concentrator multiplies what is for one meter and sends it the product; the meter decrypts the sum of the others’ shares, adds its own share, and sends the result in the clear. These partial sums add up to the total.',
        'A newcomer’s key goes to all; a leaver is taken off the list. A meter that is silent in any round loses the slot, since only it can open its column; the sums modulo 2^64 do not show it, only the count of senders does.',
        'Against a concentrator that follows the protocol a reading is hidden while two meters are honest. Ciphertexts can be multiplied and powered by anybody, and a meter cannot check the product that it opens: a concentrator that weights one meter’s shares reads it in a slot that looks regular.'
      ],
      uncertain: ['The modulus 2^64 of the shares is ours; the paper says that it is large, and that sums stay below every N.']
    },
    roles: {
      meter: role<Meter>({
        create: () => ({ key: undefined, rings: new Map(), ownShare: undefined }),
        rounds: {
          setup: [
            { run: (meter, _, turn) => publishKey(meter, keyFor(turn.self, bits), turn) },
            undefined,
            { awaits: fromAggregator, run: (meter, inbox, turn) => takeKeys(meter, bits, inbox, turn) }
          ],
          slot: [
            { run: (meter, { reading }, turn) => (reading ? share(meter, reading, turn) : {}) },
            undefined,
            { awaits: fromAggregator, run: addUp }
          ]
        }
      }),
      aggregator: role<Concentrator>({
        create: () => ({ rings: new Map() }),
        rounds: {
          setup: [undefined, { awaits: members, run: (state, inbox) => handOut(state, bits, inbox) }],
          slot: [
            undefined,
            { awaits: members, run: (state, inbox, turn) => multiply(state, inbox, turn) },
            undefined,
            { awaits: members, run: (_, inbox, { group }) => ({ outcome: totalOfLanes(inbox, group.lanes, { trusting }) }) }
          ]
        }
      })
    }
  }
}

const members = (_: unknown, { group }: Turn): readonly MeterId[] => group.members
const fromAggregator = (_: unknown, { group }: Turn): MeterId[] => [aggregatorOf(group)]

function publishKey(meter: Meter, key: PrivateKey, { group, work }: Turn): Made {
  work.count('paillier-keygen')
  meter.key = key
  const n = key.publicKey.n.toString(16).padStart(key.publicKey.bits / 4, '0')
  return { send: [{ to: aggregatorOf(group), body: new Uint8Array(Buffer.from(n, 'hex')) }] }
}

/** Collects the moduli and hands all of them to all. */
function handOut(state: Concentrator, bits: number, { from }: Inbox): Made {
  for (const [id, body] of from) state.rings.set(id, decodeModulus(body, bits, id))
  return { send: [{ to: 'meters', body: concatBytes(...from.values()) }] }
}

function takeKeys(meter: Meter, bits: number, { from }: Inbox, { group }: Turn): Made {
  for (const [sender, body] of from) {
    const rings = parts(body, group.members.length, bits / 8, sender).map(bytes => decodeModulus(bytes, bits, sender))
    for (const [i, id] of group.members.entries()) meter.rings.set(id, rings[i] as SquareRing)
  }
  return {}
}

/** Splits a reading into shares for all, and encrypts each under its receiver's key. */
function share(meter: Meter, reading: LaneVector, { group, self, rng, work }: Turn): Made {
  const own = reading.slice() as LaneVector
  const bodies: Uint8Array[] = []
  for (const id of group.members) {
    const ring = meter.rings.get(id)
    if (id === self || !ring) continue
    const share = randomLanes(rng, group.lanes)
    subtractLanes(own, share)
    bodies.push(ring.encode(ring.encrypt(pack(share), rng, work)))
  }
  meter.ownShare = own
  return { send: [{ to: aggregatorOf(group), body: concatBytes(...bodies) }] }
}

/** Multiplies what is for one meter, for each. */
function multiply({ rings }: Concentrator, { from, missing }: Inbox, { group }: Turn): Made {
  if (missing.length > 0) return { outcome: { type: 'lost', reason: 'missing', members: missing } }
  const columns = new Map<MeterId, bigint[]>(group.members.map(id => [id, []]))
  for (const [sender, body] of from) {
    const receivers = group.members.filter(id => id !== sender)
    const first = rings.get(receivers[0] as MeterId) as SquareRing
    parts(body, receivers.length, first.elementBytes, sender).forEach((bytes, i) => {
      const id = receivers[i] as MeterId
      columns.get(id)?.push((rings.get(id) as SquareRing).decode(bytes, sender))
    })
  }
  return {
    send: [...columns].map(([to, values]) => {
      const ring = rings.get(to) as SquareRing
      return { to, body: ring.encode(ring.product(values)) }
    })
  }
}

/** Adds the own share to what the product decrypts to. */
function addUp(meter: Meter, { from }: Inbox, { group, self, work }: Turn): Made {
  const { key, ownShare } = meter
  meter.ownShare = undefined
  for (const [sender, body] of from) {
    const ring = meter.rings.get(self)
    if (!key || !ownShare || !ring) continue
    work.count('paillier-decrypt')
    const plain = key.decrypt(key.publicKey.ciphertext(ring.decode(body, sender)))
    const sums = fieldsModulo64(plain, group.lanes)
    return { send: [{ to: sender, body: lanesToBytes(addLanes(ownShare, sums)) }] }
  }
  return {}
}
