/**
 * Paillier's cryptosystem: the public key adds numbers under encryption, the private key reads the sum. Keys, packing of
 * several numbers in one, regression on encrypted numbers, decryption by two holders together.
 *
 * ```ts
 * import { generateKeyPair } from '@hushgrid/paillier'
 * import { systemRng } from '@hushgrid/primitives'
 *
 * const { publicKey, privateKey } = generateKeyPair(2048)
 * const readings = [217n, 54n, -12n].map(reading => publicKey.encrypt(reading, systemRng))
 * console.log(privateKey.decrypt(publicKey.sum(readings))) // 259n
 * ```
 *
 * @packageDocumentation
 */

export { FixedBase } from './arithmetic/fixed-base.ts'
export { fromBytes, inverse, modulo, randomBelow, randomUnit, toBytes } from './arithmetic/integers.ts'
export { Modulus, plainPower } from './arithmetic/modular-exponent.ts'
export { CiphertextError } from './errors.ts'
export { toPaillierBigintPrivate } from './interchange/paillier-bigint.ts'
export { generateKeyPair, KEY_BITS, type KeyPair } from './keys/key.ts'
export { ObfuscatorPool, type ObfuscatorPoolOptions } from './keys/obfuscator-pool.ts'
export { Packing } from './keys/packing.ts'
export { PrivateKey } from './keys/private-key.ts'
export { Ciphertext, LEAST_KEY_BITS, PublicKey } from './keys/public-key.ts'
export { type PlaintextClaim, PlaintextProofs, type ProvenCiphertext } from './proofs/plaintext-proof.ts'
export { combinePartials, PartialDecryption, PartialDecryptionError } from './threshold/partial-decryption.ts'
export { DecryptionShare, splitKey } from './threshold/threshold.ts'
