import { lossText } from '@hushgrid/dcnet'
import { LossReason } from '@hushgrid/messages'
import { counted, type Slot, slotTimes } from '@hushgrid/primitives'
import type { LabSlot } from '@hushgrid/web-api'
import { NO_RESULT } from '../report/schema/slots.ts'

/** Gives a slot's start for a line: `07:15 UTC`. */
export function clockOf(slot: Slot, slotSeconds: number): string {
  return shortTime(new Date(slotTimes(slot, slotSeconds).start).toISOString())
}

function shortTime(start: string): string {
  return `${start.slice(11, 16)} UTC`
}

/** Words the reason of a loss; one that is in words already stays as it is. */
export function reasonInWords(reason: string): string {
  return Object.hasOwn(LossReason, reason) ? lossText(reason as LossReason) : reason
}

const NAMED = 6

/** Describes a slot that did not go as on a calm day; undefined for one that did. */
export function slotLine({ start, missing, recovered, releases, lost, reason, busy, exact }: LabSlot, masks: boolean): string | undefined {
  const who = missing.length === 0 ? '' : `without ${missing.length === 1 ? 'meter' : 'meters'} ${listed(missing)}`
  if (lost)
    return `Slot of ${shortTime(start)}: lost${busy ? ' because this machine is busy' : ''} (${reason ?? NO_RESULT})${who === '' ? '' : `, ${who}`}.`
  if (!exact) return `Slot of ${shortTime(start)}: the total is not the sum of the readings.`
  if (recovered === 0) return undefined
  return `Slot of ${shortTime(start)}: total ${who}${masks ? `, recovered by ${counted(releases, 'release')} of masks` : ''}.`
}

function listed(numbers: readonly number[]): string {
  return numbers.length <= NAMED ? numbers.join(', ') : `${numbers.slice(0, NAMED).join(', ')} and ${numbers.length - NAMED} more`
}
