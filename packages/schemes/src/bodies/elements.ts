// Bodies that are group elements or scalars, 32 bytes each.
import { GroupEncodingError, type MeterId } from '@hushgrid/primitives'
import { decodeScalar, ELEMENT_BYTES, Point, SCALAR_BYTES, type Scalar } from '@hushgrid/primitives/group'
import { MalformedBodyError } from '../errors.ts'
import { parts } from './parts.ts'

/** Decodes `count` elements, none of which is the identity. @throws MalformedBodyError */
export function decodePoints(body: Uint8Array, count: number, sender: MeterId): Point[] {
  return parts(body, count, ELEMENT_BYTES, sender).map(bytes => ofSender(sender, () => Point.decode(bytes)))
}

/** Decodes `count` canonical scalars. @throws MalformedBodyError */
export function decodeScalars(body: Uint8Array, count: number, sender: MeterId): Scalar[] {
  return parts(body, count, SCALAR_BYTES, sender).map(bytes => ofSender(sender, () => decodeScalar(bytes)))
}

function ofSender<T>(sender: MeterId, decode: () => T): T {
  try {
    return decode()
  } catch (cause) {
    if (cause instanceof GroupEncodingError) throw new MalformedBodyError(sender, cause.message)
    throw cause
  }
}
