import { type PasswordScheme, readScheme } from '@hushgrid/web-api'
import { CustomerCryptoError } from './errors.ts'

/** @throws CustomerCryptoError with fault `scheme` where it is unknown, or outside of its safe limits */
export function checkScheme(given: unknown): PasswordScheme {
  const read = readScheme(given)
  if (!('misfit' in read)) return read
  const { misfit } = read
  const why =
    'unknown' in misfit
      ? 'The server asks for a way of making a key that this page does not know.'
      : `The server asks for a key made in a way that is not safe (${misfit.parameter}: expected ${misfit.least} to ${misfit.most}).`
  throw new CustomerCryptoError('scheme', why)
}

/** Tells whether two schemes are the same. */
export function sameScheme(a: PasswordScheme, b: PasswordScheme): boolean {
  if (a.scheme === 'pbkdf2-sha256') return b.scheme === a.scheme && a.iterations === b.iterations
  return b.scheme === a.scheme && a.memoryKib === b.memoryKib && a.passes === b.passes && a.parallelism === b.parallelism
}
