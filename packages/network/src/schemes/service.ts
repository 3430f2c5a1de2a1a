// A party of a scheme of the literature on a libp2p node: its machine driven by real time, and its words carried.
//
// - It holds connections to the registrar and to the aggregator; to another party that is no meter, and between a meter and
//   its device, from its first message of a slot on. Meters dial each other where they have something to say, and such a
//   connection passes.
// - A message to all meters goes to the aggregator over a stream, and from there on the control topic: gossip of a star
//   reaches at once only those to whom its middle publishes, and a round does not wait for a heartbeat. Whom the topic does
//   not reach, as one that has just connected, the aggregator brings it over a stream.
// - Whatever comes is the machine's to judge: it counts what is wrong with it. A word that cannot be read counts as a message.
// - Its node's gate is open, as in a lab: who may enrol is the registrar's to know, and no list of it travels.
import type { Driver } from '@hushgrid/machine'
import { MalformedMessageError } from '@hushgrid/messages'
import {
  equalBytes,
  HushgridError,
  type LaneVector,
  type MeterId,
  type Millis,
  type Slot,
  slotAt,
  slotTimes,
  toHex
} from '@hushgrid/primitives'
import {
  agreementKey,
  broadcastTo,
  createScheme,
  decodeStanding,
  decodeWelcome,
  decodeWord,
  encodeWord,
  type Group,
  type KeptScheme,
  missingIn,
  phaseTimes,
  type SchemeConfig,
  type SchemeInput,
  type SchemeOutput,
  type SchemeState,
  type SendOutput,
  stepScheme,
  type Word
} from '@hushgrid/schemes'
import { idInAddress, withPeerId } from '../libp2p/addresses.ts'
import { Lifeline } from '../libp2p/lifeline.ts'
import { untilDone } from '../libp2p/retry.ts'
import { RoleService, type ServiceInit } from '../service/role-service.ts'
import { Sendings } from './sendings.ts'

export interface SchemeServiceInit extends ServiceInit<SchemeOutput> {
  readonly config: SchemeConfig
  /** Multiaddr of the registrar, with its peer id. */
  readonly registrar: string
  /** Multiaddr of the aggregator, with its peer id; undefined for the aggregator itself. */
  readonly aggregator: string | undefined
  /** A meter's device, where the scheme has one. */
  readonly device?: MeterId | undefined
  /** Journal and memory of the life before; undefined where there was none, or they are lost. */
  readonly kept: KeptScheme | undefined
  /** Journals a record; on stable storage before it returns. */
  readonly append: (record: Uint8Array) => void
  /** A meter's reading of a slot that has ended; undefined for a gap. */
  readonly readings?: ((slot: Slot) => LaneVector | undefined) | undefined
}

/** The longest wait before a party is dialled again, in real milliseconds. */
const LONGEST_PAUSE = 1_000
/** Messages to all that may wait for the first group. */
const MOST_UNPUBLISHED = 1_024
/** Bytes of the sender's id, with which an envelope begins. */
const SENDER = 32
const NO_BYTES = new Uint8Array(0)

/** A party of a scheme on a libp2p node. */
export class SchemeService extends RoleService<SchemeState, SchemeInput, SchemeOutput> {
  protected readonly driver: Driver<SchemeState, SchemeInput, SchemeOutput>
  readonly #init: SchemeServiceInit
  readonly #registrar: MeterId
  readonly #sendings: Sendings
  /** Multiaddrs of registrar and aggregator. */
  readonly #fixed: ReadonlyMap<MeterId, string>
  /** Multiaddrs of parties, by the last notice. */
  #addresses = new Map<MeterId, string>()
  /** Connections that are kept, by party. */
  readonly #lines = new Map<MeterId, Lifeline>()
  /** Messages to all that came before the first group. */
  readonly #unpublished: { readonly bytes: Uint8Array; readonly sender: MeterId }[] = []
  #isServing = false
  #isLeaving = false
  /** Last slot whose reading was asked for. */
  #readThrough = -1

  constructor(init: SchemeServiceInit) {
    super(init)
    this.#init = init
    this.#registrar = idInAddress(init.registrar)
    this.#fixed = new Map([init.registrar, ...(init.aggregator === undefined ? [] : [init.aggregator])].map(at => [idInAddress(at), at]))
    this.driver = this.drive({
      state: createScheme(init.config, init.kept, init.clock.now()),
      step: stepScheme,
      carryOut: output => this.#carryOut(output),
      beforeTick: now => this.#read(now)
    })
    this.#sendings = new Sendings({
      node: init.node,
      clock: init.clock,
      signal: this.stopping.signal,
      addressOf: id => this.#fixed.get(id) ?? this.#addresses.get(id) ?? '',
      failed: (to, cause) => this.warnOf(`sending to ${to}`, cause)
    })
  }

  /** Number of words that were given up, since their receiver could not be reached in time. */
  get lost(): number {
    return this.#sendings.lost
  }

  /** Enrols with the registrar, and tries again for as long as that takes. It is in the group from a later slot on. */
  async join(): Promise<void> {
    this.#isLeaving = false
    await this.#serve()
    await untilDone(
      this.stopping.signal,
      () => this.#enrol(),
      cause => this.warnOf('enrolling', cause)
    )
    this.#hold(this.#registrar, this.#init.registrar, () => {
      // It may have missed a notice.
      if (!this.#isLeaving) this.#enrol().catch(cause => this.warnOf('enrolling again', cause))
    })
  }

  /** Has the registrar form the next group without it; until that begins it goes on. */
  async leave(): Promise<void> {
    this.#isLeaving = true
    await untilDone(
      this.stopping.signal,
      () => this.#ask({ type: 'leave' }),
      cause => this.warnOf('leaving', cause)
    )
  }

  /** Asks the registrar whether all parties of the group that it announced last have formed it. */
  async hasFormed(): Promise<boolean> {
    return decodeStanding(await this.#ask({ type: 'standing' }))
  }

  async #ask(word: Word): Promise<Uint8Array> {
    const { signal } = this.stopping
    const registrar = await this.node.connect(this.#init.registrar, signal)
    return await this.node.request(registrar, 'scheme', encodeWord(word), signal)
  }

  /** Connects to the aggregator, so that what goes to all reaches this party, and then enrols. */
  async #enrol(): Promise<void> {
    const { config, device, aggregator } = this.#init
    const { role, identity, agreement } = config
    if (aggregator !== undefined) {
      await this.node.connect(aggregator, this.stopping.signal)
      this.#hold(idInAddress(aggregator), aggregator)
    }
    const [address = ''] = this.node.addresses
    const key = agreementKey(identity, agreement)
    const { taken, notice } = decodeWelcome(await this.#ask({ type: 'enrol', role, key, address, device }))
    if (!taken) throw new HushgridError('enrolling: expected to be taken in, got a refusal')
    if (notice) this.#take(this.#registrar, notice)
  }

  /** Answers other parties from now on, and hears what goes to all meters. */
  async #serve(): Promise<void> {
    if (this.#isServing) return
    this.#isServing = true
    const { role } = this.#init.config
    if (role === 'meter' || role === 'device')
      this.node.subscribe('control', (from, bytes) => {
        if (senderOf(bytes) !== this.#init.config.identity.id) this.#feed(from, bytes)
        // The aggregator reaches everybody by itself.
        return 'ignore'
      })
    await this.node.serve('scheme', (from, bytes) => {
      this.#take(from, bytes)
      return NO_BYTES
    })
  }

  /** Takes a word in. One that this party does not expect is the machine's to count, as a message that it cannot read. */
  #take(from: MeterId, bytes: Uint8Array): void {
    const word = wordIn(bytes)
    if (word?.type === 'message') this.#feed(from, word.bytes)
    else if (word?.type === 'relay' && this.#init.config.role === 'aggregator') this.#relay(from, word.bytes)
    else if (word?.type === 'notice' && from === this.#registrar) {
      this.#addresses = new Map(word.addresses)
      // A notice comes twice where somebody enrols as it is on its way.
      const isHeld = this.state.held.some(({ bytes: held }) => equalBytes(held, word.announcement))
      if (!isHeld) this.#step({ type: 'group', from, bytes: word.announcement })
      for (const each of this.#unpublished.splice(0)) this.#passOn(each.bytes, each.sender)
    } else this.#feed(from, bytes)
  }

  /** Makes a step. The reading of a slot that has just ended comes before: after the step the machine waits for none any more. */
  #step(input: SchemeInput): readonly SchemeOutput[] | undefined {
    return this.guarded(() => {
      this.#read(this.#init.clock.now())
      return this.driver.feed(input)
    })
  }

  /** @returns whether the machine took it */
  #feed(from: MeterId, bytes: Uint8Array): boolean {
    const outputs = this.#step({ type: 'message', from, bytes })
    return outputs?.every(output => output.type !== 'dropped' || output.from !== from) ?? false
  }

  /** Passes a party's message on to all meters, once it was taken here. */
  #relay(from: MeterId, bytes: Uint8Array): void {
    if (this.#feed(from, bytes) && senderOf(bytes) === from) this.#passOn(bytes, from)
  }

  /** Passes a message on; while no group is held its receivers are not known, and it waits for one within a bound. */
  #passOn(bytes: Uint8Array, sender: MeterId): void {
    if (this.state.held.length > 0) this.#publish(bytes, sender, this.#aSlotOn())
    else if (this.#unpublished.length < MOST_UNPUBLISHED) this.#unpublished.push({ bytes, sender })
  }

  #aSlotOn(): Millis {
    return (this.#init.clock.now() + this.#init.config.slotSeconds * 1000) as Millis
  }

  /** Publishes for all meters and devices, and brings it over streams to those whom gossip does not reach yet. */
  #publish(bytes: Uint8Array, sender: MeterId, until: Millis): void {
    const group = this.state.held.at(-1)?.announcement.group
    const word = encodeWord({ type: 'message', bytes })
    const self = this.#init.config.identity.id
    this.publish('control', bytes, recipients => {
      const missed = group ? broadcastTo(group, sender).filter(id => id !== self && !recipients.includes(id)) : []
      for (const to of missed) this.#sendings.send({ to, word, until })
    })
  }

  #carryOut(output: SchemeOutput): void {
    if (output.type === 'journal') this.#init.append(output.record)
    else if (output.type === 'send') this.#send(output)
    else if (output.type === 'formed') this.#report({ type: 'formed', epoch: output.epoch })
    else if (output.type === 'unformed') this.#report({ type: 'unformed', epoch: output.epoch, missing: output.missing })
    else if (output.type === 'outcome' && output.phase === 'slot' && this.#init.config.role === 'aggregator') {
      const group = this.#groupOf(output.epoch)
      if (group) this.#report({ type: 'ended', slot: output.slot, missing: missingIn(group, output.outcome) })
    }
  }

  #groupOf(epoch: number): Group | undefined {
    return this.state.held.find(({ announcement }) => announcement.group.epoch === epoch)?.announcement.group
  }

  #send({ to, bytes, phase, slot }: SendOutput): void {
    const { role, slotSeconds, identity } = this.#init.config
    const until = phaseTimes(phase, slot, slotSeconds).over as Millis
    if (to !== 'meters') {
      if (phase === 'slot') this.#holdPartner(to)
      this.#sendings.send({ to, word: encodeWord({ type: 'message', bytes }), until })
    } else if (role === 'aggregator') this.#publish(bytes, identity.id, until)
    else if (this.#init.aggregator !== undefined)
      this.#sendings.send({ to: idInAddress(this.#init.aggregator), word: encodeWord({ type: 'relay', bytes }), until })
  }

  /** Tells the registrar, within a slot's time. */
  #report(word: Word): void {
    this.#sendings.send({ to: this.#registrar, word: encodeWord(word), until: this.#aSlotOn() })
  }

  /** Keeps a connection to a party that is spoken to in each slot; to other meters connections pass. */
  #holdPartner(id: MeterId): void {
    const { role, identity } = this.#init.config
    const address = this.#addresses.get(id)
    const group = this.state.held.at(-1)?.announcement.group
    if (!address || !group || role === 'aggregator') return
    const isOwnDevice = group.deviceOf.get(identity.id) === id || group.deviceOf.get(id) === identity.id
    if (isOwnDevice || Object.values(group.parties).includes(id)) this.#hold(id, address)
  }

  #hold(id: MeterId, address: string, connected: () => void = () => {}): void {
    const held = this.#lines.get(id)
    if (held) {
      held.hold(withPeerId(address, id))
      return
    }
    const line = new Lifeline({
      node: this.node,
      signal: this.stopping.signal,
      longestPause: () => LONGEST_PAUSE,
      connected,
      failed: cause => this.warnOf(`connecting to ${id}`, cause)
    })
    this.#lines.set(id, line)
    line.hold(withPeerId(address, id))
  }

  /** Feeds a meter's reading in, once a slot. */
  #read(now: Millis): void {
    const { readings, config } = this.#init
    const slot = (slotAt(now, config.slotSeconds) - 1) as Slot
    if (!readings || slot <= this.#readThrough || now >= slotTimes(slot, config.slotSeconds).deadline) return
    this.#readThrough = slot
    const lanes = readings(slot)
    if (lanes) this.driver.feed({ type: 'reading', slot, lanes })
  }
}

/** Gives the sender that an envelope names, in hexadecimal. */
function senderOf(envelope: Uint8Array): string {
  return toHex(envelope.subarray(0, SENDER))
}

function wordIn(bytes: Uint8Array): Word | undefined {
  try {
    return decodeWord(bytes)
  } catch (cause) {
    if (cause instanceof MalformedMessageError) return undefined
    throw cause
  }
}
