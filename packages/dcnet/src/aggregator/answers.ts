import { Drop, type Envelope, verifyEnvelope } from '@hushgrid/messages'
import { slotTimes } from '@hushgrid/primitives'
import type { AggregatorContext } from './core.ts'
import { keyOf } from './slot.ts'
import type { AggregatorState } from './state.ts'

/** Takes in a MaskRelease, ShareRelease, Dispute or Refusal of a member for an open slot, and hands it to the slot's mode. */
export function receiveAnswer(context: AggregatorContext<AggregatorState>, envelope: Envelope, bytes: Uint8Array): void {
  const { state, now } = context
  const { slot, sender } = envelope
  const held = state.book.ofEpoch(envelope.epoch)
  if (!held) throw new Drop('unknown-epoch')
  const index = held.roster.indexOf(sender)
  if (index === undefined) throw new Drop('unknown-sender')
  if (state.book.ofSlot(slot) !== held) throw new Drop('wrong-epoch')
  const open = state.open.get(slot)
  if (!open || now >= slotTimes(slot, state.config.slotSeconds).over) throw new Drop('slot-over')
  const verify = (): void => {
    if (!verifyEnvelope(envelope, keyOf(state, sender), held.roster.hash)) throw new Drop('bad-signature')
  }
  open.recovery.receive({ ...context, slot, open }, { envelope, bytes, index, verify })
}
