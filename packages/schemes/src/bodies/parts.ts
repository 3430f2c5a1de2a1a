// Bodies that are parts of one length.
import type { MeterId } from '@hushgrid/primitives'
import { MalformedBodyError } from '../errors.ts'

/** Cuts a body into `count` parts of `length` bytes. @throws MalformedBodyError where it is longer or shorter */
export function parts(body: Uint8Array, count: number, length: number, sender: MeterId): Uint8Array[] {
  if (body.byteLength !== count * length)
    throw new MalformedBodyError(sender, `expected ${count} × ${length} bytes, got ${body.byteLength}`)
  return Array.from({ length: count }, (_, i) => body.subarray(i * length, (i + 1) * length))
}
