// The follower against an aggregator of its own making, over real sockets: right, wrong and missing answers.
import { networkId, noResult } from '@hushgrid/dcnet'
import {
  encodeMemberSet,
  LossReason,
  MessageType,
  SlotLostPayload,
  SlotTotalPayload,
  SyncReply,
  SyncRequest,
  sealEnvelope,
  syncReplyWith
} from '@hushgrid/messages'
import {
  type Epoch,
  EXPORT_LANE,
  IdentityKey,
  IMPORT_LANE,
  lanesFromIntegers,
  lanesToBytes,
  millis,
  type Slot,
  signedLanes,
  slotTimes,
  systemRng
} from '@hushgrid/primitives'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type FollowedResult, ResultFollower } from '../../src/dcnet/result-follower.ts'
import { NetworkError } from '../../src/libp2p/addresses.ts'
import { NetworkNode } from '../../src/libp2p/node.ts'
import { presetNamed } from '../../src/libp2p/presets.ts'
import { LabClock, realNow } from '../../src/service/clock.ts'

const NAME = 'followed'
const SLOT_SECONDS = 900
const FIRST = 1_900_000 as Slot
const ROSTER_HASH = new Uint8Array(32).fill(7)
const PRESET = presetNamed('lab', NAME, 16)
const listen = ['/ip4/127.0.0.1/tcp/0']
const PATIENCE = { timeout: 30_000, interval: 10 }
const WITHIN = { timeout: 120_000 }
const NONE = new Uint8Array(0)
const LANES = [IMPORT_LANE, EXPORT_LANE].map(obis => ({ obis, maxReading: 11_000, support: 3 }))

const identity = IdentityKey.generate(systemRng)
const stranger = IdentityKey.generate(systemRng)
let aggregator: NetworkNode
let supplier: NetworkNode
let clock: LabClock
/** What the aggregator answers, by slot; where there is nothing it has no result. */
let answers: Map<number, () => Uint8Array>
let asked: number[]
let taken: FollowedResult[]
let skipped: [number, number, string][]
let warned: string[]
let stopping: AbortController
let following: Promise<void>

beforeEach(async () => {
  const start = (own: IdentityKey) => NetworkNode.start({ identity: own, network: NAME, listen, preset: PRESET })
  aggregator = await start(identity)
  supplier = await start(IdentityKey.generate(systemRng))
  await aggregator.serve('sync', (_, bytes) => {
    const { transcript, slot, envelope } = SyncRequest.decode(bytes)
    if (!transcript || envelope.byteLength > 0) throw new Error('expected a request for a transcript')
    asked.push(slot)
    return (answers.get(slot) ?? (() => syncReplyWith(noResult(slot as Slot))))()
  })
  clock = new LabClock(millis(0))
  answers = new Map()
  asked = []
  taken = []
  skipped = []
  warned = []
  stopping = new AbortController()
  following = Promise.resolve()
})

afterEach(async () => {
  stopping.abort()
  await following.catch(() => 'told to the test already')
  await Promise.all([aggregator.stop(), supplier.stop()])
})

interface Answer {
  readonly values?: readonly number[]
  readonly contributors?: number
  readonly members?: number
  readonly network?: string
  readonly slot?: number
  readonly signer?: IdentityKey
  readonly rosterHash?: Uint8Array
  readonly signedOver?: Uint8Array
  readonly lanes?: readonly { readonly obis: string; readonly able: number; readonly needed: number; readonly open: boolean }[]
}

/** A SyncReply with a total, right but for what is given. */
function total(slot: number, answer: Answer = {}): Uint8Array {
  const { values = [1000 + slot - FIRST, -3], contributors = 5, members = 6, network = NAME, signer = identity } = answer
  const set = encodeMemberSet(
    Array.from({ length: contributors }, (_, i) => i),
    16
  )
  const payload = SlotTotalPayload.encode({
    contributors: set,
    lanes: lanesToBytes(lanesFromIntegers(values)),
    transcriptHash: ROSTER_HASH
  })
  const { rosterHash = ROSTER_HASH, signedOver = ROSTER_HASH } = answer
  const result = sealEnvelope(signer, MessageType.SlotTotal, signedOver, 3 as Epoch, (answer.slot ?? slot) as Slot, payload)
  return SyncReply.encode({
    refused: '',
    words: [],
    transcript: {
      ...{ result, envelopes: [], rosterHash },
      lanes: [...(answer.lanes ?? [IMPORT_LANE, EXPORT_LANE].map(obis => ({ obis, able: contributors, needed: 3, open: true })))]
    },
    members,
    networkId: networkId(network)
  })
}

function lost(slot: number, reason: LossReason): Uint8Array {
  const payload = SlotLostPayload.encode({ reason, members: encodeMemberSet([1, 4], 16) })
  const result = sealEnvelope(identity, MessageType.SlotLost, ROSTER_HASH, 3 as Epoch, slot as Slot, payload)
  return SyncReply.encode({
    refused: '',
    words: [],
    transcript: { result, envelopes: [], rosterHash: ROSTER_HASH, lanes: [] },
    networkId: networkId(NAME)
  })
}

/** The clock shows so many units after the end of a slot, and goes on at this pace; 0 is hardly at all. */
function setClock(slot: number, units: number, unitsASecond = 0): void {
  const { end, unit } = slotTimes(slot as Slot, SLOT_SECONDS)
  clock.start({ real: realNow(), protocol: millis(end + units * unit), rate: Math.max(1e-6, (unitsASecond * unit) / 1000) })
}

function follow(doneThrough?: number, take: (result: FollowedResult) => Promise<void> | void = () => {}): ResultFollower {
  const follower = new ResultFollower({
    node: supplier,
    clock,
    aggregator: aggregator.addresses[0] as string,
    networkId: networkId(NAME),
    slotSeconds: SLOT_SECONDS,
    lanes: LANES,
    ...(doneThrough !== undefined && { doneThrough: doneThrough as Slot }),
    take: async result => {
      await take(result)
      taken.push(result)
    },
    skipped: (first, last, why) => skipped.push([first, last, why]),
    warn: message => warned.push(message)
  })
  following = follower.follow(stopping.signal)
  return follower
}

const until = (assertion: () => void): Promise<void> => vi.waitFor(assertion, PATIENCE)
const slotsTaken = (): number[] => taken.map(({ slot }) => slot)

it('takes what it missed in order, says what there is not once, and then each slot when it is over', WITHIN, async () => {
  for (const slot of [FIRST - 3, FIRST - 2]) answers.set(slot, () => total(slot))
  answers.set(FIRST, () => lost(FIRST, LossReason.Disputed))
  setClock(FIRST, 11)
  const follower = follow()
  await until(() => expect(slotsTaken()).toEqual([FIRST - 3, FIRST - 2]))
  expect(asked[0]).toBe(FIRST + 1 - 96)
  expect(skipped[0]).toEqual([FIRST - 95, FIRST - 4, 'the aggregator has no result'])
  const [first] = taken
  expect(first).toMatchObject({ type: 'total', contributors: 5, missing: 1 })
  expect(first?.type === 'total' && [...signedLanes(first.lanes)]).toEqual([997n, -3n])
  expect(first?.hash.byteLength).toBe(32)
  // Not over yet, whatever the aggregator has.
  await until(() => expect(follower.doneThrough).toBe(FIRST - 1))
  expect(asked).not.toContain(FIRST)
  setClock(FIRST, 12)
  await until(() => expect(taken.at(-1)).toMatchObject({ type: 'lost', slot: FIRST, reason: LossReason.Disputed, members: 2 }))
  expect(follower.doneThrough).toBe(FIRST)
  expect(skipped.slice(1)).toEqual([[FIRST - 1, FIRST - 1, 'the aggregator has no result']])
})

it('waits a while for a result that is late, and goes on without one that does not come', WITHIN, async () => {
  setClock(FIRST, 12)
  follow(FIRST - 1)
  await until(() => expect(asked.length).toBeGreaterThan(2))
  expect(skipped).toEqual([])
  answers.set(FIRST, () => total(FIRST))
  await until(() => expect(slotsTaken()).toEqual([FIRST]))
  setClock(FIRST + 1, 12, 2)
  await until(() => expect(skipped).toEqual([[FIRST + 1, FIRST + 1, 'the aggregator has no result']]))
  expect(asked.filter(slot => slot === FIRST + 1).length).toBeGreaterThan(1)
})

it.each<[string, () => Uint8Array, RegExp]>([
  ['another network’s', () => total(FIRST, { network: 'other' }), /result of this network/],
  ['another slot’s', () => total(FIRST, { slot: FIRST - 1 }), /expected the result of slot 1900000, got one of slot 1899999/],
  ['somebody else’s', () => total(FIRST, { signer: stranger }), /aggregator's signature/],
  ['one signed over another roster', () => total(FIRST, { signedOver: new Uint8Array(32) }), /aggregator's signature/],
  ['one without the roster’s hash', () => total(FIRST, { rosterHash: NONE }), /aggregator's signature/],
  ['one of more lanes', () => total(FIRST, { values: [1, 2, 3] }), /lanes/],
  ['one of nobody', () => total(FIRST, { contributors: 0 }), /plausible total/],
  ['one of more than there are', () => total(FIRST, { contributors: 7 }), /plausible total of 6 members or fewer, got one of 7/],
  ['one that readings cannot add up to', () => total(FIRST, { values: [5 * 2 ** 47, 0] }), /plausible/],
  ['no result at all', () => syncReplyWith(''), /result of this network/],
  ['nonsense', () => Uint8Array.of(255, 1), /SyncReply/]
])('does not take %s answer', WITHIN, async (_, answer, why) => {
  answers.set(FIRST, answer)
  answers.set(FIRST + 1, () => total(FIRST + 1))
  setClock(FIRST + 1, 12)
  follow(FIRST - 1)
  await until(() => expect(slotsTaken()).toEqual([FIRST + 1]))
  expect(skipped).toEqual([[FIRST, FIRST, expect.stringMatching(why)]])
})

it('waits for an aggregator that does not know it, and for one that is away, and says so', WITHIN, async () => {
  answers.set(FIRST, () => syncReplyWith('not for you'))
  setClock(FIRST + 50, 12)
  follow(FIRST - 1)
  await until(() => expect(warned).toEqual([expect.stringMatching(/^slot 1900000 of the aggregator: it refuses: not for you$/)]))
  const address = aggregator.addresses[0]?.replace(/\/p2p\/.*/, '') as string
  await aggregator.stop()
  const before = asked.length
  aggregator = await NetworkNode.start({ identity, network: NAME, listen: [address], preset: PRESET })
  answers.set(FIRST, () => total(FIRST))
  await aggregator.serve('sync', (_, bytes) => {
    const { slot } = SyncRequest.decode(bytes)
    asked.push(slot)
    return total(slot)
  })
  await until(() => expect(slotsTaken().slice(0, 2)).toEqual([FIRST, FIRST + 1]))
  expect(asked.length).toBeGreaterThan(before)
  expect(skipped).toEqual([])
})

it('goes at the pace of who takes, ends with what that throws, and stops when it is told to', WITHIN, async () => {
  for (let i = 0; i < 5; i++) answers.set(FIRST + i, () => total(FIRST + i))
  setClock(FIRST + 4, 12)
  const gate = Promise.withResolvers<void>()
  const follower = follow(FIRST - 1, ({ slot }) => {
    if (slot === FIRST + 3) throw new Error('the disk is full')
    return slot === FIRST + 1 ? gate.promise : undefined
  })
  await until(() => expect(asked).toContain(FIRST + 1))
  expect([slotsTaken(), follower.doneThrough]).toEqual([[FIRST], FIRST])
  gate.resolve()
  await expect(following).rejects.toThrow('the disk is full')
  expect([slotsTaken(), follower.doneThrough]).toEqual([[FIRST, FIRST + 1, FIRST + 2], FIRST + 2])

  const second = follow(FIRST + 3)
  await until(() => expect(second.doneThrough).toBe(FIRST + 4))
  stopping.abort()
  await following
  setClock(FIRST + 9, 12)
  expect(asked).not.toContain(FIRST + 5)
})

it('says of a lane without a sum how many can fill it, and that nobody can where the aggregator does not count it', WITHIN, async () => {
  const open = { obis: IMPORT_LANE, able: 5, needed: 3, open: true }
  answers.set(FIRST, () => total(FIRST, { values: [7], lanes: [open, { obis: EXPORT_LANE, able: 2, needed: 4, open: false }] }))
  answers.set(FIRST + 1, () => total(FIRST + 1, { values: [7], lanes: [open] }))
  setClock(FIRST + 1, 12)
  follow(FIRST - 1)
  await until(() => expect(slotsTaken()).toEqual([FIRST, FIRST + 1]))
  expect(taken).toMatchObject([
    { open: [IMPORT_LANE], withheld: { [EXPORT_LANE]: { able: 2, of: 5, needed: 4 } } },
    { open: [IMPORT_LANE], withheld: { [EXPORT_LANE]: { able: 0, of: 5, needed: 3 } } }
  ])
})

it('refuses an address without a peer id', () => {
  const address = '/ip4/127.0.0.1/tcp/9'
  const init = { node: supplier, clock, networkId: networkId(NAME), slotSeconds: SLOT_SECONDS, lanes: LANES }
  const make = () => new ResultFollower({ ...init, aggregator: address, take: () => {}, skipped: () => {}, warn: () => {} })
  expect(make).toThrow(NetworkError)
})
