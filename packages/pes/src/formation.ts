// How supplier, PES and concentrator agree on a setup before the first reading; who carries their requests is another's.
import type { KeyObject } from 'node:crypto'
import { decodeEnvelope, MessageType, PesSetupRequest, sealEnvelope } from '@hushgrid/messages'
import type { PublicKey } from '@hushgrid/paillier'
import { type Epoch, HushgridError, type MeterId, type SigningKey, type Slot } from '@hushgrid/primitives'
import { checkOwnShare } from './dealt.ts'
import { PesSetupError } from './errors.ts'
import { openPesSetup, type PesLimits, type PesTerms, type SetupPolicy, sealPesSetup } from './pes/setup.ts'
import type { KeyShare } from './supplier/key.ts'

/** Seals the question for the setup in force; a supplier answers it with its Paillier key. */
export function sealSetupRequest(identity: SigningKey, networkId: Uint8Array): Uint8Array {
  return sealEnvelope(identity, MessageType.PesSetupRequest, networkId, 0 as Epoch, 0 as Slot, PesSetupRequest.encode({}))
}

/** A PES that forms a setup. */
export interface FormingPes extends Pick<SetupPolicy, 'networkId' | 'dealer' | 'verifier' | 'insecure'> {
  readonly identity: SigningKey
  /** Public half of its RSA key. */
  readonly rsaKey: KeyObject
  readonly limits: PesLimits
  /** Signer of the Paillier key; whoever has signed it where it is left out. */
  readonly supplier?: MeterId | undefined
  /** Its share of the decryption key, with `direct`. */
  readonly share?: KeyShare | undefined
}

/**
 * Signs the setup with a supplier's key, and makes what its proofs need, which the first slots could not spare the time for.
 *
 * @param paillierKey - the supplier's answer to {@link sealSetupRequest}
 * @throws PesSetupError; HushgridError where key and share are of different variants
 */
export function formSetup(paillierKey: Uint8Array, of: FormingPes): { readonly setup: Uint8Array; readonly terms: PesTerms } {
  const { identity, networkId, rsaKey, limits, supplier, share, dealer, verifier, insecure } = of
  const setup = sealPesSetup(identity, networkId, { paillierKey, rsaKey }, limits)
  const terms = openPesSetup(setup, {
    ...{ networkId, dealer, verifier, insecure },
    slotSeconds: limits.slotSeconds,
    pes: identity.id,
    supplier: supplier ?? decodeEnvelope(paillierKey).sender
  })
  if ((share !== undefined) !== (terms.variant === 'direct'))
    throw new HushgridError(
      `the supplier's key is for ${terms.variant}: expected a PES that has ${share ? 'no' : 'a'} share of it, got the other`
    )
  if (share) checkOwnShare(terms, share)
  terms.direct?.proofs.prepare()
  return { setup, terms }
}

/**
 * Opens a setup as the supplier whose key is in it.
 *
 * @throws PesSetupError
 */
export function acceptSetup(
  setup: Uint8Array,
  own: { readonly publicKey: PublicKey; readonly share?: KeyShare | undefined },
  policy: SetupPolicy
): PesTerms {
  const terms = openPesSetup(setup, policy)
  if (terms.publicKey.fingerprint !== own.publicKey.fingerprint)
    throw new PesSetupError('setup of the PES: expected our own Paillier key in it, got another')
  if (own.share) checkOwnShare(terms, own.share)
  return terms
}
