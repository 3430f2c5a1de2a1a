// Slots that a meter holds its submission back for (PROTOCOL.md section 7, recovery 1, step 3): a request named it before
// the slot's deadline by its own clock, and the registrar's time is to tell whose clock is wrong.
import { decodeEnvelope } from '@hushgrid/messages'
import { concatBytes, type Epoch, type Slot, slotAt, slotTimes, u64 } from '@hushgrid/primitives'
import { demandTime } from '../protocol/protocol-clock.ts'
import type { MeterContext, MeterCore } from './core.ts'
import type { MeterSlotRecord } from './journal.ts'

/** Submits for no slot of an epoch up to one, until the registrar has told the time. */
export function holdBack(context: MeterContext, epoch: Epoch, slot: Slot): void {
  const { state } = context
  if (slot > (state.heldBack.get(epoch) ?? -1)) {
    state.heldBack.set(epoch, slot)
    context.out.push({ type: 'journal', record: record(context, epoch, slot) })
  }
  demandTime(context)
}

/** Tells whether a submission for a slot may have been sent under an epoch's roster, as far as the journal can tell. */
export function mayHaveSent({ sent, submitted, unknownThrough }: MeterCore, slot: Slot, epoch: Epoch): boolean {
  if (slot <= unknownThrough) return true
  const bytes = submitted.get(slot)
  // What was sent under another roster, as by a member that missed one, holds no mask of this.
  return bytes ? decodeEnvelope(bytes).epoch === epoch : sent.may(slot)
}

/** Tells whether a slot is held back. */
export function isHeldBack({ heldBack }: MeterCore, epoch: Epoch, slot: Slot): boolean {
  return slot <= (heldBack.get(epoch) ?? -1)
}

/** Takes the numbers back now that the time is known: slots whose deadline has passed stay without a submission. */
export function letGo(context: MeterContext): void {
  const { state, now, out } = context
  for (const [epoch, slot] of state.heldBack) {
    const over = Math.min(slot, slotAt(now, state.config.slotSeconds) - 1) as Slot
    const last = over >= 0 && now < slotTimes(over, state.config.slotSeconds).deadline ? ((over - 1) as Slot) : over
    if (last > state.finishedThrough) {
      state.finishedThrough = last
      out.push({ type: 'journal', record: { kind: 'absent', slot: last, bytes: new Uint8Array(0) } })
    }
    state.heldBack.delete(epoch)
    out.push({ type: 'journal', record: record(context, epoch, undefined) })
  }
}

/** Takes in a record of the journal. */
export function restoreHeldBack({ heldBack }: MeterCore, { bytes }: MeterSlotRecord): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const epoch = Number(view.getBigUint64(0, true)) as Epoch
  const next = Number(view.getBigUint64(8, true))
  if (next === 0) heldBack.delete(epoch)
  else heldBack.set(epoch, (next - 1) as Slot)
}

/** Makes the record of the highest slot that is held back; undefined where none is. */
function record({ state, now }: MeterContext, epoch: Epoch, highest: Slot | undefined): MeterSlotRecord {
  const bytes = concatBytes(u64(epoch), u64(highest === undefined ? 0 : highest + 1))
  return { kind: 'named', slot: slotAt(now, state.config.slotSeconds), bytes }
}
