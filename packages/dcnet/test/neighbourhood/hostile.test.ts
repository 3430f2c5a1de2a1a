// Hostile, broken and stale messages against the aggregator and the meter: each is dropped, counted by its reason, told
// to gossip with the right verdict, and the total stays exact.
import {
  DropCounter,
  type DropReason,
  decodeEnvelope,
  ENVELOPE_OVERHEAD,
  type Envelope,
  encodeMemberSet,
  envelopeLimit,
  FLOOD_ALLOWANCE,
  LossReason,
  MessageType,
  MissingPayload,
  SlotLostPayload,
  SlotTotalPayload,
  SubmissionPayload,
  SyncReply,
  SyncRequest,
  sealEnvelope,
  type Verdict,
  verdictOf
} from '@hushgrid/messages'
import {
  concatBytes,
  type Epoch,
  IdentityKey,
  lanesFromIntegers,
  lanesToBytes,
  type MeterId,
  millis,
  SeededRng,
  type SigningKey,
  type Slot,
  sha256,
  signedLanes,
  slotTimes,
  toHex
} from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAggregator, stepAggregator } from '../../src/aggregator/machine.ts'
import type { MeterOutput } from '../../src/meter/contract.ts'
import type { MeterRecord } from '../../src/meter/journal.ts'
import { createMeter, stepMeter } from '../../src/meter/machine.ts'
import { stepRegistrar } from '../../src/registrar/machine.ts'
import type { Roster } from '../../src/roster/roster.ts'
import { followingRoster, withAbsent } from '../support/rosters.ts'
import {
  type Passed,
  randomReadings,
  sumOf,
  type VirtualMeter,
  VirtualNeighbourhood,
  type VirtualOptions
} from '../support/virtual-neighbourhood.ts'

const next = (slot: Slot, by = 1): Slot => (slot + by) as Slot
const peers = new SeededRng('hostile peers')
/** A libp2p peer that nobody has seen before. */
const stranger = (): MeterId => IdentityKey.generate(peers).id
const ATTACKER = stranger()
const MEMBERS = 8

/** A slot that has just ended, all submissions made and only the last meter's held back, so that the slot is still open. */
class OpenSlotScene {
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

function submissionPayload(lanes: Uint8Array, corrections = new Uint8Array(0), check = new Uint8Array(0)): Uint8Array {
  return SubmissionPayload.encode({ lanes, corrections, check })
}

/** Where the fields of an envelope of epoch 0 lie: what precedes the payload depends on the slot's length as a varint. */
function layoutOf(bytes: Uint8Array): { sender: [number, number]; payload: [number, number]; signature: [number, number] } {
  const { payload } = decodeEnvelope(bytes)
  const signature = bytes.byteLength - 64
  return {
    sender: [2, 34],
    payload: [signature - 2 - payload.byteLength, signature - 2],
    signature: [signature, bytes.byteLength]
  }
}

const within = (at: number, [from, until]: [number, number]): boolean => at >= from && at < until

/** Re-encodes an envelope with some fields changed, under its old signature: what a relay without keys can do. */
function altered(bytes: Uint8Array, change: Partial<Pick<Envelope, 'sender' | 'epoch' | 'slot' | 'payload' | 'signature'>>): Uint8Array {
  const { sender, type, epoch, slot, payload, signature } = { ...decodeEnvelope(bytes), ...change }
  // Sealed by anybody, for the encoding only; then the fields of the signature are put in.
  const sealed = sealEnvelope(IdentityKey.generate(peers), type, new Uint8Array(32), epoch, slot, payload)
  sealed.set(Buffer.from(sender, 'hex'), 2)
  sealed.set(signature, sealed.byteLength - 64)
  return sealed
}

describe('the aggregator drops what is malformed', () => {
  it('any prefix of a valid submission', () => {
    const scene = new OpenSlotScene()
    for (let length = 0; length < scene.held.byteLength; length++) {
      const outputs = scene.n.toAggregator({ channel: 'readings', from: stranger(), bytes: scene.held.slice(0, length) })
      expect(outputs.at(-1)).toEqual({ type: 'verdict', verdict: 'reject' })
    }
    const { counts } = scene.n.aggregator.drops
    const reasons: DropReason[] = ['malformed', 'bad-field', 'unknown-type', 'not-canonical']
    expect(Object.keys(counts).filter(reason => !reasons.includes(reason as DropReason))).toEqual([])
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(scene.held.byteLength)
    scene.finish()
  })

  it('a valid submission with any one byte changed (property)', () => {
    const scene = new OpenSlotScene()
    const { sender, payload, signature } = layoutOf(scene.held)
    fc.assert(
      fc.property(fc.nat(scene.held.byteLength - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = Uint8Array.from(scene.held)
        bytes[at] = (bytes[at] as number) ^ flip
        const before = { ...scene.n.aggregator.drops.counts }
        const outputs = scene.n.toAggregator({ channel: 'readings', from: stranger(), bytes })
        const [drop, verdict] = outputs
        if (drop?.type !== 'dropped') throw new Error(`byte ${at} changed by ${flip}: expected a drop, got ${drop?.type}`)
        if (within(at, sender)) expect(drop.reason).toBe('unknown-sender')
        else if (within(at, payload) || within(at, signature)) expect(drop.reason).toBe('bad-signature')
        expect(verdict).toEqual({ type: 'verdict', verdict: verdictOf(drop.reason) })
        expect(scene.n.aggregator.drops.counts).toEqual({ ...before, [drop.reason]: (before[drop.reason] ?? 0) + 1 })
      }),
      { numRuns: 600, seed: 11 }
    )
    scene.finish()
  })

  it('random bytes of any length (property)', () => {
    const scene = new OpenSlotScene()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        for (const channel of ['readings', 'control'] as const) {
          const outputs = scene.n.toAggregator({ channel, from: stranger(), bytes })
          expect(outputs.map(output => output.type)).toEqual(['dropped', 'verdict'])
        }
      }),
      { numRuns: 300, seed: 12 }
    )
    scene.finish()
  })

  it('more bytes than the topic’s largest message', () => {
    const scene = new OpenSlotScene()
    const limit = envelopeLimit([MessageType.Submission, MessageType.MaskRelease])
    scene.dropped(new Uint8Array(limit + 1), 'oversized', 'reject')
    scene.dropped(new Uint8Array(limit), 'malformed', 'reject')
    // Within the topic's limit and beyond its own type's.
    const release = scene.seal(scene.victim.config.identity, MessageType.MaskRelease, new Uint8Array(limit - ENVELOPE_OVERHEAD))
    expect(release.byteLength).toBeLessThan(limit)
    scene.dropped(release, 'oversized', 'reject')
    scene.finish()
  })

  it('a type that nobody knows, none at all and one that the topic does not carry', () => {
    const scene = new OpenSlotScene()
    const type = scene.held.indexOf(0x10, 34)
    const unknown = Uint8Array.from(scene.held)
    unknown[type + 1] = 99
    scene.dropped(unknown, 'unknown-type', 'reject')
    scene.dropped(concatBytes(scene.held.subarray(0, type), scene.held.subarray(type + 2)), 'unknown-type', 'reject')
    const { identity } = scene.victim.config
    const total = SlotTotalPayload.encode({
      contributors: new Uint8Array(1),
      lanes: new Uint8Array(16),
      transcriptHash: new Uint8Array(32)
    })
    scene.dropped(scene.seal(identity, MessageType.SlotTotal, total), 'unexpected-type', 'reject')
    scene.dropped(scene.held, 'unexpected-type', 'reject', ATTACKER, 'control')
    scene.finish()
  })

  it('another encoding of the same submission', () => {
    const scene = new OpenSlotScene()
    scene.dropped(concatBytes(scene.held, Uint8Array.of(0x38, 0x01)), 'not-canonical', 'reject')
    const signature = scene.held.byteLength - 66
    const swapped = concatBytes(scene.held.subarray(signature), scene.held.subarray(0, signature))
    scene.dropped(swapped, 'not-canonical', 'reject')
    const type = scene.held.indexOf(0x10, 34)
    const long = concatBytes(scene.held.subarray(0, type + 1), Uint8Array.of(0x86, 0x00), scene.held.subarray(type + 2))
    scene.dropped(long, 'not-canonical', 'reject')
    scene.finish()
  })

  it('a payload that does not fit the roster, however well signed', () => {
    const scene = new OpenSlotScene()
    const { identity } = scene.victim.config
    for (const lanes of [0, 1, 3, 64]) {
      scene.dropped(scene.seal(identity, MessageType.Submission, submissionPayload(new Uint8Array(8 * lanes))), 'wrong-shape', 'reject')
    }
    scene.dropped(scene.seal(identity, MessageType.Submission, submissionPayload(new Uint8Array(15))), 'wrong-shape', 'reject')
    const doubleMask = submissionPayload(new Uint8Array(16), new Uint8Array(32), new Uint8Array(16))
    scene.dropped(scene.seal(identity, MessageType.Submission, doubleMask), 'wrong-shape', 'reject')
    const onlyCheck = submissionPayload(new Uint8Array(16), new Uint8Array(0), new Uint8Array(16))
    scene.dropped(scene.seal(identity, MessageType.Submission, onlyCheck), 'wrong-shape', 'reject')
    const crooked = submissionPayload(new Uint8Array(16), new Uint8Array(15))
    scene.dropped(scene.seal(identity, MessageType.Submission, crooked), 'bad-field', 'reject')
    scene.dropped(scene.seal(identity, MessageType.Submission, Uint8Array.of(0x0a, 0x7f)), 'malformed', 'reject')
    scene.finish()
  })

  it('but not a field of a payload that a later version may have added', () => {
    const scene = new OpenSlotScene()
    const { payload } = decodeEnvelope(scene.held)
    // Field 15, three bytes.
    const later = scene.seal(scene.victim.config.identity, MessageType.Submission, concatBytes(payload, Uint8Array.of(0x7a, 3, 1, 2, 3)))
    const outputs = scene.n.toAggregator({ channel: 'readings', from: scene.victimId, bytes: later })
    expect(outputs.some(output => output.type === 'dropped')).toBe(false)
    scene.expectExact()
    expect(scene.n.aggregator.drops.counts).toEqual({})
  })
})

describe('the aggregator drops what is forged', () => {
  it('a member’s id under another member’s signature', () => {
    const scene = new OpenSlotScene()
    const signed = scene.seal(scene.meter(0).config.identity, MessageType.Submission, scene.submission())
    scene.dropped(altered(signed, { sender: scene.victimId }), 'bad-signature', 'reject')
    scene.finish()
  })

  it('a valid signature over other bytes', () => {
    const scene = new OpenSlotScene()
    scene.dropped(altered(scene.held, { payload: scene.submission([5, 6]) }), 'bad-signature', 'reject')
    const other = decodeEnvelope(scene.seal(scene.victim.config.identity, MessageType.Submission, scene.submission([5, 6])))
    scene.dropped(altered(scene.held, { signature: other.signature }), 'bad-signature', 'reject')
    scene.finish()
  })

  it('a valid signature of the same bytes as another type', () => {
    const scene = new OpenSlotScene()
    const release = scene.seal(scene.victim.config.identity, MessageType.MaskRelease, decodeEnvelope(scene.held).payload)
    scene.dropped(altered(scene.held, { signature: decodeEnvelope(release).signature }), 'bad-signature', 'reject')
    scene.finish()
  })

  it('no signature', () => {
    const scene = new OpenSlotScene()
    scene.dropped(altered(scene.held, { signature: new Uint8Array(64) }), 'bad-signature', 'reject')
    scene.dropped(scene.held.slice(0, -66), 'bad-field', 'reject')
    scene.finish()
  })

  it('submissions of a non-member, of the registrar and of the aggregator itself', () => {
    const scene = new OpenSlotScene()
    // What an honest relay with another roster in hand could not know: it is not held against it.
    const { n } = scene
    for (const identity of [IdentityKey.generate(peers), n.registrarIdentity, n.aggregatorIdentity])
      scene.dropped(scene.seal(identity, MessageType.Submission, scene.submission()), 'unknown-sender', 'ignore')
    scene.finish()
  })

  it('submissions of a key of small order, under which a signature holds for nearly anything', () => {
    const scene = new OpenSlotScene()
    const weak = `01${'00'.repeat(31)}` as MeterId
    scene.dropped(
      altered(scene.held, { sender: weak, signature: concatBytes(Uint8Array.of(1), new Uint8Array(63)) }),
      'unknown-sender',
      'ignore'
    )
    scene.finish()
  })

  it('the submission of a member that is marked absent', () => {
    const n = new VirtualNeighbourhood({ members: MEMBERS + 1, degree: 4 })
    const away = n.meters[2] as VirtualMeter
    n.runSlot(n.firstSlot, randomReadings(n.rng, n.meters.length, 2))
    n.publish('control', n.registrarIdentity.id, withAbsent(n, [away.config.identity.id]))
    const slot = next(n.currentSlot)
    const readings = randomReadings(n.rng, n.meters.length, 2)
    n.runUntil(slotTimes(slot, 900).end)
    const held = n.aggregator.book.ofSlot(slot)
    if (held?.roster.epoch !== 1) throw new Error('expected the roster with the absent member')
    const bytes = sealEnvelope(
      away.config.identity,
      MessageType.Submission,
      held.roster.hash,
      held.roster.epoch,
      slot,
      submissionPayload(new Uint8Array(16))
    )
    const outputs = n.toAggregator({ channel: 'readings', from: away.config.identity.id, bytes })
    expect(outputs).toEqual([
      { type: 'dropped', reason: 'absent-sender', from: away.config.identity.id },
      { type: 'verdict', verdict: 'ignore' }
    ])
    for (const [i, meter] of n.meters.entries()) n.read(meter, slot, readings[i] ?? [])
    const result = n.resultOf(slot)
    expect(result).toMatchObject({ type: 'total', contributors: MEMBERS })
    expect(result?.type === 'total' && signedLanes(result.lanes)).toEqual(
      sumOf(
        readings.filter((_, i) => i !== 2),
        2
      )
    )
    expect(n.aggregator.drops.counts).toMatchObject({ 'absent-sender': 1 })
  })

  it('what is valid in another network of the same meters', () => {
    const other = new OpenSlotScene({ network: 'elsewhere' })
    const scene = new OpenSlotScene()
    expect(other.victimId).toBe(scene.victimId)
    scene.dropped(other.held, 'bad-signature', 'reject')
    scene.finish()
  })
})

describe('the aggregator drops what is not of this time', () => {
  it('the same bytes again, over any channel and from anybody', () => {
    const scene = new OpenSlotScene()
    const first = scene.n.passed.find(message => message.channel === 'readings')?.bytes as Uint8Array
    scene.dropped(first, 'duplicate', 'ignore')
    scene.dropped(first, 'duplicate', 'ignore', decodeEnvelope(first).sender)
    const [dropped, answer] = scene.n.sync(decodeEnvelope(first).sender, first)
    expect(dropped).toMatchObject({ type: 'dropped', reason: 'duplicate' })
    // A meter that sends again is told that all is well.
    expect(answer?.type === 'reply' && SyncReply.decode(answer.bytes).refused).toBe('')
    scene.finish()
  })

  it('every submission of an earlier slot, as it was and with its slot changed', () => {
    const n = new VirtualNeighbourhood({ members: MEMBERS, degree: 4 })
    n.runSlot(n.firstSlot, randomReadings(n.rng, MEMBERS, 2))
    const old = n.passed.filter(message => message.channel === 'readings').map(message => message.bytes)
    const scene = new OpenSlotScene({}, n, next(n.firstSlot))
    for (const bytes of old) scene.dropped(bytes, 'slot-over', 'ignore')
    const victims = old.find(bytes => decodeEnvelope(bytes).sender === scene.victimId) as Uint8Array
    scene.dropped(altered(victims, { slot: scene.slot }), 'bad-signature', 'reject')
    scene.finish()
  })

  it('every submission of a slot that was over before the aggregator came up', () => {
    const n = new VirtualNeighbourhood({ members: MEMBERS, degree: 4 })
    const roster = n.registrar.book.latest?.bytes as Uint8Array
    const slept = stepAggregator(
      createAggregator(n.aggregator.config, [], n.now),
      { type: 'message', channel: 'control', from: n.registrarIdentity.id, bytes: roster },
      n.now
    ).state
    n.runSlot(n.firstSlot, randomReadings(n.rng, MEMBERS, 2))
    const old = n.passed.filter(message => message.channel === 'readings').map(message => message.bytes)
    // It slept through the slot, or was made anew: it does not know of any result.
    n.aggregator = slept
    for (const bytes of old)
      expect(n.toAggregator({ channel: 'readings', from: ATTACKER, bytes }).at(-1)).toEqual({ type: 'verdict', verdict: 'ignore' })
    expect(n.aggregator.drops.counts).toEqual({ 'slot-over': MEMBERS })
    n.tick()
    expect(n.aggregatorOutputs.filter(output => output.type === 'total' || output.type === 'lost')).toHaveLength(1)
    const slot = next(n.firstSlot)
    const scene = new OpenSlotScene({}, n, slot)
    scene.finish()
  })

  it('submissions of an earlier epoch, as they were and renamed to this one', () => {
    const n = new VirtualNeighbourhood({ members: MEMBERS, degree: 4 })
    n.runSlot(n.firstSlot, randomReadings(n.rng, MEMBERS, 2))
    n.addMeter()
    const crossing = next(n.firstSlot)
    n.runSlot(crossing, randomReadings(n.rng, MEMBERS, 2))
    const slot = next(n.firstSlot, 2)
    const scene = new OpenSlotScene({}, n, slot)
    expect(scene.roster.epoch).toBe(1)
    const old = n.submissionsOf(scene.meter(1)).find(envelope => envelope.slot === crossing) as Envelope
    const bytes = n.passed.map(message => message.bytes).find(each => sha256(each).every((byte, i) => byte === old.hash[i])) as Uint8Array
    // The roster of epoch 0 is given up once its slots are over.
    scene.dropped(bytes, 'unknown-epoch', 'ignore')
    scene.dropped(altered(bytes, { epoch: 1 as Epoch }), 'wrong-epoch', 'ignore')
    scene.dropped(altered(bytes, { epoch: 1 as Epoch, slot }), 'bad-signature', 'reject')
    scene.dropped(altered(bytes, { epoch: 2 as Epoch, slot }), 'unknown-epoch', 'ignore')
    scene.finish()
  })

  it('a submission under the roster before, while that is held', () => {
    const n = new VirtualNeighbourhood({ members: MEMBERS, degree: 4 })
    n.addMeter()
    const slot = next(n.firstSlot)
    n.runUntil(slotTimes(slot, 900).start)
    const before = n.aggregator.book.ofEpoch(0 as Epoch)
    if (!before) throw new Error('expected epoch 0 to be held while its last slot is open')
    const meter = n.meters[0] as VirtualMeter
    const bytes = sealEnvelope(
      meter.config.identity,
      MessageType.Submission,
      before.roster.hash,
      0 as Epoch,
      slot,
      submissionPayload(new Uint8Array(16))
    )
    const outputs = n.toAggregator({ channel: 'readings', from: ATTACKER, bytes })
    expect(outputs).toMatchObject([
      { type: 'dropped', reason: 'wrong-epoch' },
      { type: 'verdict', verdict: 'ignore' }
    ])
    new OpenSlotScene({}, n, slot).finish()
  })

  it('a submission that comes a unit before the slot’s end, and takes one just after', () => {
    const n = new VirtualNeighbourhood({ members: MEMBERS, degree: 4 })
    const { end, unit } = slotTimes(n.firstSlot, 900)
    // A copy of one meter whose clock runs ahead.
    const meter = n.meters[0] as VirtualMeter
    n.runUntil(end - unit - 1)
    const early = new OpenSlotCopy(n, meter)
    const bytes = early.submit(n.firstSlot, [7, 8])
    expect(n.toAggregator({ channel: 'readings', from: meter.config.identity.id, bytes })).toMatchObject([
      { type: 'dropped', reason: 'too-early' },
      { type: 'verdict', verdict: 'ignore' }
    ])
    n.now = millis(end - unit)
    expect(n.toAggregator({ channel: 'readings', from: meter.config.identity.id, bytes })).toMatchObject([
      { type: 'journal', record: { kind: 'received', bytes } },
      { type: 'verdict', verdict: 'ignore' }
    ])
    n.runUntil(end)
    const readings = randomReadings(n.rng, MEMBERS, 2)
    for (const [i, each] of n.meters.entries()) if (i > 0) n.read(each, n.firstSlot, readings[i] ?? [])
    const result = n.resultOf(n.firstSlot)
    expect(result?.type === 'total' && signedLanes(result.lanes)).toEqual(sumOf([[7, 8], ...readings.slice(1)], 2))
    expect(n.aggregator.drops.counts).toEqual({ 'too-early': 1 })
  })

  it('a submission for a slot that is years away', () => {
    const scene = new OpenSlotScene()
    const { identity } = scene.victim.config
    for (const slot of [next(scene.slot), next(scene.slot, 100_000), 2 ** 40, 2 ** 48])
      scene.dropped(scene.seal(identity, MessageType.Submission, scene.submission(), { slot }), 'too-early', 'ignore')
    scene.finish()
    expect(scene.n.aggregator.open.size).toBe(0)
  })

  it('everything for a slot that has its result', () => {
    const scene = new OpenSlotScene()
    scene.finish()
    scene.dropped(scene.held, 'slot-over', 'ignore')
    scene.dropped(scene.seal(scene.victim.config.identity, MessageType.Submission, scene.submission([9, 9])), 'slot-over', 'ignore')
    expect(scene.n.aggregatorOutputs.filter(output => output.type === 'total')).toHaveLength(1)
    expect(scene.n.aggregatorOutputs.some(output => output.type === 'evidence')).toBe(false)
  })

  it('its own results when relays bring them back, at nobody’s expense', () => {
    const scene = new OpenSlotScene()
    scene.finish()
    const result = scene.n.passed.find(message => message.channel === 'control' && message.from === scene.n.aggregatorIdentity.id)
    scene.dropped(result?.bytes as Uint8Array, 'duplicate', 'ignore', stranger(), 'control')
  })
})

/** A meter's keys and roster in other hands: it makes submissions of its own, at any time and as many as it likes. */
class OpenSlotCopy {
  readonly #n: VirtualNeighbourhood
  readonly #meter: VirtualMeter

  constructor(n: VirtualNeighbourhood, meter: VirtualMeter) {
    this.#n = n
    this.#meter = meter
  }

  submit(slot: Slot, values: readonly number[]): Uint8Array {
    const at = slotTimes(slot, 900).end
    let state = createMeter(this.#meter.config, { intact: true, records: [] }, at)
    for (const { bytes } of this.#n.registrar.book.held) {
      const from = this.#n.registrarIdentity.id
      state = stepMeter(
        state,
        { type: 'message', channel: 'control', from, bytes: bytes ?? new Uint8Array(0) },
        millis(slotTimes(slot, 900).start - 1)
      ).state
    }
    const { outputs } = stepMeter(state, { type: 'reading', slot, lanes: lanesFromIntegers(values) }, at)
    const published = outputs.find(output => output.type === 'publish')
    if (published?.type !== 'publish') throw new Error('expected a submission')
    return published.bytes
  }
}

describe('two submissions of one member for one slot', () => {
  it('are evidence against it, it counts as missing, the slot is lost and the next one is not', () => {
    const scene = new OpenSlotScene({ recovery: 0 })
    const { n, slot } = scene
    const liar = scene.meter(3)
    const second = new OpenSlotCopy(n, liar).submit(slot, [1, 1])
    const outputs = scene.dropped(second, 'conflicting', 'ignore')
    const first = n.passed.find(message => message.channel === 'readings' && message.from === liar.config.identity.id)?.bytes
    expect(outputs).toContainEqual({
      type: 'evidence',
      against: liar.config.identity.id,
      what: { kind: 'two-submissions', slot },
      envelopes: [first, second]
    })
    // Neither of the two counts from now on, nor a third.
    scene.dropped(first as Uint8Array, 'conflicting', 'ignore')
    scene.dropped(new OpenSlotCopy(n, liar).submit(slot, [2, 2]), 'conflicting', 'ignore')
    n.toAggregator({ channel: 'readings', from: scene.victimId, bytes: scene.held })
    expect(n.resultOf(slot)).toBeUndefined()
    n.runUntil(slotTimes(slot, 900).over)
    expect(n.resultOf(slot)).toMatchObject({ type: 'lost', reason: 'MembersMissing', members: [liar.config.identity.id] })
    new OpenSlotScene({}, n, next(slot)).finish()
  })

  it('can be made by that member alone: a forged second one changes nothing', () => {
    const scene = new OpenSlotScene()
    const liar = scene.meter(3)
    const forged = altered(scene.seal(IdentityKey.generate(peers), MessageType.Submission, scene.submission()), {
      sender: liar.config.identity.id
    })
    const outputs = scene.dropped(forged, 'bad-signature', 'reject')
    expect(outputs.some(output => output.type === 'evidence')).toBe(false)
    scene.finish()
  })
})

describe('a flood', () => {
  const garbage = Uint8Array.of(1, 2, 3)

  it('from one peer is left unread after its allowance, and counted', () => {
    const scene = new OpenSlotScene()
    for (let i = 0; i < 5000; i++) scene.n.toAggregator({ channel: 'readings', from: ATTACKER, bytes: garbage })
    expect(scene.n.aggregator.drops.counts).toEqual({ malformed: FLOOD_ALLOWANCE, flood: 5000 - FLOOD_ALLOWANCE })
    // Not even looked at: neither decoded nor verified.
    const untouchable = new Proxy(new Uint8Array(0), {
      get: () => {
        throw new Error('the bytes were read')
      }
    })
    scene.dropped(untouchable, 'flood', 'ignore')
    scene.dropped(scene.held, 'flood', 'ignore')
    scene.finish()
  })

  it('is over for that peer with the slot', () => {
    const scene = new OpenSlotScene()
    for (let i = 0; i <= FLOOD_ALLOWANCE; i++) scene.n.toAggregator({ channel: 'readings', from: ATTACKER, bytes: garbage })
    scene.dropped(garbage, 'flood', 'ignore')
    scene.finish()
    scene.n.runUntil(slotTimes(next(scene.slot), 900).end)
    scene.dropped(garbage, 'malformed', 'reject')
    scene.n.tick()
  })

  it('over streams is left unread too', () => {
    const scene = new OpenSlotScene()
    const ask = (bytes: Uint8Array) => {
      const { state, outputs } = stepAggregator(scene.n.aggregator, { type: 'sync', from: ATTACKER, bytes, token: 9 }, scene.n.now)
      scene.n.aggregator = state
      return outputs
    }
    for (let i = 0; i < 1000; i++) ask(garbage)
    expect(scene.n.aggregator.drops.counts).toEqual({ malformed: FLOOD_ALLOWANCE, flood: 1000 - FLOOD_ALLOWANCE })
    const [, answer] = ask(SyncRequest.encode({ envelope: scene.held, transcript: false, slot: 0 }))
    expect(answer?.type === 'reply' && answer.token === 9 && SyncReply.decode(answer.bytes).refused).toBe('flood')
    scene.finish()
  })

  it('of well-formed forgeries from many peers leaves the total exact', () => {
    const scene = new OpenSlotScene()
    for (let i = 0; i < 300; i++) {
      const bytes = scene.seal(IdentityKey.generate(peers), MessageType.Submission, scene.submission())
      scene.n.toAggregator({ channel: 'readings', from: stranger(), bytes: i % 2 ? bytes : altered(bytes, { sender: scene.victimId }) })
    }
    expect(scene.n.aggregator.drops.counts).toEqual({ 'unknown-sender': 150, 'bad-signature': 150 })
    scene.finish()
  })

  it('is counted in bounded memory: the peer that is known longest is forgotten', () => {
    const drops = new DropCounter()
    const flooded = (peer: string): boolean => !drops.reads(peer, 1)
    for (let i = 0; i < FLOOD_ALLOWANCE; i++) drops.add('malformed', 'first', 1)
    expect(flooded('first')).toBe(true)
    for (let i = 0; i < 4095; i++) drops.add('malformed', `peer ${i}`, 1)
    expect(flooded('first')).toBe(true)
    drops.add('malformed', 'one too many', 1)
    expect(flooded('first')).toBe(false)
    expect(drops.counts).toEqual({ malformed: FLOOD_ALLOWANCE + 4096 })
  })
})

describe('verdicts', () => {
  it('hold against a relay only what does not depend on time, on rosters or on what else was seen', () => {
    const depends: DropReason[] = [
      'unknown-sender',
      'absent-sender',
      'unknown-epoch',
      'wrong-epoch',
      'too-early',
      'slot-over',
      'duplicate',
      'conflicting',
      'roster-refused',
      'implausible',
      'flood'
    ]
    const plain: DropReason[] = [
      'oversized',
      'malformed',
      'not-canonical',
      'unknown-type',
      'bad-field',
      'unexpected-type',
      'bad-signature',
      'wrong-shape'
    ]
    expect(depends.map(verdictOf)).toEqual(depends.map(() => 'ignore'))
    expect(plain.map(verdictOf)).toEqual(plain.map(() => 'reject'))
  })
})

/** A slot whose result has not reached meter 0 yet. */
class ResultScene {
  readonly n: VirtualNeighbourhood
  readonly readings: (number[] | undefined)[]
  readonly meter: VirtualMeter
  readonly result: Uint8Array

  constructor(options: Partial<VirtualOptions> = {}, gaps: readonly number[] = []) {
    this.n = new VirtualNeighbourhood({ members: MEMBERS, degree: 4, recovery: 0, ...options })
    this.readings = randomReadings(this.n.rng, MEMBERS, 2)
    for (const i of gaps) this.readings[i] = undefined
    this.meter = this.n.meters[0] as VirtualMeter
    let result: Uint8Array | undefined
    this.n.tamper = message => {
      if (message.channel !== 'control' || message.from !== this.n.aggregatorIdentity.id) return [message]
      result = message.bytes
      return []
    }
    this.n.runUntil(slotTimes(this.n.firstSlot, 900).end)
    this.n.meters.forEach((meter, i) => {
      const values = this.readings[i]
      if (values) this.n.read(meter, this.n.firstSlot, values)
    })
    if (!result) {
      const over = slotTimes(this.n.firstSlot, 900)
      this.n.runUntil(over.over - over.unit)
    }
    this.n.tamper = message => [message]
    if (!result) throw new Error('expected a result')
    this.result = result
  }

  get slot(): Slot {
    return this.n.firstSlot
  }

  get roster(): Roster {
    const held = this.meter.state.book.ofSlot(this.slot)
    if (!held) throw new Error('expected a roster')
    return held.roster
  }

  give(bytes: Uint8Array, from: MeterId = ATTACKER, channel: Passed['channel'] = 'control'): MeterOutput[] {
    return this.n.toMeter(this.meter, { channel, from, bytes })
  }

  dropped(
    bytes: Uint8Array,
    reason: DropReason,
    verdict: Verdict,
    from: MeterId = ATTACKER,
    channel: Passed['channel'] = 'control'
  ): MeterOutput[] {
    const before = { ...this.meter.state.drops.counts }
    const outputs = this.give(bytes, from, channel)
    expect(outputs).toContainEqual(expect.objectContaining({ type: 'dropped', reason, from }))
    expect(outputs.at(-1)).toEqual({ type: 'verdict', verdict })
    expect(outputs.some(output => output.type === 'total' || output.type === 'lost' || output.type === 'request')).toBe(false)
    expect(this.meter.state.drops.counts).toEqual({ ...before, [reason]: (before[reason] ?? 0) + 1 })
    return outputs
  }

  /** The true result is taken, and is the exact total. */
  finish(): void {
    const outputs = this.give(this.result)
    const total = outputs.find(output => output.type === 'total')
    expect(total?.type === 'total' && signedLanes(total.lanes)).toEqual(sumOf(this.readings as number[][], 2))
    expect(outputs.at(-1)).toEqual({ type: 'verdict', verdict: 'accept' })
    expect(outputs.some(output => output.type === 'misreported')).toBe(false)
  }

  seal(
    type: MessageType,
    payload: Uint8Array,
    change: { signer?: SigningKey; hash?: Uint8Array; epoch?: number; slot?: number } = {}
  ): Uint8Array {
    const { roster } = this
    const epoch = (change.epoch ?? roster.epoch) as Epoch
    const slot = (change.slot ?? this.slot) as Slot
    return sealEnvelope(change.signer ?? this.n.aggregatorIdentity, type, change.hash ?? roster.hash, epoch, slot, payload)
  }

  total(change: { contributors?: readonly number[]; lanes?: readonly bigint[] } = {}): Uint8Array {
    const all = Array.from({ length: this.roster.n }, (_, i) => i)
    return SlotTotalPayload.encode({
      contributors: encodeMemberSet(change.contributors ?? all, this.roster.n),
      lanes: lanesToBytes(lanesFromIntegers(change.lanes ?? [10n, 20n])),
      transcriptHash: new Uint8Array(32)
    })
  }
}

describe('the meter drops', () => {
  it('totals that are forged, unsigned or altered', () => {
    const scene = new ResultScene()
    const other = IdentityKey.generate(peers)
    const forged = scene.seal(MessageType.SlotTotal, scene.total(), { signer: other })
    scene.dropped(forged, 'unknown-sender', 'ignore')
    scene.dropped(scene.seal(MessageType.SlotTotal, scene.total(), { signer: scene.n.registrarIdentity }), 'unknown-sender', 'ignore')
    scene.dropped(
      scene.seal(MessageType.SlotTotal, scene.total(), { signer: (scene.n.meters[1] as VirtualMeter).config.identity }),
      'unknown-sender',
      'ignore'
    )
    scene.dropped(altered(forged, { sender: scene.n.aggregatorIdentity.id }), 'bad-signature', 'reject')
    scene.dropped(altered(scene.result, { signature: new Uint8Array(64) }), 'bad-signature', 'reject')
    scene.dropped(altered(scene.result, { payload: scene.total() }), 'bad-signature', 'reject')
    scene.dropped(scene.result.slice(0, -1), 'malformed', 'reject')
    scene.dropped(new Uint8Array(0), 'unknown-type', 'reject')
    scene.finish()
  })

  it('a total of a slot that is not its signature’s, of another epoch and of another network', () => {
    const elsewhere = new ResultScene({ network: 'elsewhere' })
    const scene = new ResultScene()
    scene.dropped(elsewhere.result, 'bad-signature', 'reject')
    scene.dropped(altered(scene.result, { epoch: 1 as Epoch }), 'unknown-epoch', 'ignore')
    scene.dropped(altered(scene.result, { slot: next(scene.slot) }), 'bad-signature', 'reject')
    scene.dropped(altered(scene.result, { slot: next(scene.slot, -1) }), 'wrong-epoch', 'ignore')
    scene.finish()
  })

  it('a total that it knows, and any that is over, however often it is brought up again', () => {
    const scene = new ResultScene()
    scene.finish()
    scene.dropped(scene.result, 'duplicate', 'ignore')
    for (let i = 1; i <= 6; i++) scene.n.runSlot(next(scene.slot, i), randomReadings(scene.n.rng, MEMBERS, 2))
    // By now forgotten.
    expect(scene.meter.state.results.has(scene.slot)).toBe(false)
    scene.dropped(scene.result, 'slot-over', 'ignore')
    scene.dropped(scene.result, 'slot-over', 'ignore')
  })

  it('a total of a slot that has not ended, with which the aggregator would crowd out the ones it gave before', () => {
    const scene = new ResultScene()
    scene.finish()
    for (let i = 1; i <= 8; i++)
      scene.dropped(scene.seal(MessageType.SlotTotal, scene.total(), { slot: next(scene.slot, i) }), 'too-early', 'ignore')
    scene.dropped(scene.result, 'duplicate', 'ignore')
  })

  it('a total with too few contributors, implausible lanes or the wrong shape', () => {
    const scene = new ResultScene({ minMembers: 6 })
    const limit = BigInt(MEMBERS) << 47n
    scene.dropped(scene.seal(MessageType.SlotTotal, scene.total({ contributors: [0, 1, 2, 3, 4] })), 'implausible', 'ignore')
    for (const lane of [limit, -limit, 1n << 63n])
      scene.dropped(scene.seal(MessageType.SlotTotal, scene.total({ lanes: [0n, lane] })), 'implausible', 'ignore')
    scene.dropped(scene.seal(MessageType.SlotTotal, scene.total({ lanes: [1n] })), 'wrong-shape', 'reject')
    scene.dropped(scene.seal(MessageType.SlotTotal, scene.total({ lanes: [1n, 2n, 3n] })), 'wrong-shape', 'reject')
    const lanes = new Uint8Array(16)
    const transcriptHash = new Uint8Array(32)
    for (const contributors of [new Uint8Array(0), new Uint8Array(2), new Uint8Array(8192)]) {
      scene.dropped(
        scene.seal(MessageType.SlotTotal, SlotTotalPayload.encode({ contributors, lanes, transcriptHash })),
        'bad-field',
        'reject'
      )
    }
    const short = SlotTotalPayload.encode({ contributors: new Uint8Array(1), lanes, transcriptHash: new Uint8Array(31) })
    scene.dropped(scene.seal(MessageType.SlotTotal, short), 'bad-field', 'reject')
    scene.finish()
  })

  it('takes the largest total that can be', () => {
    const scene = new ResultScene()
    const most = (BigInt(MEMBERS) << 47n) - 1n
    const outputs = scene.give(scene.seal(MessageType.SlotTotal, scene.total({ lanes: [most, -most] })))
    const total = outputs.find(output => output.type === 'total')
    expect(total?.type === 'total' && signedLanes(total.lanes)).toEqual([most, -most])
  })

  it('a loss with an unknown reason or none', () => {
    const scene = new ResultScene()
    const unknown = Uint8Array.of(0x08, 99, 0x12, 1, 0)
    const none = Uint8Array.of(0x12, 1, 0)
    scene.dropped(scene.seal(MessageType.SlotLost, unknown), 'malformed', 'reject')
    scene.dropped(scene.seal(MessageType.SlotLost, none), 'bad-field', 'reject')
    const known = SlotLostPayload.encode({ reason: LossReason.Implausible, members: new Uint8Array(1) })
    expect(scene.give(scene.seal(MessageType.SlotLost, known))).toMatchObject([
      { type: 'lost', reason: 'Implausible' },
      { type: 'verdict' }
    ])
  })

  it('answers to questions that it has not asked, submissions and types of recovery on the control topic', () => {
    const scene = new ResultScene()
    const registrar = { signer: scene.n.registrarIdentity, hash: scene.n.networkId }
    for (const type of [
      MessageType.EnrolReply,
      MessageType.JoinReply,
      MessageType.EnrolRequest,
      MessageType.Refusal,
      MessageType.Submission
    ])
      scene.dropped(scene.seal(type, new Uint8Array(0), registrar), 'unexpected-type', 'reject')
    scene.finish()
  })

  it('messages that claim to be its own', () => {
    const scene = new ResultScene()
    const own = scene.meter.config.identity.id
    scene.dropped(altered(scene.result, { sender: own }), 'duplicate', 'ignore')
    const forged = scene.seal(MessageType.Submission, submissionPayload(new Uint8Array(16)), { slot: next(scene.slot) })
    scene.dropped(altered(forged, { sender: own }), 'duplicate', 'ignore', ATTACKER, 'sync')
    // A forged one must not keep it from submitting: that would be a cheap way to have it go missing.
    scene.finish()
    const readings = randomReadings(scene.n.rng, MEMBERS, 2)
    scene.n.runSlot(next(scene.slot), readings)
    const result = scene.n.resultOf(next(scene.slot))
    expect(result?.type === 'total' && signedLanes(result.lanes)).toEqual(sumOf(readings, 2))
  })

  it('a flood, and goes on with what others bring', () => {
    const scene = new ResultScene()
    for (let i = 0; i < 3000; i++) scene.give(Uint8Array.of(1, 2, 3))
    expect(scene.meter.state.drops.counts).toEqual({ malformed: FLOOD_ALLOWANCE, flood: 3000 - FLOOD_ALLOWANCE })
    const outputs = scene.give(scene.result, scene.n.aggregatorIdentity.id)
    expect(outputs.some(output => output.type === 'total')).toBe(true)
  })
})

describe('the meter says what it sees of the aggregator', () => {
  it('two results for a slot are evidence', () => {
    const scene = new ResultScene()
    scene.finish()
    const second = scene.seal(MessageType.SlotTotal, scene.total())
    expect(scene.dropped(second, 'conflicting', 'ignore')).toContainEqual({
      type: 'evidence',
      against: scene.n.aggregatorIdentity.id,
      what: { kind: 'two-results', slot: scene.slot },
      envelopes: [scene.result, second]
    })
    const lost = scene.seal(MessageType.SlotLost, SlotLostPayload.encode({ reason: LossReason.MembersMissing, members: new Uint8Array(1) }))
    expect(scene.dropped(lost, 'conflicting', 'ignore').some(output => output.type === 'evidence')).toBe(true)
    // Nobody else can make such evidence.
    const forged = altered(second, { signature: new Uint8Array(64) })
    expect(scene.dropped(forged, 'bad-signature', 'reject').some(output => output.type === 'evidence')).toBe(false)
  })

  it('a total that leaves out what the meter sent is misreported', () => {
    const scene = new ResultScene()
    const own = scene.roster.indexOf(scene.meter.config.identity.id) as number
    const others = Array.from({ length: MEMBERS }, (_, i) => i).filter(i => i !== own)
    const outputs = scene.give(scene.seal(MessageType.SlotTotal, scene.total({ contributors: others })))
    expect(outputs).toContainEqual({ type: 'misreported', slot: scene.slot, kind: 'left-out' })
  })

  it('a total that counts what the meter did not send is misreported', () => {
    const scene = new ResultScene({}, [0])
    const outputs = scene.give(scene.seal(MessageType.SlotTotal, scene.total()))
    expect(outputs).toContainEqual({ type: 'misreported', slot: scene.slot, kind: 'counted-unsent' })
  })

  it('a total that leaves out a meter which sent nothing is not', () => {
    const scene = new ResultScene({}, [0])
    const own = scene.roster.indexOf(scene.meter.config.identity.id) as number
    const others = Array.from({ length: MEMBERS }, (_, i) => i).filter(i => i !== own)
    const outputs = scene.give(scene.seal(MessageType.SlotTotal, scene.total({ contributors: others })))
    expect(outputs.map(output => output.type)).toEqual(['total', 'verdict'])
  })
})

describe('the hint of who is missing', () => {
  const missing = (indices: readonly number[]): Uint8Array => MissingPayload.encode({ members: encodeMemberSet(indices, MEMBERS) })

  it('forged, has the meter send nothing', () => {
    const scene = new ResultScene()
    const own = scene.roster.indexOf(scene.meter.config.identity.id) as number
    const forged = scene.seal(MessageType.Missing, missing([own]), { signer: IdentityKey.generate(peers) })
    scene.dropped(forged, 'unknown-sender', 'ignore')
    scene.dropped(altered(forged, { sender: scene.n.aggregatorIdentity.id }), 'bad-signature', 'reject')
    const crooked = MissingPayload.encode({ members: new Uint8Array(3) })
    scene.dropped(scene.seal(MessageType.Missing, crooked), 'bad-field', 'reject')
    scene.finish()
  })

  it('true, has it send the same bytes, before the deadline and never after', () => {
    const scene = new ResultScene()
    const own = scene.roster.indexOf(scene.meter.config.identity.id) as number
    const hint = scene.seal(MessageType.Missing, missing([own]))
    const sent = scene.meter.journal.find(record => record.kind === 'submission')?.bytes as Uint8Array
    expect(scene.give(hint)).toContainEqual({ type: 'request', to: 'aggregator', stream: 'sync', bytes: sent })
    expect(scene.give(scene.seal(MessageType.Missing, missing([(own + 1) % MEMBERS]))).some(output => output.type === 'request')).toBe(
      false
    )
    scene.n.now = slotTimes(scene.slot, 900).deadline
    expect(scene.give(hint).some(output => output.type === 'request')).toBe(false)
  })

  it('does not make a meter submit a slot that it has not', () => {
    const scene = new ResultScene({}, [0])
    const own = scene.roster.indexOf(scene.meter.config.identity.id) as number
    const outputs = scene.give(scene.seal(MessageType.Missing, missing([own])))
    expect(outputs).toEqual([{ type: 'verdict', verdict: 'accept' }])
  })
})

describe('a message that comes just when a tick is due', () => {
  it('does not make a meter miss its slot', () => {
    const n = new VirtualNeighbourhood({ members: MEMBERS, degree: 4 })
    const meter = n.meters[0] as VirtualMeter
    const { end } = slotTimes(n.firstSlot, 900)
    n.runUntil(end - 1)
    n.read(meter, n.firstSlot, [1, 2])
    // The timer has not fired yet.
    n.now = millis(end + 3)
    n.toMeter(meter, { channel: 'control', from: ATTACKER, bytes: Uint8Array.of(1, 2, 3) })
    expect(meter.state.wakeAt).toBe(end)
    n.tick()
    expect(n.submissionsOf(meter)).toHaveLength(1)
    expect(meter.state.wakeAt).toBe(slotTimes(next(n.firstSlot), 900).end)
    // Nor does a clock that was put back keep it asleep.
    n.now = millis(end - 5 * 900_000)
    n.toMeter(meter, { channel: 'control', from: ATTACKER, bytes: Uint8Array.of(1, 2, 3) })
    expect(meter.state.wakeAt).toBe(end - 4 * 900_000)
  })

  it('does not make the aggregator miss one that nobody has sent anything for', () => {
    const n = new VirtualNeighbourhood({ members: MEMBERS, degree: 4, recovery: 0 })
    const { end, unit, over } = slotTimes(n.firstSlot, 900)
    n.runUntil(end - 1)
    n.now = millis(end + 2 * unit + 3)
    n.toAggregator({ channel: 'readings', from: ATTACKER, bytes: Uint8Array.of(1, 2, 3) })
    expect(n.aggregator.wakeAt).toBe(end + 2 * unit)
    n.runUntil(over)
    expect(n.resultOf(n.firstSlot)).toMatchObject({ type: 'lost', members: n.meters.map(meter => meter.config.identity.id).sort() })
  })
})

describe('the registrar passes on', () => {
  const witness = (n: VirtualNeighbourhood, bytes: Uint8Array): string[] => {
    const { state, outputs } = stepRegistrar(n.registrar, { type: 'message', channel: 'control', from: ATTACKER, bytes }, n.now)
    n.registrar = state
    return outputs.map(output => (output.type === 'dropped' ? output.reason : output.type === 'verdict' ? output.verdict : output.type))
  }

  it('only what the others take: otherwise an outsider with old results could have them shut it out', () => {
    const scene = new ResultScene()
    const { n, slot } = scene
    expect(witness(n, scene.result)).toEqual(['accept'])
    // This network recovers nothing.
    expect(witness(n, scene.seal(MessageType.RecoveryRequest, new Uint8Array(1)))).toEqual(['unexpected-type', 'reject'])
    expect(witness(n, altered(scene.result, { signature: new Uint8Array(64) }))).toEqual(['bad-signature', 'reject'])
    n.now = slotTimes(slot, 900).over
    expect(witness(n, scene.result)).toEqual(['slot-over', 'ignore'])
  })
})

/** What may happen to a meter, in any order. */
type Happening =
  | { readonly kind: 'reading'; readonly of: number; readonly value: number }
  | { readonly kind: 'tick' }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'end'; readonly ms: number }
  | { readonly kind: 'slot'; readonly value: number }
  | { readonly kind: 'back'; readonly ms: number }
  | { readonly kind: 'restart' }
  | { readonly kind: 'lose journal' }
  | { readonly kind: 'hint'; readonly of: number }
  | { readonly kind: 'roster' }
  | { readonly kind: 'replay'; readonly which: number; readonly channel: 'control' | 'sync' | 'readings' | 'enrol' }
  | { readonly kind: 'garbage'; readonly bytes: Uint8Array }

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('reading' as const), of: fc.constantFrom(-2, -1, -1, -1, -1, 0, 0, 1), value: fc.nat(9) })
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('tick' as const) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(100_000) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('end' as const), ms: fc.nat(20_000) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('slot' as const), value: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('back' as const), ms: fc.nat(56_000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose journal' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('hint' as const), of: fc.integer({ min: -2, max: 0 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('roster' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('replay' as const),
      which: fc.nat(1000),
      channel: fc.constantFrom('control' as const, 'sync' as const, 'readings' as const, 'enrol' as const)
    })
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('garbage' as const), bytes: fc.uint8Array({ maxLength: 200 }) }) }
)

/** A meter with the journal that its store would have, and everything that it has ever sent. */
class WatchedMeter {
  readonly n = new VirtualNeighbourhood({ members: 6, degree: 4, minMembers: 3 })
  readonly meter = this.n.meters[0] as VirtualMeter
  /** Different submissions by slot. */
  readonly sent = new Map<Slot, Set<string>>()
  journal: MeterRecord[] = []
  lost = false

  step(input: Parameters<typeof stepMeter>[1]): void {
    const { state, outputs } = stepMeter(this.meter.state, input, this.n.now)
    this.meter.state = state
    for (const output of outputs) {
      if (output.type === 'journal') {
        this.journal.push(output.record)
        if (output.record.kind === 'submission') this.lost = false
      } else if (output.type === 'publish' || (output.type === 'request' && output.to === 'aggregator')) {
        const envelope = decodeEnvelope(output.bytes)
        expect(envelope.type).toBe(MessageType.Submission)
        expect(this.journal.some(({ bytes }) => toHex(bytes) === toHex(output.bytes))).toBe(true)
        const { end, deadline } = slotTimes(envelope.slot, 900)
        expect((output.type === 'request' || this.n.now >= end) && this.n.now < deadline).toBe(true)
        const known = this.sent.get(envelope.slot) ?? new Set()
        this.sent.set(envelope.slot, known.add(toHex(envelope.hash)))
      }
    }
  }

  restart(): void {
    this.meter.state = createMeter(this.meter.config, this.lost ? { intact: false } : { intact: true, records: this.journal }, this.n.now)
    // As if it had kept its rosters, so that nothing but the journal stands between it and a second submission.
    const { now } = this.n
    for (const { roster, bytes } of this.n.registrar.book.held) {
      this.n.now = millis(Math.min(now, slotTimes(roster.firstSlot, 900).start - 1))
      this.step({ type: 'message', channel: 'control', from: this.n.registrarIdentity.id, bytes: bytes ?? new Uint8Array(0) })
    }
    this.n.now = now
  }

  happens(what: Happening): void {
    const { n } = this
    const slot = (of: number): Slot => (n.currentSlot + of) as Slot
    switch (what.kind) {
      case 'reading':
        this.step({ type: 'reading', slot: slot(what.of), lanes: lanesFromIntegers([what.value, 0]) })
        return
      case 'tick':
        this.step({ type: 'tick' })
        return
      case 'pass':
        n.now = millis(n.now + what.ms)
        return
      case 'end':
        n.now = millis(slotTimes(n.currentSlot, 900).end + what.ms)
        return
      case 'slot':
        // As it goes on an ordinary day.
        n.now = slotTimes(n.currentSlot, 900).end
        this.step({ type: 'reading', slot: slot(-1), lanes: lanesFromIntegers([what.value, 0]) })
        return
      case 'back':
        n.now = millis(n.now - what.ms)
        return
      case 'restart':
        this.restart()
        return
      case 'lose journal':
        this.journal = []
        this.lost = true
        this.restart()
        return
      case 'hint': {
        const roster = n.registrar.book.ofSlot(slot(what.of))?.roster
        if (!roster) return
        const members = encodeMemberSet(
          Array.from({ length: roster.n }, (_, i) => i),
          roster.n
        )
        const bytes = sealEnvelope(
          n.aggregatorIdentity,
          MessageType.Missing,
          roster.hash,
          roster.epoch,
          slot(what.of),
          MissingPayload.encode({ members })
        )
        this.step({ type: 'message', channel: 'control', from: n.aggregatorIdentity.id, bytes })
        return
      }
      case 'roster': {
        const bytes = followingRoster(n)
        n.registrar.book.receive(decodeEnvelope(bytes), bytes, n.now)
        this.step({ type: 'message', channel: 'control', from: n.registrarIdentity.id, bytes })
        return
      }
      case 'replay': {
        const known = [...this.journal.map(({ bytes }) => bytes), ...n.passed.map(({ bytes }) => bytes)]
        const bytes = known[what.which % known.length]
        if (bytes) this.step({ type: 'message', channel: what.channel, from: ATTACKER, bytes })
        return
      }
      case 'garbage':
        this.step({ type: 'message', channel: 'control', from: ATTACKER, bytes: what.bytes })
        return
    }
  }
}

describe('once per slot, ever', () => {
  it('holds whatever a meter is fed, restarted with and set back to (property)', () => {
    let submissions = 0
    fc.assert(
      fc.property(fc.array(happening, { minLength: 10, maxLength: 120, size: 'max' as const }), happenings => {
        const watched = new WatchedMeter()
        for (const what of happenings) watched.happens(what)
        for (const [slot, different] of watched.sent) {
          submissions++
          if (different.size > 1) throw new Error(`slot ${slot}: ${different.size} different submissions`)
        }
      }),
      { numRuns: 60, seed: 20261121 }
    )
    // The sequences must be such that a good deal is submitted at all.
    expect(submissions).toBeGreaterThan(200)
  })
})
