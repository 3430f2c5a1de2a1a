// A neighbourhood over real sockets under attack: totals stay exact, what is dropped is counted by its reason, a flood is
// cut off, nothing is thrown, and everything ends.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import {
  CredentialCache,
  channelLimit,
  findingText,
  type MeterOutput,
  networkId,
  type Roster,
  type SlotResult,
  type Topic
} from '@hushgrid/dcnet'
import {
  decodeEnvelope,
  EnrolReply,
  EnrolRequest,
  FLOOD_ALLOWANCE,
  MessageType,
  SubmissionPayload,
  SyncReply,
  sealEnvelope,
  syncRequestWith
} from '@hushgrid/messages'
import { AdjustableClock, LabClock, NetworkNode, peerOf, presetNamed, protocolName, realNow } from '@hushgrid/network'
import { type AggregatorNode, AggregatorStore, startAggregator } from '@hushgrid/node-aggregator'
import { type MeterNode, MeterStore, startMeter } from '@hushgrid/node-meter'
import { type RegistrarNode, RegistrarStore, startRegistrar } from '@hushgrid/node-registrar'
import {
  BlindingKey,
  type Epoch,
  fromHex,
  IdentityKey,
  type MeterId,
  millis,
  readingLanes,
  type Slot,
  signedLanes,
  slotAt,
  slotTimes,
  systemRng
} from '@hushgrid/primitives'
import { parseNetwork } from '@hushgrid/topology'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const MEMBERS = 8
const SLOTS = 6
const SLOT_MS = 1_500
const SLOT_SECONDS = 900
const FIRST = 1_900_000 as Slot
const SLOT_LIST = Array.from({ length: SLOTS }, (_, i) => (FIRST + i) as Slot)
const NETWORK = parseNetwork(`name: hostile\nmembers: ${MEMBERS}\ndegree: 4\nminMembers: 6\nrecovery: none\n`, 'hostile.yaml')
const PRESET = presetNamed('lab', NETWORK.name, MEMBERS)
const LISTEN = ['/ip4/127.0.0.1/tcp/0']
/** For what is no attack to come about on a busy machine, in real milliseconds. */
const PATIENCE = 30_000

/** What household and slot say is what is read, so that the truth is known without asking anybody. */
const reading = (household: number, slot: Slot): [number, number] => [
  1000 * (household + 1) + (slot - FIRST),
  household % 3 === 0 ? -(slot % 50) : 7
]
const truth = (slot: Slot): bigint[] =>
  [0, 1].map(lane =>
    BigInt(Array.from({ length: MEMBERS }, (_, i) => reading(i, slot)[lane] as number).reduce((sum, value) => sum + value, 0))
  )

/** The whole neighbourhood in this process, each of its nodes with a store of its own. */
class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'hushgrid-hostile-'))
  readonly clock = new LabClock(millis(slotTimes(FIRST, SLOT_SECONDS).start - 1000))
  readonly results = new Map<Slot, SlotResult>()
  readonly meterTotals = new Map<Slot, number>()
  readonly alarms: string[] = []
  readonly failures: unknown[] = []
  readonly meters: MeterNode[] = []
  #registrar: RegistrarNode | undefined
  #aggregator: AggregatorNode | undefined

  get registrar(): RegistrarNode {
    if (!this.#registrar) throw new Error('expected a registrar')
    return this.#registrar
  }

  get aggregator(): AggregatorNode {
    if (!this.#aggregator) throw new Error('expected an aggregator')
    return this.#aggregator
  }

  get roster(): Roster {
    const { latest } = this.aggregator.service.state.book
    if (!latest) throw new Error('expected a roster')
    return latest.roster
  }

  async form(): Promise<void> {
    const fail = (cause: unknown) => void this.failures.push(cause)
    const { clock } = this
    this.#registrar = await startRegistrar({
      store: RegistrarStore.open(join(this.folder, 'registrar'), systemRng, false),
      network: NETWORK,
      formWith: MEMBERS,
      firstSlot: FIRST,
      clock,
      preset: PRESET,
      listen: LISTEN,
      rng: systemRng,
      observe: output => {
        if (output.type === 'evidence') this.alarms.push(`registrar: ${findingText(output.what)}`)
      },
      fail
    })
    const registrar = this.registrar.node.addresses[0] as string
    this.#aggregator = await startAggregator({
      store: AggregatorStore.open(join(this.folder, 'aggregator'), systemRng, false),
      network: NETWORK.name,
      slotSeconds: SLOT_SECONDS,
      changeSlots: NETWORK.changeSlots,
      networkLanes: NETWORK.lanes,
      clock: new AdjustableClock(clock),
      preset: PRESET,
      listen: LISTEN,
      registrar,
      observe: output => {
        if (output.type === 'total' || output.type === 'lost') this.results.set(output.slot, output)
        else if (output.type === 'evidence') this.alarms.push(`aggregator: ${findingText(output.what)}`)
      },
      fail
    })
    await this.aggregator.service.start()
    const credentials = new CredentialCache()
    for (let household = 0; household < MEMBERS; household++) {
      const meter = await startMeter({
        store: MeterStore.open(join(this.folder, `meter-${household}`), systemRng, false),
        network: NETWORK.name,
        slotSeconds: SLOT_SECONDS,
        lanes: NETWORK.lanes.map(({ obis }) => ({ obis, consent: false })),
        changeSlots: NETWORK.changeSlots,
        networkLanes: NETWORK.lanes,
        clock: new AdjustableClock(clock),
        preset: PRESET,
        listen: LISTEN,
        registrar,
        credentials,
        floors: { minMembers: 6, degree: 4, recovery: 0, support: 1 },
        readings: slot => readingLanes(reading(household, slot)),
        observe: output => this.#observe(household, output),
        fail
      })
      this.meters.push(meter)
      await meter.service.join()
    }
    await Promise.all(this.meters.map(meter => meter.service.awaitRoster()))
  }

  #observe(household: number, output: MeterOutput): void {
    if (output.type === 'total') this.meterTotals.set(output.slot, (this.meterTotals.get(output.slot) ?? 0) + 1)
    else if (output.type === 'evidence') this.alarms.push(`meter ${household}: ${findingText(output.what)}`)
    else if (output.type === 'misreported') this.alarms.push(`meter ${household}: ${findingText(output)}`)
  }

  begin(): void {
    const { end, unit } = slotTimes(FIRST, SLOT_SECONDS)
    this.clock.start({ real: realNow(), protocol: millis(end - 4 * unit), rate: (SLOT_SECONDS * 1000) / SLOT_MS })
  }

  get slot(): Slot {
    return slotAt(this.clock.now(), SLOT_SECONDS)
  }

  async waitFor(moment: number): Promise<void> {
    await wait(this.clock.delayUntil(millis(moment)) ?? 0)
  }

  async stop(): Promise<void> {
    await Promise.all(this.meters.map(meter => meter.stop()))
    await Promise.all([this.#aggregator?.stop(), this.#registrar?.stop()])
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A libp2p peer that is no member, connected to everybody and listening to everything. */
class Attacker {
  readonly identity = IdentityKey.generate(systemRng)
  readonly heard: Uint8Array[] = []
  readonly control: Uint8Array[] = []
  #node: NetworkNode | undefined
  published = 0

  get node(): NetworkNode {
    if (!this.#node) throw new Error('expected a node')
    return this.#node
  }

  async start(lab: Lab, listens: boolean): Promise<void> {
    this.#node = await NetworkNode.start({ identity: this.identity, network: NETWORK.name, listen: LISTEN, preset: PRESET })
    if (listens) {
      this.node.subscribe('readings', (_, bytes) => {
        this.heard.push(bytes.slice())
        return 'ignore'
      })
      this.node.subscribe('control', (_, bytes) => {
        this.control.push(bytes.slice())
        return 'ignore'
      })
    }
    const peers = [lab.aggregator.node, lab.registrar.node, ...lab.meters.map(meter => meter.node)]
    for (const peer of peers) await this.node.connect(peer.addresses[0] as string, AbortSignal.timeout(PATIENCE))
    await this.node.subscriberSeen('readings', lab.aggregator.service.state.config.identity.id, AbortSignal.timeout(PATIENCE))
    await this.node.subscriberSeen('control', lab.aggregator.service.state.config.identity.id, AbortSignal.timeout(PATIENCE))
  }

  async publish(topic: Topic, bytes: Uint8Array): Promise<void> {
    this.published++
    try {
      await this.node.publish(topic, bytes)
    } catch (cause) {
      // gossipsub will not publish the same bytes twice; to whom it does is the victims' matter.
      if (!(cause instanceof Error && /duplicate/i.test(cause.message))) throw cause
    }
  }

  async stop(): Promise<void> {
    await this.#node?.stop()
  }
}

/** Re-encodes an envelope with some fields changed, under its old signature. */
function altered(bytes: Uint8Array, change: { sender?: MeterId; epoch?: number; slot?: number }): Uint8Array {
  const { sender, type, epoch, slot, payload, signature } = { ...decodeEnvelope(bytes), ...change }
  const sealed = sealEnvelope(IdentityKey.generate(systemRng), type, new Uint8Array(32), epoch as Epoch, slot as Slot, payload)
  sealed.set(fromHex(sender), 2)
  sealed.set(signature, sealed.byteLength - 64)
  return sealed
}

describe('a neighbourhood over sockets with hostile peers on its topics and streams', () => {
  const lab = new Lab()
  const meddler = new Attacker()
  const flooder = new Attacker()
  const refusals: string[] = []
  let credential: ReturnType<typeof EnrolReply.decode> | undefined

  const aggregatorKey = (): MeterId => lab.aggregator.service.state.config.identity.id
  const registrarKey = (): MeterId => lab.registrar.service.state.config.identity.id
  const submission = SubmissionPayload.encode({
    lanes: new Uint8Array(16),
    corrections: new Uint8Array(0),
    check: new Uint8Array(0),
    tags: new Uint8Array(0)
  })

  async function sync(envelope: Uint8Array): Promise<void> {
    const request = syncRequestWith(envelope)
    const answer = await meddler.node.request(aggregatorKey(), 'sync', request, AbortSignal.timeout(PATIENCE))
    refusals.push(SyncReply.decode(answer).refused)
  }

  /** A few of everything; not so much that it would be taken for a flood. */
  async function meddle(slot: Slot): Promise<void> {
    const { roster } = lab
    const seal = (signer: IdentityKey, hash: Uint8Array): Uint8Array =>
      sealEnvelope(signer, MessageType.Submission, hash, roster.epoch, slot, submission)
    const victim = roster.meterId(slot % MEMBERS)
    const real = meddler.heard.at(-1)
    const total = meddler.control.findLast(bytes => decodeEnvelope(bytes).type === MessageType.SlotTotal)
    // For the slot that is about to end or has just ended.
    const forged = seal(meddler.identity, roster.hash)
    await meddler.publish('readings', altered(forged, { sender: victim }))
    await meddler.publish('readings', forged)
    await meddler.publish('readings', randomBytes(200))
    if (slot === FIRST) {
      await meddler.publish('readings', randomBytes(channelLimit('readings') + 1))
      await meddler.publish('readings', seal(meddler.identity, new Uint8Array(32)))
    }
    if (real) {
      await meddler.publish('readings', real.subarray(0, real.byteLength - 1 - (slot % 60)))
      await meddler.publish('readings', altered(real, { epoch: roster.epoch + 1 }))
      await meddler.publish('readings', altered(real, { slot: slot + 3 }))
      // An earlier slot's, as it was; gossipsub has forgotten nothing of it yet, so it goes by stream.
      if (decodeEnvelope(real).slot < slot) await sync(real)
    }
    if (total) {
      await meddler.publish('control', altered(total, { epoch: roster.epoch + 1 }))
      await meddler.publish('control', altered(total, { slot }))
      await meddler.publish(
        'control',
        sealEnvelope(meddler.identity, MessageType.SlotTotal, roster.hash, roster.epoch, slot, decodeEnvelope(total).payload)
      )
    }
    const envelope = lab.registrar.service.state.book.latest?.bytes
    if (envelope) await meddler.publish('control', altered(envelope, { epoch: 2 + (slot - FIRST) }))
  }

  async function meddleWithStreams(): Promise<void> {
    const signal = AbortSignal.timeout(PATIENCE)
    const answers = await Promise.allSettled([
      meddler.node.request(registrarKey(), 'enrol', randomBytes(100), signal),
      meddler.node.request(aggregatorKey(), 'sync', randomBytes(100), signal),
      meddler.node.request(aggregatorKey(), 'sync', randomBytes(channelLimit('sync') + 1), signal)
    ])
    // Garbage is answered with a refusal, what is too long with the end of the stream.
    expect(answers.map(answer => answer.status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    for (const [to, stream] of [
      [registrarKey(), 'enrol'],
      [aggregatorKey(), 'sync']
    ] as const) {
      // Opened and left alone; and a length that never comes.
      await meddler.node.libp2p.dialProtocol(peerOf(to), protocolName(stream), { signal })
      const half = await meddler.node.libp2p.dialProtocol(peerOf(to), protocolName(stream), { signal })
      half.send(Uint8Array.of(200, 1, 9, 9))
    }
    // A credential is to be had for the asking in a lab; it makes nobody a member.
    const blindingKey = BlindingKey.generate(systemRng).publicKey
    const request = sealEnvelope(
      meddler.identity,
      MessageType.EnrolRequest,
      networkId(NETWORK.name),
      0 as Epoch,
      lab.slot,
      EnrolRequest.encode({ blindingKey, season: 0, lanes: Uint8Array.of(0) })
    )
    const reply = decodeEnvelope(await meddler.node.request(registrarKey(), 'enrol', request, signal))
    credential = EnrolReply.decode(reply.payload)
  }

  async function flood(): Promise<void> {
    for (let i = 0; i < 150; i++) await flooder.publish(i % 3 === 0 ? 'control' : 'readings', randomBytes(60))
  }

  beforeAll(async () => {
    await lab.form()
    await Promise.all([meddler.start(lab, true), flooder.start(lab, false)])
    lab.begin()
    const done: Promise<void>[] = []
    for (let slot = FIRST; slot < FIRST + SLOTS; slot = (slot + 1) as Slot) {
      const { end, unit, over } = slotTimes(slot, SLOT_SECONDS)
      await lab.waitFor(end - unit / 2)
      done.push(meddle(slot), flood())
      if (slot === FIRST + 1) done.push(meddleWithStreams())
      await lab.waitFor(end + 2 * unit)
      done.push(meddle(slot))
      await lab.waitFor(over)
    }
    await Promise.all(done)
    // The last results may still be on their way; the tests say what is wrong where they do not come.
    const taken = (): boolean => SLOT_LIST.every(slot => lab.results.has(slot) && lab.meterTotals.get(slot) === MEMBERS)
    for (const end = performance.now() + PATIENCE; !taken() && performance.now() < end; ) await wait(20)
  }, 120_000)

  afterAll(async () => {
    await Promise.all([meddler.stop(), flooder.stop()])
    await lab.stop()
    expect(lab.aggregator.node.libp2p.status).toBe('stopped')
    expect(lab.meters.every(meter => meter.node.libp2p.status === 'stopped')).toBe(true)
  })

  it('publishes the exact total of every slot, and every meter takes it', () => {
    for (let slot = FIRST; slot < FIRST + SLOTS; slot = (slot + 1) as Slot) {
      const result = lab.results.get(slot)
      expect(result).toMatchObject({ type: 'total', contributors: MEMBERS })
      expect(result?.type === 'total' && signedLanes(result.lanes)).toEqual(truth(slot))
      expect(lab.meterTotals.get(slot)).toBe(MEMBERS)
    }
    // The slot after the last may be over by now, too.
    expect([...lab.results.keys()].filter(slot => slot < FIRST + SLOTS).sort((a, b) => a - b)).toEqual(SLOT_LIST)
  })

  it('counts what the aggregator dropped by its reason', () => {
    const { counts } = lab.aggregator.service.state.drops
    expect(Object.keys(counts)).toEqual(
      expect.arrayContaining([
        'malformed',
        'oversized',
        'unknown-sender',
        'bad-signature',
        'unknown-epoch',
        'too-early',
        'slot-over',
        'flood'
      ])
    )
    expect(counts.conflicting).toBeUndefined()
  })

  it('cuts a flood off: most of it was never read', () => {
    const { counts } = lab.aggregator.service.state.drops
    expect(flooder.published).toBe(150 * SLOTS)
    // Per slot no more than the allowance is decoded, and from the second heartbeat on gossipsub does not listen.
    expect(counts.malformed ?? 0).toBeLessThan((FLOOD_ALLOWANCE + 6) * SLOTS)
    expect(counts.flood).toBeGreaterThan(0)
    expect((counts.malformed ?? 0) + (counts.flood ?? 0)).toBeLessThan(flooder.published - 150)
  })

  it('refuses over streams what is over, and gives a credential that makes nobody a member', () => {
    expect(refusals.length).toBeGreaterThan(0)
    expect(new Set(refusals)).toEqual(new Set(['slot-over']))
    expect(credential).toMatchObject({ refused: '' })
    expect(lab.roster.indexOf(meddler.identity.id)).toBeUndefined()
    expect(lab.aggregator.service.state.book.held).toHaveLength(1)
  })

  it('fails nowhere and raises no false alarm', () => {
    expect(lab.failures).toEqual([])
    expect(lab.alarms).toEqual([])
    for (const { service } of lab.meters) {
      const { counts } = service.state.drops
      expect(counts['unknown-sender']).toBeGreaterThan(0)
      expect(counts['bad-signature']).toBeGreaterThan(0)
      expect(service.state.book.latest?.roster.epoch).toBe(0)
    }
  })
})
