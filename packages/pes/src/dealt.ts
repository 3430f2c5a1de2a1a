// The dealer's word on a Paillier key and its split, for the variant `direct`: nobody else may choose n, hs or the split.
import type { DecryptionShare, PublicKey } from '@hushgrid/paillier'
import {
  concatBytes,
  ed25519Verifier,
  equalBytes,
  fromHex,
  type MeterId,
  type SigningKey,
  sha256,
  utf8,
  type VerifierOf
} from '@hushgrid/primitives'
import { PesSetupError } from './errors.ts'

const DEALT = utf8('hushgrid/v2/paillier-dealt\0')
const SPLIT = utf8('hushgrid/v2/paillier-split')

/** A dealer's signature on a key that it has dealt. */
export interface Dealt {
  /** SHA-256 of the split's verification values v ‖ v₁ ‖ v₂, by {@link splitHashOf}. */
  readonly splitHash: Uint8Array
  /** Ed25519 signature, 64 bytes. */
  readonly signature: Uint8Array
}

/** Network whose dealer signs, and its key in the notation of meter ids; undefined where the network names none. */
export interface DealerOf {
  readonly networkId: Uint8Array
  readonly dealer: MeterId | undefined
  readonly verifier?: VerifierOf | undefined
}

/** Computes SHA-256("hushgrid/v2/paillier-split" ‖ the split's verification values, in the order of the share's file). */
export function splitHashOf({ verificationKey }: DecryptionShare): Uint8Array {
  return sha256(SPLIT, verificationKey.toBytes())
}

/** Gives "hushgrid/v2/paillier-dealt" ‖ 0x00 ‖ networkId ‖ the key's fingerprint ‖ splitHash. */
function signedBytes(networkId: Uint8Array, publicKey: PublicKey, splitHash: Uint8Array): Uint8Array {
  return concatBytes(DEALT, networkId, fromHex(publicKey.fingerprint), splitHash)
}

/** Signs a key that was dealt, for one network. */
export function signDealt(dealer: SigningKey, networkId: Uint8Array, publicKey: PublicKey, share: DecryptionShare): Dealt {
  const splitHash = splitHashOf(share)
  return { splitHash, signature: dealer.sign(signedBytes(networkId, publicKey, splitHash)) }
}

/**
 * Makes sure that the network's dealer has dealt a key: with another hs a ciphertext may carry its reading in the clear.
 *
 * @throws PesSetupError
 */
export function checkDealt({ networkId, dealer, verifier }: DealerOf, publicKey: PublicKey, { splitHash, signature }: Dealt): void {
  if (dealer === undefined)
    throw new PesSetupError("variant direct: expected the dealer's key in the network file (dealerKey), got a file without")
  if (!(verifier ?? ed25519Verifier)(dealer).verify(signedBytes(networkId, publicKey, splitHash), signature))
    throw new PesSetupError(
      `Paillier key ${publicKey.fingerprint}: expected the signature of the dealer ${dealer} on it and its split, got another`
    )
}

/** A key with its split, as a setup's terms tell of it. */
interface ToldKey {
  readonly publicKey: PublicKey
  readonly direct: { readonly dealt: Dealt } | undefined
}

/**
 * Makes sure that a setup is of the key that a share is of: n, hs and split.
 *
 * @throws PesSetupError
 */
export function checkOwnShare(
  { publicKey, direct }: ToldKey,
  own: { readonly publicKey: PublicKey; readonly share: DecryptionShare }
): void {
  const expected = 'setup of the PES: expected the Paillier key that our share is of'
  if (publicKey.n !== own.publicKey.n) throw new PesSetupError(`${expected}, got another n`)
  if (publicKey.hs !== own.publicKey.hs) throw new PesSetupError(`${expected}, got another hs`)
  if (!direct || !equalBytes(direct.dealt.splitHash, splitHashOf(own.share)))
    throw new PesSetupError(`${expected}, got one of another split`)
}
