// Costs of key agreement and signatures, beside a widely used implementation in JavaScript.
import { BlindingKey, fromHex, IdentityKey, SeededRng, VerifyKey } from '@hushgrid/primitives'
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { comparedFigure, type Figure, type Work } from '../../results/measure.ts'

/** Bytes that a signature is over, roughly: domain, roster hash, slot and the payload's hash. */
const SIGNED_BYTES = 120
const CALLS = 50

/** Times X25519 (RFC 7748) and Ed25519 (RFC 8032). */
export function keyFigures(seed: string, rounds: number): Figure[] {
  const rng = new SeededRng(`${seed} keys`)
  const [own, other] = [BlindingKey.generate(rng), BlindingKey.generate(rng)]
  const secret = own.exportSecret()
  const identity = IdentityKey.generate(rng)
  const publicKey = fromHex(identity.id)
  const signingSeed = identity.exportSeed()
  const message = rng.bytes(SIGNED_BYTES)
  const signature = identity.sign(message)
  const verifyKey = new VerifyKey(publicKey)
  const beside = (name: string, work: Work, floor: Work): Figure =>
    comparedFigure({ name }, { rounds, calls: CALLS, work, floorName: '@noble/curves', floor })
  return [
    beside(
      'X25519 key agreement',
      () => own.agree(other.publicKey),
      () => x25519.getSharedSecret(secret, other.publicKey)
    ),
    beside(
      'Ed25519 signature',
      () => identity.sign(message),
      () => ed25519.sign(message, signingSeed)
    ),
    beside(
      'Ed25519 verification',
      () => verifyKey.verify(message, signature),
      () => ed25519.verify(signature, message, publicKey)
    )
  ]
}
