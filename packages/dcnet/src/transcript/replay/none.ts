import { MessageType } from '@hushgrid/messages'
import { ofType } from './envelopes.ts'
import { notMadeUpFor, takeOffReleases } from './releases.ts'
import type { Replay } from './replay.ts'

/** Replay without recovery: a total has all present members, and no request. */
export const NONE: Replay = {
  request: MessageType.RecoveryRequest,
  answers: new Set([MessageType.MaskRelease]),
  takeOff(replayed) {
    if (ofType(replayed.envelopes, this.request).length > 0) throw notMadeUpFor(replayed)
    takeOffReleases(replayed, undefined)
  }
}
