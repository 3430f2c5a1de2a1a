// Keys for tests: short ones for many cases, one of the least size that is taken.
import { SeededRng } from '@hushgrid/primitives'
import { generateKeyPair, type KeyPair } from '../src/keys/key.ts'

export const rng = new SeededRng('paillier tests')

/** 64 bits go by BigInts alone; at 264 n² has the 512 bits that OpenSSL wants, at 528 p² too. */
export const SHORT_BITS = [64, 264, 528] as const
export const short: readonly KeyPair[] = SHORT_BITS.map(bits => generateKeyPair(bits, { insecure: true }))
export const full: KeyPair = generateKeyPair(2048)

/** The key pair of 264 bits. */
export const small = short[1] as KeyPair
/** Another of the same size. */
export const other: KeyPair = generateKeyPair(264, { insecure: true })
