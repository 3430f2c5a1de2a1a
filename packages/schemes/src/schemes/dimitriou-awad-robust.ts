// Dimitriou, Awad 2016, the scheme against malicious parties: committed blindings between neighbours, proofs to the utility.

import { GROUP_ORDER } from '@hushgrid/primitives/group'
import { lanesIn } from '../arithmetic/packing.ts'
import { DEFAULT_BITS, freshKey, type SchemeOptions, strengthOf } from '../options.ts'
import { role, type Scheme, type Turn } from '../scheme.ts'
import { neighboursOf } from '../shared/neighbours.ts'
import { aggregatorOf, members } from '../shared/parties.ts'
import { blind, dispute, newMeter, passOn, publishKey, type RobustMeter, release, submit, takeKeys } from './dimitriou-awad-robust/meter.ts'
import { check, correct, hearDisputes, newUtility, type RobustUtility, takeCommitments } from './dimitriou-awad-robust/utility.ts'

/** The scheme that recovers from missing meters and names who cheats. */
export function dimitriouAwadRobust({
  bits = DEFAULT_BITS,
  keyFor = freshKey,
  degree,
  minMembers = 2,
  trusting = false
}: SchemeOptions = {}): Scheme {
  const rules = { bits, degree, minMembers, trusting }
  const neighbours = ({ group, self }: Turn) => neighboursOf(group, self, degree)
  const utility = ({ group }: Turn) => aggregatorOf(group)
  return {
    name: 'dimitriou-awad-robust',
    facts: {
      title: 'Dimitriou and Awad, robust',
      citation:
        'T. Dimitriou, M. K. Awad: Secure and Scalable Aggregation in the Smart Grid Resilient against Malicious Entities. Ad Hoc Networks 50, 58–67, 2016.',
      family: 'interactive',
      dealer: 'none',
      missing: 'recovered by a round more',
      sees: 'nobody; a utility that denies what it got is disputed by the meter itself, unless it cuts it off from its neighbours',
      collusion: 'all neighbours of a meter with the utility',
      strength: Math.min(strengthOf(bits), 126),
      maxReading: 65_535n,
      mostLanes: lanesIn(GROUP_ORDER.toString(2).length - 1),
      noisy: false,
      rounds: 2,
      messages: n => n * Math.min(degree ?? n - 1, n - 1) + 2 * n,
      how: [
        'Each meter and the utility have a Paillier key. For a slot a meter draws a blinding for each neighbour, commits to it (Pedersen, in ristretto255) and sends the opening under the neighbour’s key; the utility gets all commitments. A neighbour checks the opening, and where it does not fit it shows the utility what it decrypts to. A meter then adds the blindings that it gave to its reading, subtracts those that it took, and sends the result under the utility’s key, with a commitment to each bit of its reading and a proof that it holds 0 or 1.',
        'The utility adds up the commitments: a submission has to open their sum. So each reading is from 0 to 65,535 and the blindings cancel; whether it is true nobody proves. A meter that fails a check is named and left out like one that is missing.',
        'To leave a meter out the utility asks once a slot, and never for one whose values held: the meter’s neighbours open the blindings that they share with it, the utility checks them against the commitments and takes them out of the sum. Neighbours first pass the request on to each other, and a meter that did submit disputes it to its neighbours, who then open nothing, and the slot is lost: otherwise a utility could deny a submission and read it. So a recovery takes four rounds: request, passing on, disputes, openings. Nobody opens anything where fewer members than the group asks for would stay connected.',
        'A newcomer’s key goes to its neighbours and the utility. Blindings are new in each slot; nothing else changes.'
      ],
      uncertain: [
        'The paper could not be read in full: commitments, proofs, recovery and disputes are ours; that it has a public-key scheme with blindings between a few neighbours, Paillier and a part in zero knowledge is known.',
        'A complaint shows what a ciphertext holds, not who sent it: for that its envelope has to be kept. So the utility leaves out whom a complaint names, but does not accuse it.',
        'Where a meter and its neighbour show the utility different commitments, the utility cannot tell which of the two lies, and the slot is lost.'
      ]
    },
    roles: {
      meter: role<RobustMeter>({
        create: newMeter,
        rounds: {
          setup: [
            { run: (meter, _, turn) => publishKey(meter, keyFor(turn.self, bits), turn) },
            { awaits: (_, turn) => [...neighbours(turn), utility(turn)], run: (meter, inbox) => takeKeys(meter, inbox, bits) }
          ],
          slot: [
            { run: (meter, { reading }, turn) => (reading ? blind(meter, reading, neighbours(turn), turn) : {}) },
            { awaits: (_, turn) => neighbours(turn), run: submit },
            undefined,
            { awaits: (_, turn) => [utility(turn)], run: (meter, inbox, turn) => passOn(meter, inbox, turn, neighbours(turn)) },
            { awaits: (_, turn) => neighbours(turn), run: (meter, inbox, turn) => dispute(meter, inbox, turn, neighbours(turn)) },
            {
              awaits: ({ asked }, turn) => neighbours(turn).filter(id => asked.includes(id)),
              run: (meter, inbox, turn) => release(meter, inbox, turn, rules)
            }
          ]
        }
      }),
      aggregator: role<RobustUtility>({
        create: newUtility,
        rounds: {
          setup: [
            { run: (state, _, turn) => publishKey(state, keyFor(turn.self, bits), turn) },
            { awaits: members, run: (state, inbox) => takeKeys(state, inbox, bits) }
          ],
          slot: [
            undefined,
            { awaits: members, run: (state, inbox, turn) => takeCommitments(state, inbox, turn, rules) },
            { awaits: members, run: (state, inbox, turn) => check(state, inbox, turn, rules) },
            undefined,
            undefined,
            { awaits: ({ out }) => out, run: hearDisputes },
            {
              awaits: ({ out, held }, { group }) =>
                group.members.filter(id => held.has(id) && neighboursOf(group, id, degree).some(each => out.includes(each))),
              run: (state, inbox, turn) => correct(state, inbox, turn, rules)
            }
          ]
        }
      })
    }
  }
}
