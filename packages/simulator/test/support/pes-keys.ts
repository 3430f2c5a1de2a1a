import { generateKeyPairSync } from 'node:crypto'
import { generateKeyPair } from '@hushgrid/paillier'
import type { PesKeys } from '../../src/neighbourhood/pes-nodes.ts'

/** Keys that protect nothing, once for all tests of a file; the RSA key is as long as a setup demands. */
export const SHORT_KEYS: PesKeys = {
  paillier: generateKeyPair(512, { insecure: true }).privateKey,
  rsa: generateKeyPairSync('rsa', { modulusLength: 3072 })
}
