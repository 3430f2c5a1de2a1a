// The rules of recovery that a test can switch off one by one, to see that each is needed: without it an attack succeeds.

/** Rules of PROTOCOL.md section 7 that a meter keeps. */
export interface MeterRules {
  /** Takes a reading beyond maxReading for a gap. */
  readonly maxReading: boolean
  /** Passes a request on to the neighbours that it names. */
  readonly passOn: boolean
  /** Disputes a request that names this meter falsely. */
  readonly dispute: boolean
  /** Acts on a request that names this meter whenever it comes, also outside the window by its own clock. */
  readonly namedAnyTime: boolean
  /** Takes a request's word that a deadline has passed only with its own clock's or the registrar's. */
  readonly deadlineByTime: boolean
  /** Heeds no dispute of a member that is marked absent. */
  readonly absentAreMute: boolean
  /** Releases nothing once a dispute was seen. */
  readonly heedDispute: boolean
  /** Waits for disputes before it releases. */
  readonly disputeWindow: boolean
  /** Takes and answers no request that comes too late. */
  readonly windowEnd: boolean
  /** Releases with at least f neighbours, or t with double mask, present and outside M. */
  readonly enoughNeighbours: boolean
  /** Releases only where every component of the mask graph outside M has minMembers and a lane with support. */
  readonly wholeComponents: boolean
  /** Releases the lanes L(M) alone, which enough members of every component can fill. */
  readonly supportedLanes: boolean
  /** Answers at most one request for a slot; with double mask, one of each kind and round. */
  readonly oncePerSlot: boolean
  /** Submits nothing once its absence was journalled. */
  readonly absentIsFinal: boolean
  /** Double mask: answers a ShareRequest that names somebody only with t neighbours' word on the same M. */
  readonly wordsOfNeighbours: boolean
  /** Double mask: releases masks beside shares, not on a MaskRequest alone. */
  readonly masksWithShares: boolean
  /** Double mask: answers a MaskRequest only if its M contains every M that was answered. */
  readonly nestedRequests: boolean
  /** Double mask: answers a ShareRequest only if its M contains every M that was answered. */
  readonly sharesContainAnswered: boolean
  /** Double mask: answers no MaskRequest after the ShareRequest. */
  readonly noMasksAfterShares: boolean
}

/** Every rule kept: what every meter does outside a test. */
export const HONEST: MeterRules = {
  maxReading: true,
  passOn: true,
  dispute: true,
  namedAnyTime: true,
  deadlineByTime: true,
  absentAreMute: true,
  heedDispute: true,
  disputeWindow: true,
  windowEnd: true,
  enoughNeighbours: true,
  wholeComponents: true,
  supportedLanes: true,
  oncePerSlot: true,
  absentIsFinal: true,
  wordsOfNeighbours: true,
  masksWithShares: true,
  nestedRequests: true,
  sharesContainAnswered: true,
  noMasksAfterShares: true
}
