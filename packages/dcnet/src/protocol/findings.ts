// Offences that a machine finds, as data, and the sentence that people read of each. No code reads the sentence.
import { LossReason } from '@hushgrid/messages'
import type { Epoch, Slot } from '@hushgrid/primitives'

/** The kinds of signed messages that must not exist, or not both. */
export type Evidence =
  | {
      readonly kind: 'two-submissions' | 'two-requests' | 'early-request' | 'conflicting-requests' | 'two-releases' | 'two-results'
      readonly slot: Slot
    }
  | { readonly kind: 'two-rosters'; readonly epoch: Epoch }

/** Ways in which a total misreports a meter. */
export type MisreportKind = 'counted-unsent' | 'left-out'

/** Ways in which the aggregator names members against what was witnessed of them. */
export type AggregatorFaultKind = 'called-missing' | 'shares-fit'

/** Gives the sentence for evidence, or for an output with the kind of a misreport or a fault. */
export function findingText(finding: Evidence | { readonly kind: MisreportKind | AggregatorFaultKind }): string {
  switch (finding.kind) {
    case 'two-submissions':
      return `two submissions for slot ${finding.slot}`
    case 'two-requests':
      return `two requests for slot ${finding.slot}`
    case 'early-request':
      return `a request for slot ${finding.slot} before its deadline`
    case 'conflicting-requests':
      return `conflicting requests for slot ${finding.slot}`
    case 'two-releases':
      return `two releases for slot ${finding.slot}`
    case 'two-results':
      return `two results for slot ${finding.slot}`
    case 'two-rosters':
      return `two rosters for epoch ${finding.epoch}`
    case 'counted-unsent':
      return 'the total counts this meter, which sent nothing'
    case 'left-out':
      return 'the total leaves out what this meter sent'
    case 'called-missing':
      return 'members are called missing whose submissions were witnessed in time'
    case 'shares-fit':
      return 'members are named whose shares fit, as they were witnessed'
  }
}

const LOSSES: Readonly<Record<LossReason, string>> = {
  [LossReason.NotSaid]: 'no reason is given',
  [LossReason.MembersMissing]: 'members are missing',
  [LossReason.Disputed]: 'members dispute that they are missing',
  [LossReason.Unanswered]: 'a request for masks or shares was not answered',
  [LossReason.Refused]: 'a request for masks or shares was refused',
  [LossReason.UnfittingShares]: 'shares do not fit',
  [LossReason.Implausible]: 'the sum cannot be one of readings',
  [LossReason.Away]: 'the aggregator was away'
}

/** Gives the reason why a slot has no total (PROTOCOL.md section 7), for people. */
export function lossText(reason: LossReason): string {
  return LOSSES[reason]
}
