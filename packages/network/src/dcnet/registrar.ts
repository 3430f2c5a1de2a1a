// The registrar on a libp2p node: it answers enrolments, publishes rosters, and asks members whether they are there.
import { setTimeout as wait } from 'node:timers/promises'
import {
  createRegistrar,
  type RegistrarConfig,
  type RegistrarInput,
  type RegistrarOutput,
  type RegistrarRecord,
  type RegistrarState,
  stepRegistrar
} from '@hushgrid/dcnet'
import type { Driver } from '@hushgrid/machine'
import { DisputeReply, decodeEnvelope, MalformedMessageError, MessageType, RefusalPayload, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, type MeterId, slotAt } from '@hushgrid/primitives'
import { AGGREGATOR } from '../gate/gate.ts'
import { realUnits } from '../service/clock.ts'
import { RoleService, type ServiceInit } from '../service/role-service.ts'
import { heldMembers } from './held-members.ts'

/** Most members that are asked at the same time whether they are there. */
const PROBES_AT_ONCE = 64
/** Time that a member has for its answer: so many units of a slot, and at least so many real milliseconds. */
const PROBE_UNITS = 2
const LEAST_PROBE = 300
/** Time that a roster waits for its readers to subscribe, and between looks, in real milliseconds. */
const SUBSCRIPTIONS_WITHIN = 2_000
const POLL = 20

export interface RegistrarInit extends ServiceInit<RegistrarOutput> {
  readonly config: RegistrarConfig
  /** Readers, such as auditors, that may hear what members say and get rosters; none where it is left out. */
  readonly readers?: ReadonlySet<MeterId> | undefined
  readonly journal: readonly RegistrarRecord[]
  /** Puts a record on stable storage before it returns. */
  readonly append: (record: RegistrarRecord) => void
}

/** The registrar on a libp2p node. */
export class RegistrarService extends RoleService<RegistrarState, RegistrarInput, RegistrarOutput> {
  protected readonly driver: Driver<RegistrarState, RegistrarInput, RegistrarOutput>
  readonly #init: RegistrarInit
  #token = 0
  readonly #probes: Extract<RegistrarOutput, { type: 'probe' }>[] = []
  #probing = 0
  /** Number of probes that were not answered. */
  unanswered = 0

  constructor(init: RegistrarInit) {
    super(init)
    this.#init = init
    this.driver = this.drive({
      state: createRegistrar(init.config, init.journal, init.clock.now()),
      step: stepRegistrar,
      carryOut: output => {
        if (output.type === 'journal') init.append(output.record)
        else if (output.type === 'publish') void this.#publishToAll(output.bytes)
        else if (output.type === 'probe') this.#probe(output)
        else if (output.type === 'hand') void this.#hand(output)
        else if (output.type === 'roster') this.#knowMembers()
        else if (output.type === 'enrolled') this.#knowEnrolled()
        else if (output.type === 'aggregator') this.#knowAggregator()
      }
    })
    this.node.gate.know('readers', init.readers ?? [])
    this.#knowAggregator()
    this.#knowEnrolled()
    this.#knowMembers()
  }

  #knowAggregator(): void {
    const { aggregator, config } = this.driver.state
    const key = config.aggregatorKey ?? aggregator?.key
    this.node.gate.know(AGGREGATOR, key === undefined ? [] : [key])
  }

  /** Makes the enrolled meters known, which may have rosters before one names them. */
  #knowEnrolled(): void {
    this.node.gate.know('enrolled', this.driver.state.enrolled.keys())
  }

  #knowMembers(): void {
    this.node.gate.know('members', heldMembers(this.driver.state.book.held))
  }

  /** Opens the enrol stream and listens in on both topics. */
  async start(): Promise<void> {
    const line = (up: boolean) => (meterId: MeterId) => void this.guarded(() => this.driver.feed({ type: 'line', meterId, up }))
    this.node.onConnect(line(true), this.stopping.signal)
    this.node.onDisconnect(line(false), this.stopping.signal)
    this.listen('control')
    this.listen('readings')
    await this.node.serve('enrol', (from, bytes) => {
      const refusal = this.#refusalOf(from, bytes)
      if (refusal !== undefined) return this.#refuse(refusal)
      const token = this.#token++
      const outputs = this.guarded(() => this.driver.feed({ type: 'enrol', from, bytes, token }))
      const reply = outputs?.find(output => output.type === 'reply' && output.token === token)
      if (reply?.type !== 'reply') throw new Error('the registrar is stopping')
      return reply.bytes
    })
  }

  /** Hands a request to a member, and tells the machine what came of it. */
  async #hand({ to, address, bytes }: Extract<RegistrarOutput, { type: 'hand' }>): Promise<void> {
    const reply = await this.#askMember(to, address, bytes)
    if (!this.stopping.signal.aborted) this.guarded(() => this.driver.feed({ type: 'handed', meterId: to, request: bytes, reply }))
  }

  /** Gives the reason to refuse what a guest asks, for whom there are no rosters, and enrolments within a quota. */
  #refusalOf(from: MeterId, bytes: Uint8Array): string | undefined {
    const { gate } = this.node
    if (gate.knows(from)) return undefined
    const type = typeOf(bytes)
    if (type === MessageType.RosterRequest) return 'rosters are for enrolled meters, the aggregator and readers'
    if (type !== MessageType.EnrolRequest || gate.takeEnrolment(from, this.driver.state.enrolled.size)) return undefined
    return 'too many meters have enrolled from there, or in all: later'
  }

  #refuse(reason: string): Uint8Array {
    const { identity, networkId, slotSeconds } = this.#init.config
    const payload = RefusalPayload.encode({ requestHash: new Uint8Array(32), reason })
    return sealEnvelope(identity, MessageType.Refusal, networkId, 0 as Epoch, slotAt(this.#init.clock.now(), slotSeconds), payload)
  }

  /** Asks a member whether it is there, in its turn where many are asked. */
  #probe(output: Extract<RegistrarOutput, { type: 'probe' }>): void {
    this.#probes.push(output)
    if (this.#probing < PROBES_AT_ONCE) void this.#askProbes()
  }

  async #askProbes(): Promise<void> {
    this.#probing++
    for (let probe = this.#probes.shift(); probe && !this.stopping.signal.aborted; probe = this.#probes.shift()) {
      const { to } = probe
      const bytes = await this.#presenceOf(probe)
      if (!this.stopping.signal.aborted) this.guarded(() => this.driver.feed({ type: 'probed', meterId: to, bytes }))
    }
    this.#probing--
  }

  /** Asks one member whether it is there. @returns the PresenceReply; undefined where none came */
  async #presenceOf({ to, address, bytes }: Extract<RegistrarOutput, { type: 'probe' }>): Promise<Uint8Array | undefined> {
    const reply = await this.#askMember(to, address, bytes)
    try {
      return reply && DisputeReply.decode(reply).envelopes[0]
    } catch {
      return undefined
    }
  }

  /** Asks one member on its dispute stream. @returns its reply; undefined where none came, as from one that is down or cut off */
  async #askMember(to: MeterId, address: string, bytes: Uint8Array): Promise<Uint8Array | undefined> {
    const { clock, config } = this.#init
    const units = realUnits(clock, config.slotSeconds, PROBE_UNITS)
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(Math.max(LEAST_PROBE, Math.ceil(units ?? 0)))])
    try {
      return await this.node.requestAt(to, address, 'dispute', bytes, signal)
    } catch {
      this.unanswered++
      return undefined
    }
  }

  /**
   * Publishes for everybody, after a moment's wait for subscriptions: a meter that has just been admitted would have to ask
   * for the roster otherwise.
   */
  async #publishToAll(bytes: Uint8Array): Promise<void> {
    for (let waited = 0; waited < SUBSCRIPTIONS_WITHIN && !this.node.allListen('control') && !this.stopping.signal.aborted; waited += POLL)
      await wait(POLL)
    if (!this.stopping.signal.aborted) this.publish('control', bytes)
  }
}

/** Gives the type of an envelope; undefined for what is none, which the machine drops. */
function typeOf(bytes: Uint8Array): MessageType | undefined {
  try {
    return decodeEnvelope(bytes).type
  } catch (cause) {
    if (cause instanceof MalformedMessageError) return undefined
    throw cause
  }
}
