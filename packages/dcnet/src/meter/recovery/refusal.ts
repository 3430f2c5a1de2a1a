import { MessageType, RefusalPayload, sealEnvelope } from '@hushgrid/messages'
import type { Slot } from '@hushgrid/primitives'
import type { RefusalReason } from '../contract.ts'
import type { MeterContext, MeterEpoch } from '../core.ts'

/** A slot of an epoch that this meter is in, in one step. */
export interface MeterSlotContext extends MeterContext {
  readonly epoch: MeterEpoch
  readonly slot: Slot
}

/** Tells the aggregator why an owed answer does not come, so that it counts the refusal and names it in its result. */
export function sendRefusal({ state, epoch, slot, out }: MeterSlotContext, requestHash: Uint8Array, reason: RefusalReason): void {
  const { roster } = epoch.held
  const payload = RefusalPayload.encode({ requestHash, reason })
  const bytes = sealEnvelope(state.config.identity, MessageType.Refusal, roster.hash, roster.epoch, slot, payload)
  out.push({ type: 'request', to: 'aggregator', stream: 'sync', bytes })
  out.push({ type: 'request-refused', slot, reason })
}

/** Gives the reason for refusing where too few neighbours, or members, are present and outside M. */
export function tooFewOutside(
  { state, epoch }: MeterSlotContext,
  members: ReadonlySet<number>,
  needed: (neighbours: number) => number
): RefusalReason | undefined {
  const { roster } = epoch.held
  const outside = epoch.neighbours.filter(index => !roster.isAbsent(index) && !members.has(index)).length
  if (outside < needed(epoch.neighbours.length) && state.rules.enoughNeighbours) return 'too few neighbours outside the request'
  if (roster.presentCount - members.size < roster.minMembers) return 'too few members outside the request'
  return undefined
}
