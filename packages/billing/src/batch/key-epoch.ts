import { InvalidArgumentError } from '@hushgrid/primitives'

declare const brand: unique symbol

/**
 * Number of a meter's key K, from 0: each key that it draws later has the next one. Signed in the header of each batch that
 * was sealed under the key.
 */
export type KeyEpoch = number & { readonly [brand]: 'KeyEpoch' }

const MOST = 2 ** 32 - 1

/** @throws InvalidArgumentError unless it fits a u32 */
export function keyEpoch(value: number): KeyEpoch {
  if (!Number.isInteger(value) || value < 0 || value > MOST)
    throw new InvalidArgumentError('keyEpoch', `an integer from 0 to ${MOST}`, String(value))
  return value as KeyEpoch
}

/** Epoch of a meter's first key. */
export const FIRST_KEY_EPOCH = keyEpoch(0)
