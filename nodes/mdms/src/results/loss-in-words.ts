import { lossText } from '@hushgrid/dcnet'
import type { LossReason } from '@hushgrid/messages'
import type { SupplierOutput } from '@hushgrid/pes'

/** Gives the reason, and the number of members concerned, if any. */
export function lossInWords({ reason, members }: { readonly reason: LossReason; readonly members: number }): string {
  return members === 0 ? lossText(reason) : `${lossText(reason)}: ${members}`
}

/** Gives the reason why a slot of the path by concentrator and PES has no total, for people. */
export function pesLossInWords({ reason, contributors }: Extract<SupplierOutput, { type: 'lost' }>): string {
  return reason === 'too-few'
    ? `too few readings to be added up: ${contributors.length}`
    : 'an aggregate that does not decrypt to a sum of readings'
}
