// What an aggregator that attacks says: requests with its signature, shown to whom it likes, and its own kept back.
import type { HeldRoster } from '@hushgrid/dcnet'
import {
  encodeMemberSet,
  MaskRequestPayload,
  MessageType,
  RecoveryRequestPayload,
  ShareRequestPayload,
  sealEnvelope
} from '@hushgrid/messages'
import { type Slot, slotTimes } from '@hushgrid/primitives'
import { hasPrivateMasks } from '@hushgrid/topology'
import type { SimulatedTarget } from '../../ports/simulated-target.ts'
import { type AttackOrder, onEnvelopes, slotsOf } from '../attack.ts'

/** A slot and its roster, of which a request is made. */
export interface Asked {
  readonly slot: Slot
  readonly held: HeldRoster
}

/** Requests for recovery, of either kind of it. */
export const REQUESTS: ReadonlySet<MessageType> = new Set([MessageType.RecoveryRequest, MessageType.MaskRequest, MessageType.ShareRequest])

/** Signs a MaskRequest as the aggregator, naming the present ones of these positions. */
export function signedMaskRequest(target: SimulatedTarget, asked: Asked, round: number, positions: readonly number[]): Uint8Array {
  const payload = MaskRequestPayload.encode({ round, members: presentOf(asked, positions) })
  return signed(target, asked, MessageType.MaskRequest, payload)
}

/** Signs a ShareRequest as the aggregator, for the shares of all but the present ones of these positions. */
export function signedShareRequest(target: SimulatedTarget, asked: Asked, positions: readonly number[]): Uint8Array {
  const payload = ShareRequestPayload.encode({ members: presentOf(asked, positions) })
  return signed(target, asked, MessageType.ShareRequest, payload)
}

/** Signs a request for all masks towards these positions, in the words of the network's recovery. */
export function signedForMasks(target: SimulatedTarget, asked: Asked, positions: readonly number[]): Uint8Array {
  if (hasPrivateMasks(target.recovery)) return signedMaskRequest(target, asked, 0, positions)
  const payload = RecoveryRequestPayload.encode({ members: presentOf(asked, positions) })
  return signed(target, asked, MessageType.RecoveryRequest, payload)
}

function presentOf({ held: { roster } }: Asked, positions: readonly number[]): Uint8Array {
  return encodeMemberSet(
    positions.filter(index => !roster.isAbsent(index)),
    roster.n
  )
}

function signed({ aggregator }: SimulatedTarget, { slot, held: { roster } }: Asked, type: MessageType, payload: Uint8Array): Uint8Array {
  return sealEnvelope(aggregator.key, type, roster.hash, roster.epoch, slot, payload)
}

/** Hands an envelope to one meter alone, while the aggregator runs. */
export function handOver(target: SimulatedTarget, meter: number, envelope: Uint8Array): void {
  if (target.aggregator.up) target.handOver(meter, envelope)
}

/** Hands an envelope to some meters, by number. */
export function handOverTo(target: SimulatedTarget, meters: readonly number[], envelope: Uint8Array): void {
  for (const meter of meters) handOver(target, meter, envelope)
}

/** The numbers of the meters that run, of all or all but one. */
export function running(target: SimulatedTarget, but?: number): number[] {
  return target.meters.filter(meter => meter !== but && target.meter(meter).up)
}

const OF_PRIVATE_MASKS: ReadonlySet<MessageType> = new Set([MessageType.MaskRequest, MessageType.ShareRequest])

/**
 * Makes it easy to tell every meter something else, where there are private masks. The aggregator's own requests for an
 * attack's slots wait until so many units after the slot's submissions begin, since meters would answer them and see a
 * conflict in the attack's. No meter hears of a request from another.
 */
export function keepApart(target: SimulatedTarget, order: AttackOrder, units: number): void {
  const [first, end] = slotsOf(target, order)
  onEnvelopes(target, order, ({ from, to, envelope: { type } }) =>
    from !== 'aggregator' && to !== 'registrar' && OF_PRIVATE_MASKS.has(type) ? 'drop' : 'pass'
  )
  target.aggregator.filter(outputs =>
    outputs.filter(output => {
      if (output.type !== 'publish' && output.type !== 'send') return true
      const envelope = target.envelopeIn({ channel: 'control', bytes: output.bytes })
      if (!envelope || !OF_PRIVATE_MASKS.has(envelope.type) || envelope.slot < first || envelope.slot >= end) return true
      const times = slotTimes(envelope.slot, target.slotSeconds)
      const due = times.end + units * times.unit
      if (target.now >= due) return true
      // What would be sent again is sent for the first time by then.
      if (output.type === 'publish') {
        const { topic, bytes } = output
        target.atTime(due, () => target.aggregator.up && target.gossip(topic, 'aggregator', bytes))
      }
      return false
    })
  )
}
