// Known answers of edge openings (PROTOCOL.md section 7).
import { BlindingKey, concatBytes, edwardsKeyOf, fromHex, toHex } from '@hushgrid/primitives'
import { openedSecret, proofDomain } from '../masks/edge-opening.ts'
import type { Findings } from './findings.ts'
import type { OpeningCase, RefusedOpening } from './format.ts'

/** Compares an opening, made with the nonce of the case, and the secret that it shows. */
export function checkOpening(of: OpeningCase, findings: Findings): void {
  const own = new BlindingKey(fromHex(of.ownSecret))
  const [sender, other, rosterHash] = [of.ownKey, of.otherKey, of.rosterHash].map(text => fromHex(text)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array
  ]
  findings.same('ownKey', toHex(own.publicKey), of.ownKey)
  findings.same('P', toHex(edwardsKeyOf(sender)), of.P)
  findings.same('Q', toHex(edwardsKeyOf(other)), of.Q)
  // The nonce is below ℓ already, so that zeros after it change nothing.
  const opening = toHex(own.proveShared(other, proofDomain(rosterHash), concatBytes(fromHex(of.nonce), new Uint8Array(32))))
  findings.same('Z', opening.slice(0, 64), of.Z)
  findings.same('e', opening.slice(64, 128), of.e)
  findings.same('z', opening.slice(128), of.z)
  const shown = openedSecret({ sender, other, rosterHash }, openingOf(of))
  findings.same('opened secret', shown && toHex(shown), of.shared)
  findings.same('agreed secret', toHex(own.agree(other)), of.shared)
}

/** Checks that an opening does not hold. */
export function checkRefusedOpening(of: RefusedOpening, findings: Findings): void {
  const edge = { sender: fromHex(of.ownKey), other: fromHex(of.otherKey), rosterHash: fromHex(of.rosterHash) }
  findings.same('refusal', openedSecret(edge, openingOf(of)) === undefined, true)
}

function openingOf({ Z, e, z }: Pick<OpeningCase, 'Z' | 'e' | 'z'>): Uint8Array {
  return fromHex(Z + e + z)
}
