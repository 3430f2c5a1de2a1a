// The attack "ask twice" on real nodes: an aggregator that shows different meters requests which must not both exist.
// Only a lab can do it: it has the aggregator's key in its own process.
import { type HeldRoster, type RequestDraft, type Requests, recoveryOf } from '@hushgrid/dcnet'
import { encodeMemberSet, sealEnvelope, syncRequestWith } from '@hushgrid/messages'
import type { LabClock } from '@hushgrid/network'
import type { AggregatorNode } from '@hushgrid/node-aggregator'
import { HushgridError, type MeterId, millis, type Slot, slotTimes } from '@hushgrid/primitives'
import { sleepUntil } from '../../neighbourhood/slot-results.ts'

export interface AskTwiceInit {
  /** Gives the aggregator that runs now. */
  readonly aggregator: () => AggregatorNode | undefined
  readonly clock: LabClock
  readonly slot: Slot
  readonly victim: MeterId
  /** Signal of the neighbourhood's end. */
  readonly signal: AbortSignal
}

/** Moment at which the requests go out, in units after the deadline; with double mask the one for shares follows. */
const ASKING = 2
const ASKING_SHARES = 3
/** Time for a meter to take a request, real ms. */
const HAND_OVER_WITHIN = 5_000

/**
 * Runs the attack at D + 2u. Every second meter is shown a request that names one half of the victim's mask neighbours, the
 * rest one that names the other half, and the victim both: two answers strip all masks off its reading. With double mask
 * the victim alone is shown both, and all others are then asked for their shares of its private mask.
 *
 * @returns the number of meters that were shown a request
 * @throws HushgridError where the aggregator is down or does not know the victim by then
 */
export async function askTwice(init: AskTwiceInit): Promise<number> {
  const { slot, victim } = init
  const { held, node } = await at(init, ASKING)
  const { roster } = held
  const position = roster.indexOf(victim)
  if (position === undefined || roster.isAbsent(position)) throw new HushgridError('the meter is not among those that submit for the slot')
  const neighbours = roster.neighbours(position).filter(index => !roster.isAbsent(index))
  const [first, second] = [0, 1].map(which =>
    signedForMasks(
      node,
      held,
      slot,
      neighbours.filter((_, i) => i % 2 === which)
    )
  ) as [Uint8Array, Uint8Array]
  const present = Array.from({ length: roster.n }, (_, index) => index).filter(index => !roster.isAbsent(index))
  const { shares } = requestsOf(held)
  const shown = await Promise.all(
    (shares ? [position] : present).map(async index => {
      const mine = index % 2 === 0 ? first : second
      const taken = await handOver(node, roster.meterId(index), mine)
      if (index === position) await handOver(node, victim, mine === first ? second : first)
      return taken
    })
  )
  if (!shares) return shown.filter(Boolean).length
  const later = await at(init, ASKING_SHARES)
  const request = signed(later.node, held, slot, shares(encodeMemberSet([], roster.n)))
  const others = present.filter(index => index !== position)
  const asked = await Promise.all(others.map(index => handOver(later.node, roster.meterId(index), request)))
  return [...shown, ...asked].filter(Boolean).length
}

/** Waits for a moment of the slot; gives the aggregator's state then. */
async function at(
  { clock, slot, aggregator, signal }: AskTwiceInit,
  units: number
): Promise<{ readonly node: AggregatorNode; readonly held: HeldRoster }> {
  const slotSeconds = aggregator()?.service.state.config.slotSeconds
  if (slotSeconds !== undefined) {
    const { deadline, unit } = slotTimes(slot, slotSeconds)
    await sleepUntil(clock, millis(deadline + units * unit), signal)
    if (signal.aborted) throw new HushgridError('the run ended before the requests went out')
  }
  const node = aggregator()
  const held = node?.service.state.book.ofSlot(slot)
  if (!node || !held) throw new HushgridError('the aggregator is down, or has no roster for the slot')
  return { node, held }
}

function requestsOf({ roster }: HeldRoster): Requests {
  const { requests } = recoveryOf(roster)
  if (!requests) throw new HushgridError('there is nothing to ask: in a network without recovery nobody releases masks')
  return requests
}

function signedForMasks(node: AggregatorNode, held: HeldRoster, slot: Slot, positions: readonly number[]): Uint8Array {
  return signed(node, held, slot, requestsOf(held).masks(encodeMemberSet([...positions], held.roster.n), 0))
}

function signed({ service }: AggregatorNode, { roster }: HeldRoster, slot: Slot, { type, payload }: RequestDraft): Uint8Array {
  return sealEnvelope(service.state.config.identity, type, roster.hash, roster.epoch, slot, payload)
}

/**
 * Hands an envelope to a meter on a stream of its own, so that nobody else hears of it.
 *
 * @returns true where the meter has taken it
 */
async function handOver({ node }: AggregatorNode, to: MeterId, envelope: Uint8Array): Promise<boolean> {
  if (!node.isConnectedTo(to)) return false
  const request = syncRequestWith(envelope)
  return await node.request(to, 'sync', request, AbortSignal.timeout(HAND_OVER_WITHIN)).then(
    () => true,
    () => false
  )
}
