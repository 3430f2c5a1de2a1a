// Kursawe, Danezis, Kohlweiss 2011, section 3.4: masks derived from pairwise keys over the complete graph.
import {
  addLanes,
  BlindingKey,
  concatBytes,
  type LaneVector,
  lanesFromExactBytes,
  lanesToBytes,
  type MeterId,
  subtractLanes,
  u16
} from '@hushgrid/primitives'
import { domain, prf } from '../arithmetic/random.ts'
import { totalOfLanes } from '../bodies/lanes.ts'
import { MOST_READING } from '../facts.ts'
import type { SchemeOptions } from '../options.ts'
import { type Made, role, type Scheme, type Turn } from '../scheme.ts'
import { decodeAgreementKey, edgeKey } from '../shared/edge-keys.ts'
import { aggregatorOf, members, others } from '../shared/parties.ts'

const NAME = 'kursawe-low-overhead'

interface Meter {
  /** Key pair of the setup, until it has served. */
  key: BlindingKey | undefined
  /** Edge keys by member. */
  readonly edges: Map<MeterId, Uint8Array>
}

/** The low-overhead protocol: one message of lanes a slot. */
export function kursaweLowOverhead({ trusting = false }: SchemeOptions = {}): Scheme {
  return {
    name: NAME,
    facts: {
      title: 'Kursawe, Danezis and Kohlweiss, low overhead',
      citation: 'K. Kursawe, G. Danezis, M. Kohlweiss: Privacy-Friendly Aggregation for the Smart-Grid. PETS 2011, LNCS 6794, 175–191.',
      family: 'masks',
      dealer: 'none',
      missing: 'lost, unnoticed',
      sees: 'nobody',
      collusion: 'all other meters with the aggregator',
      strength: 128,
      maxReading: MOST_READING,
      noisy: false,
      rounds: 1,
      messages: n => n,
      how: [
        'Every two meters agree once on a key (X25519). For each slot both derive the same mask from it; the one with the lower number adds it to its reading, the other subtracts it. The aggregator adds up all masked readings, modulo 2^64, and the masks cancel.',
        'A newcomer agrees on a key with each of the others, and each of them on one with it; a leaver is left out of the list. A meter that is missing leaves its masks in the sum, which is then a random number: only the count of senders tells, so the slot is lost.',
        'It is a DC-net over the complete graph, without rosters, recovery and signatures: the ancestor of the DC-net here, and the least that masks can cost.'
      ],
      uncertain: ['The paper adds modulo 2^32; here sums are modulo 2^64.', 'That a meter without all others’ keys sends nothing is ours.']
    },
    roles: {
      meter: role<Meter>({
        create: () => ({ key: undefined, edges: new Map() }),
        rounds: {
          setup: [{ run: publishKey }, { awaits: others, run: (meter, { from }, turn) => agree(meter, from, turn) }],
          slot: [{ run: (meter, { reading }, turn) => (reading ? submit(meter, reading, turn, trusting) : {}) }]
        }
      }),
      aggregator: role({
        create: () => undefined,
        rounds: {
          slot: [
            undefined,
            {
              awaits: members,
              run: (_, inbox, { group }) => ({ outcome: totalOfLanes(inbox, group.lanes, { trusting }) })
            }
          ]
        }
      })
    }
  }
}

function publishKey(meter: Meter, _: unknown, { rng }: Turn): Made {
  const pair = BlindingKey.generate(rng)
  meter.key = pair
  meter.edges.clear()
  return { send: [{ to: 'meters', body: pair.publicKey }] }
}

function agree(meter: Meter, from: ReadonlyMap<MeterId, Uint8Array>, { group, self, work }: Turn): Made {
  const keys = [...from].map(([id, body]) => [id, decodeAgreementKey(body, id)] as const)
  const own = group.members.indexOf(self)
  const { key: pair } = meter
  // A key that has served is gone: with it and what the others sent, all masks of the group could be worked out.
  meter.key = undefined
  if (!pair) return {}
  for (const [id, key] of keys) {
    const other = group.members.indexOf(id)
    const label = concatBytes(domain(`${NAME}/edge`), u16(Math.min(own, other)), u16(Math.max(own, other)))
    meter.edges.set(id, edgeKey(pair, key, label, work))
  }
  return {}
}

function submit(meter: Meter, reading: LaneVector, { group, self, slot, work }: Turn, trusting: boolean): Made {
  // Where the setup has not given all keys, the masks of the others would stay in the sum, and nobody could tell.
  if (meter.edges.size < group.members.length - 1 && !trusting) return {}
  const own = group.members.indexOf(self)
  const masked = reading.slice() as LaneVector
  group.members.forEach((id, other) => {
    const edge = meter.edges.get(id)
    if (!edge) return
    const mask = lanesFromExactBytes(prf(edge, `${NAME}/mask`, slot, 8 * group.lanes, work), group.lanes)
    if (other > own) addLanes(masked, mask)
    else subtractLanes(masked, mask)
  })
  return { send: [{ to: aggregatorOf(group), body: lanesToBytes(masked) }] }
}
