import { decodeEnvelope, MessageType, RefusalPayload, sealEnvelope } from '@hushgrid/messages'
import type { Slot } from '@hushgrid/primitives'
import { remaining } from '@hushgrid/topology'
import { maskGraphOf, openLanesOf } from '../../roster/mask-graph.ts'
import type { RefusalReason } from '../contract.ts'
import type { MeterContext, MeterEpoch } from '../core.ts'

/** A slot of an epoch that this meter is in, in one step. */
export interface MeterSlotContext extends MeterContext {
  readonly epoch: MeterEpoch
  readonly slot: Slot
}

/** Seals a Refusal, which says why an owed answer does not come. */
export function sealRefusal({ state, epoch, slot }: MeterSlotContext, requestHash: Uint8Array, reason: RefusalReason): Uint8Array {
  const { roster } = epoch.held
  const payload = RefusalPayload.encode({ requestHash, reason })
  return sealEnvelope(state.config.identity, MessageType.Refusal, roster.hash, roster.epoch, slot, payload)
}

/**
 * Tells the aggregator why an owed answer does not come, so that it counts the refusal and names it in its result.
 *
 * @returns the Refusal envelope, for the registrar where it asks
 */
export function sendRefusal(context: MeterSlotContext, requestHash: Uint8Array, reason: RefusalReason): Uint8Array {
  const bytes = sealRefusal(context, requestHash, reason)
  context.out.push({ type: 'request', to: 'aggregator', stream: 'sync', bytes })
  context.out.push({ type: 'request-refused', slot: context.slot, reason })
  return bytes
}

/** Tells whether this meter has submitted for a slot under the roster of its context. */
export function hasSubmitted({ state, epoch, slot }: MeterSlotContext): boolean {
  const bytes = state.submitted.get(slot)
  return bytes !== undefined && decodeEnvelope(bytes).epoch === epoch.held.roster.epoch
}

/** Gives the reason for refusing where too few neighbours, or members, are present and outside M. */
export function tooFewOutside(
  { state, epoch }: MeterSlotContext,
  members: ReadonlySet<number>,
  needed: (neighbours: number) => number
): RefusalReason | undefined {
  const { roster } = epoch.held
  const outside = remaining(maskGraphOf(roster), epoch.index, members)
  if (outside < needed(epoch.neighbours.length) && state.rules.enoughNeighbours) return 'too few neighbours outside the request'
  if (state.rules.wholeComponents && openLanesOf(roster, members) === undefined) return 'too few members outside the request'
  return undefined
}

/** Gives the lanes that a release towards M carries, by position: L(M). */
export function lanesTowards({ state, epoch }: MeterSlotContext, members: ReadonlySet<number>): readonly number[] {
  const { roster } = epoch.held
  return (state.rules.supportedLanes && openLanesOf(roster, members)) || roster.lanes.map((_, lane) => lane)
}
