import { MessageType } from '@hushgrid/messages'
import type { Slot } from '@hushgrid/primitives'
import type { SimulatedNeighbourhood } from '../neighbourhood/simulated-neighbourhood.ts'
import { handOver, handOverTo, isDoubleMask, keepApart, REQUESTS, running, signedForMasks, signedShareRequest } from './attack-requests.ts'
import { type AttackOperation, inEachSlot, meterOf, metersOf, onMessages, withMember } from './attack-tools.ts'

/** Units after a slot's submissions begin at which an aggregator of edge release asks: D + 2u. */
const ASKING = 6
/** With double mask it asks for shares after that, and makes its own requests when this is done. */
const ASKING_SHARES = 7
const OWN_REQUESTS = 8

/** The aggregator does not take a meter's submissions, and so names it missing. */
export function hideSubmission(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const victim = neighbourhood.meter(meterOf(operation)).number
  onMessages(neighbourhood, operation, ({ from, to }, { type }) =>
    to === neighbourhood.aggregator && from === victim && type === MessageType.Submission ? 'drop' : 'pass'
  )
}

/** It hides the submission, and does not show the requests to the meter that they name. */
export function keepFromNamed(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const victim = neighbourhood.meter(meterOf(operation)).number
  hideSubmission(neighbourhood, operation)
  onMessages(neighbourhood, operation, ({ from, to }, { type }) =>
    from === neighbourhood.aggregator && to === victim && REQUESTS.has(type) ? 'drop' : 'pass'
  )
}

/**
 * One meter alone is shown a request that names all its neighbours, so that it would strip itself of its masks; with double
 * mask all others are then asked for their shares of the private one.
 */
export function askOneAlone(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const victim = meterOf(operation)
  inEachSlot(neighbourhood, operation, ASKING, slot =>
    withMember(neighbourhood, slot, victim, (held, position) => {
      handOver(neighbourhood, victim, signedForMasks(neighbourhood, held, slot, held.roster.neighbours(position)))
    })
  )
  if (isDoubleMask(neighbourhood)) askOthersForShares(neighbourhood, operation, victim)
}

/**
 * Every other meter is shown one request, the rest another: each names half of the victim's neighbours. With double mask
 * the victim alone is shown both, and then all others are asked for their shares of its private mask.
 */
export function askTwice(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  const victim = meterOf(operation)
  inEachSlot(neighbourhood, operation, ASKING, slot =>
    withMember(neighbourhood, slot, victim, (held, position) => {
      const neighbours = held.roster.neighbours(position)
      const half = (which: number): Uint8Array => {
        const positions = neighbours.filter((_, i) => i % 2 === which)
        return signedForMasks(neighbourhood, held, slot, positions)
      }
      const requests = [half(0), half(1)] as const
      // Whoever released masks would have no shares to give after that.
      for (const meter of isDoubleMask(neighbourhood) ? [victim] : running(neighbourhood)) {
        const [shown, other] = meter % 2 === 0 ? requests : [requests[1], requests[0]]
        handOver(neighbourhood, meter, shown)
        if (meter === victim) handOver(neighbourhood, meter, other)
      }
    })
  )
  if (isDoubleMask(neighbourhood)) askOthersForShares(neighbourhood, operation, victim)
}

function askOthersForShares(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation, victim: number): void {
  keepApart(neighbourhood, operation, OWN_REQUESTS)
  inEachSlot(neighbourhood, operation, ASKING_SHARES, slot =>
    withMember(neighbourhood, slot, victim, held => {
      const others = running(neighbourhood).filter(meter => meter !== victim)
      handOverTo(neighbourhood, others, signedShareRequest(neighbourhood, held, slot, []))
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
      neighbourhood.network.gossip('control', neighbourhood.aggregator, signedForMasks(neighbourhood, held, past, [position]))
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
