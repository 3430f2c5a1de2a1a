// The contenders that are compared, in the order in which tables and figures show them.
import { CONTENDERS, type Contender } from '@hushgrid/lab'
import { HushgridError } from '@hushgrid/primitives'
import { COMPARED_MODES } from './contender-names.ts'

/** Contenders of the lab; one of another package is added here, and its name in `contender-names.ts`. */
export const COMPARED: readonly Contender[] = [...CONTENDERS]

/** @throws HushgridError where no contender has that name */
export function comparedContender(name: string): Contender {
  const found = COMPARED.find(({ facts }) => facts.name === name)
  if (!found) throw new HushgridError(`expected a contender of ${COMPARED_MODES.join(', ')}, got ${JSON.stringify(name)}`)
  return found
}
