import { hkdfSync } from 'node:crypto'
import { checkLength, toHex } from '@hushgrid/primitives'
import { PASSWORD_KEY_BYTES } from './password-key.ts'

const INFO = 'hushgrid/v1/customer/sign-in'
const PROOF_BYTES = 32

/**
 * Derives the proof that a customer shows servers instead of the password: HKDF-SHA-256 (RFC 5869) of the password's key,
 * without salt. It says nothing of the key, which unwraps the meters' keys.
 *
 * @param passwordKey - 32 bytes
 * @returns 32 bytes, lower-case hexadecimal
 */
export function signInProof(passwordKey: Uint8Array): string {
  checkLength(passwordKey, PASSWORD_KEY_BYTES, 'password key')
  return toHex(new Uint8Array(hkdfSync('sha256', passwordKey, '', INFO, PROOF_BYTES)))
}

/** Tells whether a text has the form of a sign-in proof. */
export function isSignInProof(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}
