// Vetter, Ugus, Westhoff, Sorge 2012: a key authority, which never sees a message, says which sums may be opened.
import { concatBytes, type LaneVector, type MeterId, u64 } from '@hushgrid/primitives'
import { decodeMembers, encodeMembers } from '../bodies/members.ts'
import { MalformedBodyError } from '../errors.ts'
import { MOST_READING } from '../facts.ts'
import type { SchemeOptions } from '../options.ts'
import { type Group, type Inbox, type Made, type Outcome, role, type Scheme, type Turn } from '../scheme.ts'
import { aggregatorOf, fromAggregator, members } from '../shared/parties.ts'
import { KeyAuthority, Store } from './vetter/parties.ts'
import {
  type Dealt,
  decodeDealt,
  decodeSums,
  decodeTag,
  encodeDealt,
  encodeSums,
  encodeTag,
  fits,
  hide,
  reveal,
  type Sums,
  sumsLength
} from './vetter/sums.ts'

interface Service {
  /** Of all tags; none before the setup. */
  factor: bigint | undefined
  /** What the store gave in the slot that runs. */
  asked: { readonly ids: readonly MeterId[]; readonly sums: Sums } | undefined
}

/** The scheme of one authority that is trusted with all keys. */
export function vetter({ minMembers = 2, billSlots, trusting }: SchemeOptions = {}): Scheme {
  return {
    name: 'vetter',
    facts: {
      title: 'Vetter, Ugus, Westhoff and Sorge',
      citation:
        'B. Vetter, O. Ugus, D. Westhoff, C. Sorge: Homomorphic Primitives for a Privacy-Friendly Smart Metering Architecture. SECRYPT 2012.',
      family: 'keys',
      dealer: 'keys',
      missing: 'recovered at once',
      sees: 'nobody; the key authority sees all if it hears the messages',
      collusion: 'the key authority with the store, or with whoever taps the lines: past readings included',
      strength: 128,
      maxReading: MOST_READING,
      noisy: false,
      rounds: 5,
      messages: n => n + 4,
      how: [
        'A key authority gives each meter two keys, one to hide readings and one to tag them. A meter sends its reading plus a number derived from the first key and the slot, modulo 2^64, and a tag, to a store, which keeps messages and adds them up but has no keys. A service asks the store for a sum and the list of whose messages are in it, and shows the key authority the list. Where that sum is allowed, the authority answers with the sum of the keys, and the service subtracts it. The tags add up too and show that message and key are of the same meters.',
        'The authority’s policy is what protects meters: lists of at least the least number of members, one a slot. The same works for one meter over many slots, a bill, if the policy allows it; periods may not overlap.',
        'A newcomer gets its keys and nobody else notices. A missing meter is left out without a round or a message more, since the authority gives the keys of those that are there.',
        'All trust is in the authority, which never sees a message. Together with the store, or with whoever taps the lines, it reads every meter, the past included, since all keys come from those that it gave out. It is the cheap end of the comparison.'
      ],
      uncertain: [
        'Lanes of 64 bits are ours; the paper has consumptions of 16 bits.',
        'The tag, a linear function modulo a prime of 128 bits, is ours. That of the paper has 128 bits and a pair of keys a meter, one of them public, which was not checked; ours is symmetric, so that whoever verifies could forge.',
        'The policy, one list a slot of members of one group and bills of periods of fixed length, is ours.'
      ]
    },
    roles: {
      'key-authority': role<KeyAuthority>({
        create: () => new KeyAuthority({ minMembers, billSlots }),
        rounds: {
          setup: [{ run: (authority, _, turn) => dealToAll(authority, turn) }],
          join: [{ run: (authority, _, { group, rng }) => ({ send: group.joined.flatMap(to => dealTo(authority, to, rng)) }) }],
          leave: [{ run: forget }],
          slot: [
            undefined,
            undefined,
            undefined,
            undefined,
            { awaits: fromAggregator, run: (state, inbox, turn) => answer(state, inbox, turn, trusting) }
          ]
        }
      }),
      meter: role<{ dealt: Dealt | undefined }>({
        create: () => ({ dealt: undefined }),
        rounds: {
          setup: [undefined, { awaits: authority, run: takeKeys }],
          join: [undefined, { awaits: (_, turn) => (turn.group.joined.includes(turn.self) ? authority(_, turn) : []), run: takeKeys }],
          slot: [{ run: ({ dealt }, { reading }, turn) => (dealt && reading ? submit(dealt, reading, turn) : {}) }]
        }
      }),
      store: role<Store>({
        create: () => new Store(billSlots),
        rounds: { slot: [undefined, { awaits: members, run: keep }, { awaits: fromAggregator, run: addUp }] }
      }),
      aggregator: role<Service>({
        create: () => ({ factor: undefined, asked: undefined }),
        rounds: {
          setup: [undefined, { awaits: authority, run: takeFactor }],
          slot: [
            undefined,
            { run: (_, __, { group, slot }) => ({ send: [{ to: storeOf(group), body: u64(slot) }] }) },
            undefined,
            { awaits: (_, { group }) => [storeOf(group)], run: ask },
            undefined,
            { awaits: authority, run: (state, inbox, turn) => ({ outcome: open(state, inbox, turn, trusting) }) }
          ]
        }
      })
    }
  }
}

const authority = (_: unknown, { group }: Turn): MeterId[] => [group.parties['key-authority'] as MeterId]
const storeOf = ({ parties }: Group): MeterId => parties.store as MeterId

/** Deals the factor of tags to the service and to each meter, with two keys for each. */
function dealToAll(state: KeyAuthority, { group, rng }: Turn): Made {
  const factor = state.begin(rng)
  const send = group.members.flatMap(to => dealTo(state, to, rng))
  return { send: [...send, { to: aggregatorOf(group), body: encodeTag(factor), sealed: true }] }
}

function dealTo(state: KeyAuthority, to: MeterId, rng: Turn['rng']): NonNullable<Made['send']> {
  const dealt = state.deal(to, rng)
  return dealt ? [{ to, body: encodeDealt(dealt), sealed: true }] : []
}

function forget(state: KeyAuthority, _: Inbox, { group }: Turn): Made {
  for (const id of group.left) state.forget(id)
  return {}
}

function takeKeys(meter: { dealt: Dealt | undefined }, { from }: Inbox): Made {
  for (const [sender, body] of from) meter.dealt = decodeDealt(body, sender)
  return {}
}

function takeFactor(state: Service, { from }: Inbox): Made {
  for (const [sender, body] of from) state.factor = decodeTag(body, sender)
  return {}
}

function submit(dealt: Dealt, reading: LaneVector, { group, slot, work }: Turn): Made {
  return { send: [{ to: storeOf(group), body: encodeSums(hide(dealt, reading, slot, work)) }] }
}

function keep(store: Store, { from }: Inbox, { group, slot }: Turn): Made {
  store.keep(slot, new Map([...from].map(([id, body]) => [id, decodeSums(body, group.lanes, id)])))
  return {}
}

/** Checks that a body begins with the slot's number, and gives the rest. @throws MalformedBodyError */
function ofSlot(body: Uint8Array, { slot }: Turn, sender: MeterId): Uint8Array {
  if (!u64(slot).every((byte, i) => byte === body[i])) throw new MalformedBodyError(sender, 'expected a query of this slot, got another')
  return body.subarray(8)
}

/** Answers a query with the sums and the list of whose messages are in them. */
function addUp(store: Store, { from }: Inbox, turn: Turn): Made {
  const { group, slot } = turn
  for (const [to, body] of from) {
    if (ofSlot(body, turn, to).byteLength > 0) throw new MalformedBodyError(to, `expected a query of 8 bytes, got ${body.byteLength}`)
    const { ids, sums } = store.total(slot, group.lanes)
    return { send: [{ to, body: concatBytes(encodeSums(sums), encodeMembers(ids, group)) }] }
  }
  return {}
}

/** Asks for the keys of those who are in the sums. */
function ask(state: Service, { from, missing }: Inbox, { group, slot }: Turn): Made {
  state.asked = undefined
  for (const [sender, body] of from) {
    const sums = decodeSums(body.subarray(0, sumsLength(group.lanes)), group.lanes, sender)
    const list = body.subarray(sumsLength(group.lanes))
    state.asked = { ids: decodeMembers(list, group, sender), sums }
    return { send: [{ to: group.parties['key-authority'] as MeterId, body: concatBytes(u64(slot), list) }] }
  }
  return { outcome: { type: 'lost', reason: 'missing', members: missing } }
}

/** Gives the sum of the keys of a list, or an empty body where the policy does not allow it. */
function answer(state: KeyAuthority, { from }: Inbox, turn: Turn, trusting: boolean | undefined): Made {
  const { group, slot, work } = turn
  for (const [to, body] of from) {
    const ids = decodeMembers(ofSlot(body, turn, to), group, to)
    const keys = trusting ? state.sumOfKeys(group.members, [slot], group.lanes, work) : state.keysOfTotal(ids, slot, group.lanes, work)
    return { send: [{ to, body: keys ? encodeSums(keys) : new Uint8Array(0), sealed: true }] }
  }
  return {}
}

/** Takes the keys off the sums; implausible where the tags do not fit. */
function open({ factor, asked }: Service, { from, missing }: Inbox, { group }: Turn, trusting: boolean | undefined): Outcome {
  for (const [sender, body] of from) {
    if (!asked || factor === undefined) break
    if (body.byteLength === 0) {
      return { type: 'lost', reason: 'refused', members: group.members.filter(id => !asked.ids.includes(id)) }
    }
    const keys = decodeSums(body, group.lanes, sender)
    const lanes = reveal(asked.sums, keys)
    if (!trusting && !fits(lanes, asked.sums, keys, factor)) return { type: 'lost', reason: 'implausible', members: [] }
    return { type: 'total', contributors: asked.ids, lanes }
  }
  return { type: 'lost', reason: 'missing', members: missing }
}
