import type { HeldRoster } from '@hushgrid/dcnet'
import { decodeEnvelope, type Envelope, SyncRequest } from '@hushgrid/messages'
import { InvalidArgumentError, type Slot, type SlotTimes, slotTimes } from '@hushgrid/primitives'
import type { PlannedOperation } from '@hushgrid/scenarios'
import { orNothing } from '../machines/or-nothing.ts'
import type { SimulatedNeighbourhood } from '../neighbourhood/simulated-neighbourhood.ts'
import type { Message } from '../network/virtual-delivery.ts'
import type { Interceptor } from '../network/virtual-network.ts'

export type AttackOperation = Extract<PlannedOperation, { do: 'attack' }>

/** The meter that an attack is against, or that makes it. */
export function meterOf({ what, meter }: AttackOperation): number {
  if (meter === undefined) throw new InvalidArgumentError('meter', `the meter that '${what}' is about`, 'none')
  return meter
}

export function metersOf({ what, meters }: AttackOperation): readonly number[] {
  if (!meters || meters.length === 0) throw new InvalidArgumentError('meters', `the meters that '${what}' is about`, 'none')
  return meters
}

/** First slot of an attack, and the one after its last. */
export function slotsOf(neighbourhood: SimulatedNeighbourhood, { at, slots }: AttackOperation): readonly [first: Slot, end: Slot] {
  const first = Math.max(0, Math.floor(at))
  return [neighbourhood.slot(first), neighbourhood.slot(first + slots)]
}

/** Does something in each slot of an attack, so many units after its submissions begin. */
export function inEachSlot(
  neighbourhood: SimulatedNeighbourhood,
  operation: AttackOperation,
  units: number,
  run: (slot: Slot, times: SlotTimes) => void
): void {
  const [first, end] = slotsOf(neighbourhood, operation)
  for (let slot = first; slot < end; slot = (slot + 1) as Slot) {
    const times = slotTimes(slot, neighbourhood.config.slotSeconds)
    neighbourhood.network.at(Math.max(times.end + units * times.unit, neighbourhood.network.now), () => run(slot, times))
  }
}

/** Has an interceptor at work for messages of the attack's slots, from the start of the run; messages of others pass. */
export function onMessages(
  neighbourhood: SimulatedNeighbourhood,
  operation: AttackOperation,
  intercept: (message: Message, envelope: Envelope) => ReturnType<Interceptor>
): void {
  const [first, end] = slotsOf(neighbourhood, operation)
  neighbourhood.network.intercept(message => {
    const envelope = message.reply ? undefined : envelopeIn(message)
    return envelope && envelope.slot >= first && envelope.slot < end ? intercept(message, envelope) : 'pass'
  })
}

/** The envelope that a message is or brings, where it is one. */
export function envelopeIn({ channel, bytes }: Pick<Message, 'channel' | 'bytes'>): Envelope | undefined {
  return orNothing(() => decodeEnvelope(channel === 'sync' ? SyncRequest.decode(bytes).envelope : bytes))
}

/** Has something happen to a slot's roster and the position of a meter in it; nothing where it is no member then. */
export function withMember(
  neighbourhood: SimulatedNeighbourhood,
  slot: Slot,
  meter: number,
  run: (held: HeldRoster, position: number) => void
): void {
  const held = neighbourhood.recorder.rosterOf(slot)
  const position = held?.roster.indexOf(neighbourhood.meter(meter).id)
  if (held && position !== undefined) run(held, position)
}
