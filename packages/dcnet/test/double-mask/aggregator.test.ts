// Section 7, recovery 2, steps 1, 2 and 4: what the aggregator asks for, when, and how a slot ends.

import {
  decodeEnvelope,
  EdgeRequestPayload,
  type Envelope,
  MaskReleasePayload,
  MessageType,
  RefusalPayload,
  SHARE_BYTES,
  ShareReleasePayload,
  SubmissionPayload,
  SyncReply,
  SyncRequest,
  TAG_BYTES
} from '@hushgrid/messages'
import { type MeterId, sha256, toHex } from '@hushgrid/primitives'
import { closeMissing } from '@hushgrid/topology'
import { describe, expect, it } from 'vitest'
import type { AggregatorOutput } from '../../src/aggregator/contract.ts'
import { createAggregator, stepAggregator } from '../../src/aggregator/machine.ts'
import type { DoubleMaskAggregator } from '../../src/aggregator/recovery/double-mask.ts'
import type { Channel } from '../../src/protocol/outputs.ts'
import { maskGraphOf } from '../../src/roster/mask-graph.ts'
import { DoubleMaskScene } from '../support/double-mask-scene.ts'
import type { VirtualOptions } from '../support/virtual-neighbourhood.ts'

/** A scene that notes when the aggregator asks and ends, in units after the deadline. */
class TimedScene extends DoubleMaskScene {
  readonly moments: [string, number][] = []

  constructor(options: Partial<VirtualOptions> = {}) {
    super(options)
    const carryOut = this.n.carryOutAggregator.bind(this.n)
    this.n.carryOutAggregator = outputs => {
      for (const output of outputs) this.#note(output)
      carryOut(outputs)
    }
  }

  #note(output: AggregatorOutput): void {
    const units = (this.n.now - this.times.deadline) / this.times.unit
    if (output.type === 'requested') this.moments.push([`round ${output.round} of ${output.missing.length}`, units])
    if (output.type === 'shares-requested') this.moments.push([`shares without ${output.missing.length}`, units])
    if (output.type === 'total') this.moments.push(['total', units])
    if (output.type === 'lost') this.moments.push([`lost as ${output.reason}`, units])
  }

  /** Sends what a meter put out again, otherwise: sealed by it, with another payload. */
  resealed(i: number, { type }: Pick<Envelope, 'type'>, payload: Uint8Array): Uint8Array {
    return this.seal(type, payload, this.meter(i).config.identity)
  }

  /** The aggregator gets this by gossip. */
  toAggregator(i: number, bytes: Uint8Array, channel: Channel = 'readings'): AggregatorOutput[] {
    return this.n.toAggregator({ channel, from: this.id(i), bytes })
  }

  /** Changes what these meters publish of a type. */
  replace(type: MessageType, change: (envelope: Envelope, by: number) => Uint8Array | undefined): this {
    const { tamper } = this.n
    this.n.tamper = (message, topic) => {
      const envelope = decodeEnvelope(message.bytes)
      const by = this.number(message.from)
      const payload = envelope.type === type && by >= 0 ? change(envelope, by) : undefined
      return tamper(payload ? { ...message, bytes: this.resealed(by, envelope, payload) } : message, topic)
    }
    return this
  }
}

const isShare = ({ type }: Envelope): boolean => type === MessageType.ShareRelease
const isWord = ({ type }: Envelope): boolean => type === MessageType.MaskWord
const isMask = ({ type }: Envelope): boolean => type === MessageType.MaskRelease

describe('the requests for words', () => {
  /** 25 members, 24 neighbours each: t = 17, so that 7 may go. In round k, k + 1 falls silent, up to this one. */
  function fallingSilent(last: number): TimedScene {
    const scene = new TimedScene({ members: 25, degree: 24 })
    const answered = new Map<number, string[]>()
    scene.silence((envelope, by) => {
      if (!isWord(envelope) || by < 1 || by > last) return false
      const hashes = answered.get(by) ?? []
      if (!hashes.includes(toHex(envelope.hash))) hashes.push(toHex(envelope.hash))
      answered.set(by, hashes)
      return hashes.indexOf(toHex(envelope.hash)) >= by - 1
    })
    scene.submit([0]).finish()
    return scene
  }
  const rounds: [string, number][] = [
    ['round 0 of 1', 1],
    ['round 1 of 2', 3],
    ['round 2 of 3', 4],
    ['round 3 of 4', 4.75],
    ['round 4 of 5', 5.25],
    ['round 5 of 6', 5.625]
  ]
  const rounded = (moments: readonly [string, number][]): [string, number][] =>
    moments.map(([what, units]) => [what, Math.round(units * 1000) / 1000])

  it('leave out whoever was silent in the one before, up to six of them; the last one’s words count', () => {
    const scene = fallingSilent(5)
    expect(rounded(scene.moments)).toEqual([...rounds, ['shares without 6', 5.625], ['total', 5.625]])
    scene.expectTotalWithout([0, 1, 2, 3, 4, 5])
    expect([scene.all('evidence'), scene.all('misreported'), scene.all('request-refused')]).toEqual([0, 0, 0])
    const names = scene.ofAggregator('requested').map(({ missing }) => missing.map(id => scene.number(id)).sort((a, b) => a - b))
    expect(names).toEqual([0, 1, 2, 3, 4, 5].map(round => Array.from({ length: round + 1 }, (_, i) => i)))
  })

  it('end with the sixth: whoever is silent then loses the slot, and is named', () => {
    const scene = fallingSilent(6)
    expect(rounded(scene.moments)).toEqual([...rounds, ['lost as Unanswered', 6]])
    scene.expectLost('Unanswered', [6])
    expect(scene.all('shared')).toBe(0)
  })

  it('go on at once where all have answered and somebody refuses', () => {
    const scene = new TimedScene()
    scene.n.runUntil(scene.times.end)
    const refuser = scene.neighbours(3)[0] as number
    scene.submit([3])
    // Its journal was restored without the submission: it refuses what it cannot know.
    const { journal } = scene.meter(refuser)
    scene.n.restart(scene.meter(refuser), { intact: true, records: journal.filter(({ kind }) => kind === 'roster') })
    scene.finish()
    expect(scene.ofAggregator('refused')).toMatchObject([{ by: scene.id(refuser), reason: 'not submitted here' }])
    expect(scene.moments).toEqual([
      ['round 0 of 1', 1],
      ['round 1 of 2', 1],
      ['shares without 2', 1],
      ['total', 1]
    ])
    scene.expectTotalWithout([3, refuser])
  })

  it('are not made where they would leave too few: those who did not send are named', () => {
    const scene = new TimedScene()
    const gone = scene.neighbours(0).slice(0, 3)
    const closure = closeMissing(maskGraphOf(scene.roster), new Set(gone.map(i => scene.position(i))), 6)
    expect(closure.size).toBe(12)
    scene.submit(gone).finish()
    expect(scene.moments).toEqual([['lost as MembersMissing', 1]])
    scene.expectLost('MembersMissing', gone)
    expect(scene.all('request-refused')).toBe(0)
  })

  it('name with the silent whoever cannot be opened without them: the slot is lost with the silent named', () => {
    const scene = new TimedScene()
    const [missing, ...silent] = scene.neighbours(0).slice(0, 4) as [number, ...number[]]
    const owing = silent.filter(i => scene.neighbours(missing).includes(i)).slice(0, 2)
    expect(owing).toHaveLength(2)
    scene.silence((envelope, by) => isWord(envelope) && owing.includes(by))
    scene.submit([missing]).finish()
    expect(scene.moments).toEqual([
      ['round 0 of 1', 1],
      ['lost as Unanswered', 3]
    ])
    scene.expectLost('Unanswered', owing)
  })

  it('are sent again by stream, once, to those who still owe', () => {
    const scene = new TimedScene()
    const [silent] = scene.neighbours(3) as [number]
    scene.silence((envelope, by) => isWord(envelope) && by === silent)
    scene.submit([3])
    scene.n.runUntil(scene.at(2) - 1)
    expect(scene.ofAggregator('send')).toEqual([])
    scene.n.runUntil(scene.at(3) - 1)
    expect(scene.ofAggregator('send').map(({ to }) => to)).toEqual([scene.id(silent)])
    scene.finish()
    scene.expectTotalWithout([3, silent])
  })
})

describe('a restart', () => {
  it.each([
    ['words', [3], MessageType.MaskRequest],
    ['shares', [], MessageType.ShareRequest]
  ])('repeats the request for %s at once, by gossip and by stream to those who still owe', (_, without, type) => {
    const scene = new TimedScene()
    const { id } = scene.n.aggregatorIdentity
    const silent = scene.neighbours(3).slice(0, 2)
    scene.silence((envelope, by) => [isWord, isShare].some(is => is(envelope)) && silent.includes(by))
    scene.submit(without)
    scene.n.runUntil(without.length > 0 ? scene.at(1) : scene.times.end)
    const [request] = scene.n.passed.filter(({ from, bytes }) => from === id && decodeEnvelope(bytes).type === type)
    const from = scene.n.aggregatorOutputs.length
    scene.n.restartAggregator()
    scene.n.runUntil(scene.n.now + 1)
    const outputs = scene.n.aggregatorOutputs.slice(from)
    expect(outputs.filter(output => output.type === 'publish')).toEqual([{ type: 'publish', topic: 'control', bytes: request?.bytes }])
    expect(
      outputs
        .filter(output => output.type === 'send')
        .sort((a, b) => silent.indexOf(scene.number(a.to)) - silent.indexOf(scene.number(b.to)))
    ).toEqual(silent.map(i => ({ type: 'send', to: scene.id(i), bytes: request?.bytes })))
  })

  it('gives a round whose time is over three quarters of a unit more, and the next one time as well', () => {
    const scene = new TimedScene()
    const [silent] = scene.neighbours(3) as [number]
    scene.silence((envelope, by) => isWord(envelope) && by === silent)
    scene.submit([3])
    scene.n.runUntil(scene.at(3) - 1)
    const journal = [...scene.n.aggregatorJournal]
    scene.muteAggregator()
    scene.n.runUntil(scene.at(4))
    const revived = createAggregator(scene.n.aggregatorConfig, journal, scene.n.now)
    const { state } = stepAggregator(revived, { type: 'tick' }, scene.n.now)
    const until = Math.ceil(scene.at(4.75))
    expect(state.open.get(scene.slot)?.recovery).toMatchObject({ request: { round: 0, until } })
    const later = stepAggregator(state, { type: 'tick' }, until as typeof scene.n.now).state.open.get(scene.slot)?.recovery
    const next = (later as DoubleMaskAggregator).request
    expect(next).toMatchObject({ round: 1 })
    // Its answers take a while: the shortest of the planned rounds is 0.375u.
    expect(next?.until).toBeGreaterThanOrEqual(until + 0.375 * scene.times.unit)
  })
})

describe('an answer that comes late', () => {
  it('is dropped without a word against whoever brings it: a word on a round that has ended', () => {
    const scene = new TimedScene({ degree: 12 })
    const [silent] = scene.neighbours(3) as [number]
    scene.silence((envelope, by) => (isWord(envelope) && by === silent) || (isShare(envelope) && by === 11))
    scene.submit([3])
    scene.n.runUntil(scene.at(3))
    const [late] = scene.answers(silent)
    const bytes = scene.resealed(silent, late as Envelope, (late as Envelope).payload)
    // The ShareRequest is out, and one has not answered that.
    expect(scene.ofAggregator('shares-requested')).toHaveLength(1)
    const words = scene.n.aggregatorJournal.filter(({ kind, bytes: b }) => kind === 'received' && isWord(decodeEnvelope(b)))
    for (const given of [bytes, words[0]?.bytes, words.at(-1)?.bytes]) {
      const outputs = scene.toAggregator(silent, given as Uint8Array)
      expect(outputs).toMatchObject([
        { type: 'dropped', reason: 'slot-over' },
        { type: 'verdict', verdict: 'ignore' }
      ])
    }
    scene.finish()
    scene.expectTotalWithout([3, silent])
  })

  it.each([
    ['the first request for words', [3], 1],
    ['the request for shares', [], -4]
  ] as const)('is dropped: a submission after %s', (_, without, units) => {
    const scene = new TimedScene()
    scene.silence(envelope => isShare(envelope) || isWord(envelope))
    scene.submit(without)
    scene.n.runUntil(scene.at(units))
    const size = scene.roster.neighbourCount
    const payload = SubmissionPayload.encode({
      lanes: new Uint8Array(16),
      corrections: new Uint8Array(SHARE_BYTES * (size - 6)),
      check: new Uint8Array(SHARE_BYTES),
      tags: new Uint8Array(TAG_BYTES * size)
    })
    for (const i of [3, 5]) {
      const bytes = scene.seal(MessageType.Submission, payload, scene.meter(i).config.identity)
      expect(scene.toAggregator(i, bytes)).toMatchObject([
        { type: 'dropped', reason: 'slot-over' },
        { type: 'verdict', verdict: 'ignore' }
      ])
    }
  })
})

describe('a submission', () => {
  it.each([
    ['no corrections', { corrections: new Uint8Array(0) }],
    ['a correction too many', { corrections: new Uint8Array(48) }],
    ['no check', { check: new Uint8Array(0) }],
    ['a tag too few', { tags: new Uint8Array(TAG_BYTES * 7) }],
    ['no tags', { tags: new Uint8Array(0) }]
  ])('with %s is dropped, and its sender missing', (_, change) => {
    const scene = new TimedScene()
    scene.replace(MessageType.Submission, ({ payload }, by) =>
      by === 3 ? SubmissionPayload.encode({ ...SubmissionPayload.decode(payload), ...change }) : undefined
    )
    // The hint would bring the right one by stream.
    scene.n.sync = () => []
    scene.submit().finish()
    expect(scene.n.aggregator.drops.counts['wrong-shape']).toBe(1)
    scene.expectTotalWithout([3])
  })

  it('that is not the only one of its sender’s counts as none, and is evidence', () => {
    const scene = new TimedScene()
    scene.replace(MessageType.Submission, ({ payload }, by) => {
      if (by !== 3) return undefined
      const other = SubmissionPayload.encode({ ...SubmissionPayload.decode(payload), lanes: new Uint8Array(16) })
      scene.toAggregator(3, scene.seal(MessageType.Submission, other, scene.meter(3).config.identity))
      return undefined
    })
    scene.submit().finish()
    expect(scene.ofAggregator('evidence')).toMatchObject([{ against: scene.id(3) }])
    scene.expectTotalWithout([3])
  })
})

describe('the shares', () => {
  it('give the total after one unit with d − t silent for an owner', () => {
    const scene = new TimedScene()
    const silent = scene.neighbours(0).slice(0, 2)
    scene.silence((envelope, by) => isShare(envelope) && silent.includes(by))
    scene.submit().finish()
    expect(scene.moments).toEqual([
      ['shares without 0', -4],
      ['total', -3]
    ])
    scene.expectTotalWithout([])
  })

  /** Owners of whom so many neighbours are silent that fewer than t are left. */
  const short = (scene: DoubleMaskScene, silent: readonly number[]): number[] =>
    scene.n.meters.map((_, i) => i).filter(i => scene.neighbours(i).filter(each => silent.includes(each)).length > 2)

  it('are too few with one more: the slot is lost at D + 7u, and the loss names the owners', () => {
    const scene = new TimedScene()
    const silent = scene.neighbours(0).slice(0, 3)
    scene.silence((envelope, by) => isShare(envelope) && silent.includes(by))
    scene.submit().finish()
    expect(scene.moments).toEqual([
      ['shares without 0', -4],
      ['lost as Unanswered', 7]
    ])
    expect(short(scene, silent)).toContain(0)
    scene.expectLost('Unanswered', short(scene, silent))
  })

  it('that come after that unit still count at D + 7u', () => {
    const scene = new TimedScene()
    const silent = scene.neighbours(0).slice(0, 3)
    scene.silence((envelope, by) => isShare(envelope) && silent.includes(by))
    scene.submit()
    scene.n.runUntil(scene.at(2))
    const [late] = silent as [number]
    const [own] = scene.answers(late)
    scene.toAggregator(late, scene.resealed(late, own as Envelope, (own as Envelope).payload))
    scene.finish()
    expect(scene.moments.at(-1)).toEqual(['total', 7])
    scene.expectTotalWithout([])
  })

  it('that are refused so often that too few are left lose the slot as refused, with the owners', () => {
    const scene = new TimedScene()
    const refusing = scene.neighbours(0).slice(0, 3)
    scene.n.runUntil(scene.times.end)
    const publish = scene.n.publish.bind(scene.n)
    // The request reaches them only after their journals were restored without the submissions.
    scene.silence((envelope, by) => isShare(envelope) && refusing.includes(by))
    scene.n.publish = (topic, from, bytes) => {
      if (decodeEnvelope(bytes).type === MessageType.ShareRequest)
        for (const i of refusing) {
          const records = scene.meter(i).journal.filter(({ kind }) => kind === 'roster')
          scene.n.restart(scene.meter(i), { intact: true, records })
        }
      publish(topic, from, bytes)
    }
    scene.submit().finish()
    scene.expectLost('Refused', short(scene, refusing))
    expect(scene.ofAggregator('refused')).toHaveLength(3)
  })

  it('that do not fit lose the slot at once, and the loss names the owner', () => {
    const scene = new TimedScene()
    scene.replace(MessageType.Submission, ({ payload }, by) => {
      const submission = SubmissionPayload.decode(payload)
      return by === 4 ? SubmissionPayload.encode({ ...submission, check: submission.check.map(byte => byte ^ 1) }) : undefined
    })
    scene.submit().finish()
    expect(scene.moments).toEqual([
      ['shares without 0', -4],
      ['lost as UnfittingShares', -4]
    ])
    scene.expectLost('UnfittingShares', [4])
  })

  /** Reported conflicts as numbers of owner and holder, ascending. */
  const conflictsOf = (scene: TimedScene): [number, number][] =>
    scene
      .ofAggregator('conflict')
      .map(({ owner, holder }): [number, number] => [scene.number(owner), scene.number(holder)])
      .sort(([a, b], [c, d]) => a - c || b - d)

  /** The first in order of x: its shares are always among those that are tried first. */
  function lyingHolder(scene: TimedScene): number {
    const liar = scene.number(scene.roster.meterId(0))
    scene.replace(MessageType.ShareRelease, ({ payload }, by) => {
      const release = ShareReleasePayload.decode(payload)
      return by === liar
        ? ShareReleasePayload.encode({ ...release, shares: release.shares.map((byte, i) => byte ^ (1 + (i % 200))) })
        : undefined
    })
    return liar
  }

  /** The tags of these holders' shares in an owner's submission are wrong. */
  function lyingOwner(scene: TimedScene, owner: number, holders: readonly number[]): void {
    scene.replace(MessageType.Submission, ({ payload }, by) => {
      if (by !== owner) return undefined
      const submission = SubmissionPayload.decode(payload)
      const tags = submission.tags.slice()
      for (const holder of holders) {
        const at = TAG_BYTES * scene.neighbours(owner).indexOf(holder)
        tags[at] = (tags[at] as number) ^ 1
      }
      return SubmissionPayload.encode({ ...submission, tags })
    })
  }

  it('of one liar do not count: the total is exact, and each is a conflict of owner and holder with their signed messages', () => {
    const scene = new TimedScene()
    const liar = lyingHolder(scene)
    scene.submit().finish()
    scene.expectTotalWithout([])
    expect(conflictsOf(scene)).toEqual(
      scene
        .neighbours(liar)
        .map((owner): [number, number] => [owner, liar])
        .sort(([a], [b]) => a - b)
    )
    const [{ bytes, owner }] = scene.ofAggregator('conflict') as [{ bytes: Uint8Array; owner: MeterId }, ...unknown[]]
    const envelope = decodeEnvelope(bytes)
    expect([envelope.type, envelope.sender]).toEqual([MessageType.Conflict, scene.n.aggregatorIdentity.id])
    const { request, submission, release } = EdgeRequestPayload.decode(envelope.payload)
    const signed = [request, submission, release].map(each => decodeEnvelope(each))
    expect(signed.map(({ type }) => type)).toEqual([MessageType.ShareRequest, MessageType.Submission, MessageType.ShareRelease])
    expect(signed.map(({ sender }) => sender)).toEqual([scene.n.aggregatorIdentity.id, owner, scene.id(liar)])
  })

  it('of which an owner’s tags are wrong do not count either: each is a conflict, and the total is exact with t that count', () => {
    const scene = new TimedScene()
    const holders = scene.neighbours(4).slice(1, 3)
    lyingOwner(scene, 4, holders)
    scene.submit().finish()
    scene.expectTotalWithout([])
    expect(conflictsOf(scene)).toEqual([...holders].sort((a, b) => a - b).map(holder => [4, holder]))
  })

  it('that count are fewer than t with one wrong tag more: the slot is lost as with silence, and the loss names the owner', () => {
    const scene = new TimedScene()
    const holders = scene.neighbours(4).slice(0, 3)
    lyingOwner(scene, 4, holders)
    scene.submit().finish()
    scene.expectLost('Unanswered', [4])
    expect(conflictsOf(scene)).toEqual([...holders].sort((a, b) => a - b).map(holder => [4, holder]))
  })

  it('that do not count are as many as those that are not there: silent and lying holders add up', () => {
    const scene = new TimedScene()
    const liar = lyingHolder(scene)
    const [owner] = scene.neighbours(liar) as [number]
    const silent = scene
      .neighbours(owner)
      .filter(each => each !== liar)
      .slice(0, 2)
    scene.silence((envelope, by) => isShare(envelope) && silent.includes(by))
    scene.submit().finish()
    expect(short(scene, [liar, ...silent])).toContain(owner)
    scene.expectLost('Unanswered', short(scene, [liar, ...silent]))
  })

  it('whose corrections are wrong where they are needed lose the slot by the owner’s own submission', () => {
    const scene = new TimedScene()
    // Without one of the first t the share with x = t + 1 is needed, with its correction.
    const [silent] = scene.neighbours(4) as [number]
    scene.silence((envelope, by) => isShare(envelope) && by === silent)
    scene.replace(MessageType.Submission, ({ payload }, by) => {
      const submission = SubmissionPayload.decode(payload)
      return by === 4 ? SubmissionPayload.encode({ ...submission, corrections: submission.corrections.map(byte => byte ^ 1) }) : undefined
    })
    scene.submit().finish()
    scene.expectLost('UnfittingShares', [4])
    expect(conflictsOf(scene)).toEqual([])
  })
})

describe('the masks beside the shares', () => {
  it('that one who owes them keeps lose the slot, and the loss names it', () => {
    const scene = new TimedScene()
    const [silent] = scene.neighbours(3) as [number]
    scene.silence((envelope, by) => isMask(envelope) && by === silent)
    scene.submit([3]).finish()
    expect(scene.moments.at(-1)).toEqual(['lost as Unanswered', 7])
    scene.expectLost('Unanswered', [silent])
  })

  it('that gossip has lost are asked for once more by stream, though the shares are there', () => {
    const scene = new TimedScene()
    const [unheard] = scene.neighbours(3) as [number]
    const { tamper } = scene.n
    scene.n.tamper = (message, topic) =>
      message.from === scene.id(unheard) && isMask(decodeEnvelope(message.bytes)) ? [] : tamper(message, topic)
    scene.submit([3]).finish()
    expect(scene.ofAggregator('send').map(({ to }) => to)).toEqual([scene.id(unheard)])
    scene.expectTotalWithout([3])
  })

  it('are waited for although another refuses its shares', () => {
    const scene = new TimedScene()
    const [late] = scene.neighbours(3) as [number]
    const [refuser] = scene.strangers(3) as [number]
    scene.silence((envelope, by) => (isMask(envelope) && by === late) || (isShare(envelope) && by === refuser))
    scene.submit([3])
    scene.n.runUntil(scene.at(1))
    const [masks] = scene.answers(late).filter(isMask)
    const refusal = RefusalPayload.encode({ requestHash: sha256(decodeEnvelope(scene.shareRequest([3])).payload), reason: 'test' })
    scene.toAggregator(refuser, scene.seal(MessageType.Refusal, refusal, scene.meter(refuser).config.identity), 'sync')
    scene.toAggregator(late, scene.resealed(late, masks as Envelope, (masks as Envelope).payload))
    scene.finish()
    scene.expectTotalWithout([3])
  })
})

describe('the words', () => {
  it('are handed to a member that asks for those of its neighbours on the last request, and to nobody else', () => {
    const scene = new TimedScene()
    scene.silence((envelope, by) => isWord(envelope) && by === scene.neighbours(3)[0])
    scene.submit([3])
    scene.n.runUntil(scene.at(1))
    const hash = sha256(decodeEnvelope(scene.maskRequest(0, [3])).payload)
    const asked = (from: MeterId, words: Uint8Array): SyncReply => {
      const bytes = SyncRequest.encode({ envelope: new Uint8Array(0), transcript: false, slot: scene.slot, words })
      const { outputs } = stepAggregator(scene.n.aggregator, { type: 'sync', from, bytes, token: 7 }, scene.n.now)
      const reply = outputs.find(output => output.type === 'reply')
      return SyncReply.decode(reply?.type === 'reply' ? reply.bytes : new Uint8Array(0))
    }
    const silent = scene.neighbours(3)[0] as number
    const asking = scene.neighbours(silent).find(each => each !== 3) as number
    const given = asked(scene.id(asking), hash).words.map(bytes => scene.number(decodeEnvelope(bytes).sender))
    expect([...given].sort((a, b) => a - b)).toEqual(
      scene
        .neighbours(asking)
        .filter(each => each !== 3 && each !== silent)
        .sort((a, b) => a - b)
    )
    expect(asked(scene.id(asking), new Uint8Array(32).fill(1)).words).toEqual([])
    expect(asked(scene.n.registrarIdentity.id, hash)).toMatchObject({ words: [], refused: expect.stringContaining('not open') })
  })

  it('of a member that the request leaves out, on another M or forged do not count', () => {
    const scene = new TimedScene()
    scene.silence((envelope, by) => isWord(envelope) && by === 5)
    scene.submit([3])
    scene.n.runUntil(scene.at(1))
    const request = scene.maskRequest(0, [3])
    const real = scene.word(5, request)
    const cases: [number, Uint8Array, string][] = [
      [3, scene.word(3, request), 'unexpected-type'],
      [5, scene.word(5, scene.maskRequest(0, [3, 7])), 'slot-over'],
      [5, real.with(-1, (real.at(-1) as number) ^ 1), 'bad-signature']
    ]
    for (const [by, bytes, reason] of cases) expect(scene.toAggregator(by, bytes)[0]).toMatchObject({ type: 'dropped', reason })
    expect(scene.ofAggregator('shares-requested')).toEqual([])
    expect(scene.toAggregator(5, real).map(({ type }) => type)).toContain('word')
    expect(scene.ofAggregator('shares-requested')).toHaveLength(1)
    scene.expectTotalWithout([3])
  })
})

describe('a ShareRelease', () => {
  /** A scene that waits for the shares of 5 and 6, with 3 missing: as much as 11 neighbours each stand. */
  function waiting(): TimedScene {
    const scene = new TimedScene({ degree: 12 })
    scene.silence((envelope, by) => isShare(envelope) && [5, 6].includes(by))
    scene.submit([3])
    scene.n.runUntil(scene.at(1))
    expect(scene.ofAggregator('shares-requested')).toHaveLength(1)
    return scene
  }
  const shareOf = (scene: TimedScene, i: number): ShareReleasePayload =>
    ShareReleasePayload.decode((scene.answers(i).find(isShare) as Envelope).payload)
  type Change = (scene: TimedScene, release: ShareReleasePayload) => Partial<ShareReleasePayload>

  it.each<[string, Change, string, string]>([
    ['with a share too few', (_, { shares }) => ({ shares: shares.slice(SHARE_BYTES) }), 'wrong-shape', 'reject'],
    ['with a share too many', (_, { shares }) => ({ shares: new Uint8Array(shares.byteLength + SHARE_BYTES) }), 'wrong-shape', 'reject'],
    ['with no share', () => ({ shares: new Uint8Array(0) }), 'wrong-shape', 'reject'],
    ['for another request', () => ({ requestHash: new Uint8Array(32) }), 'slot-over', 'ignore']
  ])('%s is dropped', (_, change, reason, verdict) => {
    const scene = waiting()
    const release = shareOf(scene, 5)
    const bytes = scene.seal(
      MessageType.ShareRelease,
      ShareReleasePayload.encode({ ...release, ...change(scene, release) }),
      scene.meter(5).config.identity
    )
    expect(scene.toAggregator(5, bytes)).toMatchObject([
      { type: 'dropped', reason },
      { type: 'verdict', verdict }
    ])
    scene.finish()
    scene.expectTotalWithout([3])
  })

  it('of a member in M, of a stranger or with another signature is dropped', () => {
    const scene = waiting()
    const payload = ShareReleasePayload.encode(shareOf(scene, 5))
    const real = scene.seal(MessageType.ShareRelease, payload, scene.meter(5).config.identity)
    const cases: [Uint8Array, string][] = [
      [scene.seal(MessageType.ShareRelease, payload, scene.meter(3).config.identity), 'unexpected-type'],
      [scene.seal(MessageType.ShareRelease, payload, scene.n.registrarIdentity), 'unknown-sender'],
      [real.with(-1, (real.at(-1) as number) ^ 1), 'bad-signature']
    ]
    for (const [bytes, reason] of cases) expect(scene.toAggregator(5, bytes)[0]).toMatchObject({ type: 'dropped', reason })
    expect(scene.toAggregator(5, real).map(({ type }) => type)).toEqual(['journal', 'share', 'verdict'])
  })

  it('that comes twice counts once; a different one is evidence, and the first counts', () => {
    const scene = waiting()
    const release = shareOf(scene, 5)
    const sealed = (payload: Parameters<typeof ShareReleasePayload.encode>[0]): Uint8Array =>
      scene.seal(MessageType.ShareRelease, ShareReleasePayload.encode(payload), scene.meter(5).config.identity)
    const [first, other] = [sealed(release), sealed({ ...release, shares: release.shares.map(byte => byte ^ 7) })]
    scene.toAggregator(5, first)
    expect(scene.toAggregator(5, first)[0]).toMatchObject({ type: 'dropped', reason: 'duplicate' })
    const outputs = scene.toAggregator(5, other)
    expect(outputs[0]).toMatchObject({ type: 'evidence', against: scene.id(5), envelopes: [first, other] })
    expect(outputs).toContainEqual(expect.objectContaining({ type: 'dropped', reason: 'conflicting' }))
    scene.finish()
    scene.expectTotalWithout([3])
    expect(scene.ofAggregator('conflict')).toEqual([])
  })

  it('or MaskRelease that nobody asked for is dropped', () => {
    const scene = new TimedScene()
    scene.n.runUntil(scene.times.end)
    scene.read(0)
    const masks = MaskReleasePayload.encode({ requestHash: new Uint8Array(32), lanes: new Uint8Array(16) })
    const shares = ShareReleasePayload.encode({ requestHash: new Uint8Array(32), shares: new Uint8Array(0) })
    const { identity } = scene.meter(0).config
    for (const bytes of [scene.seal(MessageType.MaskRelease, masks, identity), scene.seal(MessageType.ShareRelease, shares, identity)])
      expect(scene.toAggregator(0, bytes)[0]).toMatchObject({ type: 'dropped' })
    expect(scene.ofAggregator('release')).toEqual([])
  })
})
