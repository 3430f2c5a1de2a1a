// Section 7, recovery 1: who asks, who disputes, who releases, and what every rule is for.
import { DisputePayload, decodeEnvelope, encodeMemberSet, MessageType, RecoveryRequestPayload, sealEnvelope } from '@hushgrid/messages'
import { type MeterId, millis, type Slot, signedLanes, slotTimes } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MeterOutput } from '../../src/meter/contract.ts'
import { CredentialCache } from '../../src/roster/cache.ts'
import type { Roster } from '../../src/roster/roster.ts'
import { replaySlot } from '../../src/transcript/transcript.ts'
import { randomReadings, sumOf, type VirtualMeter, VirtualNeighbourhood, type VirtualOptions } from '../support/virtual-neighbourhood.ts'

const SLOT_SECONDS = 900
const next = (slot: Slot, by = 1): Slot => (slot + by) as Slot

/** A neighbourhood in which some meters have no reading of the first slot. */
class Scene {
  readonly n: VirtualNeighbourhood
  readonly slot: Slot
  readonly roster: Roster
  readonly times
  readonly readings: number[][]

  constructor(options: Partial<VirtualOptions> = {}) {
    this.n = new VirtualNeighbourhood({ members: 12, degree: 6, credentials: new CredentialCache(), ...options })
    this.slot = this.n.firstSlot
    this.times = slotTimes(this.slot, SLOT_SECONDS)
    this.readings = randomReadings(this.n.rng, this.n.meters.length, 2)
    this.n.runUntil(this.times.start - 1)
    this.roster = this.n.registrar.book.latest?.roster as Roster
  }

  get unit(): number {
    return this.times.unit
  }

  meter(i: number): VirtualMeter {
    return this.n.meters[i] as VirtualMeter
  }

  id(i: number): MeterId {
    return this.meter(i).config.identity.id
  }

  position(i: number): number {
    return this.roster.indexOf(this.id(i)) as number
  }

  /** Numbers of the meters that are mask neighbours of one. */
  neighbours(i: number): number[] {
    return this.roster
      .neighbours(this.position(i))
      .map(index => this.n.meters.findIndex(each => each.config.identity.id === this.roster.meterId(index)))
  }

  /** A meter that is neither this one nor its mask neighbour. */
  stranger(i: number): number {
    return this.n.meters.findIndex((_, each) => each !== i && !this.neighbours(i).includes(each))
  }

  /** From here on nothing that the aggregator sends arrives. */
  muteAggregator(): void {
    this.n.carryOutAggregator = outputs => {
      this.n.aggregatorOutputs.push(...outputs)
    }
  }

  /** Until the submissions are in; those listed have no reading. */
  submit(without: readonly number[]): void {
    this.n.runUntil(this.times.end)
    for (let i = 0; i < this.n.meters.length; i++) if (!without.includes(i)) this.n.read(this.meter(i), this.slot, this.readings[i] ?? [])
  }

  finish(): void {
    this.n.runUntil(this.times.over)
  }

  /** A request of the aggregator's, sealed by its key. */
  request(missing: readonly number[], slot = this.slot): Uint8Array {
    const positions = missing.map(i => this.position(i)).sort((a, b) => a - b)
    const payload = RecoveryRequestPayload.encode({ members: encodeMemberSet(positions, this.roster.n) })
    return sealEnvelope(this.n.aggregatorIdentity, MessageType.RecoveryRequest, this.roster.hash, this.roster.epoch, slot, payload)
  }

  give(i: number, bytes: Uint8Array, channel: 'control' | 'dispute' | 'sync' = 'control'): MeterOutput[] {
    return this.n.toMeter(this.meter(i), { channel, from: this.n.aggregatorIdentity.id, bytes })
  }

  outputs<T extends MeterOutput['type']>(i: number, type: T): Extract<MeterOutput, { type: T }>[] {
    return this.meter(i).outputs.filter((output): output is Extract<MeterOutput, { type: T }> => output.type === type)
  }

  all<T extends MeterOutput['type']>(type: T): number {
    return this.n.meters.reduce((sum, _, i) => sum + this.outputs(i, type).length, 0)
  }

  expectTotalWithout(without: readonly number[]): void {
    const result = this.n.resultOf(this.slot)
    expect(result).toMatchObject({ type: 'total', contributors: this.n.meters.length - without.length })
    const counted = this.readings.filter((_, i) => !without.includes(i))
    expect(result?.type === 'total' && signedLanes(result.lanes)).toEqual(sumOf(counted, 2))
  }
}

describe('a slot with missing members', () => {
  it('has the exact total of those who are in, by one release of each neighbour of the missing, within D + 7u', () => {
    const scene = new Scene()
    scene.submit([3])
    scene.n.runUntil(scene.times.deadline + 7 * scene.unit)
    scene.expectTotalWithout([3])
    expect(scene.all('released')).toBe(6)
    expect(new Set(scene.neighbours(3).map(i => scene.outputs(i, 'released').length))).toEqual(new Set([1]))
    expect(scene.all('disputed')).toBe(0)
    for (let i = 0; i < 12; i++) expect(scene.outputs(i, 'total')[0]?.missing).toEqual([scene.id(3)])
  })

  it('replays from its transcript, and not without one of its releases', () => {
    const scene = new Scene()
    scene.submit([3, 7])
    scene.finish()
    const closed = scene.n.aggregator.closed.get(scene.slot)
    const record = scene.n.aggregatorJournal.find(each => each.kind === 'result')
    expect(record?.bytes).toEqual(closed?.transcript)
    const used = scene.n.aggregatorJournal.filter(each => each.kind === 'received' || each.kind === 'request').map(each => each.bytes)
    const result = closed?.result as Uint8Array
    expect(replaySlot(scene.roster, result, used).contributors).toHaveLength(10)
    const release = used.findIndex(bytes => decodeEnvelope(bytes).type === MessageType.MaskRelease)
    expect(() => replaySlot(scene.roster, result, used.toSpliced(release, 1))).toThrow(/expected a release of each/)
    const request = used.findIndex(bytes => decodeEnvelope(bytes).type === MessageType.RecoveryRequest)
    expect(() => replaySlot(scene.roster, result, used.toSpliced(request, 1))).toThrow(/releases for the missing/)
  })

  it('is lost where an owed release comes under another type, which no transcript may have', () => {
    const scene = new Scene()
    const [liar] = scene.neighbours(3) as [number]
    scene.n.tamper = message => {
      const { type, epoch, slot, payload } = decodeEnvelope(message.bytes)
      if (type !== MessageType.MaskRelease || message.from !== scene.id(liar)) return [message]
      const { identity } = scene.meter(liar).config
      return [{ ...message, bytes: sealEnvelope(identity, MessageType.MaskWord, scene.roster.hash, epoch, slot, payload) }]
    }
    scene.submit([3])
    scene.finish()
    expect(scene.n.resultOf(scene.slot)).toMatchObject({ type: 'lost', reason: 'Unanswered', members: [scene.id(liar)] })
  })

  it('is exact whoever is missing, as long as every meter keeps f neighbours (property)', () => {
    let recovered = 0
    fc.assert(
      fc.property(
        fc.integer({ min: 6, max: 20 }),
        fc.integer({ min: 2, max: 5 }),
        fc.uniqueArray(fc.nat(19), { maxLength: 6 }),
        fc.string(),
        (members, half, gone, seed) => {
          const scene = new Scene({ members, degree: 2 * half, seed })
          const without = gone.filter(i => i < members)
          scene.submit(without)
          scene.finish()
          const result = scene.n.resultOf(scene.slot)
          if (result?.type === 'total') {
            if (without.length > 0) recovered++
            scene.expectTotalWithout(without)
          } else expect(['Refused', 'MembersMissing']).toContain(result?.reason)
          expect(scene.all('misreported')).toBe(0)
        }
      ),
      { numRuns: 60, seed: 20261121 }
    )
    expect(recovered).toBeGreaterThan(10)
  })

  it('is lost where a meter has too few neighbours left, and the result names who refused', () => {
    const scene = new Scene({ members: 20, degree: 4 })
    const victim = 5
    const gone = scene.neighbours(victim).slice(0, 3)
    scene.submit(gone)
    scene.finish()
    const result = scene.n.resultOf(scene.slot)
    expect(result).toMatchObject({ type: 'lost', reason: 'Refused' })
    expect(result?.type === 'lost' && result.members).toContain(scene.id(victim))
    expect(scene.outputs(victim, 'request-refused')).toEqual([
      { type: 'request-refused', slot: scene.slot, reason: 'too few neighbours outside the request' }
    ])
    expect(scene.n.aggregatorOutputs.some(output => output.type === 'refused' && output.by === scene.id(victim))).toBe(true)
    expect(scene.outputs(victim, 'released')).toEqual([])
  })

  it('is lost unasked where most of those who owe a release have too few neighbours left to give one', () => {
    const scene = new Scene({ members: 24, degree: 10 })
    const few = [0, 1, 2, 3, 4, 5, 6, 7]
    scene.submit(scene.n.meters.map((_, i) => i).filter(i => !few.includes(i)))
    scene.finish()
    expect(scene.n.resultOf(scene.slot)).toMatchObject({ type: 'lost', reason: 'MembersMissing' })
    expect(scene.n.aggregatorOutputs.some(({ type }) => type === 'requested')).toBe(false)
    expect(scene.all('request-refused')).toBe(0)
  })

  it('is lost where fewer than minMembers are left', () => {
    const scene = new Scene({ members: 8, degree: 6, minMembers: 6 })
    scene.submit([0, 1, 2])
    scene.finish()
    expect(scene.n.resultOf(scene.slot)).toMatchObject({ type: 'lost', reason: 'MembersMissing' })
    expect(scene.all('released')).toBe(0)
  })

  it('is lost as unanswered where a neighbour that owes a release is gone, and names it', () => {
    const scene = new Scene()
    scene.submit([3])
    const silent = scene.neighbours(3)[0] as number
    scene.n.runUntil(scene.times.deadline + 3 * scene.unit)
    scene.meter(silent).off = true
    scene.finish()
    expect(scene.n.resultOf(scene.slot)).toMatchObject({ type: 'lost', reason: 'Unanswered', members: [scene.id(silent)] })
  })
})

describe('a meter that is asked', () => {
  it('passes the request on to its missing neighbours and to control, whoever keeps it from them', () => {
    const scene = new Scene()
    // The aggregator hides what 4 sent, and names it to its neighbours alone.
    scene.n.tamper = message => (message.channel === 'readings' && message.from === scene.id(4) ? [] : [message])
    scene.n.tamperStream = message => [message]
    scene.submit([])
    scene.n.tamper = (message, topic) => (topic === 'control' && message.from === scene.n.aggregatorIdentity.id ? [] : [message])
    scene.n.runUntil(scene.times.deadline + 2 * scene.unit)
    const asked = scene.neighbours(4)[0] as number
    scene.give(asked, scene.request([4]), 'sync')
    expect(scene.outputs(asked, 'deliver').map(output => output.to)).toContain(scene.id(4))
    scene.finish()
    expect(scene.outputs(4, 'disputed')).toHaveLength(1)
    expect(scene.all('released')).toBe(0)
  })

  it('waits for the dispute window before it releases', () => {
    const scene = new Scene()
    scene.submit([3])
    const asked = scene.neighbours(3)[0] as number
    scene.n.runUntil(scene.times.deadline + 2 * scene.unit)
    expect(scene.outputs(asked, 'released')).toEqual([])
    scene.n.runUntil(scene.times.deadline + 4 * scene.unit - 1)
    expect(scene.outputs(asked, 'released')).toEqual([])
    scene.n.runUntil(scene.times.deadline + 4 * scene.unit)
    expect(scene.outputs(asked, 'released')).toHaveLength(1)
  })

  it('holds a request that comes early, and refuses one that comes late', () => {
    const scene = new Scene()
    scene.submit([3])
    const [early, late] = scene.neighbours(3) as [number, number]
    scene.muteAggregator()
    scene.n.runUntil(scene.times.deadline)
    const request = scene.request([3])
    scene.n.tamper = () => []
    scene.n.tamperStream = () => []
    scene.give(early, request, 'sync')
    scene.n.runUntil(scene.times.deadline + scene.unit + 2 * scene.unit - 1)
    expect(scene.outputs(early, 'released')).toEqual([])
    scene.n.runUntil(scene.times.deadline + 3 * scene.unit)
    expect(scene.outputs(early, 'released')).toHaveLength(1)
    scene.n.runUntil(scene.times.deadline + 4 * scene.unit)
    scene.give(late, request, 'sync')
    scene.finish()
    expect(scene.outputs(late, 'released')).toEqual([])
    expect(scene.outputs(late, 'request-refused')[0]?.reason).toBe('outside the request window')
  })

  it('answers a slot once: a second request is evidence, and nothing more is released', () => {
    const scene = new Scene()
    scene.submit([3])
    const [asked] = scene.neighbours(3) as [number]
    scene.n.runUntil(scene.times.deadline + 2 * scene.unit)
    const other = (asked + 1) % 12 === 3 ? (asked + 2) % 12 : (asked + 1) % 12
    scene.give(asked, scene.request([3, other]), 'sync')
    scene.finish()
    expect(scene.outputs(asked, 'evidence')).toHaveLength(1)
    expect(scene.outputs(asked, 'released')).toEqual([])
    expect(scene.outputs(asked, 'request-refused')[0]?.reason).toMatch(/a second request|a member disputes/)
  })

  it('releases nothing where it has not submitted, or restarted since it accepted', () => {
    const scene = new Scene()
    const [one, two] = scene.neighbours(3) as [number, number]
    scene.submit([3, one])
    scene.n.runUntil(scene.times.deadline + 3 * scene.unit)
    scene.n.restart(scene.meter(two))
    scene.give(two, scene.request([3, one]), 'sync')
    scene.finish()
    expect(scene.outputs(one, 'released')).toEqual([])
    expect(scene.outputs(two, 'released')).toEqual([])
    expect(scene.outputs(two, 'request-refused')[0]?.reason).toBe('restarted since the request')
    expect(scene.n.resultOf(scene.slot)).toMatchObject({ type: 'lost', reason: 'Refused', members: [scene.id(two)] })
  })

  it('journals a request before it acknowledges or passes it on, and a release before it is sent', () => {
    const scene = new Scene()
    scene.submit([3])
    scene.finish()
    for (const i of scene.neighbours(3)) {
      const { outputs } = scene.meter(i)
      const kinds = outputs.map(output => (output.type === 'journal' ? output.record.kind : output.type))
      expect(kinds.indexOf('request')).toBeLessThan(kinds.indexOf('deliver'))
      expect(kinds.indexOf('release')).toBe(kinds.lastIndexOf('publish') - 1)
    }
  })
})

describe('a member that is named', () => {
  it('disputes where it has submitted; nobody releases and the slot is lost with its name', () => {
    const scene = new Scene()
    scene.n.tamper = message => (message.channel === 'readings' && message.from === scene.id(4) ? [] : [message])
    scene.n.tamperStream = message => [message]
    scene.submit([])
    // Its resend after the hint is hidden too.
    const sync = scene.n.sync.bind(scene.n)
    scene.n.sync = (from, bytes) => (from === scene.id(4) && decodeEnvelope(bytes).type === MessageType.Submission ? [] : sync(from, bytes))
    scene.finish()
    expect(scene.outputs(4, 'disputed')).toHaveLength(1)
    expect(scene.all('released')).toBe(0)
    expect(scene.n.resultOf(scene.slot)).toMatchObject({ type: 'lost', reason: 'Disputed', members: [scene.id(4)] })
  })

  it('has its dispute delivered to all its neighbours, however many slots of the past it is named for as well', () => {
    const scene = new Scene({ members: 16, degree: 14 })
    const past: Slot[] = []
    for (let i = 0; i < 76; i++) {
      const slot = (scene.slot + i) as Slot
      scene.n.runSlot(slot, scene.readings)
      past.push(slot)
    }
    const slot = (scene.slot + past.length) as Slot
    const { end, deadline, unit } = slotTimes(slot, 900)
    scene.n.runUntil(end)
    scene.n.meters.forEach((meter, i) => void scene.n.read(meter, slot, scene.readings[i] ?? []))
    scene.muteAggregator()
    scene.n.runUntil(deadline + 2 * unit)
    for (const each of past) scene.give(4, scene.request([4], each), 'sync')
    scene.give(4, scene.request([4], slot), 'sync')
    const reached = scene.outputs(4, 'deliver').filter(({ bytes }) => decodeEnvelope(bytes).slot === slot)
    expect(new Set(reached.map(({ to }) => to)).size).toBe(14)
  })

  it('is absent for good where it has not: a reading that comes later is never submitted', () => {
    const scene = new Scene()
    scene.submit([3])
    scene.n.runUntil(scene.times.deadline + 3 * scene.unit)
    expect(scene.meter(3).journal.some(record => record.kind === 'absent' && record.slot === scene.slot)).toBe(true)
    // Its clock is set back to before the deadline.
    const { now } = scene.n
    scene.n.now = millis(scene.times.deadline - 1)
    scene.n.read(scene.meter(3), scene.slot, [1, 1])
    scene.n.restart(scene.meter(3))
    scene.n.read(scene.meter(3), scene.slot, [1, 1])
    scene.n.now = now
    expect(scene.n.submissionsOf(scene.meter(3))).toEqual([])
  })

  it('before the deadline submits as always, then disputes; the request is evidence', () => {
    const scene = new Scene()
    scene.n.runUntil(scene.times.deadline - 1)
    const request = scene.request([3])
    scene.give(3, request)
    expect(scene.outputs(3, 'disputed')).toEqual([])
    scene.n.read(scene.meter(3), scene.slot, [1, 1])
    expect(scene.n.submissionsOf(scene.meter(3))).toHaveLength(1)
    expect(scene.outputs(3, 'disputed')).toHaveLength(1)
    expect(scene.outputs(3, 'evidence')).toMatchObject([{ against: scene.n.aggregatorIdentity.id, envelopes: [request] }])
  })

  it('disputes where its journal is lost', () => {
    const scene = new Scene()
    scene.n.runUntil(scene.times.deadline - 1)
    // Its rosters went with the journal: it takes the one in force late, and disputes for the slots before all the same.
    scene.n.restart(scene.meter(4), { intact: false })
    scene.n.runUntil(scene.times.deadline + 2 * scene.unit)
    scene.give(4, scene.request([4]), 'dispute')
    scene.give(5, scene.request([6]), 'dispute')
    expect(scene.outputs(4, 'disputed')).toHaveLength(1)
    expect(scene.outputs(5, 'disputed')).toEqual([])
  })

  it('disputes whatever else has happened: a second request, a restart, a slot that is over', () => {
    const scene = new Scene()
    scene.submit([3])
    scene.n.runUntil(scene.times.deadline + 2 * scene.unit)
    const other = 8
    expect(scene.give(other, scene.request([other]), 'dispute').some(output => output.type === 'disputed')).toBe(true)
    const restarted = 9
    scene.n.restart(scene.meter(restarted))
    expect(scene.give(restarted, scene.request([restarted]), 'dispute').some(output => output.type === 'disputed')).toBe(true)
    scene.n.runUntil(scene.times.over - 1)
    expect(scene.give(10, scene.request([10]), 'dispute').some(output => output.type === 'disputed')).toBe(true)
    scene.n.runUntil(scene.times.over + 4 * scene.unit)
    expect(scene.give(11, scene.request([11]), 'dispute').some(output => output.type === 'disputed')).toBe(true)
  })

  it('repeats its dispute to each neighbour until it is acknowledged', () => {
    const scene = new Scene()
    scene.submit([])
    scene.n.runUntil(scene.times.deadline + scene.unit)
    const deaf = scene.neighbours(4)[0] as number
    scene.n.tamper = () => []
    scene.n.tamperStream = (message, to) => (to === scene.id(deaf) ? [] : [message])
    scene.give(4, scene.request([4]), 'dispute')
    scene.n.runUntil(scene.times.deadline + 3 * scene.unit)
    const sent = (to: number): number => scene.outputs(4, 'deliver').filter(output => output.to === scene.id(to)).length
    expect(sent(deaf)).toBeGreaterThan(3)
    expect(sent(scene.neighbours(4)[1] as number)).toBe(1)
    scene.n.tamperStream = message => [message]
    const before = sent(deaf)
    scene.n.runUntil(scene.times.deadline + 4 * scene.unit)
    expect(sent(deaf)).toBe(before + 1)
  })
})

describe('a dispute', () => {
  const disputeOf = (scene: Scene, i: number, requestHash = new Uint8Array(32)): Uint8Array =>
    sealEnvelope(
      scene.meter(i).config.identity,
      MessageType.Dispute,
      scene.roster.hash,
      scene.roster.epoch,
      scene.slot,
      DisputePayload.encode({ requestHash, journalLost: false })
    )

  it('by any member, whatever its requestHash, keeps every meter that saw it from releasing', () => {
    const scene = new Scene()
    scene.submit([3])
    scene.n.runUntil(scene.times.deadline + 3 * scene.unit)
    const by = scene.stranger(3)
    scene.n.publish('control', scene.id(by), disputeOf(scene, by))
    scene.finish()
    expect(scene.all('released')).toBe(0)
    expect(scene.n.resultOf(scene.slot)).toMatchObject({ type: 'lost', reason: 'Disputed', members: [scene.id(by)] })
  })

  it('forged, of a stranger, of another slot or epoch changes nothing', () => {
    const scene = new Scene()
    scene.submit([3])
    scene.n.runUntil(scene.times.deadline + 3 * scene.unit)
    const [asked] = scene.neighbours(3) as [number]
    const real = disputeOf(scene, scene.stranger(3))
    const forged = real.slice()
    forged[forged.length - 1] = (forged[forged.length - 1] as number) ^ 1
    const stranger = sealEnvelope(
      scene.n.registrarIdentity,
      MessageType.Dispute,
      scene.roster.hash,
      scene.roster.epoch,
      scene.slot,
      DisputePayload.encode({ requestHash: new Uint8Array(32), journalLost: false })
    )
    for (const bytes of [forged, stranger]) scene.give(asked, bytes, 'dispute')
    scene.finish()
    scene.expectTotalWithout([3])
  })

  it('that was seen before a restart still counts after it', () => {
    const scene = new Scene()
    scene.submit([3])
    const [asked] = scene.neighbours(3) as [number]
    scene.n.runUntil(scene.times.deadline + scene.unit)
    scene.give(asked, disputeOf(scene, scene.stranger(3)), 'dispute')
    scene.n.restart(scene.meter(asked))
    scene.finish()
    expect(scene.outputs(asked, 'released')).toEqual([])
    expect(scene.outputs(asked, 'request-refused')[0]?.reason).toBe('a member disputes')
  })
})

describe('the aggregator', () => {
  it('repeats its request and its result after a restart at any moment, and counts nothing twice', () => {
    for (let step = 0; step < 48; step++) {
      const scene = new Scene({ seed: `crash ${step}` })
      scene.submit([3])
      scene.n.runUntil(scene.times.end + Math.floor((step * (scene.times.over - scene.times.end)) / 48))
      scene.n.restartAggregator()
      scene.finish()
      scene.expectTotalWithout([3])
      expect(scene.all('evidence')).toBe(0)
      const results = scene.n.aggregatorJournal.filter(record => record.kind === 'result')
      expect(results).toHaveLength(1)
    }
  })

  it('takes no submission once it has asked for its masks', () => {
    const scene = new Scene()
    scene.submit([3])
    scene.n.runUntil(scene.times.deadline + 2 * scene.unit)
    const late = scene.n.aggregator.drops.counts['slot-over'] ?? 0
    const away = new VirtualNeighbourhood({ members: 12, degree: 6 })
    away.runUntil(scene.times.end)
    away.read(away.meters[3] as VirtualMeter, scene.slot, [5, 5])
    const [bytes] = away.passed.filter(message => message.channel === 'readings').map(message => message.bytes)
    scene.n.toAggregator({ channel: 'readings', from: scene.id(3), bytes: bytes as Uint8Array })
    expect(scene.n.aggregator.drops.counts['slot-over']).toBe(late + 1)
    scene.finish()
    scene.expectTotalWithout([3])
  })

  it('sends its request again by stream to those who still owe an answer', () => {
    const scene = new Scene()
    scene.submit([3])
    scene.n.tamper = (message, topic) =>
      topic === 'control' &&
      message.from === scene.n.aggregatorIdentity.id &&
      decodeEnvelope(message.bytes).type === MessageType.RecoveryRequest
        ? []
        : [message]
    scene.finish()
    expect(scene.n.aggregatorOutputs.filter(output => output.type === 'send')).toHaveLength(6)
    scene.expectTotalWithout([3])
  })

  it('goes on to the next slot whatever became of this one', () => {
    const scene = new Scene()
    scene.submit([3])
    scene.finish()
    const readings = randomReadings(scene.n.rng, 12, 2)
    scene.n.runSlot(next(scene.slot), readings)
    const result = scene.n.resultOf(next(scene.slot))
    expect(result?.type === 'total' && signedLanes(result.lanes)).toEqual(sumOf(readings, 2))
  })
})
