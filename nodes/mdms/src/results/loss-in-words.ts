import { LossReason } from '@hushgrid/messages'
import type { SupplierOutput } from '@hushgrid/pes'

/** Reasons why a slot of a DC-net has no total (PROTOCOL.md section 7), for people. */
const WORDS: Readonly<Record<LossReason, string>> = {
  [LossReason.NotSaid]: 'no reason is given',
  [LossReason.MembersMissing]: 'members are missing',
  [LossReason.Disputed]: 'members say that they were named missing wrongly',
  [LossReason.Unanswered]: 'members did not answer a request for masks or shares',
  [LossReason.Refused]: 'members refused a request for masks or shares',
  [LossReason.UnfittingShares]: 'members gave shares that do not fit',
  [LossReason.Implausible]: 'the sum is larger than readings can be',
  [LossReason.Away]: 'the aggregator was not there'
}

/** Gives the reason, and the number of members concerned, if any. */
export function lossInWords({ reason, members }: { readonly reason: LossReason; readonly members: number }): string {
  return members === 0 ? WORDS[reason] : `${WORDS[reason]}: ${members}`
}

/** Gives the reason why a slot of the path by concentrator and PES has no total, for people. */
export function pesLossInWords({ reason, contributors }: Extract<SupplierOutput, { type: 'lost' }>): string {
  return reason === 'too-few'
    ? `too few readings to be added up: ${contributors.length}`
    : 'an aggregate that does not decrypt to a sum of readings'
}
