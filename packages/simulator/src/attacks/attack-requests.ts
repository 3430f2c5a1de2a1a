// What an aggregator that attacks says: requests with its signature, shown to whom it likes, and its own kept back.
import type { HeldRoster } from '@hushgrid/dcnet'
import {
  encodeMemberSet,
  MaskRequestPayload,
  MessageType,
  RecoveryRequestPayload,
  ShareRequestPayload,
  SyncRequest,
  sealEnvelope
} from '@hushgrid/messages'
import { type Slot, slotTimes } from '@hushgrid/primitives'
import type { SimulatedNeighbourhood } from '../neighbourhood/simulated-neighbourhood.ts'
import { type AttackOperation, envelopeIn, onMessages, slotsOf } from './attack-tools.ts'

/** Requests for recovery, of either kind of it. */
export const REQUESTS: ReadonlySet<MessageType> = new Set([MessageType.RecoveryRequest, MessageType.MaskRequest, MessageType.ShareRequest])

/** A RecoveryRequest with the aggregator's signature, naming the present ones of these positions. */
export function signedRequest(
  neighbourhood: SimulatedNeighbourhood,
  held: HeldRoster,
  slot: Slot,
  positions: readonly number[]
): Uint8Array {
  const payload = RecoveryRequestPayload.encode({ members: presentOf(held, positions) })
  return signed(neighbourhood, held, MessageType.RecoveryRequest, slot, payload)
}

/** A MaskRequest with the aggregator's signature, naming the present ones of these positions. */
export function signedMaskRequest(
  neighbourhood: SimulatedNeighbourhood,
  held: HeldRoster,
  slot: Slot,
  round: number,
  positions: readonly number[]
): Uint8Array {
  const payload = MaskRequestPayload.encode({ round, members: presentOf(held, positions) })
  return signed(neighbourhood, held, MessageType.MaskRequest, slot, payload)
}

/** A ShareRequest with the aggregator's signature, for the shares of all but the present ones of these positions. */
export function signedShareRequest(
  neighbourhood: SimulatedNeighbourhood,
  held: HeldRoster,
  slot: Slot,
  positions: readonly number[]
): Uint8Array {
  const payload = ShareRequestPayload.encode({ members: presentOf(held, positions) })
  return signed(neighbourhood, held, MessageType.ShareRequest, slot, payload)
}

/** A request that names these: for all masks towards them, in the words of the network's mode. */
export function signedForMasks(
  neighbourhood: SimulatedNeighbourhood,
  held: HeldRoster,
  slot: Slot,
  positions: readonly number[]
): Uint8Array {
  return isDoubleMask(neighbourhood)
    ? signedMaskRequest(neighbourhood, held, slot, 0, positions)
    : signedRequest(neighbourhood, held, slot, positions)
}

export function isDoubleMask({ config }: SimulatedNeighbourhood): boolean {
  return config.recovery === 'double-mask'
}

function presentOf({ roster }: HeldRoster, positions: readonly number[]): Uint8Array {
  return encodeMemberSet(
    positions.filter(index => !roster.isAbsent(index)),
    roster.n
  )
}

function signed({ aggregatorKey }: SimulatedNeighbourhood, held: HeldRoster, type: MessageType, slot: Slot, payload: Uint8Array) {
  const { roster } = held
  return sealEnvelope(aggregatorKey, type, roster.hash, roster.epoch, slot, payload)
}

/** The aggregator hands an envelope to one meter alone. */
export function handOver(neighbourhood: SimulatedNeighbourhood, meter: number, envelope: Uint8Array): void {
  if (!neighbourhood.aggregatorNode.up) return
  const request = SyncRequest.encode({ envelope, transcript: false, slot: 0 })
  neighbourhood.network.exchange(neighbourhood.aggregator, neighbourhood.meter(meter).number, 'sync', request, () => {})
}

/** The aggregator hands an envelope to some meters, by number. */
export function handOverTo(neighbourhood: SimulatedNeighbourhood, meters: readonly number[], envelope: Uint8Array): void {
  for (const meter of meters) handOver(neighbourhood, meter, envelope)
}

/** The numbers of the meters that run. */
export function running(neighbourhood: SimulatedNeighbourhood): number[] {
  return [...neighbourhood.meters].filter(([, node]) => node.up).map(([meter]) => meter)
}

/** The numbers of the meters at some positions of a roster. */
export function metersAt(neighbourhood: SimulatedNeighbourhood, { roster }: HeldRoster, positions: readonly number[]): number[] {
  return positions.flatMap(index => neighbourhood.meterOf(roster.meterId(index)) ?? [])
}

/** Requests of double mask. */
const OF_DOUBLE_MASK: ReadonlySet<MessageType> = new Set([MessageType.MaskRequest, MessageType.ShareRequest])

/**
 * What makes it easy to tell every meter something else (recovery 2): the aggregator's own requests for an attack's slots
 * wait until so many units after the slot's submissions begin, since they would be what the meters answer and the attack's a
 * conflict, and no meter hears of a request from another.
 */
export function keepApart(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation, units: number): void {
  const { aggregatorNode, aggregator, registrar, network, config } = neighbourhood
  const [first, end] = slotsOf(neighbourhood, operation)
  onMessages(neighbourhood, operation, ({ from, to }, { type }) =>
    from !== aggregator && to !== registrar && OF_DOUBLE_MASK.has(type) ? 'drop' : 'pass'
  )
  aggregatorNode.filters.add(outputs =>
    outputs.filter(output => {
      if (output.type !== 'publish' && output.type !== 'send') return true
      const envelope = envelopeIn({ channel: 'control', bytes: output.bytes })
      if (!envelope || !OF_DOUBLE_MASK.has(envelope.type) || envelope.slot < first || envelope.slot >= end) return true
      const times = slotTimes(envelope.slot, config.slotSeconds)
      const due = times.end + units * times.unit
      if (network.now >= due) return true
      // What would be sent again is sent for the first time by then.
      if (output.type === 'publish') network.at(due, () => aggregatorNode.up && network.gossip(output.topic, aggregator, output.bytes))
      return false
    })
  )
}
