import { MessageType } from '@hushgrid/messages'
import { ofType } from './envelopes.ts'
import { takeOffReleases } from './releases.ts'
import type { Replay } from './replay.ts'

/** Edge release: one request where members are missing, and the releases of their neighbours. */
export const EDGE_RELEASE: Replay = {
  request: MessageType.RecoveryRequest,
  answers: new Set([MessageType.MaskRelease]),
  takeOff(replayed) {
    takeOffReleases(replayed, ofType(replayed.envelopes, this.request)[0])
  }
}
