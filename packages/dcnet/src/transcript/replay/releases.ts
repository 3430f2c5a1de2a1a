import { type Envelope, MaskReleasePayload, MessageType } from '@hushgrid/messages'
import { equalBytes, lanesFromExactBytes, sha256, subtractLanes } from '@hushgrid/primitives'
import { owingRelease } from '../../masks/owing.ts'
import { openLanesOf, spreadLanes } from '../../roster/mask-graph.ts'
import { checkNames, eachOnce, ofType, TranscriptError } from './envelopes.ts'
import type { SlotUnderReplay } from './replay.ts'

/** Gives the error of a slot whose missing members nothing makes up for, or something that may not. */
export function notMadeUpFor({ slot, roster }: SlotUnderReplay): TranscriptError {
  return new TranscriptError(`slot ${slot}: expected all ${roster.presentCount} present members or releases for the missing ones`)
}

/** Takes off the masks released towards the missing, one release by each who owes one and by nobody else. */
export function takeOffReleases(replayed: SlotUnderReplay, request: Envelope | undefined): void {
  const { roster, slot, missing, aggregator, lanes } = replayed
  if (request) checkNames(roster, missing, request, aggregator)
  else if (missing.length > 0) throw notMadeUpFor(replayed)
  const open = openLanesOf(roster, new Set(missing)) ?? []
  const requestHash = request && sha256(request.payload)
  const releasers = eachOnce(roster, ofType(replayed.envelopes, MessageType.MaskRelease), 'release', envelope => {
    const release = MaskReleasePayload.decode(envelope.payload)
    if (!requestHash || !equalBytes(release.requestHash, requestHash))
      throw new TranscriptError(`slot ${slot}: a release for another request`)
    subtractLanes(lanes, spreadLanes(lanesFromExactBytes(release.lanes, open.length), open, roster.lanes.length))
  })
  const owing = owingRelease(roster, missing)
  if (releasers.size !== owing.size || [...owing].some(index => !releasers.has(roster.meterId(index)))) {
    throw new TranscriptError(
      `slot ${slot}: expected a release of each of the ${owing.size} neighbours of missing members, got ${releasers.size}`
    )
  }
}
