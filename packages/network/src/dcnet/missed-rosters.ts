import type { RosterBook } from '@hushgrid/dcnet'
import { decodeEnvelope, type Envelope, JoinReply, MessageType, RosterRequest, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, HushgridError, type SigningKey, type Slot } from '@hushgrid/primitives'

/** Rosters that are fetched one after the other; a stream carries 16 requests, and a conversation had some before. */
const MOST_FETCHED = 12

/** Rosters were missed that the registrar does not hold any more, so the chain cannot be followed to its latest. */
export class MissedRostersError extends HushgridError {
  override name = 'MissedRostersError'

  constructor(held: Epoch, latest: Epoch) {
    super(
      `rosters between epoch ${held} and ${latest} were missed, and the registrar does not hold them: a node that is started again takes up its latest, as a newcomer does`
    )
  }
}

/** The epoch of the roster in a JoinReply envelope; undefined where it brings none. */
export function epochInReply(reply: Envelope): Epoch | undefined {
  if (reply.type !== MessageType.JoinReply) return undefined
  const { roster } = JoinReply.decode(reply.payload)
  return roster.byteLength > 0 ? decodeEnvelope(roster).epoch : undefined
}

/** A request for the roster of an epoch, sealed. */
export function rosterRequest(identity: SigningKey, networkId: Uint8Array, epoch: Epoch, slot: Slot): Uint8Array {
  const payload = RosterRequest.encode({ latest: false, epoch })
  return sealEnvelope(identity, MessageType.RosterRequest, networkId, 0 as Epoch, slot, payload)
}

/**
 * After a time away the registrar's latest roster waits in the book for those before it. Fetches them in order.
 *
 * @param latest - epoch of the registrar's latest roster, which the book has seen
 * @param fetch - asks the registrar for an epoch's roster and gives its answer
 * @param take - feeds a Roster envelope to the machine
 * @throws MissedRostersError where the registrar does not hold one of them
 */
export async function fillRosterGap(
  book: RosterBook,
  latest: Epoch,
  fetch: (epoch: Epoch) => Promise<Uint8Array>,
  take: (bytes: Uint8Array) => void
): Promise<void> {
  for (let fetched = 0; ; fetched++) {
    const held = book.latest?.roster.epoch
    if (held === undefined || latest <= held + 1) return
    if (fetched === MOST_FETCHED) throw new MissedRostersError(held, latest)
    const bytes = await fetch((held + 1) as Epoch)
    if (decodeEnvelope(bytes).type !== MessageType.Roster) throw new MissedRostersError(held, latest)
    take(bytes)
    // Refused: the machine has said which rule it breaks, and stays where it is.
    if (book.latest?.roster.epoch === held) return
  }
}
