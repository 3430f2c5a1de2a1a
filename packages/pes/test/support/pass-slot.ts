import { type LaneVector, type Slot, slotTimes } from '@hushgrid/primitives'
import { SLOT_SECONDS, type VirtualPath } from './virtual-path.ts'

/** One slot as {@link VirtualPath.slot} has it, with readings that the test chooses. */
export function passSlot(path: VirtualPath, slot: number, read: (index: number) => LaneVector): void {
  const { end, over } = slotTimes(slot as Slot, SLOT_SECONDS)
  path.until(end - 1)
  path.meters.forEach((meter, index) => {
    if (meter.up) path.feedMeter(index, { type: 'reading', slot: slot as Slot, lanes: read(index) })
  })
  path.until(over)
}
