// Double mask as the registrar sees it (section 7): who is at fault for a slot, and when the aggregator's word is not enough.
import {
  decodeEnvelope,
  type Envelope,
  LossReason,
  MessageType,
  ShareReleasePayload,
  SlotLostPayload,
  SubmissionPayload
} from '@hushgrid/messages'
import { describe, expect, it } from 'vitest'
import type { RegistrarOutput } from '../../src/registrar/contract.ts'
import { DoubleMaskScene } from '../support/double-mask-scene.ts'

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

const isShare = ({ type }: Envelope): boolean => type === MessageType.ShareRelease
const isMask = ({ type }: Envelope): boolean => type === MessageType.MaskRelease
const isSubmission = ({ type }: Envelope): boolean => type === MessageType.Submission
const flipCheck = (payload: Uint8Array): Uint8Array => {
  const submission = SubmissionPayload.decode(payload)
  return SubmissionPayload.encode({ ...submission, check: submission.check.map(byte => byte ^ 1) })
}

describe('silence', () => {
  it('with shares that loses a slot is the fault of those who are there and were not heard', () => {
    const scene = new WitnessedScene()
    const silent = scene.neighbours(0).slice(0, 3)
    scene.silence((envelope, by) => isShare(envelope) && silent.includes(by))
    scene.submit().finish()
    scene.expectLost('Unanswered')
    expect(scene.faults).toEqual(silent.map(i => `silent of ${i}`).sort())
    expect(scene.wronged).toEqual([])
  })

  it('of members that are gone is nobody’s fault', () => {
    const scene = new WitnessedScene()
    const silent = scene.neighbours(0).slice(0, 3)
    scene.silence((envelope, by) => isShare(envelope) && silent.includes(by))
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
    expect(scene.faults).toEqual([])
  })

  it('with shares of too few bytes, or for another request, is silence', () => {
    const scene = new WitnessedScene()
    const [a, b, c] = scene.neighbours(0) as [number, number, number]
    const spoilt = (change: Partial<ShareReleasePayload>) => (payload: Uint8Array) =>
      ShareReleasePayload.encode({ ...ShareReleasePayload.decode(payload), ...change })
    scene.replace(MessageType.ShareRelease, a, spoilt({ shares: new Uint8Array(16) }))
    scene.replace(MessageType.ShareRelease, b, spoilt({ requestHash: new Uint8Array(32) }))
    scene.silence((envelope, by) => isShare(envelope) && by === c)
    scene.n.sync = () => []
    scene.submit().finish()
    scene.expectLost('Unanswered')
    expect(scene.faults).toEqual([a, b, c].map(i => `silent of ${i}`).sort())
  })

  it('with masks that loses a slot is the fault of those who were not heard', () => {
    const scene = new WitnessedScene()
    const [missing, ...rest] = scene.neighbours(0) as [number, ...number[]]
    const silent = rest.filter(i => scene.neighbours(missing).includes(i)).slice(0, 2)
    scene.silence((envelope, by) => isMask(envelope) && silent.includes(by))
    scene.submit([missing]).finish()
    scene.expectLost('Unanswered', silent)
    expect(scene.faults).toEqual(silent.map(i => `silent of ${i}`).sort())
    expect(scene.wronged).toEqual([])
  })

  it('that does no harm is no fault', () => {
    const scene = new WitnessedScene({ degree: 12 })
    const [silent] = scene.neighbours(3) as [number]
    scene.silence((envelope, by) => (isMask(envelope) && by === silent) || (isShare(envelope) && by === scene.neighbours(3)[1]))
    scene.submit([3]).finish()
    scene.expectTotalWithout([3, silent])
    expect([scene.faults, scene.wronged]).toEqual([[], []])
  })

  it('is judged where the loss names the owners: holders of others are not asked', () => {
    const scene = new WitnessedScene({ members: 16, degree: 6 })
    const [a, b] = scene.neighbours(0) as [number, number]
    const owners = scene.n.meters.map((_, i) => i).filter(i => [a, b].every(each => scene.neighbours(i).includes(each)))
    const apart = scene.n.meters
      .map((_, i) => i)
      .find(i => ![a, b].includes(i) && owners.every(owner => !scene.neighbours(owner).includes(i) && owner !== i))
    scene.silence((envelope, by) => isShare(envelope) && [a, b, apart].includes(by))
    scene.lose(LossReason.Unanswered, owners)
    scene.submit().finish()
    expect(apart).toBeDefined()
    expect(scene.faults).toEqual([a, b].map(i => `silent of ${i}`).sort())
  })
})

describe('shares that do not fit', () => {
  it('are their owner’s fault where they do not fit here either', () => {
    const scene = new WitnessedScene().replace(MessageType.Submission, 4, flipCheck)
    scene.submit().finish()
    scene.expectLost('UnfittingShares', [4])
    expect([scene.faults, scene.wronged]).toEqual([['unfitting-shares of 4'], []])
  })

  it('of an honest owner make the aggregator guilty, and nobody else', () => {
    const scene = new WitnessedScene().lose(LossReason.UnfittingShares, [5])
    scene.submit().finish()
    expect([scene.faults, scene.wronged]).toEqual([[], [5]])
  })

  it('of two owners are told apart', () => {
    const scene = new WitnessedScene().replace(MessageType.Submission, 4, flipCheck).lose(LossReason.UnfittingShares, [4, 5])
    scene.submit().finish()
    expect([scene.faults, scene.wronged]).toEqual([['unfitting-shares of 4'], [5]])
  })

  it('are nobody’s fault where too few shares were witnessed to tell', () => {
    const scene = new WitnessedScene().replace(MessageType.Submission, 4, flipCheck)
    const { tamper } = scene.n
    // The aggregator gets them, the registrar does not.
    scene.n.tamper = (message, topic) => {
      if (!isShare(decodeEnvelope(message.bytes))) return tamper(message, topic)
      scene.n.toAggregator(message)
      return []
    }
    scene.submit().finish()
    scene.expectLost('UnfittingShares', [4])
    expect([scene.faults, scene.wronged]).toEqual([[], []])
  })

  it('twice leave a member out', () => {
    const scene = new WitnessedScene().replace(MessageType.Submission, 4, flipCheck)
    for (let by = 0; by < 2; by++) scene.n.runSlot((scene.slot + by) as typeof scene.slot, scene.readings)
    scene.n.runUntil(scene.times.over + 2 * 900_000)
    expect(scene.faults).toEqual(['unfitting-shares of 4', 'unfitting-shares of 4'])
    expect(scene.n.registrar.book.latest?.roster.isAbsent(scene.position(4))).toBe(true)
  })
})

describe('a member that is called missing', () => {
  it('though its submission was witnessed in time makes the aggregator guilty', () => {
    const scene = new WitnessedScene().hide((envelope, by) => isSubmission(envelope) && by === 4)
    scene.submit().finish()
    scene.expectTotalWithout([4])
    expect([scene.faults, scene.wronged]).toEqual([[], [4]])
  })

  it('or silent, though its release was witnessed in time', () => {
    const scene = new WitnessedScene()
    const [released] = scene.neighbours(3) as [number]
    scene.hide((envelope, by) => isMask(envelope) && by === released)
    scene.submit([3]).finish()
    scene.expectTotalWithout([3, released])
    expect([scene.faults, scene.wronged]).toEqual([[], [released]])
  })

  it('in a loss, though its submission was witnessed in time', () => {
    const scene = new WitnessedScene().lose(LossReason.MembersMissing, [3, 5])
    scene.submit([3]).finish()
    expect([scene.faults, scene.wronged]).toEqual([[], [5]])
  })

  it('and was, or was silent, makes nobody guilty', () => {
    const scene = new WitnessedScene()
    const [silent] = scene.neighbours(3) as [number]
    scene.silence((envelope, by) => isMask(envelope) && by === silent)
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
    scene.silence((envelope, by) => isShare(envelope) && silent.includes(by))
    scene.submit()
    scene.n.runUntil(scene.at(1))
    scene.n.publish('control', scene.n.aggregatorIdentity.id, scene.maskRequest(0, [7]))
    scene.finish()
    scene.expectLost(reason)
    expect(scene.of('evidence')).toHaveLength(1)
    expect(scene.faults).toEqual([])
  })
})
