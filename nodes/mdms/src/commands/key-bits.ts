import { KEY_BITS } from '@hushgrid/paillier'
import { InvalidArgumentError } from '@hushgrid/primitives'

/** Length of a Paillier key unless another is asked for. */
export const DEFAULT_BITS = 2048

/** Reads `--bits`. */
export function keyBits(text: string): number {
  const bits = Number(text)
  if (!KEY_BITS.includes(bits)) throw new InvalidArgumentError('--bits', `one of ${KEY_BITS.join(', ')}`, JSON.stringify(text))
  return bits
}
