// What a member may try against double masking (PROTOCOL.md section 7, recovery 2) as the owner of a private mask, or as
// the holder of shares of others'.
import { type HeldRoster, type MeterOutput, PrivateMasks, SharedSecrets } from '@hushgrid/dcnet'
import {
  decodeMemberSet,
  type Envelope,
  MessageType,
  ShareReleasePayload,
  ShareRequestPayload,
  SubmissionPayload,
  sealEnvelope
} from '@hushgrid/messages'
import { sha256, toHex } from '@hushgrid/primitives'
import type { MeterNode } from '../machines/meter-node.ts'
import type { SimulatedNeighbourhood } from '../neighbourhood/simulated-neighbourhood.ts'
import { type AttackOperation, envelopeIn, meterOf, onMessages, slotsOf, withMember } from './attack-tools.ts'

/** Its submissions have corrections with which no other holder's share fits the first ones. */
export function wrongCorrections(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  resealing(neighbourhood, operation, MessageType.Submission, payload => {
    const { corrections, ...rest } = SubmissionPayload.decode(payload)
    return SubmissionPayload.encode({ ...rest, corrections: flipped(corrections) })
  })
}

/** The shares that it sends are not those that it holds. */
export function wrongShares(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  resealing(neighbourhood, operation, MessageType.ShareRelease, payload => {
    const { requestHash, shares } = ShareReleasePayload.decode(payload)
    return ShareReleasePayload.encode({ requestHash, shares: flipped(shares) })
  })
}

/** After the shares that it owes it sends them again, along with those of the members that were released. */
export function shareForReleased(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const node = neighbourhood.meter(meterOf(operation))
  const [first, end] = slotsOf(neighbourhood, operation)
  const requests = new Map<string, Uint8Array>()
  onMessages(neighbourhood, operation, ({ to }, { type, payload }) => {
    if (to === node.number && type === MessageType.ShareRequest) requests.set(toHex(sha256(payload)), payload)
    return 'pass'
  })
  node.filters.add(outputs =>
    outputs.flatMap(output => {
      const envelope = output.type === 'publish' ? envelopeIn({ channel: 'readings', bytes: output.bytes }) : undefined
      if (envelope?.type !== MessageType.ShareRelease || envelope.slot < first || envelope.slot >= end) return [output]
      const { requestHash } = ShareReleasePayload.decode(envelope.payload)
      const request = requests.get(toHex(requestHash))
      const more: MeterOutput[] = []
      withMember(neighbourhood, envelope.slot, node.meter, (held, position) => {
        if (!request || !namesNeighbour(held, position, request)) return
        const payload = ShareReleasePayload.encode({ requestHash, shares: allShares(node, held, position, envelope) })
        more.push({ type: 'publish', topic: 'readings', bytes: resealed(node, held, envelope, payload) })
      })
      return [output, ...more]
    })
  )
}

function namesNeighbour({ roster }: HeldRoster, position: number, request: Uint8Array): boolean {
  const members = decodeMemberSet(ShareRequestPayload.decode(request).members, roster.n)
  return roster.neighbours(position).some(index => members.includes(index))
}

/** The shares of all present neighbours, whether they were released or not. */
function allShares(node: MeterNode, { roster }: HeldRoster, position: number, { slot }: Envelope): Uint8Array {
  const owners = roster.neighbours(position).filter(index => !roster.isAbsent(index))
  const masks = new PrivateMasks(roster, position, node.config.secrets ?? new SharedSecrets(node.config.blinding))
  const shares = masks.sharesOf(slot, owners)
  masks.erase()
  return shares
}

/** Has a member's messages of a type hold something else, under its own signature, wherever it writes or sends them. */
function resealing(
  neighbourhood: SimulatedNeighbourhood,
  operation: AttackOperation,
  type: MessageType,
  change: (payload: Uint8Array) => Uint8Array
): void {
  const node = neighbourhood.meter(meterOf(operation))
  const [first, end] = slotsOf(neighbourhood, operation)
  const changed = (bytes: Uint8Array): Uint8Array => {
    const envelope = envelopeIn({ channel: 'readings', bytes })
    if (envelope?.type !== type || envelope.slot < first || envelope.slot >= end) return bytes
    let result = bytes
    withMember(neighbourhood, envelope.slot, node.meter, held => {
      result = resealed(node, held, envelope, change(envelope.payload))
    })
    return result
  }
  node.filters.add(outputs => outputs.map(output => withBytes(output, changed)))
}

/** An output with what it sends or writes down changed. */
function withBytes(output: MeterOutput, change: (bytes: Uint8Array) => Uint8Array): MeterOutput {
  if (output.type === 'publish' || output.type === 'request') return { ...output, bytes: change(output.bytes) }
  if (output.type !== 'journal' || output.record.kind === 'roster') return output
  return { ...output, record: { ...output.record, bytes: change(output.record.bytes) } }
}

function resealed({ config }: MeterNode, { roster }: HeldRoster, { type, slot }: Envelope, payload: Uint8Array): Uint8Array {
  return sealEnvelope(config.identity, type, roster.hash, roster.epoch, slot, payload)
}

function flipped(bytes: Uint8Array): Uint8Array {
  return bytes.map(byte => byte ^ 0xff)
}
