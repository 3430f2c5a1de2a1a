// A whole neighbourhood under virtual time: the state machines, their messages passed by hand. No sockets, no sleeping.
import { DisputeReply, decodeEnvelope, type Envelope, SyncReply, SyncRequest, syncRequestWith } from '@hushgrid/messages'
import {
  DEFAULT_LANES,
  defaultMaxReading,
  IdentityKey,
  type MeterId,
  type Millis,
  millis,
  type ObisCode,
  readingLanes,
  SeededRng,
  type Slot,
  sha256,
  slotAt,
  slot as slotOf,
  slotTimes
} from '@hushgrid/primitives'
import { resolveDegree } from '@hushgrid/topology'
import type { AggregatorConfig, AggregatorOutput } from '../../src/aggregator/contract.ts'
import type { AggregatorRecord } from '../../src/aggregator/journal.ts'
import { createAggregator, stepAggregator } from '../../src/aggregator/machine.ts'
import type { AggregatorState } from '../../src/aggregator/state.ts'
import type { MeterConfig, MeterInput, MeterOutput } from '../../src/meter/contract.ts'
import type { MeterJournal, MeterRecord } from '../../src/meter/journal.ts'
import { createMeter, stepMeter } from '../../src/meter/machine.ts'
import type { MeterState } from '../../src/meter/state.ts'
import type { Channel, Topic } from '../../src/protocol/outputs.ts'
import type { RegistrarConfig, RegistrarOutput } from '../../src/registrar/contract.ts'
import type { RegistrarRecord } from '../../src/registrar/journal.ts'
import { createRegistrar, stepRegistrar } from '../../src/registrar/machine.ts'
import type { RegistrarState } from '../../src/registrar/state.ts'
import type { CredentialCache } from '../../src/roster/cache.ts'
import { type CredentialLane, networkId } from '../../src/roster/credential.ts'
import type { Recovery } from '../../src/roster/fields.ts'
import type { RosterFloors } from '../../src/roster/policy.ts'
import { memoryKeys } from './keys.ts'

export interface VirtualOptions {
  readonly members: number
  /** The network's name; with the same seed, another network of the same keys. */
  readonly network?: string
  readonly seed?: string
  readonly slotSeconds?: number
  readonly lanes?: readonly ObisCode[]
  readonly degree?: number
  readonly minMembers?: number
  /** Fewest members able to fill each lane of a total; minMembers unless set. */
  readonly support?: number
  /** Largest reading of each lane. */
  readonly maxReading?: number
  readonly seasonSlots?: number
  readonly changeSlots?: number
  readonly lab?: boolean
  /** What the meter of that number can fill; all lanes, without consent, unless set. */
  readonly lanesOf?: (meter: number) => readonly CredentialLane[]
  readonly recovery?: Recovery
  readonly floors?: RosterFloors
  readonly firstSlot?: number
  /** What the meters share of credentials, as those of one process do. */
  readonly credentials?: CredentialCache
}

export interface VirtualMeter {
  readonly config: MeterConfig
  state: MeterState
  readonly journal: MeterRecord[]
  readonly outputs: MeterOutput[]
  /** A meter that is off neither ticks nor hears anything. */
  off: boolean
}

/** What passes on a topic or stream, in order; for tests that look or meddle. */
export interface Passed {
  readonly channel: Channel
  readonly from: MeterId
  readonly bytes: Uint8Array
}

/** Options without a value of their own. */
type Open = 'floors' | 'degree' | 'credentials' | 'support' | 'lanesOf' | 'changeSlots' | 'lab'

export class VirtualNeighbourhood {
  readonly options: Required<Omit<VirtualOptions, Open>> & Pick<VirtualOptions, Open>
  readonly rng: SeededRng
  readonly networkId: Uint8Array
  readonly registrarIdentity: IdentityKey
  readonly aggregatorIdentity: IdentityKey
  readonly registrarConfig: RegistrarConfig
  registrar: RegistrarState
  aggregator: AggregatorState
  readonly meters: VirtualMeter[] = []
  readonly registrarJournal: RegistrarRecord[] = []
  readonly aggregatorJournal: AggregatorRecord[] = []
  readonly aggregatorConfig: AggregatorConfig
  readonly registrarOutputs: RegistrarOutput[] = []
  readonly aggregatorOutputs: AggregatorOutput[] = []
  readonly passed: Passed[] = []
  /** Changes, multiplies or swallows what is published; by default passes it on. */
  tamper: (message: Passed, topic: Topic) => readonly Passed[] = message => [message]
  /** The same for what goes over a meter's dispute stream. */
  tamperStream: (message: Passed, to: MeterId) => readonly Passed[] = message => [message]
  now: Millis

  constructor(options: VirtualOptions) {
    this.options = {
      seed: 'virtual',
      network: 'virtual',
      slotSeconds: 900,
      lanes: DEFAULT_LANES,
      minMembers: 3,
      maxReading: defaultMaxReading(options.slotSeconds ?? 900),
      seasonSlots: 672,
      recovery: 1,
      firstSlot: 1_900_000,
      ...options
    }
    const { slotSeconds, lanes, minMembers, support = minMembers, maxReading, seasonSlots, recovery, firstSlot, members } = this.options
    const { changeSlots = 1, lab = true } = this.options
    this.rng = new SeededRng(this.options.seed)
    this.networkId = networkId(this.options.network)
    this.now = millis(slotTimes(slotOf(firstSlot), slotSeconds).start - 1000)
    this.registrarIdentity = IdentityKey.generate(this.rng)
    this.aggregatorIdentity = IdentityKey.generate(this.rng)
    this.registrarConfig = {
      identity: this.registrarIdentity,
      networkId: this.networkId,
      slotSeconds,
      aggregatorKey: this.aggregatorIdentity.id,
      lanes: lanes.map(obis => ({ obis, maxReading, support })),
      seasonSlots,
      changeSlots,
      lab,
      recovery,
      minMembers,
      degreeFor: n =>
        this.options.degree ?? resolveDegree({ degree: 'auto', collusion: 0.1, dropout: 0.1, recovery: 'edge-release' }, n).degree,
      formWith: members,
      firstSlot: slotOf(firstSlot),
      credentialSeconds: 86_400 * 30,
      rng: this.rng
    }
    this.registrar = createRegistrar(this.registrarConfig, [{ kind: 'aggregator', key: this.aggregatorIdentity.id, address: '' }], this.now)
    this.aggregatorConfig = {
      identity: this.aggregatorIdentity,
      networkId: this.networkId,
      slotSeconds,
      changeSlots,
      networkLanes: this.registrarConfig.lanes,
      registrarKey: this.registrarIdentity.id,
      asks: 'on-demand',
      rng: this.rng
    }
    this.aggregator = createAggregator(this.aggregatorConfig, [], this.now)
    const line = stepRegistrar(this.registrar, { type: 'line', meterId: this.aggregatorIdentity.id, up: true }, this.now)
    this.registrar = line.state
    for (let i = 0; i < members; i++) this.addMeter()
  }

  /** Makes a meter, enrols it and has it join. */
  addMeter(): VirtualMeter {
    const { slotSeconds, lanes, lanesOf } = this.options
    const config: MeterConfig = {
      identity: IdentityKey.generate(this.rng),
      keys: memoryKeys(this.rng),
      networkId: this.networkId,
      slotSeconds,
      lanes: lanesOf?.(this.meters.length) ?? lanes.map(obis => ({ obis, consent: false })),
      registrarKey: this.registrarIdentity.id,
      changeSlots: this.options.changeSlots ?? 1,
      networkLanes: this.registrarConfig.lanes,
      rng: this.rng,
      asks: 'on-demand',
      floors: this.options.floors ?? { minMembers: this.options.minMembers, degree: 2, recovery: 0, support: 1 },
      credentials: this.options.credentials,
      addresses: []
    }
    const meter: VirtualMeter = {
      config,
      state: createMeter(config, { intact: true, records: [] }, this.now),
      journal: [],
      outputs: [],
      off: false
    }
    this.meters.push(meter)
    this.converse(meter, { type: 'enrol', for: 'this-season' })
    this.converse(meter, { type: 'enrol', for: 'next-season' })
    this.converse(meter, { type: 'join' })
    return meter
  }

  /** A meter as it comes up again, with the journal it has or another. */
  restart(meter: VirtualMeter, journal: MeterJournal = { intact: true, records: meter.journal }): void {
    meter.state = createMeter(meter.config, journal, this.now)
    meter.off = false
    for (const { bytes } of this.registrar.book.held)
      if (bytes) this.toMeter(meter, { channel: 'control', from: this.registrarIdentity.id, bytes })
  }

  converse(meter: VirtualMeter, input: Extract<MeterInput, { type: 'enrol' | 'join' | 'leave' }>): void {
    for (const output of this.meterStep(meter, input)) if (output.type === 'request') this.askRegistrar(meter, output.bytes)
  }

  askRegistrar(meter: VirtualMeter, bytes: Uint8Array): void {
    const from = meter.config.identity.id
    const { state, outputs } = stepRegistrar(this.registrar, { type: 'enrol', from, bytes, token: 1 }, this.now)
    this.registrar = state
    const reply = outputs.find(each => each.type === 'reply')
    if (reply?.type === 'reply') this.toMeter(meter, { channel: 'enrol', from: this.registrarIdentity.id, bytes: reply.bytes })
    this.carryOutRegistrar(outputs)
  }

  meterStep(meter: VirtualMeter, input: Parameters<typeof stepMeter>[1]): MeterOutput[] {
    const { state, outputs } = stepMeter(meter.state, input, this.now)
    meter.state = state
    this.carryOutMeter(meter, outputs)
    return outputs
  }

  carryOutMeter(meter: VirtualMeter, outputs: readonly MeterOutput[]): void {
    meter.outputs.push(...outputs)
    for (const output of outputs) {
      if (output.type === 'journal') meter.journal.push(output.record)
      else if (output.type === 'publish') this.publish(output.topic, meter.config.identity.id, output.bytes)
      else if (output.type === 'request' && output.to === 'aggregator') this.sync(meter.config.identity.id, output.bytes)
      else if (output.type === 'deliver') this.deliver(meter, output.to, output.bytes)
      else if (output.type === 'fetch-words') this.fetchWords(meter, output.slot, output.requestHash)
      else if (output.type === 'ask-time') this.askRegistrar(meter, output.bytes)
    }
  }

  /** A meter's question for its neighbours' words. */
  fetchWords(meter: VirtualMeter, slot: Slot, requestHash: Uint8Array): void {
    const bytes = SyncRequest.encode({ envelope: new Uint8Array(0), transcript: false, slot, words: requestHash })
    const from = meter.config.identity.id
    const { state, outputs } = stepAggregator(this.aggregator, { type: 'sync', from, bytes, token: 1 }, this.now)
    this.aggregator = state
    this.carryOutAggregator(outputs)
    const reply = outputs.find(output => output.type === 'reply')
    if (reply?.type !== 'reply') return
    for (const word of SyncReply.decode(reply.bytes).words)
      this.toMeter(meter, { channel: 'sync', from: this.aggregatorIdentity.id, bytes: word })
  }

  /** One attempt on a neighbour's dispute stream. */
  deliver(meter: VirtualMeter, to: MeterId, bytes: Uint8Array): void {
    const from = meter.config.identity.id
    for (const message of this.tamperStream({ channel: 'dispute', from, bytes }, to)) {
      this.passed.push(message)
      const neighbour = this.meters.find(each => each.config.identity.id === to)
      if (!neighbour || neighbour.off) continue
      const answer = this.meterStep(neighbour, { type: 'message', ...message }).find(output => output.type === 'answer')
      if (answer?.type !== 'answer') continue
      const { acknowledged } = DisputeReply.decode(answer.bytes)
      if (Buffer.compare(acknowledged, sha256(bytes)) === 0) this.meterStep(meter, { type: 'acknowledged', by: to, hash: acknowledged })
    }
  }

  /** The aggregator as it comes up again, with what its store holds. */
  restartAggregator(journal: readonly AggregatorRecord[] = this.aggregatorJournal): void {
    this.aggregator = createAggregator(this.aggregatorConfig, journal, this.now)
  }

  toMeter(meter: VirtualMeter, { channel, from, bytes }: Passed): MeterOutput[] {
    return meter.off ? [] : this.meterStep(meter, { type: 'message', channel, from, bytes })
  }

  /** Publishes as gossipsub would: readings to the aggregator and the registrar, control to everybody but the sender. */
  publish(topic: Topic, from: MeterId, bytes: Uint8Array): void {
    for (const message of this.tamper({ channel: topic, from, bytes }, topic)) {
      this.passed.push(message)
      if (message.from !== this.aggregatorIdentity.id) this.toAggregator(message)
      if (message.from !== this.registrarIdentity.id) {
        const { state, outputs } = stepRegistrar(this.registrar, { type: 'message', ...message }, this.now)
        this.registrar = state
        this.carryOutRegistrar(outputs)
      }
      if (topic === 'control') for (const meter of this.meters) if (message.from !== meter.config.identity.id) this.toMeter(meter, message)
    }
  }

  toAggregator({ channel, from, bytes }: Passed): AggregatorOutput[] {
    const { state, outputs } = stepAggregator(this.aggregator, { type: 'message', channel, from, bytes }, this.now)
    this.aggregator = state
    this.carryOutAggregator(outputs)
    return outputs
  }

  sync(from: MeterId, envelope: Uint8Array): AggregatorOutput[] {
    const bytes = syncRequestWith(envelope)
    const { state, outputs } = stepAggregator(this.aggregator, { type: 'sync', from, bytes, token: 1 }, this.now)
    this.aggregator = state
    this.carryOutAggregator(outputs)
    const reply = outputs.find(output => output.type === 'reply')
    const meter = this.meters.find(each => each.config.identity.id === from)
    if (meter && reply?.type === 'reply' && SyncReply.decode(reply.bytes).refused === '') {
      this.meterStep(meter, { type: 'acknowledged', by: this.aggregatorIdentity.id, hash: sha256(envelope) })
    }
    return outputs
  }

  carryOutAggregator(outputs: readonly AggregatorOutput[]): void {
    this.aggregatorOutputs.push(...outputs)
    for (const output of outputs) {
      if (output.type === 'journal') this.aggregatorJournal.push(output.record)
      else if (output.type === 'publish') this.publish(output.topic, this.aggregatorIdentity.id, output.bytes)
      else if (output.type === 'conflict') this.toRegistrar(this.aggregatorIdentity.id, output.bytes)
      else if (output.type === 'send') {
        const meter = this.meters.find(each => each.config.identity.id === output.to)
        if (meter) this.toMeter(meter, { channel: 'sync', from: this.aggregatorIdentity.id, bytes: output.bytes })
      }
    }
  }

  carryOutRegistrar(outputs: readonly RegistrarOutput[]): void {
    this.registrarOutputs.push(...outputs)
    for (const output of outputs) {
      if (output.type === 'journal') this.registrarJournal.push(output.record)
      else if (output.type === 'publish') this.publish(output.topic, this.registrarIdentity.id, output.bytes)
      else if (output.type === 'probe') this.probe(output.to, output.bytes)
      else if (output.type === 'hand') this.hand(output.to, output.bytes)
    }
  }

  /** A request on the registrar's enrol stream. */
  toRegistrar(from: MeterId, bytes: Uint8Array): Uint8Array | undefined {
    const { state, outputs } = stepRegistrar(this.registrar, { type: 'enrol', from, bytes, token: 1 }, this.now)
    this.registrar = state
    this.carryOutRegistrar(outputs)
    const reply = outputs.find(output => output.type === 'reply')
    return reply?.type === 'reply' ? reply.bytes : undefined
  }

  /** The registrar hands a request to a meter. */
  hand(to: MeterId, request: Uint8Array): void {
    const meter = this.meters.find(each => each.config.identity.id === to)
    const message: Passed = { channel: 'dispute', from: this.registrarIdentity.id, bytes: request }
    const answer = meter && this.toMeter(meter, message).find(output => output.type === 'answer')
    const reply = answer?.type === 'answer' ? answer.bytes : undefined
    const { state, outputs } = stepRegistrar(this.registrar, { type: 'handed', meterId: to, request, reply }, this.now)
    this.registrar = state
    this.carryOutRegistrar(outputs)
  }

  /** The registrar asks a meter whether it is there. */
  probe(to: MeterId, bytes: Uint8Array): void {
    const meter = this.meters.find(each => each.config.identity.id === to)
    const message: Passed = { channel: 'dispute', from: this.registrarIdentity.id, bytes }
    const answer = meter && this.toMeter(meter, message).find(output => output.type === 'answer')
    const reply = answer?.type === 'answer' ? DisputeReply.decode(answer.bytes).envelopes[0] : undefined
    const { state, outputs } = stepRegistrar(this.registrar, { type: 'probed', meterId: to, bytes: reply }, this.now)
    this.registrar = state
    this.carryOutRegistrar(outputs)
  }

  /** Gives a meter its reading of a slot. */
  read(meter: VirtualMeter, slot: Slot, values: readonly (number | bigint)[]): MeterOutput[] {
    return meter.off ? [] : this.meterStep(meter, { type: 'reading', slot, lanes: readingLanes(values) })
  }

  /** Passes the time until then, with every tick that a machine asks for. */
  runUntil(until: number): void {
    for (;;) {
      const wakes = [this.registrar, this.aggregator, ...this.meters.filter(meter => !meter.off).map(meter => meter.state)].flatMap(
        state => (state.wakeAt === undefined ? [] : [state.wakeAt])
      )
      const next = Math.min(...wakes, until)
      if (next >= until) break
      this.now = millis(Math.max(next, this.now))
      this.tick()
    }
    this.now = millis(until)
    this.tick()
  }

  tick(): void {
    const registrar = stepRegistrar(this.registrar, { type: 'tick' }, this.now)
    this.registrar = registrar.state
    this.carryOutRegistrar(registrar.outputs)
    for (const meter of this.meters) if (!meter.off) this.meterStep(meter, { type: 'tick' })
    const aggregator = stepAggregator(this.aggregator, { type: 'tick' }, this.now)
    this.aggregator = aggregator.state
    this.carryOutAggregator(aggregator.outputs)
  }

  /** Runs one slot with the given readings, by meter; undefined is a gap. Ends when the slot is over. */
  runSlot(slot: Slot, readings: readonly (readonly (number | bigint)[] | undefined)[]): void {
    const times = slotTimes(slot, this.options.slotSeconds)
    this.runUntil(times.end)
    this.meters.forEach((meter, i) => {
      const values = readings[i]
      if (values) this.read(meter, slot, values)
    })
    this.runUntil(times.over)
  }

  /** The published result of a slot, as the aggregator put it out. */
  resultOf(slot: Slot): Extract<AggregatorOutput, { type: 'total' | 'lost' }> | undefined {
    const result = this.aggregatorOutputs.find(output => (output.type === 'total' || output.type === 'lost') && output.slot === slot)
    return result?.type === 'total' || result?.type === 'lost' ? result : undefined
  }

  /** Submissions that went over the readings topic or by stream, decoded. */
  submissionsOf(meter: VirtualMeter): Envelope[] {
    return this.passed
      .filter(message => message.channel === 'readings')
      .map(message => decodeEnvelope(message.bytes))
      .filter(envelope => envelope.sender === meter.config.identity.id)
  }

  get firstSlot(): Slot {
    return slotOf(this.options.firstSlot)
  }

  get currentSlot(): Slot {
    return slotAt(this.now, this.options.slotSeconds)
  }
}

/** Made-up readings: one vector a meter. */
export function randomReadings(rng: SeededRng, meters: number, lanes: number): number[][] {
  return Array.from({ length: meters }, () => Array.from({ length: lanes }, () => rng.below(4000) - 1000))
}

/** Sum of readings by lane. */
export function sumOf(readings: readonly (readonly number[])[], lanes: number): bigint[] {
  return Array.from({ length: lanes }, (_, lane) => BigInt(readings.reduce((sum, reading) => sum + (reading[lane] ?? 0), 0)))
}
