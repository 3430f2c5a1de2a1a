import { HushgridError } from '@hushgrid/primitives'

/** A plaintext or factor that the key cannot carry. The message names the bound and the size, never the number. */
export class PlaintextRangeError extends HushgridError {
  override name = 'PlaintextRangeError'
}

/** Bytes or a number that are not a ciphertext of the key: not canonical, out of range, or no unit modulo n². */
export class CiphertextError extends HushgridError {
  override name = 'CiphertextError'
}

/** A modulus that is too short, not odd, or not what its factors say; or a packing that is wider than the key. */
export class KeySizeError extends HushgridError {
  override name = 'KeySizeError'
}

/** Ciphertexts, shares or obfuscators of different keys in one operation. */
export class KeyMismatchError extends HushgridError {
  override name = 'KeyMismatchError'
}

/** A packed field that a value, or the sum of so many, could overflow. */
export class PackingOverflowError extends HushgridError {
  override name = 'PackingOverflowError'
}

/** JSON of another implementation that is malformed, or that says what this one cannot say exactly. */
export class InterchangeError extends HushgridError {
  override name = 'InterchangeError'
}
