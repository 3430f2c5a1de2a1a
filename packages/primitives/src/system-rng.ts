import { randomBytes } from 'node:crypto'
import type { Rng } from './ports.ts'

/** The operating system's random bytes, which keys are made of. Taken by the program of a node, never by pure code itself. */
export const systemRng: Rng = { bytes: length => new Uint8Array(randomBytes(length)) }
