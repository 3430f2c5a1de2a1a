// A small neighbourhood over real sockets in this process, its journals in memory, for tests that break it.
import { setTimeout as wait } from 'node:timers/promises'
import {
  type AggregatorOutput,
  type AggregatorRecord,
  type AsksForTime,
  type MeterOutput,
  type MeterRecord,
  networkId,
  type RegistrarOutput,
  type RegistrarRecord,
  type SeasonKey,
  SeasonKeys,
  SharedSecrets
} from '@hushgrid/dcnet'
import {
  BlindingKey,
  DEFAULT_LANES,
  defaultMaxReading,
  IdentityKey,
  type MeterId,
  millis,
  readingLanes,
  type Slot,
  signedLanes,
  slotTimes,
  systemRng
} from '@hushgrid/primitives'
import { completeDegree } from '@hushgrid/topology'
import { AggregatorService } from '../../src/dcnet/aggregator.ts'
import { MeterService } from '../../src/dcnet/meter.ts'
import { RegistrarService } from '../../src/dcnet/registrar.ts'
import type { GateRefusal, GuestPolicy } from '../../src/gate/gate.ts'
import { withoutPeerId } from '../../src/libp2p/addresses.ts'
import { NetworkNode } from '../../src/libp2p/node.ts'
import { type NetworkPreset, presetNamed } from '../../src/libp2p/presets.ts'
import { AdjustableClock, LabClock, realNow } from '../../src/service/clock.ts'

const SLOT_SECONDS = 900
export const FIRST = 1_900_000 as Slot
export const NAME = 'small'
const LANES = DEFAULT_LANES.map(obis => ({ obis, maxReading: defaultMaxReading(SLOT_SECONDS), support: 3 }))
const ANY_PORT = '/ip4/127.0.0.1/tcp/0'

/** A role that runs: its node, its service and what its machine has put out. */
interface Running<Service, Output> {
  readonly node: NetworkNode
  readonly service: Service
  readonly outputs: Output[]
}

function memoryKeys(): SeasonKeys {
  const make = (): SeasonKey => {
    const blinding = BlindingKey.generate(systemRng)
    return { blinding, secrets: new SharedSecrets(blinding) }
  }
  return new SeasonKeys({ kept: [], make, erase: () => {} })
}

/** A meter's keys, journal and clock, and while it runs its node. */
export class SmallMeter {
  readonly identity = IdentityKey.generate(systemRng)
  readonly keys = memoryKeys()
  readonly records: MeterRecord[] = []
  readonly clock: AdjustableClock
  /** Occasions on which it asks for the time. */
  asks: AsksForTime = 'on-demand'
  /** Slots that the household has no reading of. */
  readonly gaps = new Set<Slot>()
  running: Running<MeterService, MeterOutput> | undefined

  constructor(clock: LabClock) {
    this.clock = new AdjustableClock(clock)
  }

  get id(): MeterId {
    return this.identity.id
  }

  get service(): MeterService {
    if (!this.running) throw new Error('this meter does not run')
    return this.running.service
  }

  get node(): NetworkNode {
    if (!this.running) throw new Error('this meter does not run')
    return this.running.node
  }

  get outputs(): readonly MeterOutput[] {
    return this.running?.outputs ?? []
  }

  /** As if its process had been killed: no leave, nothing comes out of it any more. */
  async crash(): Promise<void> {
    const { running } = this
    this.running = undefined
    running?.service.stop()
    await running?.node.stop()
  }
}

/** Wh of a household in a slot. */
function reading(household: number, slot: Slot): number {
  return 1000 * (household + 1) + (slot - FIRST)
}

/** Gossip brings the roster, and on a slow machine may miss whoever has just subscribed. */
async function takenUp(service: MeterService): Promise<void> {
  const asking = setInterval(() => void service.askForRoster(), 3_000)
  try {
    await service.awaitRoster()
  } finally {
    clearInterval(asking)
  }
}

/** Setting of a small network. */
export interface SmallSetting {
  /** `lab` unless given. */
  readonly preset?: NetworkPreset['name']
  /** True where any meter may enrol, as in a lab. */
  readonly open?: boolean
}

/** One neighbourhood; {@link stop} ends all of it. */
export class SmallNetwork {
  readonly clock = new LabClock(millis(slotTimes(FIRST, SLOT_SECONDS).start - 1000))
  readonly meters: SmallMeter[] = []
  readonly failures: unknown[] = []
  /** Those whom the registrar turned away, counted by reason. */
  readonly turnedAway: Partial<Record<GateRefusal, number>> = {}
  readonly registrarJournal: RegistrarRecord[] = []
  readonly aggregatorJournal: AggregatorRecord[] = []
  registrar!: Running<RegistrarService, RegistrarOutput>
  aggregator!: Running<AggregatorService, AggregatorOutput>
  /** Called before the aggregator acknowledges; throws where its store is to fail. */
  commit: () => void = () => {}
  readonly #registrarIdentity = IdentityKey.generate(systemRng)
  readonly #aggregatorIdentity = IdentityKey.generate(systemRng)
  readonly #listened = { registrar: ANY_PORT, aggregator: ANY_PORT }
  /** Multiaddr of the registrar with its peer id, whether it runs or not. */
  #registrarAddress = ''
  readonly #members: number
  readonly #preset: NetworkPreset
  /** Meters that may enrol; any where it is left out. */
  readonly #allowed: Set<MeterId> | undefined
  readonly #fail = (cause: unknown): void => {
    this.failures.push(cause)
  }

  private constructor(members: number, { preset = 'lab', open = preset === 'lab' }: SmallSetting) {
    this.#members = members
    this.#preset = presetNamed(preset, NAME, 16)
    this.#allowed = open ? undefined : new Set()
    for (let i = 0; i < members; i++) this.addMeter()
  }

  /** Starts everybody; resolves when all have taken up the first roster. */
  static async form(members: number, setting: SmallSetting = {}): Promise<SmallNetwork> {
    const network = new SmallNetwork(members, setting)
    await network.startRegistrar()
    await network.startAggregator()
    await Promise.all(network.meters.map(meter => network.start(meter)))
    await Promise.all(network.meters.map(meter => takenUp(meter.service)))
    while (!network.aggregator.service.state.book.latest) await wait(10)
    return network
  }

  get aggregatorKey(): MeterId {
    return this.#aggregatorIdentity.id
  }

  get registrarKey(): MeterId {
    return this.#registrarIdentity.id
  }

  /** Lets the clock run from so many units before the end of a slot. */
  run(slot: Slot, unitsBefore: number, slotMs: number): void {
    const { end, unit } = slotTimes(slot, SLOT_SECONDS)
    this.clock.start({ real: realNow(), protocol: millis(end - unitsBefore * unit), rate: (1000 * SLOT_SECONDS) / slotMs })
  }

  async startRegistrar(): Promise<void> {
    const identity = this.#registrarIdentity
    const guests: GuestPolicy = { streams: ['enrol'], allowed: this.#allowed }
    const turnedAway = (why: GateRefusal): void => {
      this.turnedAway[why] = (this.turnedAway[why] ?? 0) + 1
    }
    const node = await NetworkNode.start({
      identity,
      network: NAME,
      listen: [this.#listened.registrar],
      preset: this.#preset,
      guests,
      turnedAway
    })
    this.#registrarAddress = node.addresses[0] ?? ''
    this.#listened.registrar = withoutPeerId(this.#registrarAddress)
    const outputs: RegistrarOutput[] = []
    const service = new RegistrarService({
      ...{ node, clock: this.clock, fail: this.#fail, journal: [...this.registrarJournal] },
      observe: output => outputs.push(output),
      append: record => this.registrarJournal.push(record),
      config: {
        ...{ identity, networkId: networkId(NAME), slotSeconds: SLOT_SECONDS, recovery: 1, minMembers: 3 },
        ...{ seasonSlots: 96, changeSlots: 1, lab: true, allowed: this.#allowed, aggregatorKey: this.aggregatorKey },
        lanes: LANES,
        ...{ degreeFor: completeDegree, formWith: this.#members, firstSlot: FIRST, credentialSeconds: 1_000_000, rng: systemRng }
      }
    })
    await service.start()
    this.registrar = { node, service, outputs }
  }

  async startAggregator(): Promise<void> {
    const identity = this.#aggregatorIdentity
    const node = await NetworkNode.start({ identity, network: NAME, listen: [this.#listened.aggregator], preset: this.#preset })
    this.#listened.aggregator = withoutPeerId(node.addresses[0] ?? '')
    const outputs: AggregatorOutput[] = []
    const service = new AggregatorService({
      ...{ node, clock: new AdjustableClock(this.clock), fail: this.#fail, journal: [...this.aggregatorJournal] },
      observe: output => outputs.push(output),
      append: record => this.aggregatorJournal.push(record),
      commit: () => this.commit(),
      registrar: this.#registrarAddress,
      config: {
        ...{ identity, networkId: networkId(NAME), slotSeconds: SLOT_SECONDS, changeSlots: 1, networkLanes: LANES },
        ...{ registrarKey: this.registrarKey, asks: 'on-demand', rng: systemRng }
      }
    })
    this.aggregator = { node, service, outputs }
    await service.start()
  }

  async crashAggregator(): Promise<void> {
    this.aggregator.service.stop()
    await this.aggregator.node.stop()
  }

  async crashRegistrar(): Promise<void> {
    this.registrar.service.stop()
    await this.registrar.node.stop()
  }

  addMeter(): SmallMeter {
    const meter = new SmallMeter(this.clock)
    this.meters.push(meter)
    this.allow(meter.id)
    return meter
  }

  /** Puts an id on the list of those that may enrol, where there is one. */
  allow(id: MeterId): void {
    this.#allowed?.add(id)
  }

  /** Starts a meter, with its journal where it ran before; resolves when it has joined. */
  async start(meter: SmallMeter): Promise<void> {
    const { identity, keys } = meter
    const node = await NetworkNode.start({ identity, network: NAME, listen: [ANY_PORT], preset: this.#preset })
    const outputs: MeterOutput[] = []
    const household = this.meters.indexOf(meter)
    const service = new MeterService({
      ...{ node, clock: meter.clock, fail: this.#fail, registrar: this.#registrarAddress },
      journal: { intact: true, records: [...meter.records] },
      append: record => meter.records.push(record),
      observe: output => outputs.push(output),
      readings: slot => (meter.gaps.has(slot) ? undefined : readingLanes([BigInt(reading(household, slot)), 0n])),
      config: {
        ...{
          identity,
          keys,
          networkId: networkId(NAME),
          slotSeconds: SLOT_SECONDS,
          registrarKey: this.registrarKey,
          changeSlots: 1,
          networkLanes: LANES,
          rng: systemRng
        },
        lanes: DEFAULT_LANES.map(obis => ({ obis, consent: false })),
        asks: meter.asks,
        floors: { minMembers: 3, degree: 2, recovery: 1, support: 1 },
        addresses: node.addresses.map(withoutPeerId)
      }
    })
    meter.running = { node, service, outputs }
    await service.join()
  }

  /** Totals of the aggregator so far, first lane by slot; also those that it had before it was started again. */
  totalOf(slot: Slot): { readonly wh: number; readonly missing: readonly MeterId[] } | undefined {
    const total = this.aggregator.outputs.find(output => output.type === 'total' && output.slot === slot)
    return total?.type === 'total' ? { wh: Number(signedLanes(total.lanes)[0]), missing: total.missing } : undefined
  }

  /** Sum of what some households read in a slot. */
  truth(slot: Slot, meters: readonly SmallMeter[] = this.meters): number {
    return meters.reduce((sum, meter) => sum + reading(this.meters.indexOf(meter), slot), 0)
  }

  async stop(): Promise<void> {
    await Promise.all([...this.meters.map(meter => meter.crash()), this.crashAggregator(), this.crashRegistrar()])
  }
}
