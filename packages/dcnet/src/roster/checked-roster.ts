import type { Roster } from './roster.ts'

/** A roster that passed `checkRoster`, with what travelled beside it. */
export interface CheckedRoster {
  readonly roster: Roster
  /** The registrar's, over the roster's hash. */
  readonly signature: Uint8Array
  /** Per member a multiaddr, or the empty string. */
  readonly addresses: readonly string[]
  readonly aggregatorAddress: string
  /** 16 bytes a member that name its credential, so that the next roster's check knows which ones it has seen. */
  readonly credentialDigests: Uint8Array
  /** Per member when its credential begins to hold, in Unix seconds … */
  readonly notBefore: Float64Array
  /** … and when it ends; a delta leaves out the credentials that stay, and they have to hold all the same. */
  readonly notAfter: Float64Array
  /** Credential signatures verified for this roster; the others were known from the roster before or the cache. */
  readonly credentialChecks: number
}
