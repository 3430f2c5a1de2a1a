// Members' credentials, as they travel with a roster and as a node remembers them (PROTOCOL.md sections 2 and 4).
import {
  checkAgreementKey,
  checkVerifyKey,
  concatBytes,
  ed25519Verifier,
  equalBytes,
  fromHex,
  InvalidArgumentError,
  type MeterId,
  sha256,
  toHex,
  u32,
  u64,
  type VerifyingKey,
  WeakKeyError
} from '@hushgrid/primitives'
import type { CheckedRoster } from './checked-roster.ts'
import { type Credential, type CredentialLane, encodeLanes, unpackCredential, verifyCredential } from './credential.ts'
import { hasLane, laneMaskBytes, laneMaskOf } from './fields.ts'
import type { RosterPolicy } from './policy.ts'
import { RosterRefusedError } from './refused.ts'
import type { Roster } from './roster.ts'

/** Names the registrar and network that a check holds for: it says nothing of another. */
export function authorityOf(policy: RosterPolicy): Uint8Array {
  return concatBytes(fromHex(policy.registrarKey), policy.networkId)
}

/**
 * Reads the credential of one member as it travels.
 *
 * @throws RosterRefusedError (form)
 */
export function credentialAt(roster: Roster, packed: Uint8Array, index: number): Credential {
  const { season } = roster
  try {
    return unpackCredential(packed, { meterId: roster.meterId(index), blindingKey: roster.blindingKey(index), season })
  } catch (cause) {
    if (cause instanceof InvalidArgumentError) throw new RosterRefusedError('form', `member ${roster.meterId(index)}: ${cause.message}`)
    throw cause
  }
}

const DIGEST = 16

/** Result of checking the members' credentials. */
export type CheckedMembers = Pick<
  CheckedRoster,
  'credentialDigests' | 'notBefore' | 'notAfter' | 'consents' | 'leftOut' | 'credentialChecks'
>

/** A result that is being filled in. */
type OpenMembers = CheckedMembers & { credentialChecks: number; readonly leftOut: (readonly CredentialLane[])[] }

/** One array for all members of whom no lane is left out. */
const NO_LANES: readonly CredentialLane[] = []

/** Makes a result for n members and so many lanes, to be filled in. */
export function blankMembers(n: number, lanes: number): OpenMembers {
  return {
    credentialDigests: new Uint8Array(DIGEST * n),
    notBefore: new Float64Array(n),
    notAfter: new Float64Array(n),
    consents: new Uint8Array(n * laneMaskBytes(lanes)),
    leftOut: new Array<readonly CredentialLane[]>(n).fill(NO_LANES),
    credentialChecks: 0
  }
}

/** Gives the 16 bytes that name a member's credential. */
export function digestAt({ credentialDigests }: Pick<CheckedRoster, 'credentialDigests'>, index: number): Uint8Array {
  return credentialDigests.subarray(DIGEST * index, DIGEST * index + DIGEST)
}

/** Tells whether the household of a member consents to be seen in a lane of the roster, both by position. */
export function consentsTo({ roster, consents }: Pick<CheckedRoster, 'roster' | 'consents'>, index: number, lane: number): boolean {
  const bytes = laneMaskBytes(roster.lanes.length)
  return hasLane(consents.subarray(index * bytes, (index + 1) * bytes), lane)
}

/** Copies the result for a member's credential from the roster before, which has the same lanes. */
export function copyMember(from: CheckedRoster, index: number, into: OpenMembers, at: number): void {
  into.credentialDigests.set(digestAt(from, index), DIGEST * at)
  into.notBefore[at] = from.notBefore[index] as number
  into.notAfter[at] = from.notAfter[index] as number
  into.leftOut[at] = from.leftOut[index] ?? NO_LANES
  const bytes = laneMaskBytes(from.roster.lanes.length)
  into.consents.set(from.consents.subarray(index * bytes, (index + 1) * bytes), at * bytes)
}

/** A check of all credentials of one roster, as far as it has come. */
export interface CredentialCheck {
  readonly roster: Roster
  readonly policy: RosterPolicy
  readonly registrar: VerifyingKey
  /** Unix seconds at the start of the roster's first slot. */
  readonly start: number
  readonly members: OpenMembers
}

/** Begins a check of a roster's credentials. */
export function credentialCheck(roster: Roster, policy: RosterPolicy): CredentialCheck {
  const registrar = (policy.verifier ?? ed25519Verifier)(roster.registrarKey)
  const { firstSlot, slotSeconds, n, lanes } = roster
  return { roster, policy, registrar, start: firstSlot * slotSeconds, members: blankMembers(n, lanes.length) }
}

/**
 * Checks one member's keys and credential, and notes the result.
 *
 * @param before - the digest of the member's credential in the roster before, which was checked then
 * @throws RosterRefusedError (weak-key, credential, lanes)
 */
export function checkMember(check: CredentialCheck, index: number, credential: Credential, before?: Uint8Array): void {
  const { roster, policy, registrar, start, members } = check
  const { meterId, blindingKey, season, notBefore, notAfter, lanes, signature } = credential
  const can = new Map(lanes.map(({ obis, consent }) => [obis, consent]))
  roster.lanes.forEach(({ obis }, lane) => {
    if (roster.canFill(index, lane) !== can.has(obis))
      throw new RosterRefusedError('lanes', `member ${meterId}: expected the lanes of its credential, got others`)
  })
  members.consents.set(
    laneMaskOf(roster.lanes, ({ obis }) => can.get(obis) === true),
    index * laneMaskBytes(roster.lanes.length)
  )
  const others = lanes.filter(({ obis }) => !roster.lanes.some(lane => lane.obis === obis))
  if (others.length > 0) members.leftOut[index] = others
  let holds = notBefore <= start && start < notAfter
  if (holds) {
    const dates = concatBytes(u32(season), u64(notBefore), u64(notAfter), encodeLanes(lanes))
    const digest = sha256(authorityOf(policy), fromHex(meterId), blindingKey, dates, signature).subarray(0, DIGEST)
    members.credentialDigests.set(digest, DIGEST * index)
    members.notBefore[index] = notBefore
    members.notAfter[index] = notAfter
    const name = policy.credentials && toHex(digest)
    if ((before && equalBytes(digest, before)) || (name !== undefined && policy.credentials?.has(name))) return
    checkKeys(meterId, blindingKey)
    members.credentialChecks++
    holds = verifyCredential(registrar, policy.networkId, credential, start)
    if (holds && name !== undefined) policy.credentials?.add(name)
  } else checkKeys(meterId, blindingKey)
  if (!holds) throw new RosterRefusedError('credential', `member ${meterId}: expected the registrar's credential, holding at the start`)
}

function checkKeys(id: MeterId, blindingKey: Uint8Array): void {
  try {
    checkVerifyKey(fromHex(id))
    checkAgreementKey(blindingKey)
  } catch (cause) {
    if (cause instanceof WeakKeyError) throw new RosterRefusedError('weak-key', `member ${id}: ${cause.message}`)
    throw cause
  }
}
