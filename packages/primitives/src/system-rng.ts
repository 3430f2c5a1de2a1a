import { randomBytes } from 'node:crypto'
import type { Rng } from './ports.ts'

/** The operating system's random bytes: what keys are made of. Taken by whoever runs a node, never by pure code itself. */
export const systemRng: Rng = { bytes: length => new Uint8Array(randomBytes(length)) }
