// Messages of an attacking aggregator, and their time: signed requests for chosen meters, while its honest requests are kept
// back.
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
import { type AttackOrder, inEachSlot, meterOf, onEnvelopes, slotsOf, withMember } from '../attack.ts'

/** Slot that a request is about, with its roster. */
export interface Asked {
  readonly slot: Slot
  readonly held: HeldRoster
}

/** Units from the start of a slot's submissions at which an attack asks for masks: D + 2u, when an honest aggregator does. */
export const ASKING = 6

/** Act of an attack in one slot; takes the victim's position in the roster. */
export type Move = (asked: Asked, position: number) => void

/** Schedules a move in each slot of an attack, so many units after its submissions begin. */
export function inEachMove(target: SimulatedTarget, order: AttackOrder, units: number, move: Move): void {
  const victim = meterOf(target, order)
  inEachSlot(target, order, units, slot => withMember(target, slot, victim, (held, position) => move({ slot, held }, position)))
}

/** Requests for recovery, in any mode. */
export const REQUESTS: ReadonlySet<MessageType> = new Set([MessageType.RecoveryRequest, MessageType.MaskRequest, MessageType.ShareRequest])

/** Signs a MaskRequest as the aggregator, naming the present ones of these positions. */
export function signedMaskRequest(target: SimulatedTarget, asked: Asked, round: number, positions: readonly number[]): Uint8Array {
  const payload = MaskRequestPayload.encode({ round, members: presentOf(asked, positions) })
  return signed(target, asked, MessageType.MaskRequest, payload)
}

/** Signs a ShareRequest as the aggregator, naming the present ones of these positions as missing. */
export function signedShareRequest(target: SimulatedTarget, asked: Asked, positions: readonly number[]): Uint8Array {
  const payload = ShareRequestPayload.encode({ members: presentOf(asked, positions) })
  return signed(target, asked, MessageType.ShareRequest, payload)
}

/** Signs a request for all masks towards these positions, of the type that the network's recovery has. */
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

/** Gives the numbers of the meters that run, but for some. */
export function running(target: SimulatedTarget, ...but: readonly number[]): number[] {
  return target.meters.filter(meter => !but.includes(meter) && target.meter(meter).up)
}

const OF_PRIVATE_MASKS: ReadonlySet<MessageType> = new Set([MessageType.MaskRequest, MessageType.ShareRequest])

/**
 * Lets the aggregator ask each meter for something else, where there are private masks. Drops requests that meters pass on.
 * Holds the aggregator's own requests back until so many units after the submissions begin, since meters that answered
 * those would find the attack's in conflict.
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
      // Only publications are made up for: the machine repeats sends by itself.
      if (output.type === 'publish') {
        const { topic, bytes } = output
        target.atTime(due, () => target.aggregator.up && target.gossip(topic, 'aggregator', bytes))
      }
      return false
    })
  )
}
