// Garcia, Jacobs 2011, section 4: each reading is split into shares for all, encrypted under their keys and summed on the way.
import type { PrivateKey } from '@hushgrid/paillier'
import { addLanes, type LaneVector, lanesToBytes } from '@hushgrid/primitives'
import { fieldsModulo64, lanesIn } from '../arithmetic/packing.ts'
import { totalOfLanes } from '../bodies/lanes.ts'
import { MOST_READING } from '../facts.ts'
import { DEFAULT_BITS, freshKey, type SchemeOptions, strengthOf } from '../options.ts'
import { type Inbox, type Made, role, type Scheme, type Turn } from '../scheme.ts'
import { aggregatorOf, fromAggregator, members } from '../shared/parties.ts'
import { handOut, lostBefore, meterSetup, multiplyColumns, type Rings, split } from '../shared/shares.ts'

interface Meter {
  key: PrivateKey | undefined
  readonly rings: Rings
  /** Own share of the slot's reading, which stays here. */
  ownShare: LaneVector | undefined
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
      maxReading: MOST_READING,
      mostLanes: lanesIn(bits - 1),
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
          setup: meterSetup(bits, keyFor),
          slot: [
            { run: (meter, { reading }, turn) => (reading ? share(meter, reading, turn) : {}) },
            undefined,
            { awaits: fromAggregator, run: addUp }
          ]
        }
      }),
      aggregator: role<Rings>({
        create: () => new Map(),
        rounds: {
          setup: [undefined, { awaits: members, run: (rings, inbox) => handOut(rings, bits, inbox) }],
          slot: [
            undefined,
            { awaits: members, run: multiply },
            undefined,
            { awaits: members, run: (_, inbox, { group }) => ({ outcome: totalOfLanes(inbox, group.lanes, { trusting }) }) }
          ]
        }
      })
    }
  }
}

function share(meter: Meter, reading: LaneVector, turn: Turn): Made {
  if (meter.rings.size < turn.group.members.length) return {}
  const { own, row } = split(reading, meter.rings, turn.self, turn)
  meter.ownShare = own
  return { send: [{ to: aggregatorOf(turn.group), body: row }] }
}

function multiply(rings: Rings, { from, missing }: Inbox, { group }: Turn): Made {
  const outcome = lostBefore(missing, rings, group.members)
  if (outcome) return { outcome }
  const rows = [...from].map(([sender, body]) => ({ member: sender, sender, body }))
  return { send: [...multiplyColumns(rows, rings, group.members)].map(([to, body]) => ({ to, body })) }
}

/** Adds the own share to what the product decrypts to. */
function addUp(meter: Meter, { from }: Inbox, { group, self, work }: Turn): Made {
  const { key, ownShare } = meter
  for (const [sender, body] of from) {
    const ring = meter.rings.get(self)
    if (!key || !ownShare || !ring) continue
    const product = ring.decode(body, sender)
    meter.ownShare = undefined
    work.count('paillier-decrypt')
    const plain = key.decrypt(key.publicKey.ciphertext(product))
    const sums = fieldsModulo64(plain, group.lanes)
    return { send: [{ to: sender, body: lanesToBytes(addLanes(ownShare, sums)) }] }
  }
  return {}
}
