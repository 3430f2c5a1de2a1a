import { MessageType } from '@hushgrid/messages'
import type { Slot } from '@hushgrid/primitives'
import { type AttackOperation, handOver, inEachSlot, meterOf, metersOf, onMessages, signedRequest, withMember } from './attack-tools.ts'
import type { SimulatedNeighbourhood } from './simulated-neighbourhood.ts'

/** Units after a slot's submissions begin at which an honest aggregator asks: D + 2u. */
const ASKING = 6

/** The aggregator does not take a meter's submissions, and so names it missing. */
export function hideSubmission(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const victim = neighbourhood.meter(meterOf(operation)).number
  onMessages(neighbourhood, operation, ({ from, to }, { type }) =>
    to === neighbourhood.aggregator && from === victim && type === MessageType.Submission ? 'drop' : 'pass'
  )
}

/** It hides the submission, and does not show the request to the meter that it names. */
export function keepFromNamed(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const victim = neighbourhood.meter(meterOf(operation)).number
  hideSubmission(neighbourhood, operation)
  onMessages(neighbourhood, operation, ({ from, to }, { type }) =>
    from === neighbourhood.aggregator && to === victim && type === MessageType.RecoveryRequest ? 'drop' : 'pass'
  )
}

/** One meter alone is shown a request that names all its neighbours, so that it would strip itself of its masks. */
export function askOneAlone(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const victim = meterOf(operation)
  inEachSlot(neighbourhood, operation, ASKING, slot =>
    withMember(neighbourhood, slot, victim, (held, position) => {
      handOver(neighbourhood, victim, signedRequest(neighbourhood, held, slot, held.roster.neighbours(position)))
    })
  )
}

/** Every other meter is shown one request, the rest another: each names half of the victim's neighbours. */
export function askTwice(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const victim = meterOf(operation)
  inEachSlot(neighbourhood, operation, ASKING, slot =>
    withMember(neighbourhood, slot, victim, (held, position) => {
      const neighbours = held.roster.neighbours(position)
      const half = (which: number): Uint8Array => {
        const positions = neighbours.filter((_, i) => i % 2 === which)
        return signedRequest(neighbourhood, held, slot, positions)
      }
      const requests = [half(0), half(1)] as const
      for (const [meter, node] of neighbourhood.meters) {
        if (!node.up) continue
        const [shown, other] = meter % 2 === 0 ? requests : [requests[1], requests[0]]
        handOver(neighbourhood, meter, shown)
        if (meter === victim) handOver(neighbourhood, meter, other)
      }
    })
  )
}

/** A request for a slot that is long over, to everybody. */
export function askLate(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const victim = meterOf(operation)
  inEachSlot(neighbourhood, operation, ASKING, slot => {
    const past = Math.max(neighbourhood.config.firstSlot, slot - 2) as Slot
    withMember(neighbourhood, past, victim, (held, position) => {
      if (!neighbourhood.aggregatorNode.up) return
      neighbourhood.network.gossip('control', neighbourhood.aggregator, signedRequest(neighbourhood, held, past, [position]))
    })
  })
}

/**
 * The honest neighbours of a meter are cut off from everybody, so that its colluding ones would close up on the ring; where
 * no meter is named, just the meters that are.
 */
export function cutOff(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const { at, slots, meter, meters = [] } = operation
  if (meter === undefined) metersOf(operation)
  neighbourhood.schedule(at, () => {
    if (meter === undefined) {
      neighbourhood.partition(meters)
      return
    }
    withMember(neighbourhood, neighbourhood.slot(Math.max(0, Math.floor(at))), meter, ({ roster }, position) => {
      const neighbours = roster.neighbours(position).flatMap(index => neighbourhood.meterOf(roster.meterId(index)) ?? [])
      neighbourhood.partition(neighbours.filter(each => !meters.includes(each)))
    })
  })
  neighbourhood.schedule(at + slots, () => neighbourhood.heal())
}
