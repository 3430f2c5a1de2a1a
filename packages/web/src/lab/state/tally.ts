// Words on slots that are over, and on the one that is collected: every part of the page takes them from here.
import type { LabOpenSlot, LabSlot } from '@hushgrid/web-api'
import { showTime } from './figures.ts'

/** Outcome of a slot that is over. */
export type Outcome = 'exact' | 'wrong' | 'lost' | 'busy'

export function outcomeOf({ lost, exact, busy }: LabSlot): Outcome {
  if (lost) return busy === true ? 'busy' : 'lost'
  return exact ? 'exact' : 'wrong'
}

/** Words a slot's outcome, with the reason of a loss: `✕ lost: the aggregator was down`. */
export function outcomeInWords(slot: LabSlot): string {
  switch (outcomeOf(slot)) {
    case 'exact':
      return '✓ exact'
    case 'wrong':
      return '≠ not the true sum'
    case 'busy':
      return '‖ lost: machine busy'
    case 'lost':
      return `✕ lost${slot.reason === undefined ? '' : `: ${slot.reason}`}`
  }
}

/** Counts the slots that are kept, by outcome: `Last 26 slots: 21 exact, 0 with meters recovered, 5 lost`. */
export function tallyOf(slots: readonly LabSlot[]): string {
  const count = (test: (slot: LabSlot) => boolean): number => slots.filter(test).length
  const busy = count(slot => outcomeOf(slot) === 'busy')
  const said = [
    `${count(({ exact }) => exact)} exact`,
    `${count(({ recovered }) => recovered > 0)} with meters recovered`,
    `${count(slot => outcomeOf(slot) === 'lost')} lost${busy === 0 ? '' : `, ${busy} for a busy machine`}`
  ]
  return `Last ${slots.length === 1 ? 'slot' : `${slots.length} slots`}: ${said.join(', ')}`
}

/** Words the slot that is collected, up to the number of submissions. */
export function openInWords(
  open: LabOpenSlot | undefined,
  { expected, down }: { readonly expected: number; readonly down: string | undefined }
): string {
  if (down !== undefined) {
    const which = open ? `Slot ${showTime(open.start)} UTC: the` : 'The'
    const came = open && open.submitted.length > 0 ? `, with ${open.submitted.length} of ${expected} submitted` : ''
    return `${which} ${down} is down${came}, and no slot has a total until it is back`
  }
  if (!open) return 'No slot is being collected'
  return `Slot ${showTime(open.start)} UTC: ${open.submitted.length} of ${expected} submitted`
}
