import { MalformedMessageError } from '@hushgrid/messages'

/** What a decoder gives, or undefined where the bytes are not what they should be: an adversary may have sent them. */
export function orNothing<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch (cause) {
    if (cause instanceof MalformedMessageError) return undefined
    throw cause
  }
}
