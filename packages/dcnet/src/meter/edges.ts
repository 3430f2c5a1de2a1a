// A meter's answer where the registrar asks for an edge (PROTOCOL.md section 7): it shows the secret that it shares with one
// neighbour, which proves that the neighbour has signed something else than what follows from it.
import {
  DisputeReply,
  Drop,
  EdgeOpeningPayload,
  EdgeRequestPayload,
  type Envelope,
  MessageType,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import { ed25519Verifier, type Slot, sha256, slotTimes } from '@hushgrid/primitives'
import { type EdgeConflict, edgeVerdict, readConflict } from '../masks/edge-evidence.ts'
import { openEdge } from '../masks/edge-opening.ts'
import { ANSWERED_SLOTS } from '../roster/book.ts'
import type { MeterContext } from './core.ts'

/** Openings that are kept; a meter has fewer neighbours with double mask. */
const KEPT_OPENINGS = 254

/**
 * Answers an EdgeRequest: once a pair and season, and only where the neighbour's signed value is not the one that we compute.
 *
 * @throws Drop unless the registrar asks for an edge of ours, with evidence that holds
 */
export function answerEdge(context: MeterContext, envelope: Envelope): void {
  const { state, now, out } = context
  const { config, registrarVerify } = state
  const held = state.book.ofEpoch(envelope.epoch)
  if (!held) throw new Drop('unknown-epoch')
  const { roster } = held
  if (envelope.sender !== config.registrarKey) throw new Drop('unknown-sender')
  if (!verifyEnvelope(envelope, registrarVerify, roster.hash)) throw new Drop('bad-signature')
  if (now >= slotTimes((envelope.slot + ANSWERED_SLOTS) as Slot, roster.slotSeconds).over) throw new Drop('slot-over')
  const verifier = config.verifier ?? ed25519Verifier
  const isSigned = (each: Envelope): boolean => verifyEnvelope(each, verifier(each.sender), roster.hash)
  const conflict = readConflict(EdgeRequestPayload.decode(envelope.payload), roster, isSigned)
  const opening = openingOf(context, conflict, envelope)
  out.push({ type: 'answer', bytes: DisputeReply.encode({ acknowledged: envelope.hash, envelopes: opening ? [opening] : [] }) })
}

/** Gives the EdgeOpening envelope; undefined where the neighbour's value is the one that we compute. */
function openingOf({ state, out }: MeterContext, conflict: EdgeConflict, { slot, epoch, payload }: Envelope): Uint8Array | undefined {
  const { identity, rng } = state.config
  const { roster, owner, holder } = conflict
  const own = roster.indexOf(identity.id)
  const other = own === owner ? holder : owner
  const key = state.keys.of(roster.season)
  if ((own !== owner && own !== holder) || !key) throw new Drop('unknown-sender', 'expected an edge of ours')
  const name = `${roster.season} ${roster.meterId(other)}`
  const before = state.openings.get(name)
  if (before) return before
  const { ownerLies, holderLies } = edgeVerdict(conflict, key.secrets.with(roster.blindingKey(other)))
  if (own === owner ? !holderLies : !ownerLies) return undefined
  const opening = openEdge(key.blinding, roster.blindingKey(other), roster.hash, rng)
  const answer = EdgeOpeningPayload.encode({ requestHash: sha256(payload), opening })
  const bytes = sealEnvelope(identity, MessageType.EdgeOpening, roster.hash, epoch, slot, answer)
  state.openings.set(name, bytes)
  const [oldest] = state.openings.keys()
  if (state.openings.size > KEPT_OPENINGS && oldest !== undefined) state.openings.delete(oldest)
  out.push({ type: 'edge-opened', slot, with: roster.meterId(other) })
  return bytes
}
