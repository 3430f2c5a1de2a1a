import { Drop } from '@hushgrid/messages'
import { InvalidArgumentError } from '@hushgrid/primitives'

/** Reads what has to fit a roster. @throws Drop (wrong-shape) where it does not */
export function fitting<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof InvalidArgumentError) throw new Drop('wrong-shape', cause.message)
    throw cause
  }
}
