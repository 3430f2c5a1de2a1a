import { MalformedMessageError } from '@hushgrid/messages'

/** Decodes bytes; gives undefined where they are malformed, since an adversary may have sent them. */
export function orNothing<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch (cause) {
    if (cause instanceof MalformedMessageError) return undefined
    throw cause
  }
}
