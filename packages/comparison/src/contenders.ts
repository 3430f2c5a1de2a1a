// The contenders that are compared, in the order in which tables and figures show them.
import { CONTENDERS, type Contender, SCHEME_CONTENDERS } from '@hushgrid/lab'
import { HushgridError } from '@hushgrid/primitives'

/** Contenders of the lab, and the schemes of the literature; one of another package is added here. */
export const COMPARED: readonly Contender[] = [...CONTENDERS, ...SCHEME_CONTENDERS]
/** Names of the contenders in `--modes` and the results. */
export const COMPARED_NAMES: readonly string[] = COMPARED.map(({ facts }) => facts.name)

/** @throws HushgridError where no contender has that name */
export function comparedContender(name: string): Contender {
  const found = COMPARED.find(({ facts }) => facts.name === name)
  if (!found) throw new HushgridError(`expected a contender of ${COMPARED_NAMES.join(', ')}, got ${JSON.stringify(name)}`)
  return found
}
