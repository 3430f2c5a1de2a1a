// Double mask as the registrar sees it (section 7): who is at fault for a slot, and when the aggregator's word is not enough.
import {
  DisputeReply,
  decodeEnvelope,
  EdgeRequestPayload,
  type Envelope,
  LossReason,
  MaskReleasePayload,
  MessageType,
  RosterDeltaPayload,
  ShareReleasePayload,
  SlotLostPayload,
  SubmissionPayload
} from '@hushgrid/messages'
import { ed25519Verifier, type MeterId } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import type { MeterState } from '../../src/meter/state.ts'
import { provenFaults } from '../../src/protocol/proven-faults.ts'
import type { RegistrarOutput } from '../../src/registrar/contract.ts'
import { createRegistrar, stepRegistrar } from '../../src/registrar/machine.ts'
import type { RegistrarState } from '../../src/registrar/state.ts'
import { DoubleMaskScene } from '../support/double-mask-scene.ts'
import type { VirtualOptions } from '../support/virtual-neighbourhood.ts'

type RegistrarOutputOf<T extends RegistrarOutput['type']> = Extract<RegistrarOutput, { type: T }>

class WitnessedScene extends DoubleMaskScene {
  /** What the registrar puts out of a kind. */
  of<T extends RegistrarOutput['type']>(type: T): RegistrarOutputOf<T>[] {
    return this.n.registrarOutputs.filter((output): output is RegistrarOutputOf<T> => output.type === type)
  }

  /** Faults, as `what` of which meter. */
  get faults(): string[] {
    return this.of('fault')
      .map(({ what, meterId }) => `${what} of ${this.number(meterId)}`)
      .sort()
  }

  /** Members with whom the aggregator is found to be wrong. */
  get wronged(): number[] {
    return this.of('aggregator-fault').flatMap(({ members }) => members.map(id => this.number(id)))
  }

  /** What the registrar hears does not reach the aggregator, by gossip or stream. */
  hide(which: (message: Envelope, by: number) => boolean): this {
    const { toAggregator, sync } = this.n
    this.n.toAggregator = message =>
      which(decodeEnvelope(message.bytes), this.number(message.from)) ? [] : toAggregator.call(this.n, message)
    this.n.sync = (from, bytes) => (which(decodeEnvelope(bytes), this.number(from)) ? [] : sync.call(this.n, from, bytes))
    return this
  }

  /**
   * These acknowledge what the registrar hands them, and answer nothing there that is so: all of their answers unless told.
   */
  keepFromRegistrar(members: readonly number[], which: (message: Envelope) => boolean = () => true): this {
    this.n.hand = (to, request) => {
      const meter = this.meter(this.number(to))
      const from = this.n.registrarIdentity.id
      const answer = this.n.toMeter(meter, { channel: 'dispute', from, bytes: request }).find(output => output.type === 'answer')
      let reply = answer?.type === 'answer' ? answer.bytes : undefined
      if (reply && members.includes(this.number(to))) {
        const { acknowledged, envelopes } = DisputeReply.decode(reply)
        reply = DisputeReply.encode({ acknowledged, envelopes: envelopes.filter(bytes => !which(decodeEnvelope(bytes))) })
      }
      const { state, outputs } = stepRegistrar(this.n.registrar, { type: 'handed', meterId: to, request, reply }, this.n.now)
      this.n.registrar = state
      this.n.carryOutRegistrar(outputs)
    }
    return this
  }

  /** Silent to everybody: what is so reaches neither gossip, the aggregator nor the registrar. */
  mute(members: readonly number[], which: (message: Envelope) => boolean): this {
    return this.silence((envelope, by) => members.includes(by) && which(envelope)).keepFromRegistrar(members, which)
  }

  /** Puts a loss in the place of the aggregator's result. */
  lose(reason: LossReason, members: readonly number[]): this {
    const { tamper } = this.n
    const lost = (): Uint8Array => this.seal(MessageType.SlotLost, SlotLostPayload.encode({ reason, members: this.members(members) }))
    this.n.tamper = (message, topic) => {
      const { type } = decodeEnvelope(message.bytes)
      return tamper(type === MessageType.SlotTotal || type === MessageType.SlotLost ? { ...message, bytes: lost() } : message, topic)
    }
    return this
  }

  /** What a meter publishes of a type has another payload. */
  replace(type: MessageType, i: number, change: (payload: Uint8Array) => Uint8Array): this {
    const { tamper } = this.n
    this.n.tamper = (message, topic) => {
      const envelope = decodeEnvelope(message.bytes)
      if (envelope.type !== type || message.from !== this.id(i)) return tamper(message, topic)
      return tamper({ ...message, bytes: this.sealBy(i, envelope, change(envelope.payload)) }, topic)
    }
    return this
  }
}

const isWord = ({ type }: Envelope): boolean => type === MessageType.MaskWord
const isShare = ({ type }: Envelope): boolean => type === MessageType.ShareRelease
const isMask = ({ type }: Envelope): boolean => type === MessageType.MaskRelease
const isSubmission = ({ type }: Envelope): boolean => type === MessageType.Submission
function spoiltShares(change: Partial<ShareReleasePayload>): (payload: Uint8Array) => Uint8Array {
  return payload => ShareReleasePayload.encode({ ...ShareReleasePayload.decode(payload), ...change })
}
function spoiltMasks(change: Partial<MaskReleasePayload>): (payload: Uint8Array) => Uint8Array {
  return payload => MaskReleasePayload.encode({ ...MaskReleasePayload.decode(payload), ...change })
}
const flipCheck = (payload: Uint8Array): Uint8Array => {
  const submission = SubmissionPayload.decode(payload)
  return SubmissionPayload.encode({ ...submission, check: submission.check.map(byte => byte ^ 1) })
}

describe('silence', () => {
  it('with shares, to the registrar too, is a fault of each that had the request from it', () => {
    const scene = new WitnessedScene()
    const silent = scene.neighbours(0).slice(0, 3)
    scene.mute(silent, isShare)
    scene.submit().finish()
    scene.expectLost('Unanswered')
    expect(scene.faults).toEqual(silent.map(i => `silent of ${i}`).sort())
    expect(scene.wronged).toEqual([])
    // Once handed over, and once more.
    for (const i of silent) expect(scene.of('hand').filter(({ to }) => to === scene.id(i))).toHaveLength(2)
  })

  it('by gossip and stream is none where the registrar gets the answer that it asks for', () => {
    const scene = new WitnessedScene()
    const silent = scene.neighbours(0).slice(0, 3)
    scene.silence((envelope, by) => isShare(envelope) && silent.includes(by))
    scene.submit().finish()
    scene.expectLost('Unanswered')
    expect(
      scene
        .of('hand')
        .map(({ to }) => scene.number(to))
        .sort()
    ).toEqual([...silent].sort())
    expect(scene.faults).toEqual([])
  })

  it('with a refusal is none', () => {
    const scene = new WitnessedScene()
    const [refuser] = scene.neighbours(3) as [number]
    scene.mute([refuser], envelope => isWord(envelope) || isShare(envelope))
    scene.submit([3])
    const { journal } = scene.meter(refuser)
    // Its journal was restored without the submission: it refuses what it cannot know.
    scene.n.restart(scene.meter(refuser), { intact: true, records: journal.filter(({ kind }) => kind === 'roster') })
    scene.finish()
    expect(scene.refusals(refuser)[0]).toBe('not submitted here')
    expect(scene.faults).toEqual([])
  })

  it('of members that are gone is nobody’s fault', () => {
    const scene = new WitnessedScene()
    const silent = scene.neighbours(0).slice(0, 3)
    scene.mute(silent, isShare)
    scene.submit()
    for (const i of silent) scene.meter(i).off = true
    scene.finish()
    scene.expectLost('Unanswered')
    expect(scene.faults).toEqual([])
  })

  it('that only the aggregator claims is nobody’s fault: the registrar has heard the shares', () => {
    const scene = new WitnessedScene()
    const silent = scene.neighbours(0).slice(0, 3)
    scene.hide((envelope, by) => isShare(envelope) && silent.includes(by))
    scene.submit().finish()
    scene.expectLost('Unanswered')
    expect([scene.faults, scene.of('hand')]).toEqual([[], []])
  })

  it.each<[string, MessageType, (payload: Uint8Array) => Uint8Array]>([
    ['shares of too few bytes', MessageType.ShareRelease, spoiltShares({ shares: new Uint8Array(16) })],
    ['shares of too many bytes', MessageType.ShareRelease, spoiltShares({ shares: new Uint8Array(16 * 9) })],
    ['shares for another request', MessageType.ShareRelease, spoiltShares({ requestHash: new Uint8Array(32) })],
    ['masks of too few bytes', MessageType.MaskRelease, spoiltMasks({ lanes: new Uint8Array(8) })],
    ['masks for another request', MessageType.MaskRelease, spoiltMasks({ requestHash: new Uint8Array(32) })]
  ])('is what is malformed: %s', (_, type, change) => {
    const scene = new WitnessedScene({ degree: 12 })
    const [liar] = scene.neighbours(3) as [number]
    scene.replace(type, liar, change).keepFromRegistrar([liar])
    scene.n.sync = () => []
    scene.submit([3]).finish()
    expect(scene.faults).toEqual([`silent of ${liar}`])
  })

  it('with the masks alone that one owes beside its shares is a fault, since it loses the slot', () => {
    const scene = new WitnessedScene()
    const [silent] = scene.neighbours(3) as [number]
    scene.mute([silent], isMask)
    scene.submit([3]).finish()
    scene.expectLost('Unanswered', [silent])
    expect([scene.faults, scene.wronged]).toEqual([[`silent of ${silent}`], []])
  })

  it('with a word is a fault, though the slot goes on without its member', () => {
    const scene = new WitnessedScene()
    const [silent] = scene.neighbours(3) as [number]
    scene.mute([silent], isWord)
    scene.submit([3]).finish()
    scene.expectTotalWithout([3, silent])
    expect([scene.faults, scene.wronged]).toEqual([[`silent of ${silent}`], []])
  })

  it('with shares that does no harm is a fault as well', () => {
    const scene = new WitnessedScene()
    const [silent] = scene.neighbours(3) as [number]
    scene.mute([silent], isShare)
    scene.submit().finish()
    scene.expectTotalWithout([])
    expect(scene.faults).toEqual([`silent of ${silent}`])
  })

  it('is none of members whom the aggregator kept from answering: without their neighbours’ words', () => {
    const scene = new WitnessedScene({ degree: 12 })
    const victim = scene.neighbours(3)[0] as number
    const { fetchWords } = scene.n
    scene.n.fetchWords = (meter, slot, hash) => {
      if (meter !== scene.meter(victim)) fetchWords.call(scene.n, meter, slot, hash)
    }
    scene.submit([3]).finish()
    expect(scene.of('hand').map(({ to }) => scene.number(to))).toContain(victim)
    expect(scene.answered(victim)).toEqual(['MaskWord'])
    scene.expectLost('Refused', [victim])
    expect(scene.faults).toEqual([])
  })

  it('after a request that the registrar saw later than D + 3u is none', () => {
    const scene = new WitnessedScene()
    scene.muteAggregator().submit([3])
    scene.mute([5], isWord)
    scene.n.runUntil(scene.at(3))
    scene.n.publish('control', scene.n.aggregatorIdentity.id, scene.maskRequest(0, [3]))
    scene.finish()
    expect([scene.of('hand'), scene.faults]).toEqual([[], []])
  })

  it('is judged by what was handed over, whomever the loss names', () => {
    const scene = new WitnessedScene({ members: 16, degree: 6 })
    const [a, b] = scene.neighbours(0) as [number, number]
    scene.mute([a, b], isShare).lose(LossReason.Unanswered, [scene.strangers(0)[0] as number])
    scene.submit().finish()
    expect(scene.faults).toEqual([a, b].map(i => `silent of ${i}`).sort())
  })

  it('twice leaves a member out for 96 slots', () => {
    const scene = new WitnessedScene()
    const [silent] = scene.neighbours(0) as [number]
    scene.mute([silent], isShare)
    for (let by = 0; by < 2; by++) scene.n.runSlot((scene.slot + by) as typeof scene.slot, scene.readings)
    scene.n.runUntil(scene.times.over + 2 * 900_000)
    expect(scene.of('barred')).toMatchObject([{ meterId: scene.id(silent), until: scene.slot + 1 + 96, why: 'faults' }])
    expect(scene.n.registrar.book.latest?.roster.isAbsent(scene.position(silent))).toBe(true)
  })
})

describe('shares that do not fit', () => {
  it('are their owner’s fault where they do not fit here either', () => {
    const scene = new WitnessedScene().replace(MessageType.Submission, 4, flipCheck)
    scene.submit().finish()
    scene.expectLost('UnfittingShares', [4])
    expect([scene.faults, scene.wronged]).toEqual([['wrong-corrections of 4'], []])
  })

  it('are their owner’s fault whatever reason the loss gives, and whomever it names', () => {
    const scene = new WitnessedScene().replace(MessageType.Submission, 4, flipCheck).lose(LossReason.Unanswered, [5])
    scene.submit().finish()
    expect([scene.faults, scene.wronged]).toEqual([['wrong-corrections of 4'], []])
  })

  it('of an honest owner make the aggregator guilty, and nobody else', () => {
    const scene = new WitnessedScene().lose(LossReason.UnfittingShares, [5])
    scene.submit().finish()
    expect([scene.faults, scene.wronged]).toEqual([[], [5]])
  })

  it('of two owners are told apart', () => {
    const scene = new WitnessedScene().replace(MessageType.Submission, 4, flipCheck).lose(LossReason.UnfittingShares, [4, 5])
    scene.submit().finish()
    expect([scene.faults, scene.wronged]).toEqual([['wrong-corrections of 4'], [5]])
  })

  it('are nobody’s fault where too few shares were witnessed to tell', () => {
    const scene = new WitnessedScene().replace(MessageType.Submission, 4, flipCheck)
    const { tamper } = scene.n
    // The aggregator gets them, the registrar does not, and reaches nobody.
    scene.n.hand = () => {}
    scene.n.tamper = (message, topic) => {
      if (!isShare(decodeEnvelope(message.bytes))) return tamper(message, topic)
      scene.n.toAggregator(message)
      return []
    }
    scene.submit().finish()
    scene.expectLost('UnfittingShares', [4])
    expect([scene.faults, scene.wronged]).toEqual([[], []])
  })

  it('leave their owner out at once, until an operator lifts it, with what proves it beside the next roster', () => {
    const scene = new WitnessedScene({ members: 13 }).replace(MessageType.Submission, 4, flipCheck)
    scene.submit().finish()
    expect(scene.of('barred')).toMatchObject([{ meterId: scene.id(4), until: undefined, why: 'proven' }])
    scene.n.runUntil(scene.times.over + 4 * 900_000)
    expect(scene.faults).toEqual(['wrong-corrections of 4'])
    const latest = scene.n.registrar.book.latest?.roster as typeof scene.roster
    expect(latest.isAbsent(scene.position(4))).toBe(true)
    scene.n.converse(scene.meter(4), { type: 'join' })
    expect(scene.outputs(4, 'refused').at(-1)?.reason).toMatch(/its own signed messages prove a fault/)
    const roster = scene.n.passed.flatMap(({ bytes }) => {
      const { type, payload } = decodeEnvelope(bytes)
      return type === MessageType.RosterDelta ? [RosterDeltaPayload.decode(payload)] : []
    })
    const proofs = roster.flatMap(each => each.proofs).map(bytes => decodeEnvelope(bytes))
    expect(proofs.map(({ type }) => type).slice(0, 2)).toEqual([MessageType.ShareRequest, MessageType.Submission])
    expect(proofs[1]?.sender).toBe(scene.id(4))
    // t = 6 shares that have its tags.
    expect(proofs.slice(2).map(({ type }) => type)).toEqual(Array.from({ length: 6 }, () => MessageType.ShareRelease))
    const found = (which: readonly Uint8Array[]) => provenFaults(which, () => scene.roster, ed25519Verifier)
    const given: readonly Uint8Array[] = roster.flatMap(each => each.proofs)
    expect(found(given)).toEqual([{ meterId: scene.id(4), slot: scene.slot }])
    // One share too few, another's submission, and what is no envelope prove nothing.
    const [own] = scene.n.submissionsOf(scene.meter(5)) as [Envelope]
    const other = given.with(1, scene.sealBy(5, own, own.payload))
    for (const spoilt of [given.slice(0, -1), other, given.with(2, Uint8Array.of(1)), given.slice(1)]) expect(found(spoilt)).toEqual([])
    // Thirteen were there, and two thirds of twelve are needed without the liar: as much before as after a restart.
    const without = (id: MeterId): boolean => id !== scene.id(4)
    const next = (scene.slot + 6) as typeof scene.slot
    const restarted = (): RegistrarState => createRegistrar(scene.n.registrarConfig, scene.n.registrarJournal, scene.n.now)
    expect([scene.n.registrar, restarted()].map(({ attendance }) => attendance.least(next, without))).toEqual([8, 8])
    const lift = stepRegistrar(scene.n.registrar, { type: 'lift', meterId: scene.id(4) }, scene.n.now)
    scene.n.registrar = lift.state
    scene.n.carryOutRegistrar(lift.outputs)
    expect([scene.n.registrar, restarted()].map(({ faults }) => faults.has(scene.id(4)))).toEqual([false, false])
    scene.n.converse(scene.meter(4), { type: 'join' })
    scene.n.runUntil(scene.times.over + 6 * 900_000)
    expect(scene.n.registrar.book.latest?.roster.isAbsent(scene.position(4))).toBe(false)
  })
})

describe('a member that is called missing', () => {
  it('though its submission was witnessed in time makes the aggregator guilty', () => {
    const scene = new WitnessedScene().hide((envelope, by) => isSubmission(envelope) && by === 4)
    scene.submit().finish()
    scene.expectTotalWithout([4])
    expect([scene.faults, scene.wronged]).toEqual([[], [4]])
  })

  it('or silent, though its word was witnessed in time', () => {
    const scene = new WitnessedScene()
    const [heard] = scene.neighbours(3) as [number]
    scene.hide((envelope, by) => isWord(envelope) && by === heard)
    scene.submit([3]).finish()
    scene.expectTotalWithout([3, heard])
    expect([scene.faults, scene.wronged]).toEqual([[], [heard]])
  })

  it('in a loss, though its submission was witnessed in time', () => {
    const scene = new WitnessedScene().lose(LossReason.MembersMissing, [3, 5])
    scene.submit([3]).finish()
    expect([scene.faults, scene.wronged]).toEqual([[], [5]])
  })

  it('and was, or was silent, makes nobody guilty', () => {
    const scene = new WitnessedScene()
    const [silent] = scene.neighbours(3) as [number]
    scene.silence((envelope, by) => isWord(envelope) && by === silent)
    scene.submit([3]).finish()
    scene.expectTotalWithout([3, silent])
    expect([scene.faults, scene.wronged]).toEqual([[], []])
  })

  it('for its two submissions was rightly left out, and is at fault itself', () => {
    const scene = new WitnessedScene()
    scene.n.runUntil(scene.times.end)
    scene.read(4)
    const [own] = scene.n.submissionsOf(scene.meter(4)) as [Envelope]
    scene.n.publish('readings', scene.id(4), scene.sealBy(4, own, flipCheck(own.payload)))
    scene.submit([4]).finish()
    scene.expectTotalWithout([4])
    expect([scene.faults, scene.wronged]).toEqual([['two-submissions of 4'], []])
  })
})

describe('conflicting requests', () => {
  it.each([
    ['two of a round', (scene: WitnessedScene) => [scene.maskRequest(0, [3]), scene.maskRequest(0, [3, 5])], true],
    ['a later one with less', (scene: WitnessedScene) => [scene.maskRequest(0, [3, 5]), scene.maskRequest(1, [3])], true],
    ['an earlier one with more', (scene: WitnessedScene) => [scene.maskRequest(1, [3]), scene.maskRequest(0, [3, 5])], true],
    ['shares for less', (scene: WitnessedScene) => [scene.maskRequest(4, [3, 5]), scene.shareRequest([3])], true],
    ['two for shares', (scene: WitnessedScene) => [scene.shareRequest([3]), scene.shareRequest([3, 5])], true],
    [
      'none: growing',
      (scene: WitnessedScene) => [scene.maskRequest(0, [3]), scene.maskRequest(1, [3, 5]), scene.shareRequest([3, 5])],
      false
    ],
    [
      'none: out of order',
      (scene: WitnessedScene) => [scene.shareRequest([3, 5]), scene.maskRequest(1, [3, 5]), scene.maskRequest(0, [3])],
      false
    ]
  ])('are evidence: %s', (_, requests, evidence) => {
    const scene = new WitnessedScene()
    scene.muteAggregator().submit([3])
    scene.n.runUntil(scene.at(1))
    for (const bytes of [...requests(scene), ...requests(scene)]) scene.n.publish('control', scene.n.aggregatorIdentity.id, bytes)
    scene.finish()
    const found = scene.of('evidence')
    expect(found.map(({ against, envelopes }) => [against, envelopes])).toEqual(
      evidence ? [[scene.n.aggregatorIdentity.id, requests(scene).slice(0, 2)]] : []
    )
  })

  it.each([
    ['silence', 'Unanswered', true],
    ['shares that do not fit', 'UnfittingShares', false]
  ])('make nobody at fault for %s', (_, reason, withSilence) => {
    const scene = new WitnessedScene().replace(MessageType.Submission, 4, flipCheck)
    const silent = withSilence ? scene.neighbours(0).slice(0, 3) : []
    scene.mute(silent, isShare)
    scene.submit()
    scene.n.runUntil(scene.at(1))
    scene.n.publish('control', scene.n.aggregatorIdentity.id, scene.maskRequest(0, [7]))
    scene.finish()
    scene.expectLost(reason)
    expect(scene.of('evidence')).toHaveLength(1)
    expect(scene.faults).toEqual([])
  })
})

describe('a share that lacks its owner’s tag', () => {
  /** A scene in which what one publishes contradicts another: a holder's share of an owner, or the owner's tag of it. */
  function lying(liar: 'owner' | 'holder', options: Partial<VirtualOptions> = {}): readonly [WitnessedScene, number, number] {
    const scene = new WitnessedScene(options)
    const owner = 4
    const holder = scene.neighbours(owner)[0] as number
    const flip = (bytes: Uint8Array, at: number): Uint8Array => bytes.with(at, (bytes[at] as number) ^ 1)
    if (liar === 'owner')
      scene.replace(MessageType.Submission, owner, payload => {
        const submission = SubmissionPayload.decode(payload)
        return SubmissionPayload.encode({ ...submission, tags: flip(submission.tags, 8 * scene.neighbours(owner).indexOf(holder)) })
      })
    else
      scene.replace(MessageType.ShareRelease, holder, payload => {
        const release = ShareReleasePayload.decode(payload)
        return ShareReleasePayload.encode({ ...release, shares: flip(release.shares, 16 * scene.neighbours(holder).indexOf(owner)) })
      })
    return [scene, owner, holder]
  }

  it.each(['owner', 'holder'] as const)('cuts the pair, and its opened edge proves that the %s lied', who => {
    const [scene, owner, holder] = lying(who)
    const liar = who === 'owner' ? owner : holder
    scene.submit()
    scene.expectTotalWithout([])
    expect(scene.of('cut')).toEqual([{ type: 'cut', slot: scene.slot, owner: scene.id(owner), holder: scene.id(holder) }])
    const honest = who === 'owner' ? holder : owner
    expect(scene.outputs(honest, 'edge-opened')).toEqual([{ type: 'edge-opened', slot: scene.slot, with: scene.id(liar) }])
    expect(scene.outputs(liar, 'edge-opened')).toEqual([])
    expect(scene.faults).toEqual([`false-share of ${liar}`])
    scene.n.runUntil(scene.times.over + 900_000)
    const latest = scene.n.registrar.book.latest?.roster as typeof scene.roster
    expect(latest.isCut(scene.position(owner), scene.position(holder))).toBe(true)
    expect([latest.isAbsent(scene.position(liar)), latest.isAbsent(scene.position(honest))]).toEqual([true, false])
  })

  it.each(['owner', 'holder'] as const)('and its proof beside a roster tells meters that the season after may lack the %s', who => {
    const [scene, owner, holder] = lying(who, { members: 13 })
    const [liar, honest] = who === 'owner' ? [owner, holder] : [holder, owner]
    scene.submit()
    scene.expectTotalWithout([])
    scene.n.runUntil(scene.times.over + 900_000)
    const least = ({ attendance }: Pick<MeterState, 'attendance'>, id: MeterId): number =>
      attendance.least((scene.slot + 6) as typeof scene.slot, each => each !== id)
    const meter = scene.meter(scene.strangers(liar)[0] as number)
    // Two thirds of twelve, of thirteen, and the same once it was started again.
    const both = (): number[] => [liar, honest].map(i => least(meter.state, scene.id(i)))
    expect(both()).toEqual([8, 9])
    scene.n.restart(meter)
    expect(both()).toEqual([8, 9])
  })

  it('is nobody’s fault while neither opens the edge and neither was reached', () => {
    const [scene, owner, holder] = lying('holder')
    scene.n.hand = () => {}
    scene.submit().finish()
    scene.n.runUntil(scene.times.over + 4 * 900_000)
    expect([scene.of('cut').length, scene.faults]).toEqual([1, []])
    const latest = scene.n.registrar.book.latest?.roster as typeof scene.roster
    expect(latest.isCut(scene.position(owner), scene.position(holder))).toBe(true)
  })

  it('that is no conflict is dropped: another request, or a share that has the tag', () => {
    const scene = new WitnessedScene()
    scene.submit().finish()
    const owner = scene.n.passed.find(({ from, bytes }) => from === scene.id(4) && isSubmission(decodeEnvelope(bytes)))?.bytes
    const holder = scene.neighbours(4)[0] as number
    const release = scene.n.passed.find(({ from, bytes }) => from === scene.id(holder) && isShare(decodeEnvelope(bytes)))?.bytes
    for (const request of [scene.shareRequest([]), scene.shareRequest([3])]) {
      const payload = EdgeRequestPayload.encode({ request, submission: owner as Uint8Array, release: release as Uint8Array })
      scene.n.toRegistrar(scene.n.aggregatorIdentity.id, scene.seal(MessageType.Conflict, payload))
    }
    expect([scene.of('cut'), scene.of('fault')]).toEqual([[], []])
    expect(scene.n.registrar.drops.counts['wrong-shape']).toBe(2)
  })

  it('in a submission of another shape, which an aggregator and a member can make up, does not stop the registrar', () => {
    const scene = new WitnessedScene()
    scene.submit().finish()
    const holder = scene.neighbours(4)[0] as number
    const release = scene.n.passed.find(({ from, bytes }) => from === scene.id(holder) && isShare(decodeEnvelope(bytes)))?.bytes
    const [own] = scene.n.submissionsOf(scene.meter(4)) as [Envelope]
    const short = { ...SubmissionPayload.decode(own.payload), tags: new Uint8Array(8) }
    const submission = scene.sealBy(4, own, SubmissionPayload.encode(short))
    const payload = EdgeRequestPayload.encode({ request: scene.shareRequest([]), submission, release: release as Uint8Array })
    scene.n.toRegistrar(scene.n.aggregatorIdentity.id, scene.seal(MessageType.Conflict, payload))
    expect(scene.n.registrar.drops.counts['wrong-shape']).toBe(1)
    expect(scene.of('cut')).toEqual([])
  })
})
