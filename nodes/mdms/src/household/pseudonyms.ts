import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { concatBytes, fromHex, type MeterId, type Rng, utf8 } from '@hushgrid/primitives'
import { readOrCreateSecret } from '@hushgrid/runtime'

/** Name of the file with the key. */
export const HOUSEHOLD_KEY = 'household.key'
const LABEL = utf8('hushgrid/v1/household\0')
/** 128 bits: no two households of any supplier come to the same. */
const DIGITS = 32

/** Gives the account that a meter's household has in the store. */
export type Pseudonyms = (meter: MeterId) => string

/**
 * Pseudonyms of households: an HMAC-SHA-256 of the meter's id (RFC 2104) under a key that is kept beside the database and
 * never in it, so that who has only the database cannot tell whose figures they are.
 *
 * @param directory - the node's data directory; holds the key, made where there is none
 * @throws SecretFileError
 */
export function openPseudonyms(directory: string, rng: Rng): Pseudonyms {
  const { secret } = readOrCreateSecret(join(directory, HOUSEHOLD_KEY), 32, () => rng.bytes(32))
  return meter => {
    const mac = createHmac('sha256', secret).update(concatBytes(LABEL, fromHex(meter)))
    return `household-${mac.digest('hex').slice(0, DIGITS)}`
  }
}
