// Members' credentials, as they travel with a roster and as a node remembers them (PROTOCOL.md sections 2 and 4).
import {
  checkAgreementKey,
  checkVerifyKey,
  concatBytes,
  ed25519Verifier,
  equalBytes,
  fromHex,
  type MeterId,
  sha256,
  toHex,
  u64,
  type VerifyingKey,
  WeakKeyError
} from '@hushgrid/primitives'
import type { CheckedRoster } from './checked-roster.ts'
import { type Credential, verifyCredential } from './credential.ts'
import type { RosterPolicy } from './policy.ts'
import { RosterRefusedError } from './refused.ts'
import type { Roster } from './roster.ts'

/** Names the registrar and network that a check holds for: it says nothing of another. */
export function authorityOf(policy: RosterPolicy): Uint8Array {
  return concatBytes(fromHex(policy.registrarKey), policy.networkId)
}

/** Reads the credential of one member out of the packed field. */
export function credentialAt(roster: Roster, packed: Uint8Array, index: number): Credential {
  const view = new DataView(packed.buffer, packed.byteOffset + 80 * index, 80)
  return {
    meterId: roster.meterId(index),
    blindingKey: roster.blindingKey(index),
    notBefore: Number(view.getBigUint64(0, true)),
    notAfter: Number(view.getBigUint64(8, true)),
    signature: packed.subarray(80 * index + 16, 80 * index + 80)
  }
}

const DIGEST = 16

/** Result of checking the members' credentials. */
export type CheckedMembers = Pick<CheckedRoster, 'credentialDigests' | 'notBefore' | 'notAfter' | 'credentialChecks'>

/** Makes a result for n members, to be filled in. */
export function blankMembers(n: number): CheckedMembers & { credentialChecks: number } {
  return {
    credentialDigests: new Uint8Array(DIGEST * n),
    notBefore: new Float64Array(n),
    notAfter: new Float64Array(n),
    credentialChecks: 0
  }
}

/** Gives the 16 bytes that name a member's credential. */
export function digestAt({ credentialDigests }: Pick<CheckedRoster, 'credentialDigests'>, index: number): Uint8Array {
  return credentialDigests.subarray(DIGEST * index, DIGEST * index + DIGEST)
}

/** Copies the result for a member's credential from the roster before. */
export function copyMember(from: CheckedRoster, index: number, into: CheckedMembers, at: number): void {
  into.credentialDigests.set(digestAt(from, index), DIGEST * at)
  into.notBefore[at] = from.notBefore[index] as number
  into.notAfter[at] = from.notAfter[index] as number
}

/** A check of all credentials of one roster, as far as it has come. */
export interface CredentialCheck {
  readonly policy: RosterPolicy
  readonly registrar: VerifyingKey
  /** Unix seconds at the start of the roster's first slot. */
  readonly start: number
  readonly members: CheckedMembers & { credentialChecks: number }
}

/** Begins a check of a roster's credentials. */
export function credentialCheck(roster: Roster, policy: RosterPolicy): CredentialCheck {
  const registrar = (policy.verifier ?? ed25519Verifier)(roster.registrarKey)
  return { policy, registrar, start: roster.firstSlot * roster.slotSeconds, members: blankMembers(roster.n) }
}

/**
 * Checks one member's keys and credential, and notes the result.
 *
 * @param before - the digest of the member's credential in the roster before, which was checked then
 * @throws RosterRefusedError (weak-key, credential)
 */
export function checkMember(check: CredentialCheck, index: number, credential: Credential, before?: Uint8Array): void {
  const { policy, registrar, start, members } = check
  const { meterId, blindingKey, notBefore, notAfter, signature } = credential
  // A date beyond that could not be signed over as it is.
  let holds = Number.isSafeInteger(notBefore) && Number.isSafeInteger(notAfter) && notBefore <= start && start < notAfter
  if (holds) {
    const digest = sha256(authorityOf(policy), fromHex(meterId), blindingKey, u64(notBefore), u64(notAfter), signature).subarray(0, DIGEST)
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
