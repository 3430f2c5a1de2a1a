// Hostile, broken and stale messages against the meter and the registrar: each is dropped, and counted by its reason.
import {
  type DropReason,
  encodeMemberSet,
  FLOOD_ALLOWANCE,
  LossReason,
  MessageType,
  MissingPayload,
  SlotLostPayload,
  SlotTotalPayload,
  sealEnvelope,
  type Verdict
} from '@hushgrid/messages'
import {
  defaultMaxReading,
  type Epoch,
  IdentityKey,
  lanesFromIntegers,
  lanesToBytes,
  type MeterId,
  millis,
  type SigningKey,
  type Slot,
  signedLanes,
  slotTimes
} from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import type { MeterOutput } from '../../src/meter/contract.ts'
import { stepRegistrar } from '../../src/registrar/machine.ts'
import type { Roster } from '../../src/roster/roster.ts'
import { ATTACKER, altered, MEMBERS, next, peers, submissionPayload } from '../support/hostile.ts'
import {
  type Passed,
  randomReadings,
  sumOf,
  type VirtualMeter,
  VirtualNeighbourhood,
  type VirtualOptions
} from '../support/virtual-neighbourhood.ts'

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

  it('a total beyond what its contributors can show, by one, and takes the largest that can be', () => {
    const scene = new ResultScene()
    const most = BigInt(MEMBERS * defaultMaxReading(900))
    for (const lanes of [
      [most + 1n, 0n],
      [0n, -most - 1n]
    ])
      scene.dropped(scene.seal(MessageType.SlotTotal, scene.total({ lanes })), 'implausible', 'ignore')
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
    expect(outputs.map(output => output.type)).toEqual(['journal', 'total', 'verdict'])
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
    n.runUntil(slotTimes(slot, 900).over)
    expect(witness(n, scene.result)).toEqual(['slot-over', 'ignore'])
  })
})
