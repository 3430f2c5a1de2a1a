import type { RosterBook } from '@hushgrid/dcnet'
import { decodeEnvelope, type Envelope, JoinReply, MessageType, RosterRequest, sealEnvelope } from '@hushgrid/messages'
import type { Epoch, SigningKey, Slot } from '@hushgrid/primitives'

/** Protocol milliseconds between attempts to talk to a registrar that is away: doubled each time, up to the last. */
const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 60_000
/** Rosters that are fetched one after the other, as the services do. */
const MOST_FETCHED = 12

/** The pause before the attempt that follows so many failed ones. */
export function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE * 2 ** Math.max(0, failures - 1), LONGEST_PAUSE)
}

/** The epoch of the roster that a JoinReply envelope brings; undefined where it brings none. */
export function epochInReply(reply: Envelope): Epoch | undefined {
  if (reply.type !== MessageType.JoinReply) return undefined
  const { roster } = JoinReply.decode(reply.payload)
  return roster.byteLength > 0 ? decodeEnvelope(roster).epoch : undefined
}

/** What {@link fillGap} needs of a node. */
export interface GapFiller {
  readonly book: () => RosterBook
  /** Asks the registrar; `done` gets its answer, or undefined where none came. */
  readonly ask: (bytes: Uint8Array, done: (reply: Uint8Array | undefined) => void) => void
  readonly take: (bytes: Uint8Array) => void
  readonly request: (epoch: Epoch) => Uint8Array
}

/**
 * After a time away the registrar's latest roster waits in the book for those before it. Fetches them in order.
 *
 * @param done - told whether the chain is whole now; false where the registrar did not answer or does not hold one
 */
export function fillGap(filler: GapFiller, latest: Epoch | undefined, done: (whole: boolean) => void, fetched = 0): void {
  const held = filler.book().latest?.roster.epoch
  if (held === undefined || latest === undefined || latest <= held + 1) {
    done(true)
    return
  }
  if (fetched === MOST_FETCHED) {
    done(false)
    return
  }
  filler.ask(filler.request((held + 1) as Epoch), reply => {
    if (!reply || decodeEnvelope(reply).type === MessageType.Refusal) {
      done(false)
      return
    }
    filler.take(reply)
    // Refused: the machine has said which rule it breaks, and stays where it is.
    if (filler.book().latest?.roster.epoch === held) done(false)
    else fillGap(filler, latest, done, fetched + 1)
  })
}

/** A request for the roster of an epoch, sealed. */
export function rosterRequest(identity: SigningKey, networkId: Uint8Array, epoch: Epoch, slot: Slot): Uint8Array {
  const payload = RosterRequest.encode({ latest: false, epoch })
  return sealEnvelope(identity, MessageType.RosterRequest, networkId, 0 as Epoch, slot, payload)
}
