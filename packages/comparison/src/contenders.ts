// The contenders that are compared, in the order in which tables and figures show them.
import { CONTENDERS, type Contender } from '@hushgrid/lab'
import { HushgridError } from '@hushgrid/primitives'

/** A contender of another package stands here beside the lab's. */
export const COMPARED: readonly Contender[] = [...CONTENDERS]

/** Their names, as `--modes` and the results have them. */
export const COMPARED_MODES: readonly string[] = COMPARED.map(({ facts }) => facts.name)

/** @throws HushgridError where there is none of that name */
export function comparedContender(name: string): Contender {
  const found = COMPARED.find(({ facts }) => facts.name === name)
  if (!found) throw new HushgridError(`expected a contender of ${COMPARED_MODES.join(', ')}, got ${JSON.stringify(name)}`)
  return found
}
