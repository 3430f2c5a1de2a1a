// The envelopes of a transcript, each checked for its form, sender and signature before it counts.
import { decodeEnvelope, decodeMemberSet, type Envelope, type MessageType, verifyEnvelope } from '@hushgrid/messages'
import { ed25519Verifier, HushgridError, type MeterId, type VerifyingKey } from '@hushgrid/primitives'
import type { Roster } from '../../roster/roster.ts'
import { requestIn } from '../requests.ts'

/** A transcript that does not lead to its result, and the first thing that is wrong with it. */
export class TranscriptError extends HushgridError {
  override name = 'TranscriptError'
}

/** Runs a reader of a payload; turns what is wrong with it into a TranscriptError. */
export function formed<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof HushgridError && !(cause instanceof TranscriptError)) throw new TranscriptError(`${what}: ${cause.message}`)
    throw cause
  }
}

export function open(bytes: Uint8Array, roster: Roster, where: string): Envelope {
  const envelope = formed(where, () => decodeEnvelope(bytes))
  if (envelope.epoch !== roster.epoch) throw new TranscriptError(`${where}: expected epoch ${roster.epoch}, got ${envelope.epoch}`)
  return envelope
}

export function ofType(envelopes: readonly Envelope[], type: MessageType): Envelope[] {
  return envelopes.filter(envelope => envelope.type === type)
}

/** Checks that each envelope is a present member's own and the only one, and takes it in. */
export function eachOnce(
  roster: Roster,
  envelopes: readonly Envelope[],
  what: string,
  take: (envelope: Envelope) => void
): ReadonlySet<MeterId> {
  const senders = new Set<MeterId>()
  for (const envelope of envelopes) {
    const where = `slot ${envelope.slot}: the ${what} of ${envelope.sender}`
    const index = roster.indexOf(envelope.sender)
    if (index === undefined || roster.isAbsent(index))
      throw new TranscriptError(`slot ${envelope.slot}: ${envelope.sender} is no present member`)
    if (senders.has(envelope.sender)) throw new TranscriptError(`slot ${envelope.slot}: ${envelope.sender} is counted twice`)
    if (!verifyEnvelope(envelope, ed25519Verifier(envelope.sender), roster.hash))
      throw new TranscriptError(`${where} has no valid signature`)
    senders.add(envelope.sender)
    formed(where, () => take(envelope))
  }
  return senders
}

/** Checks that a request is the aggregator's, and names just those who are missing. */
export function checkNames(roster: Roster, missing: readonly number[], request: Envelope, aggregator: VerifyingKey): void {
  const { slot } = request
  if (request.sender !== roster.aggregatorKey || !verifyEnvelope(request, aggregator, roster.hash))
    throw new TranscriptError(`slot ${slot}: expected the aggregator's signature on the request`)
  const named = requestIn(request)
  if (!named) throw new TranscriptError(`slot ${slot}: expected a request, got a ${request.type}`)
  const members = formed(`slot ${slot}: the request`, () => decodeMemberSet(named.members, roster.n))
  if (members.length !== missing.length || members.some((index, i) => index !== missing[i]))
    throw new TranscriptError(`slot ${slot}: expected a request that names the ${missing.length} missing members, got ${members.length}`)
}
