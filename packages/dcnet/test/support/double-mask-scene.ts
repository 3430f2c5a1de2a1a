// One slot of a neighbourhood with double mask, with the requests that an aggregator could make.
import {
  DisputeReply,
  decodeEnvelope,
  type Envelope,
  encodeMemberSet,
  MaskReleasePayload,
  MaskRequestPayload,
  MaskWordPayload,
  MessageType,
  ShareReleasePayload,
  ShareRequestPayload,
  sealEnvelope
} from '@hushgrid/messages'
import { type MeterId, type SigningKey, type Slot, sha256, signedLanes, slotTimes, toHex } from '@hushgrid/primitives'
import { expect } from 'vitest'
import type { AggregatorOutput } from '../../src/aggregator/contract.ts'
import type { MeterOutput } from '../../src/meter/contract.ts'
import { CredentialCache } from '../../src/roster/cache.ts'
import type { Roster } from '../../src/roster/roster.ts'
import { randomReadings, sumOf, type VirtualMeter, VirtualNeighbourhood, type VirtualOptions } from './virtual-neighbourhood.ts'

const SLOT_SECONDS = 900

type MeterOutputOf<T extends MeterOutput['type']> = Extract<MeterOutput, { type: T }>
type AggregatorOutputOf<T extends AggregatorOutput['type']> = Extract<AggregatorOutput, { type: T }>

/** 12 members of 8 mask neighbours each unless told: t = 6 of them open a private mask, 2 may be silent. */
export class DoubleMaskScene {
  readonly n: VirtualNeighbourhood
  readonly slot: Slot
  readonly roster: Roster
  readonly times
  readonly readings: number[][]

  constructor(options: Partial<VirtualOptions> = {}) {
    this.n = new VirtualNeighbourhood({ members: 12, degree: 8, recovery: 2, credentials: new CredentialCache(), ...options })
    this.slot = this.n.firstSlot
    this.times = slotTimes(this.slot, SLOT_SECONDS)
    this.readings = randomReadings(this.n.rng, this.n.meters.length, this.n.options.lanes.length)
    this.n.runUntil(this.times.start - 1)
    this.roster = this.n.registrar.book.latest?.roster as Roster
  }

  meter(i: number): VirtualMeter {
    return this.n.meters[i] as VirtualMeter
  }

  id(i: number): MeterId {
    return this.meter(i).config.identity.id
  }

  /** Position in the roster of a meter. */
  position(i: number): number {
    return this.roster.indexOf(this.id(i)) as number
  }

  /** Number of the meter with this id. */
  number(id: MeterId): number {
    return this.n.meters.findIndex(each => each.config.identity.id === id)
  }

  /** Numbers of the meters that are mask neighbours of one, in order of x. */
  neighbours(i: number): number[] {
    return this.roster.neighbours(this.position(i)).map(index => this.number(this.roster.meterId(index)))
  }

  /** Numbers of the meters that are neither this one nor its mask neighbours. */
  strangers(i: number): number[] {
    return this.n.meters.map((_, each) => each).filter(each => each !== i && !this.neighbours(i).includes(each))
  }

  /** Units after the deadline. */
  at(units: number): number {
    return this.times.deadline + units * this.times.unit
  }

  /** From here on nothing that the aggregator sends arrives, words neither: the test speaks for it. */
  muteAggregator(): this {
    this.n.carryOutAggregator = outputs => {
      this.n.aggregatorOutputs.push(...outputs)
    }
    this.n.fetchWords = () => {}
    return this
  }

  /** Until the submissions are in; those listed have no reading. */
  submit(without: readonly number[] = []): this {
    this.n.runUntil(this.times.end)
    for (let i = 0; i < this.n.meters.length; i++) if (!without.includes(i)) this.read(i)
    return this
  }

  read(i: number): MeterOutput[] {
    return this.n.read(this.meter(i), this.slot, this.readings[i] ?? [])
  }

  finish(): this {
    this.n.runUntil(this.times.over)
    return this
  }

  /** M as a set of positions of these meters. */
  members(missing: readonly number[]): Uint8Array {
    return encodeMemberSet(
      missing.map(i => this.position(i)).sort((a, b) => a - b),
      this.roster.n
    )
  }

  seal(type: MessageType, payload: Uint8Array, by: SigningKey = this.n.aggregatorIdentity): Uint8Array {
    return sealEnvelope(by, type, this.roster.hash, this.roster.epoch, this.slot, payload)
  }

  /** A message of the aggregator's under a roster and for a slot. */
  sealAs(roster: Roster, slot: Slot, type: MessageType, payload: Uint8Array): Uint8Array {
    return sealEnvelope(this.n.aggregatorIdentity, type, roster.hash, roster.epoch, slot, payload)
  }

  /** A member's message of the type, epoch and slot of another of its, with another payload. */
  sealBy(i: number, { type, slot }: Pick<Envelope, 'type' | 'slot'>, payload: Uint8Array): Uint8Array {
    return sealEnvelope(this.meter(i).config.identity, type, this.roster.hash, this.roster.epoch, slot, payload)
  }

  maskRequest(round: number, missing: readonly number[]): Uint8Array {
    return this.seal(MessageType.MaskRequest, MaskRequestPayload.encode({ round, members: this.members(missing) }))
  }

  shareRequest(missing: readonly number[] = []): Uint8Array {
    return this.seal(MessageType.ShareRequest, ShareRequestPayload.encode({ members: this.members(missing) }))
  }

  give(i: number, bytes: Uint8Array, channel: 'control' | 'sync' = 'control'): MeterOutput[] {
    return this.n.toMeter(this.meter(i), { channel, from: this.n.aggregatorIdentity.id, bytes })
  }

  /** A member's word on a MaskRequest. */
  word(i: number, request: Uint8Array): Uint8Array {
    return this.wordAs(this.roster, this.slot, i, request)
  }

  /** The same under a roster and for a slot. */
  wordAs({ hash, epoch }: Roster, slot: Slot, i: number, request: Uint8Array): Uint8Array {
    const payload = MaskWordPayload.encode({ requestHash: sha256(decodeEnvelope(request).payload) })
    return sealEnvelope(this.meter(i).config.identity, MessageType.MaskWord, hash, epoch, slot, payload)
  }

  /** A meter fetches the words of these on a MaskRequest. */
  giveWords(i: number, request: Uint8Array, by: readonly number[]): MeterOutput[] {
    return by.flatMap(each => this.give(i, this.word(each, request), 'sync'))
  }

  /** A meter is asked for its word on M, is given those of t neighbours, and is asked for shares. */
  askForShares(i: number, missing: readonly number[], round = 0): MeterOutput[] {
    const { length } = this.neighbours(i)
    const request = this.maskRequest(round, missing)
    const vouching = this.neighbours(i).filter(each => !missing.includes(each))
    this.give(i, request)
    this.giveWords(i, request, vouching.slice(0, Math.floor((2 * length) / 3) + 1))
    return this.give(i, this.shareRequest(missing))
  }

  /** The registrar hands a request to a meter; gives the types of the envelopes that it answers with, undefined where it says nothing. */
  handedOver(i: number, bytes: Uint8Array): Envelope[] | undefined {
    const from = this.n.registrarIdentity.id
    const answer = this.n.toMeter(this.meter(i), { channel: 'dispute', from, bytes }).find(output => output.type === 'answer')
    return answer?.type === 'answer' ? DisputeReply.decode(answer.bytes).envelopes.map(each => decodeEnvelope(each)) : undefined
  }

  outputs<T extends MeterOutput['type']>(i: number, type: T): MeterOutputOf<T>[] {
    return this.meter(i).outputs.filter((output): output is MeterOutputOf<T> => output.type === type)
  }

  all<T extends MeterOutput['type']>(type: T): number {
    return this.n.meters.reduce((sum, _, i) => sum + this.outputs(i, type).length, 0)
  }

  ofAggregator<T extends AggregatorOutput['type']>(type: T): AggregatorOutputOf<T>[] {
    return this.n.aggregatorOutputs.filter((output): output is AggregatorOutputOf<T> => output.type === type)
  }

  /** Why a meter has refused, in order. */
  refusals(i: number): string[] {
    return this.outputs(i, 'request-refused').map(({ reason }) => reason)
  }

  /** MaskWords, MaskReleases and ShareReleases that a meter has put out, by gossip or stream. */
  answers(i: number): Envelope[] {
    return this.meter(i)
      .outputs.flatMap(output => (output.type === 'publish' || output.type === 'request' ? [output.bytes] : []))
      .map(bytes => decodeEnvelope(bytes))
      .filter(({ type }) => [MessageType.MaskWord, MessageType.MaskRelease, MessageType.ShareRelease].some(each => each === type))
  }

  /** What was answered, in short. */
  answered(i: number): string[] {
    return this.answers(i).map(({ type }) => type)
  }

  /** The different answers of a meter, by their kind and the request that they name. */
  byRequest(i: number): Map<string, Set<string>> {
    const byRequest = new Map<string, Set<string>>()
    for (const { type, payload, hash } of this.answers(i)) {
      const read =
        type === MessageType.ShareRelease ? ShareReleasePayload : type === MessageType.MaskWord ? MaskWordPayload : MaskReleasePayload
      const name = `${type} ${toHex(read.decode(payload).requestHash)}`
      byRequest.set(name, (byRequest.get(name) ?? new Set()).add(toHex(hash)))
    }
    return byRequest
  }

  /** Every message of these meters' is kept from the aggregator and the registrar, where it passes. */
  silence(which: (message: Envelope, by: number) => boolean): this {
    const { tamper, sync } = this.n
    this.n.tamper = (message, topic) => {
      const by = this.number(message.from)
      return by >= 0 && which(decodeEnvelope(message.bytes), by) ? [] : tamper(message, topic)
    }
    this.n.sync = (from, bytes) => (which(decodeEnvelope(bytes), this.number(from)) ? [] : sync.call(this.n, from, bytes))
    return this
  }

  expectTotalWithout(without: readonly number[]): void {
    const result = this.n.resultOf(this.slot)
    expect(result).toMatchObject({ type: 'total', contributors: this.n.meters.length - without.length })
    const counted = this.readings.filter((_, i) => !without.includes(i))
    expect(result?.type === 'total' && signedLanes(result.lanes)).toEqual(sumOf(counted, this.n.options.lanes.length))
  }

  expectLost(reason: string, members?: readonly number[]): void {
    const lost = this.n.resultOf(this.slot)
    expect(lost).toMatchObject({ type: 'lost', reason })
    if (members && lost?.type === 'lost') expect([...lost.members].sort()).toEqual(members.map(i => this.id(i)).sort())
  }
}
