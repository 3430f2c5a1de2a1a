// Hostile, broken and stale messages against the aggregator: each is dropped, counted by its reason, told to gossip with
// the right verdict, and the total stays exact.
import {
  DropCounter,
  type DropReason,
  decodeEnvelope,
  ENVELOPE_OVERHEAD,
  type Envelope,
  envelopeLimit,
  FLOOD_ALLOWANCE,
  MessageType,
  SlotTotalPayload,
  SyncReply,
  sealEnvelope,
  syncRequestWith,
  verdictOf
} from '@hushgrid/messages'
import {
  concatBytes,
  type Epoch,
  IdentityKey,
  lanesFromIntegers,
  type MeterId,
  millis,
  type Slot,
  sha256,
  signedLanes,
  slotTimes
} from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAggregator, stepAggregator } from '../../src/aggregator/machine.ts'
import { createMeter, stepMeter } from '../../src/meter/machine.ts'
import {
  ATTACKER,
  altered,
  layoutOf,
  MEMBERS,
  next,
  OpenSlotScene,
  peers,
  stranger,
  submissionPayload,
  within
} from '../support/hostile.ts'
import { withAbsent } from '../support/rosters.ts'
import { randomReadings, sumOf, type VirtualMeter, VirtualNeighbourhood } from '../support/virtual-neighbourhood.ts'

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

  it('a payload with a field that it does not know, or in another spelling, signed by a member', () => {
    const scene = new OpenSlotScene()
    const { payload } = decodeEnvelope(scene.held)
    const { identity } = scene.victim.config
    // Field 15, three bytes; the lanes a second time; the tag of the lanes in two bytes.
    for (const other of [
      concatBytes(payload, Uint8Array.of(0x7a, 3, 1, 2, 3)),
      concatBytes(payload, payload),
      concatBytes(Uint8Array.of(0x8a, 0), payload.subarray(1))
    ])
      scene.dropped(scene.seal(identity, MessageType.Submission, other), 'not-canonical', 'reject')
    scene.finish()
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
    // The roster of epoch 0 is held for six slots longer than its own.
    scene.dropped(bytes, 'slot-over', 'ignore')
    scene.dropped(altered(bytes, { epoch: 1 as Epoch }), 'wrong-epoch', 'ignore')
    scene.dropped(altered(bytes, { epoch: 0 as Epoch, slot }), 'wrong-epoch', 'ignore')
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
    const sealed = (slot: number) => scene.seal(identity, MessageType.Submission, scene.submission(), { slot })
    const { seasonEndSlot } = scene.roster
    for (const slot of [next(scene.slot), next(scene.slot, 100), next(seasonEndSlot, -1)])
      scene.dropped(sealed(slot), 'too-early', 'ignore')
    // From the season's end on a slot belongs to no roster.
    for (const slot of [seasonEndSlot, 2 ** 40, 2 ** 48]) scene.dropped(sealed(slot), 'wrong-epoch', 'ignore')
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
    const [, answer] = ask(syncRequestWith(scene.held))
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
