import { concatBytes, fromHex, type MeterId, type SigningKey, sha256, u64, utf8, type VerifyingKey } from '@hushgrid/primitives'

/** `networkId = SHA-256("hushgrid/v1/network" ‖ name)`, 32 bytes (PROTOCOL.md section 2). */
export function networkId(name: string): Uint8Array {
  return sha256(utf8('hushgrid/v1/network'), utf8(name))
}

/** The registrar's word that a meter id and a blinding key belong to one real meter (PROTOCOL.md section 2). */
export interface Credential {
  readonly meterId: MeterId
  /** X25519 public key, 32 bytes. */
  readonly blindingKey: Uint8Array
  /** Start of its validity, Unix seconds. */
  readonly notBefore: number
  /** End of its validity, Unix seconds, exclusive. */
  readonly notAfter: number
  /** Ed25519 signature, 64 bytes. */
  readonly signature: Uint8Array
}

const PREFIX = utf8('hushgrid/v1/credential')

function credentialBytes(network: Uint8Array, credential: Omit<Credential, 'signature'>): Uint8Array {
  return concatBytes(
    PREFIX,
    network,
    fromHex(credential.meterId),
    credential.blindingKey,
    u64(credential.notBefore),
    u64(credential.notAfter)
  )
}

/** Signs a credential as the registrar. */
export function issueCredential(registrar: SigningKey, network: Uint8Array, of: Omit<Credential, 'signature'>): Credential {
  return { ...of, signature: registrar.sign(credentialBytes(network, of)) }
}

/**
 * Tells whether a credential is the registrar's and holds at a moment.
 *
 * @param at - Unix seconds: the start of the roster's first slot
 */
export function verifyCredential(registrar: VerifyingKey, network: Uint8Array, credential: Credential, at: number): boolean {
  return (
    credential.notBefore <= at && at < credential.notAfter && registrar.verify(credentialBytes(network, credential), credential.signature)
  )
}
