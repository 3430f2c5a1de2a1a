import type { MeterId } from '@hushgrid/primitives'
import { MalformedBodyError } from '../errors.ts'

/** Cuts a body into parts of one length. @throws MalformedBodyError unless it is just so many */
export function parts(body: Uint8Array, count: number, length: number, sender: MeterId): Uint8Array[] {
  if (body.byteLength !== count * length)
    throw new MalformedBodyError(sender, `expected ${count} × ${length} bytes, got ${body.byteLength}`)
  return Array.from({ length: count }, (_, i) => body.subarray(i * length, (i + 1) * length))
}
