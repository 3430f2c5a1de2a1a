// Parties of a scheme over real sockets in this process, a stranger among them who sends what nobody should take.
import { setTimeout as wait } from 'node:timers/promises'
import {
  BlindingKey,
  type Epoch,
  IdentityKey,
  lanesFromIntegers,
  type MeterId,
  millis,
  type Slot,
  signedLanes,
  slotTimes,
  systemRng
} from '@hushgrid/primitives'
import {
  agreementKey,
  type Decision,
  decodeWelcome,
  encodeWord,
  type KeptScheme,
  MAX_SCHEME_WORD,
  type RoleName,
  SCHEMES,
  type SchemeOutput
} from '@hushgrid/schemes'
import { afterEach, expect, it } from 'vitest'
import { nodeKey } from '../../src/libp2p/addresses.ts'
import { streamLimit } from '../../src/libp2p/names.ts'
import { NetworkNode } from '../../src/libp2p/node.ts'
import { presetNamed } from '../../src/libp2p/presets.ts'
import { SchemeRegistrarService } from '../../src/schemes/registrar.ts'
import { SchemeService } from '../../src/schemes/service.ts'
import { AdjustableClock, LabClock, realNow } from '../../src/service/clock.ts'

const SLOT_SECONDS = 900
const FIRST = 1_900_000 as Slot
const METERS = 3
const NAME = 'scheme'
/** Real length of a slot, ms: long enough for four nodes on a busy machine. */
const SLOT_MS = 2_000
const LONG = 60_000
/** Time before the first slot at which the clock stands while the group forms, protocol ms. */
const BEFORE = 1_000

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(stops.splice(0).map(stop => stop()))
})

const startNode = async (identity: IdentityKey): Promise<NetworkNode> => {
  const node = await NetworkNode.start({
    identity,
    network: NAME,
    listen: ['/ip4/127.0.0.1/tcp/0'],
    preset: presetNamed('lab', NAME, METERS)
  })
  stops.push(() => node.stop())
  return node
}

const fail = (cause: unknown): never => {
  throw cause
}

/** Keys, journal and memory of a party, which outlive its node. */
interface Life {
  readonly own: IdentityKey
  readonly agreement: BlindingKey
  readonly journal: Uint8Array[]
  memory?: KeptScheme['memory']
}

interface Party {
  readonly life: Life
  readonly node: NetworkNode
  readonly service: SchemeService
  readonly outputs: SchemeOutput[]
  readonly address: string
}

/** A neighbourhood of a scheme whose meters report 100 and more, each its number besides. */
async function neighbourhood(name: 'kursawe-low-overhead' | 'kursawe-interactive') {
  const { start, end, unit } = slotTimes(FIRST, SLOT_SECONDS)
  const labClock = new LabClock(millis(start - BEFORE))
  const clock = new AdjustableClock(labClock)
  const scheme = SCHEMES[name]()
  const identity = IdentityKey.generate(systemRng)
  const node = await startNode(identity)
  const decisions: Decision[] = []
  const registrar = new SchemeRegistrarService({
    node,
    clock,
    config: { scheme, identity, lanes: 1, slotSeconds: SLOT_SECONDS, members: METERS, firstSlot: FIRST },
    observe: decision => decisions.push(decision),
    fail
  })
  await registrar.start()
  stops.push(async () => registrar.stop())
  const [at = ''] = node.addresses
  const newLife = (): Life => ({ own: IdentityKey.generate(systemRng), agreement: BlindingKey.generate(systemRng), journal: [] })
  const party = async (role: RoleName, aggregator: string | undefined, reading?: bigint, life = newLife()): Promise<Party> => {
    const { own, agreement, journal, memory } = life
    const outputs: SchemeOutput[] = []
    const of = await startNode(own)
    const service = new SchemeService({
      node: of,
      clock,
      config: {
        scheme,
        role,
        identity: own,
        agreement,
        registrar: identity.id,
        slotSeconds: SLOT_SECONDS,
        rng: systemRng
      },
      registrar: at,
      aggregator,
      kept: memory && { journal: [...journal], memory },
      append: record => journal.push(record),
      readings: reading === undefined ? undefined : () => lanesFromIntegers([reading]),
      observe: output => outputs.push(output),
      fail
    })
    stops.push(async () => service.stop())
    life.memory = service.state.memory
    return { life, node: of, service, outputs, address: of.addresses[0] ?? '' }
  }
  const aggregator = await party('aggregator', undefined)
  await aggregator.service.join()
  const meters = await Promise.all(Array.from({ length: METERS }, (_, i) => party('meter', aggregator.address, BigInt(100 + i))))
  await Promise.all(meters.map(({ service }) => service.join()))
  while (!(await aggregator.service.hasFormed())) await wait(10)
  const begin = (): void => labClock.start({ real: realNow(), protocol: millis(end - 2 * unit), rate: (SLOT_SECONDS * 1000) / SLOT_MS })
  return {
    at,
    clock,
    registrar,
    decisions,
    aggregator,
    meters,
    begin,
    newParty: (life?: Life) => party('meter', aggregator.address, 500n, life)
  }
}

/** Waits for the totals of so many slots, and gives them with the number of their contributors. */
async function totals(
  { outputs }: Party,
  slots: number
): Promise<(readonly [slot: number, total: bigint | undefined, contributors: number])[]> {
  const outcomes = () => outputs.flatMap(output => (output.type === 'outcome' && output.phase === 'slot' ? [output] : []))
  while (outcomes().length < slots) await wait(20)
  return outcomes().map(({ slot, outcome }) =>
    outcome.type === 'total' ? [slot - FIRST, signedLanes(outcome.lanes)[0], outcome.contributors.length] : [slot - FIRST, undefined, 0]
  )
}

const dropsOf = ({ service }: Party): Readonly<Record<string, number>> => service.state.drops.counts

it('counts what strangers send, and goes on', { timeout: LONG }, async () => {
  const { at, registrar, decisions, aggregator, meters, begin } = await neighbourhood('kursawe-low-overhead')
  const [meter] = meters as [Party, ...Party[]]
  const before = { ...dropsOf(meter) }
  const strangersKey = IdentityKey.generate(systemRng)
  const stranger = await startNode(strangersKey)
  const { signal } = new AbortController()
  const say = (to: string, word: Uint8Array): Promise<Uint8Array> => stranger.requestAt(nodeKey('--to')(to), to, 'scheme', word, signal)
  const [decision] = decisions as [Decision, ...Decision[]]
  const forged = systemRng.bytes(300)
  forged.set(Buffer.from(decision.group.members[1] as MeterId, 'hex'))

  // A message of a member that the member has not signed, a word that is none, a notice of nobody's, a relay to a meter.
  for (const word of [
    encodeWord({ type: 'message', bytes: forged }),
    Uint8Array.of(200, 1, 2, 3),
    encodeWord({ type: 'notice', announcement: decision.bytes, addresses: new Map() }),
    encodeWord({ type: 'relay', bytes: forged })
  ])
    expect(await say(meter.address, word)).toEqual(new Uint8Array(0))
  const counted =
    Object.values(dropsOf(meter)).reduce((sum, each) => sum + each, 0) - Object.values(before).reduce((sum, each) => sum + each, 0)
  expect(counted).toBe(4)
  // The aggregator passes on nothing that it does not take.
  await say(aggregator.address, encodeWord({ type: 'relay', bytes: forged }))
  expect(Object.values(dropsOf(aggregator)).reduce((sum, each) => sum + each, 0)).toBeGreaterThan(0)

  const key = agreementKey(strangersKey, BlindingKey.generate(systemRng))
  const enrol = { type: 'enrol', role: 'meter', key, address: '', device: undefined } as const
  const wrongKey = { ...key, signature: systemRng.bytes(64) }
  for (const refused of [{ ...enrol, role: 'aggregator' } as const, { ...enrol, role: 'dealer' } as const, { ...enrol, key: wrongKey }])
    expect(decodeWelcome(await say(at, encodeWord(refused))).taken).toBe(false)
  for (const word of [
    { type: 'leave' },
    { type: 'formed', epoch: 0 as Epoch },
    { type: 'unformed', epoch: 0 as Epoch, missing: decision.group.members },
    { type: 'ended', slot: FIRST, missing: decision.group.members },
    { type: 'message', bytes: forged }
  ] as const)
    await say(at, encodeWord(word))
  await say(at, Uint8Array.of(99))
  expect(registrar.drops).toEqual({
    'bad-signature': 1,
    conflicting: 1,
    'unexpected-type': 2,
    'unknown-sender': 2,
    'wrong-epoch': 2,
    'unknown-type': 1
  })

  begin()
  expect(await totals(aggregator, 2)).toEqual([
    [0, 303n, 3],
    [1, 303n, 3]
  ])
  expect(decisions).toHaveLength(1)
})

it('reads no longer word than the largest there is', { timeout: LONG }, async () => {
  expect(streamLimit('scheme')).toBe(MAX_SCHEME_WORD)
  // A bundle of 499 ciphertexts modulo N² at 128 bits of security, in its envelope.
  expect(MAX_SCHEME_WORD).toBeGreaterThan(499 * 768 + 200)
  const { aggregator } = await neighbourhood('kursawe-low-overhead')
  const stranger = await startNode(IdentityKey.generate(systemRng))
  const to = nodeKey('--to')(aggregator.address)
  const say = (bytes: number): Promise<Uint8Array> =>
    stranger.requestAt(to, aggregator.address, 'scheme', new Uint8Array(bytes), AbortSignal.timeout(5_000))
  await expect(say(MAX_SCHEME_WORD + 1)).rejects.toThrow()
  expect(dropsOf(aggregator)).toEqual({})
  // As long as may be it is read, and is no message.
  await say(MAX_SCHEME_WORD)
  expect(Object.values(dropsOf(aggregator))).toEqual([1])
})

it('takes in who comes, lets go who leaves, and dials where meters speak to each other', { timeout: LONG }, async () => {
  const { decisions, aggregator, meters, begin, newParty } = await neighbourhood('kursawe-interactive')
  const [first] = meters as [Party, ...Party[]]
  begin()
  await totals(aggregator, 1)
  const newcomer = await newParty()
  await newcomer.service.join()
  await first.service.leave()
  while (decisions.length < 2) await wait(20)
  const changed = decisions.at(-1) as Decision
  const over = changed.firstSlot - FIRST + 2
  const reached = await totals(aggregator, over)
  expect(reached.filter(([slot]) => slot < changed.firstSlot - FIRST).map(([, total]) => total)).toEqual(
    Array.from({ length: changed.firstSlot - FIRST }, () => 303n)
  )
  // 101 + 102 + 500, and 100 as long as the first is in.
  const last = reached.at(-1)
  expect(last?.[1]).toBe(changed.group.left.length > 0 ? 703n : 803n)
  expect(changed.changes.map(({ kind }) => kind)).toContain('join')
  expect(meters.map(({ service }) => service.lost)).toEqual([0, 0, 0])
})

it('goes on with its journal and memory after its node was gone, in the same group', { timeout: LONG }, async () => {
  const { decisions, aggregator, meters, begin, newParty } = await neighbourhood('kursawe-low-overhead')
  const [first] = meters as [Party, ...Party[]]
  begin()
  await totals(aggregator, 1)
  first.service.stop()
  await first.node.stop()
  const again = await newParty(first.life)
  await again.service.join()
  // The slot in between may be lost. It reports 500 now, and was in with 100 before.
  const reached = await totals(aggregator, 3)
  expect(reached.map(([, total]) => total)).toEqual([303n, expect.toSatisfy(total => total === undefined || total === 703n), 703n])
  expect(decisions).toHaveLength(1)
})

it('takes the reading of a slot that has ended before a message that comes first', { timeout: LONG }, async () => {
  const { clock, aggregator, meters } = await neighbourhood('kursawe-low-overhead')
  const stranger = await startNode(IdentityKey.generate(systemRng))
  // The clock stands again just after the slot's end, so that no alarm rings.
  clock.offset = BEFORE + SLOT_SECONDS * 1000 + 1
  for (const { address } of meters)
    await stranger.requestAt(nodeKey('--to')(address), address, 'scheme', Uint8Array.of(0), AbortSignal.timeout(LONG))
  expect(await totals(aggregator, 1)).toEqual([[0, 303n, 3]])
})
