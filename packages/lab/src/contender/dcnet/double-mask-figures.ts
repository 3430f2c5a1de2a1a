// Cost of double masking in a run: sizes from its transcripts, times measured anew on the same rosters and shares.
import { PrivateMasks, type PublishedMask, type Roster, SharedSecrets, shareOwners, unmask } from '@hushgrid/dcnet'
import {
  decodeEnvelope,
  encodeMemberSet,
  MessageType,
  ShareReleasePayload,
  ShareRequestPayload,
  SlotTranscript,
  SubmissionPayload,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import { BlindingKey, fromHex, IdentityKey, type Slot, sha256, systemRng, VerifyKey } from '@hushgrid/primitives'
import { median } from '../../measures/statistics.ts'
import type { DoubleMaskFigures } from '../../neighbourhood/events.ts'

/** The private masks of one slot as its transcript has them. */
export interface SlotPrivateMasks {
  readonly roster: Roster
  readonly slot: Slot
  /** The set M. */
  readonly members: ReadonlySet<number>
  readonly published: ReadonlyMap<number, PublishedMask>
  readonly shares: ReadonlyMap<number, Uint8Array>
  /** Largest payloads, bytes. */
  readonly submissionBytes: number
  readonly shareReleaseBytes: number
}

/** Reads the private masks of a slot with a total out of its transcript, trusted as our own. */
export function privateMasksIn(roster: Roster, { result, envelopes }: SlotTranscript): SlotPrivateMasks {
  const opened = envelopes.map(bytes => decodeEnvelope(bytes))
  const published = new Map<number, PublishedMask>()
  const shares = new Map<number, Uint8Array>()
  const largest = (type: MessageType): number =>
    Math.max(0, ...opened.filter(each => each.type === type).map(each => each.payload.byteLength))
  for (const { sender, type, payload } of opened) {
    const index = roster.indexOf(sender) ?? -1
    if (type === MessageType.Submission) published.set(index, SubmissionPayload.decode(payload))
    else if (type === MessageType.ShareRelease) shares.set(index, ShareReleasePayload.decode(payload).shares)
  }
  const members = new Set<number>()
  for (let index = 0; index < roster.n; index++) if (!roster.isAbsent(index) && !published.has(index)) members.add(index)
  const sizes = { submissionBytes: largest(MessageType.Submission), shareReleaseBytes: largest(MessageType.ShareRelease) }
  return { roster, slot: decodeEnvelope(result).slot, members, published, shares, ...sizes }
}

/** Number of transcripts that are measured at the end. */
const MEASURED = 5
const DAY = 96

/** Notes a run's transcripts, and measures the last of them. */
export class DoubleMaskAccount {
  readonly #transcripts: Uint8Array[] = []

  note(transcript: Uint8Array): void {
    this.#transcripts.push(transcript)
    if (this.#transcripts.length > MEASURED) this.#transcripts.shift()
  }

  /** @returns undefined where no slot had a total */
  figures(rosterOf: (slot: Slot) => Roster | undefined): DoubleMaskFigures | undefined {
    const slots = this.#transcripts.flatMap(bytes => {
      const transcript = SlotTranscript.decode(bytes)
      const { slot, type } = decodeEnvelope(transcript.result)
      const roster = rosterOf(slot)
      return type === MessageType.SlotTotal && roster ? [privateMasksIn(roster, transcript)] : []
    })
    const last = slots.at(-1)
    if (!last) return undefined
    const times = slots.map(({ roster, slot, members, published, shares }) =>
      milliseconds(() => {
        unmask({ roster, slot, members, published }, shares)
      })
    )
    const [mask] = last.published.values()
    return {
      submissionExtraBytes: mask ? mask.corrections.byteLength + mask.tags.byteLength + mask.check.byteLength : 0,
      shareReleaseBytes: last.shareReleaseBytes,
      unmaskMs: round(median(times) ?? 0),
      slots: slots.length,
      meterMsPerDay: round(dayOfAMeter(last))
    }
  }
}

/** Measures a meter's day, ms. Makes new keys, since a meter's stay its own; the work is the same. */
function dayOfAMeter({ roster, slot, members, published }: SlotPrivateMasks): number {
  const [index = 0] = published.keys()
  const secrets = new SharedSecrets(BlindingKey.generate(systemRng))
  for (const neighbour of roster.neighbours(index)) secrets.with(roster.blindingKey(neighbour))
  const identity = IdentityKey.generate(systemRng)
  const verify = new VerifyKey(fromHex(identity.id))
  const request = ShareRequestPayload.encode({ members: encodeMemberSet([...members], roster.n) })
  const requestHash = sha256(request)
  const asked = sealEnvelope(identity, MessageType.ShareRequest, roster.hash, roster.epoch, slot, request)
  return milliseconds(() => {
    const masks = new PrivateMasks(roster, index, secrets)
    const owners = shareOwners(roster, index, members)
    for (let at = slot; at < slot + DAY; at = (at + 1) as Slot) {
      masks.of(at)
      verifyEnvelope(decodeEnvelope(asked), verify, roster.hash)
      const payload = ShareReleasePayload.encode({ requestHash, shares: masks.sharesOf(at, owners) })
      sealEnvelope(identity, MessageType.ShareRelease, roster.hash, roster.epoch, at, payload)
    }
    masks.erase()
  })
}

function milliseconds(work: () => void): number {
  const begin = performance.now()
  work()
  return performance.now() - begin
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
