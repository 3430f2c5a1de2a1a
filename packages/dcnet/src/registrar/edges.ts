// Edges whose two members have signed what cannot both be true: the registrar cuts them, and asks both to open them, which
// proves who lied (PROTOCOL.md section 7).
import {
  Drop,
  decodeEnvelope,
  EdgeOpeningPayload,
  EdgeRequestPayload,
  type Envelope,
  MessageType,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import { ed25519Verifier, equalBytes, type MeterId, type Slot, sha256, slotAt, slotTimes, toHex } from '@hushgrid/primitives'
import { edgeVerdict, readConflict } from '../masks/edge-evidence.ts'
import { openedSecret } from '../masks/edge-opening.ts'
import { fault, provenFault } from './membership/bars.ts'
import type { OpenEdge } from './open-edge.ts'
import { keyOf, noteCut, type RegistrarContext, type RegistrarState } from './state.ts'

/** Slots that a member has for its opening. */
const OPENING_SLOTS = 2
/** Edges that are asked for at once; beyond that no more are cut before some are settled. */
const MOST_EDGES = 1024

/**
 * Takes in the aggregator's report of a conflict: cuts the pair, and asks both members for the edge.
 *
 * @throws Drop unless the evidence holds
 */
export function receiveConflict(context: RegistrarContext, envelope: Envelope): void {
  const { state, now, out } = context
  const held = state.book.ofEpoch(envelope.epoch)
  if (!held) throw new Drop('unknown-epoch')
  const { roster } = held
  if (envelope.sender !== roster.aggregatorKey) throw new Drop('unknown-sender')
  const verifier = state.config.verifier ?? ed25519Verifier
  const isSigned = (each: Envelope): boolean => verifyEnvelope(each, verifier(each.sender), roster.hash)
  if (!isSigned(envelope)) throw new Drop('bad-signature')
  const payload = EdgeRequestPayload.decode(envelope.payload)
  const conflict = readConflict(payload, roster, isSigned)
  const { owner, holder, slot } = conflict
  const [lower, higher] = [roster.meterId(Math.min(owner, holder)), roster.meterId(Math.max(owner, holder))]
  if (state.edges.size >= MOST_EDGES) throw new Drop('flood')
  if (roster.season !== (state.book.latest?.roster.season ?? -1) || !noteCut(state, [lower, higher])) throw new Drop('duplicate')
  out.push({ type: 'journal', record: { kind: 'cut', season: roster.season, lower, higher } })
  out.push({ type: 'cut', slot, owner: roster.meterId(owner), holder: roster.meterId(holder) })
  const bytes = sealEnvelope(state.config.identity, MessageType.EdgeRequest, roster.hash, roster.epoch, slot, envelope.payload)
  const since = slotAt(now, state.config.slotSeconds)
  const payloadHash = sha256(envelope.payload)
  state.edges.set(toHex(payloadHash), { conflict, payload, bytes, payloadHash, since, askedIn: since, acknowledged: new Set() })
  for (const id of [lower, higher]) ask(context, id, bytes)
}

function ask({ state, out }: RegistrarContext, id: MeterId, bytes: Uint8Array): void {
  out.push({ type: 'hand', to: id, address: state.enrolled.get(id)?.addresses[0] ?? '', bytes })
}

/** Asks again once a slot, and judges those who have not opened an edge in their time. */
export function watchEdges(context: RegistrarContext): void {
  const { state, now, out } = context
  const { slotSeconds } = state.config
  for (const [name, edge] of state.edges) {
    const { conflict, since, acknowledged } = edge
    const { roster, owner, holder, slot } = conflict
    if (now >= slotTimes((since + OPENING_SLOTS) as Slot, slotSeconds).over) {
      state.edges.delete(name)
      for (const id of acknowledged) fault({ state, slot, out }, id, 'silent')
      continue
    }
    const current = slotAt(now, slotSeconds)
    if (edge.askedIn === current) continue
    edge.askedIn = current
    for (const index of [owner, holder]) ask(context, roster.meterId(index), edge.bytes)
  }
}

/** Takes in what a member has said to an EdgeRequest: its opening proves who lied. */
export function receiveOpening(context: RegistrarContext, id: MeterId, request: Uint8Array, envelopes: readonly Uint8Array[]): void {
  const edge = [...context.state.edges.values()].find(({ bytes }) => equalBytes(bytes, request))
  if (!edge) return
  edge.acknowledged.add(id)
  for (const bytes of envelopes) settle(context, edge, decodeEnvelope(bytes), bytes)
}

/** Settles an edge by an opening. @throws Drop unless it is one of the two members', and holds */
function settle({ state, out }: RegistrarContext, edge: OpenEdge, envelope: Envelope, bytes: Uint8Array): void {
  const { conflict, payload, payloadHash } = edge
  const { roster, owner, holder, slot } = conflict
  const sender = roster.indexOf(envelope.sender)
  if (envelope.type !== MessageType.EdgeOpening || sender === undefined || (sender !== owner && sender !== holder))
    throw new Drop('unexpected-type', envelope.type)
  if (!verifyEnvelope(envelope, keyOf(state, envelope.sender), roster.hash)) throw new Drop('bad-signature')
  const { requestHash, opening } = EdgeOpeningPayload.decode(envelope.payload)
  if (!equalBytes(requestHash, payloadHash)) throw new Drop('conflicting', 'expected an opening for our request')
  const other = sender === owner ? holder : owner
  const edgeOf = { sender: roster.blindingKey(sender), other: roster.blindingKey(other), rosterHash: roster.hash }
  const shared = openedSecret(edgeOf, opening)
  if (!shared) throw new Drop('wrong-shape', 'expected an opening that holds')
  const { ownerLies, holderLies } = edgeVerdict(conflict, shared)
  const proofs = [payload.request, payload.submission, payload.release, bytes]
  state.edges.delete(toHex(payloadHash))
  for (const [index, lies] of [[owner, ownerLies] as const, [holder, holderLies] as const])
    if (lies) provenFault({ state, slot, out }, roster.meterId(index), 'false-share', proofs)
}

/** Gives the moment of the next tick that an edge wants. */
export function edgesWakeAt({ edges, config }: RegistrarState): number | undefined {
  let next: number | undefined
  for (const { since, askedIn } of edges.values()) {
    const again = slotTimes(askedIn, config.slotSeconds).end
    const over = slotTimes((since + OPENING_SLOTS) as Slot, config.slotSeconds).over
    next = Math.min(next ?? Number.POSITIVE_INFINITY, again, over)
  }
  return next
}
