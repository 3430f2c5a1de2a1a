// Contenders that run in virtual time. One more is a line here.
import { HushgridError } from '@hushgrid/primitives'
import { SCHEMES, type SchemeName } from '@hushgrid/schemes'
import type { SimulatedContender } from './contender.ts'
import { ring } from './dcnet.ts'
import { ofPes } from './pes.ts'
import { ofScheme } from './scheme.ts'
import { VARIANTS } from './variants.ts'

const schemes = (Object.keys(SCHEMES) as SchemeName[]).filter(name => SCHEMES[name]().facts.yields !== 'bills')

const ALL: readonly SimulatedContender[] = [
  ring('dcnet', 'edge-release'),
  ring('dcnet-double', 'double-mask'),
  ofPes('reencrypt'),
  ofPes('direct'),
  ...[...schemes, ...Object.keys(VARIANTS)].map(ofScheme)
]

const BY_NAME: ReadonlyMap<string, SimulatedContender> = new Map(ALL.map(contender => [contender.name, contender]))

/** Names of the contenders that run in virtual time. */
export const SIMULATED_NAMES: readonly string[] = [...BY_NAME.keys()]

/** @throws HushgridError where no contender of that name runs in virtual time */
export function simulatedContender(name: string): SimulatedContender {
  const found = BY_NAME.get(name)
  if (!found) throw new HushgridError(`simulated contender: expected one of ${SIMULATED_NAMES.join(', ')}, got ${JSON.stringify(name)}`)
  return found
}
