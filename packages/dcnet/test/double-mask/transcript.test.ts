// Slots of double mask replayed from their transcripts (section 9), and every way to tamper with one.
import {
  decodeEnvelope,
  type Envelope,
  MaskReleasePayload,
  MessageType,
  SHARE_BYTES,
  ShareReleasePayload,
  SlotTotalPayload,
  SlotTranscript,
  SubmissionPayload
} from '@hushgrid/messages'
import { signedLanes } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { transcriptHash } from '../../src/transcript/hash.ts'
import { TranscriptError } from '../../src/transcript/replay/envelopes.ts'
import { replaySlot } from '../../src/transcript/transcript.ts'
import { DoubleMaskScene } from '../support/double-mask-scene.ts'
import { sumOf } from '../support/virtual-neighbourhood.ts'

/** A transcript to tamper with. */
class Replayed {
  readonly scene: DoubleMaskScene
  result: Uint8Array
  envelopes: Uint8Array[]

  constructor(scene: DoubleMaskScene) {
    this.scene = scene
    const closed = scene.n.aggregator.closed.get(scene.slot)
    const { result, envelopes } = SlotTranscript.decode(closed?.transcript as Uint8Array)
    this.result = result
    this.envelopes = envelopes
  }

  /** Where an envelope of a type is, of one meter where that is told. */
  at(type: MessageType, by?: number): number {
    const index = this.envelopes.findIndex(bytes => {
      const envelope = decodeEnvelope(bytes)
      return envelope.type === type && (by === undefined || envelope.sender === this.scene.id(by))
    })
    expect(index).toBeGreaterThanOrEqual(0)
    return index
  }

  count(type: MessageType): number {
    return this.envelopes.filter(bytes => decodeEnvelope(bytes).type === type).length
  }

  without(...indexes: readonly number[]): this {
    this.envelopes = this.envelopes.filter((_, i) => !indexes.includes(i))
    return this
  }

  with(index: number, bytes: Uint8Array): this {
    this.envelopes = this.envelopes.with(index, bytes)
    return this
  }

  /** Another payload under the sender's old signature, which is what somebody without its key can do. */
  patched(index: number, from: Uint8Array, to: Uint8Array): this {
    const bytes = Buffer.from(this.envelopes[index] as Uint8Array)
    const at = bytes.indexOf(from)
    expect(at).toBeGreaterThan(0)
    bytes.set(to, at)
    return this.with(index, new Uint8Array(bytes))
  }

  /** An aggregator that signs what it has left over: the hash names what is there now. */
  resigned(change: Partial<Omit<SlotTotalPayload, 'transcriptHash'>> = {}): this {
    const hashes = this.envelopes.map(bytes => decodeEnvelope(bytes).hash)
    const total = { ...SlotTotalPayload.decode(decodeEnvelope(this.result).payload), ...change }
    total.transcriptHash = transcriptHash(this.scene.roster.hash, this.scene.slot, hashes) as typeof total.transcriptHash
    this.result = this.scene.seal(MessageType.SlotTotal, SlotTotalPayload.encode(total))
    return this
  }

  replay(): ReturnType<typeof replaySlot> {
    return replaySlot(this.scene.roster, this.result, this.envelopes)
  }

  expectRefused(why: RegExp): void {
    expect(() => this.replay()).toThrow(TranscriptError)
    expect(() => this.replay()).toThrow(why)
  }
}

/** Holders of the t shares with the smallest x that each survivor's mask is opened with, by the tests' numbers. */
function holdersUsed(scene: DoubleMaskScene, out: readonly number[] = []): Set<number> {
  const { roster } = scene
  const gone = new Set(out.map(i => scene.position(i)))
  const used = new Set<number>()
  for (let owner = 0; owner < roster.n; owner++) {
    if (gone.has(owner)) continue
    const neighbours = roster.neighbours(owner)
    const present = neighbours.filter(index => !gone.has(index))
    for (const holder of present.slice(0, Math.floor((2 * neighbours.length) / 3) + 1)) used.add(scene.number(roster.meterId(holder)))
  }
  return used
}

const whole = (): Replayed => new Replayed(new DoubleMaskScene().submit().finish())
const recovered = (): Replayed => new Replayed(new DoubleMaskScene().submit([3]).finish())
const { MaskRelease, MaskRequest, MaskWord, ShareRelease, ShareRequest, Submission } = MessageType

describe('a transcript', () => {
  it('of a whole slot has submissions, the request for shares and the shares that were used, and replays to its total', () => {
    const replayed = whole()
    const types = [Submission, ShareRequest, ShareRelease, MaskRequest, MaskWord, MaskRelease].map(type => replayed.count(type))
    const used = holdersUsed(replayed.scene)
    expect(types).toEqual([12, 1, used.size, 0, 0, 0])
    for (const holder of used) replayed.at(ShareRelease, holder)
    expect(used.size).toBeLessThan(12)
    const { contributors, lanes, slot } = replayed.replay()
    expect([slot, contributors.length, signedLanes(lanes)]).toEqual([replayed.scene.slot, 12, sumOf(replayed.scene.readings, 2)])
    replayed.envelopes.reverse()
    expect(replayed.replay().contributors).toHaveLength(12)
  })

  it('of a slot with a missing member has the releases of masks too, and neither rounds nor words', () => {
    const replayed = recovered()
    const types = [Submission, ShareRequest, ShareRelease, MaskRequest, MaskWord, MaskRelease].map(type => replayed.count(type))
    expect(types).toEqual([11, 1, holdersUsed(replayed.scene, [3]).size, 0, 0, 8])
    const { contributors, lanes } = replayed.replay()
    expect(contributors).not.toContain(replayed.scene.id(3))
    expect(signedLanes(lanes)).toEqual(
      sumOf(
        replayed.scene.readings.filter((_, i) => i !== 3),
        2
      )
    )
  })

  it('of a slot with several rounds has the request for shares alone, and not what those sent who were left out', () => {
    const scene = new DoubleMaskScene({ degree: 12 })
    const [silent] = scene.neighbours(3) as [number]
    scene.silence(({ type }, by) => type === MaskWord && by === silent)
    const replayed = new Replayed(scene.submit([3]).finish())
    const types = [Submission, ShareRequest, ShareRelease, MaskRequest, MaskWord, MaskRelease].map(type => replayed.count(type))
    expect(types).toEqual([10, 1, holdersUsed(replayed.scene, [3, silent]).size, 0, 0, 10])
    expect(replayed.replay().contributors).toHaveLength(10)
  })

  it('of a slot with a liar is without its wrong shares, and replays', () => {
    const scene = new DoubleMaskScene()
    const liar = scene.number(scene.roster.meterId(0))
    const { tamper } = scene.n
    scene.n.tamper = (message, topic) => {
      const envelope = decodeEnvelope(message.bytes)
      if (envelope.type !== ShareRelease || message.from !== scene.id(liar)) return tamper(message, topic)
      const release = ShareReleasePayload.decode(envelope.payload)
      const payload = ShareReleasePayload.encode({ ...release, shares: release.shares.map((byte, i) => byte ^ (1 + (i % 99))) })
      return tamper({ ...message, bytes: scene.sealBy(liar, envelope, payload) }, topic)
    }
    const replayed = new Replayed(scene.submit().finish())
    expect(scene.ofAggregator('conflict')).toHaveLength(scene.neighbours(liar).length)
    expect(() => replayed.at(ShareRelease, liar)).toThrow()
    expect(replayed.replay().contributors).toHaveLength(12)
  })

  it('with a release of which no share is used is refused', () => {
    const scene = new DoubleMaskScene().submit().finish()
    const used = holdersUsed(scene)
    const idle = scene.readings.findIndex((_, i) => !used.has(i))
    const release = scene.answers(idle).find(({ type }) => type === ShareRelease)
    const more = new Replayed(scene)
    more.envelopes.push(scene.sealBy(idle, release as Envelope, (release as Envelope).payload))
    more.resigned().expectRefused(/expected releases of which a share is used, got one more/)
  })

  it('with fewer than t shares of an owner is refused, and says of whom', () => {
    const left = whole()
    const { scene } = left
    left.without(
      ...scene
        .neighbours(0)
        .slice(0, 3)
        .map(i => left.at(ShareRelease, i))
    )
    left.resigned().expectRefused(/expected the private mask of [0-9a-f]{64} to open, got too few shares/)
  })
})

describe('a transcript that was tampered with is refused', () => {
  type Tampering = (replayed: Replayed) => Replayed
  const byte = (bytes: Uint8Array, at: number): Uint8Array => bytes.with(at, (bytes[at] as number) ^ 1)

  const table: readonly [string, () => Replayed, Tampering, RegExp][] = [
    [
      'one byte of a share',
      whole,
      replayed => {
        const at = replayed.at(ShareRelease, 4)
        const { shares } = ShareReleasePayload.decode(decodeEnvelope(replayed.envelopes[at] as Uint8Array).payload)
        return replayed.patched(at, shares, byte(shares, 20)).resigned()
      },
      /the release of shares of [0-9a-f]{64} has no valid signature/
    ],
    [
      'corrections',
      whole,
      replayed => {
        const at = replayed.at(Submission, 4)
        const { corrections } = SubmissionPayload.decode(decodeEnvelope(replayed.envelopes[at] as Uint8Array).payload)
        return replayed.patched(at, corrections, byte(corrections, 0)).resigned()
      },
      /the submission of [0-9a-f]{64} has no valid signature/
    ],
    [
      'a release of masks',
      recovered,
      replayed => {
        const at = replayed.at(MaskRelease)
        const { lanes } = MaskReleasePayload.decode(decodeEnvelope(replayed.envelopes[at] as Uint8Array).payload)
        return replayed.patched(at, lanes, byte(lanes, 0)).resigned()
      },
      /the release of [0-9a-f]{64} has no valid signature/
    ],
    [
      'a submission left out',
      whole,
      replayed => replayed.without(replayed.at(Submission, 4)).resigned(),
      /expected a submission of each of 12 contributors, got 11/
    ],
    [
      'a contributor left out',
      whole,
      replayed => {
        replayed.without(replayed.at(Submission, 4))
        return replayed.resigned({
          contributors: replayed.scene.members([0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11]) as SlotTotalPayload['contributors']
        })
      },
      /expected a request that names the 1 missing members, got 0/
    ],
    [
      'no request for shares',
      whole,
      replayed => replayed.without(replayed.at(ShareRequest)).resigned(),
      /expected one request for shares, got 0/
    ],
    [
      'two requests for shares',
      recovered,
      replayed => {
        replayed.envelopes.push(replayed.scene.shareRequest([]))
        return replayed.resigned()
      },
      /at most one request and releases, got something else/
    ],
    [
      'no request where members are missing',
      recovered,
      replayed => replayed.without(replayed.at(ShareRequest)).resigned(),
      /expected one request for shares, got 0/
    ],
    [
      'the round before it',
      recovered,
      replayed => {
        replayed.envelopes.push(replayed.scene.maskRequest(0, [3]))
        return replayed.resigned()
      },
      /at most one request and releases, got something else/
    ],
    [
      'a word',
      recovered,
      replayed => {
        replayed.envelopes.push(replayed.scene.word(4, replayed.scene.maskRequest(0, [3])))
        return replayed.resigned()
      },
      /at most one request and releases, got something else/
    ],
    [
      'another M in the request for shares',
      recovered,
      replayed => replayed.with(replayed.at(ShareRequest), replayed.scene.shareRequest([3, 5])).resigned(),
      /expected a request that names the 1 missing members, got 2/
    ],
    [
      'another member in the request for shares',
      recovered,
      replayed => replayed.with(replayed.at(ShareRequest), replayed.scene.shareRequest([5])).resigned(),
      /expected a request that names the 1 missing members/
    ],
    [
      'a release of masks for another request',
      recovered,
      replayed => {
        const at = replayed.at(MaskRelease)
        const envelope = decodeEnvelope(replayed.envelopes[at] as Uint8Array)
        const release = { ...MaskReleasePayload.decode(envelope.payload), requestHash: new Uint8Array(32) }
        const by = replayed.scene.number(envelope.sender)
        return replayed.with(at, replayed.scene.sealBy(by, envelope, MaskReleasePayload.encode(release))).resigned()
      },
      /a release for another request/
    ],
    [
      'a foreign request for shares',
      whole,
      replayed => {
        const at = replayed.at(ShareRequest)
        const { payload } = decodeEnvelope(replayed.envelopes[at] as Uint8Array)
        return replayed.with(at, replayed.scene.seal(ShareRequest, payload, replayed.scene.n.registrarIdentity)).resigned()
      },
      /expected the aggregator's signature on the request/
    ],
    [
      'a release of shares for another request',
      whole,
      replayed => {
        const at = replayed.at(ShareRelease, 4)
        const envelope = decodeEnvelope(replayed.envelopes[at] as Uint8Array)
        const release = { ...ShareReleasePayload.decode(envelope.payload), requestHash: new Uint8Array(32) }
        return replayed.with(at, replayed.scene.sealBy(4, envelope, ShareReleasePayload.encode(release))).resigned()
      },
      /a release of shares for another request/
    ],
    [
      'a release of shares of a missing member',
      recovered,
      replayed => {
        const at = replayed.at(ShareRelease, 4)
        const envelope = decodeEnvelope(replayed.envelopes[at] as Uint8Array)
        replayed.envelopes.push(replayed.scene.sealBy(3, envelope, envelope.payload))
        return replayed.resigned()
      },
      /a release of shares for another request/
    ],
    [
      'a release of shares with one too few',
      whole,
      replayed => {
        const at = replayed.at(ShareRelease, 4)
        const envelope = decodeEnvelope(replayed.envelopes[at] as Uint8Array)
        const { requestHash, shares } = ShareReleasePayload.decode(envelope.payload)
        const payload = ShareReleasePayload.encode({ requestHash, shares: shares.slice(SHARE_BYTES) })
        return replayed.with(at, replayed.scene.sealBy(4, envelope, payload)).resigned()
      },
      /the release of shares of [0-9a-f]{64}: shares: expected 128 bytes, got 112/
    ],
    [
      'a release of shares twice',
      whole,
      replayed => {
        replayed.envelopes.push(replayed.envelopes[replayed.at(ShareRelease, 4)] as Uint8Array)
        return replayed.resigned()
      },
      /is counted twice/
    ],
    [
      'a release of masks left out',
      recovered,
      replayed => replayed.without(replayed.at(MaskRelease)).resigned(),
      /expected a release of each of the 8 neighbours of missing members, got 7/
    ],
    [
      'wrong corrections and check that their owner has signed',
      whole,
      replayed => {
        const at = replayed.at(Submission, 4)
        const envelope = decodeEnvelope(replayed.envelopes[at] as Uint8Array)
        const submission = SubmissionPayload.decode(envelope.payload)
        const payload = SubmissionPayload.encode({ ...submission, check: byte(submission.check, 3) })
        return replayed.with(at, replayed.scene.sealBy(4, envelope, payload)).resigned()
      },
      /expected the private mask of [0-9a-f]{64} to open, got shares that do not fit/
    ],
    [
      'a correction too few that its owner has signed',
      whole,
      replayed => {
        const at = replayed.at(Submission, 4)
        const envelope = decodeEnvelope(replayed.envelopes[at] as Uint8Array)
        const submission = SubmissionPayload.decode(envelope.payload)
        const payload = SubmissionPayload.encode({ ...submission, corrections: submission.corrections.slice(SHARE_BYTES) })
        return replayed.with(at, replayed.scene.sealBy(4, envelope, payload)).resigned()
      },
      /corrections: expected 32 bytes, got 16/
    ],
    ['other lanes in the result', whole, replayed => replayed.resigned({ lanes: new Uint8Array(16) }), /do not add up to the result/],
    [
      'what does not belong there',
      whole,
      replayed => {
        replayed.envelopes.push(replayed.result)
        return replayed
      },
      /got something else/
    ]
  ]

  it.each(table)('for %s', (_, make, tamper, why) => {
    const replayed = make()
    expect(replayed.replay().slot).toBe(replayed.scene.slot)
    tamper(replayed).expectRefused(why)
  })

  it('for a signature that is not the aggregator’s on its result', () => {
    const replayed = whole()
    replayed.result = replayed.result.with(-1, (replayed.result.at(-1) as number) ^ 1)
    replayed.expectRefused(/expected the aggregator's signature on the result/)
  })
})
