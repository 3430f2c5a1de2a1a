// Hostile messages: a slot that is open at the aggregator, and what others make of envelopes without their keys.
import {
  type DropReason,
  decodeEnvelope,
  type Envelope,
  type MessageType,
  SubmissionPayload,
  sealEnvelope,
  type Verdict
} from '@hushgrid/messages'
import {
  type Epoch,
  IdentityKey,
  lanesFromIntegers,
  lanesToBytes,
  type MeterId,
  SeededRng,
  type SigningKey,
  type Slot,
  signedLanes,
  slotTimes
} from '@hushgrid/primitives'
import { expect } from 'vitest'
import type { Roster } from '../../src/roster/roster.ts'
import {
  type Passed,
  randomReadings,
  sumOf,
  type VirtualMeter,
  VirtualNeighbourhood,
  type VirtualOptions
} from './virtual-neighbourhood.ts'

export const next = (slot: Slot, by = 1): Slot => (slot + by) as Slot
export const peers = new SeededRng('hostile peers')
/** A libp2p peer that nobody has seen before. */
export const stranger = (): MeterId => IdentityKey.generate(peers).id
export const ATTACKER = stranger()
export const MEMBERS = 8
const NONE = new Uint8Array(0)

/** A slot that has just ended, all submissions made and only the last meter's held back, so that the slot is still open. */
export class OpenSlotScene {
  readonly n: VirtualNeighbourhood
  readonly slot: Slot
  readonly readings: number[][]
  readonly victim: VirtualMeter
  /** The victim's submission, on its way. */
  readonly held: Uint8Array
  readonly #lanes: number

  constructor(options: Partial<VirtualOptions> = {}, n?: VirtualNeighbourhood, slot?: Slot) {
    this.n = n ?? new VirtualNeighbourhood({ members: MEMBERS, degree: 4, recovery: 1, ...options })
    this.slot = slot ?? this.n.firstSlot
    this.#lanes = this.n.options.lanes.length
    this.readings = randomReadings(this.n.rng, this.n.meters.length, this.#lanes)
    this.victim = this.n.meters.at(-1) as VirtualMeter
    let held: Uint8Array | undefined
    this.n.tamper = message => {
      if (message.channel !== 'readings' || message.from !== this.victim.config.identity.id) return [message]
      held = message.bytes
      return []
    }
    this.n.runUntil(slotTimes(this.slot, 900).end)
    for (const [i, meter] of this.n.meters.entries()) this.n.read(meter, this.slot, this.readings[i] ?? [])
    this.n.tamper = message => [message]
    if (!held) throw new Error('expected a submission of the victim')
    this.held = held
  }

  get roster(): Roster {
    const held = this.n.aggregator.book.ofSlot(this.slot)
    if (!held) throw new Error('expected a roster')
    return held.roster
  }

  get victimId(): MeterId {
    return this.victim.config.identity.id
  }

  meter(index: number): VirtualMeter {
    const meter = this.n.meters[index]
    if (!meter) throw new Error(`no meter ${index}`)
    return meter
  }

  /** Feeds the aggregator one message and expects it to be dropped for that reason, once, with that verdict. */
  dropped(bytes: Uint8Array, reason: DropReason, verdict: Verdict, from: MeterId = ATTACKER, channel: Passed['channel'] = 'readings') {
    const before = { ...this.n.aggregator.drops.counts }
    const outputs = this.n.toAggregator({ channel, from, bytes })
    expect(outputs).toContainEqual(expect.objectContaining({ type: 'dropped', reason, from }))
    expect(outputs.at(-1)).toEqual({ type: 'verdict', verdict })
    expect(outputs.some(output => output.type === 'total' || output.type === 'publish')).toBe(false)
    expect(this.n.aggregator.drops.counts).toEqual({ ...before, [reason]: (before[reason] ?? 0) + 1 })
    return outputs
  }

  /** The victim's submission arrives after all: the total is that of every honest reading. */
  finish(): void {
    const outputs = this.n.toAggregator({ channel: 'readings', from: this.victimId, bytes: this.held })
    expect(outputs.some(output => output.type === 'dropped')).toBe(false)
    this.expectExact()
  }

  expectExact(): void {
    const result = this.n.resultOf(this.slot)
    expect(result).toMatchObject({ type: 'total', contributors: this.n.meters.length })
    expect(result?.type === 'total' && signedLanes(result.lanes)).toEqual(sumOf(this.readings, this.#lanes))
  }

  /** Seals as any key holder could. */
  seal(signer: SigningKey, type: MessageType, payload: Uint8Array, change: { hash?: Uint8Array; epoch?: number; slot?: number } = {}) {
    const { roster } = this
    const epoch = (change.epoch ?? roster.epoch) as Epoch
    return sealEnvelope(signer, type, change.hash ?? roster.hash, epoch, (change.slot ?? this.slot) as Slot, payload)
  }

  submission(values: readonly (number | bigint)[] = [1, 2]): Uint8Array {
    return submissionPayload(lanesToBytes(lanesFromIntegers(values)))
  }
}

export function submissionPayload(lanes: Uint8Array, corrections = NONE, check = NONE, tags = NONE): Uint8Array {
  return SubmissionPayload.encode({ lanes, corrections, check, tags })
}

/** Where the fields of an envelope of epoch 0 lie: what precedes the payload depends on the slot's length as a varint. */
export function layoutOf(bytes: Uint8Array): { sender: [number, number]; payload: [number, number]; signature: [number, number] } {
  const { payload } = decodeEnvelope(bytes)
  const signature = bytes.byteLength - 64
  return {
    sender: [2, 34],
    payload: [signature - 2 - payload.byteLength, signature - 2],
    signature: [signature, bytes.byteLength]
  }
}

export const within = (at: number, [from, until]: [number, number]): boolean => at >= from && at < until

/** Re-encodes an envelope with some fields changed, under its old signature: what a relay without keys can do. */
export function altered(
  bytes: Uint8Array,
  change: Partial<Pick<Envelope, 'sender' | 'epoch' | 'slot' | 'payload' | 'signature'>>
): Uint8Array {
  const { sender, type, epoch, slot, payload, signature } = { ...decodeEnvelope(bytes), ...change }
  // Sealed by anybody, for the encoding only; then the fields of the signature are put in.
  const sealed = sealEnvelope(IdentityKey.generate(peers), type, new Uint8Array(32), epoch, slot, payload)
  sealed.set(Buffer.from(sender, 'hex'), 2)
  sealed.set(signature, sealed.byteLength - 64)
  return sealed
}
