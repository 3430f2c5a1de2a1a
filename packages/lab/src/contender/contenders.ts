// The contenders that this package has, in the order in which tables and figures show them.

import { HushgridError } from '@hushgrid/primitives'
import type { RecoveryMode } from '@hushgrid/topology'
import type { LabMode, LabVariant } from '@hushgrid/web-api'
import type { Contender, ShownContender } from './contender.ts'
import { doubleMask } from './dcnet/double-mask.ts'
import { edgeRelease } from './dcnet/edge-release.ts'
import { direct } from './pes/direct.ts'
import { reencrypt } from './pes/reencrypt.ts'
import { plain } from './plain/plain.ts'

export const CONTENDERS: readonly Contender[] = [plain, edgeRelease, doubleMask, reencrypt, direct]

const isShown = (contender: Contender): contender is ShownContender => contender.shown !== undefined
const SHOWN: readonly ShownContender[] = CONTENDERS.filter(isShown)

/** Modes of `pnpm nodes:start` and of the lab's page. */
export const LAB_MODES: readonly LabMode[] = [...new Set(SHOWN.map(({ shown }) => shown.mode))]
export const LAB_VARIANTS: readonly LabVariant[] = SHOWN.flatMap(({ shown }) => shown.variant ?? [])

/** How a person asks for a contender; what is left out, or what its mode has none of, decides nothing. */
export interface AskedContender {
  readonly mode: LabMode
  readonly variant?: LabVariant | undefined
  /** Of the network. */
  readonly recovery?: RecoveryMode | undefined
}

/** The first contender that is what was asked for. */
export function contenderFor({ mode, variant, recovery }: AskedContender): ShownContender {
  const found = SHOWN.find(
    ({ facts, shown }) =>
      shown.mode === mode &&
      (variant === undefined || (shown.variant ?? variant) === variant) &&
      (recovery === undefined || (facts.recoveries?.includes(recovery) ?? true))
  )
  if (!found)
    throw new HushgridError(
      `expected a contender of mode ${mode}, got none with variant ${variant ?? 'any'} and recovery ${recovery ?? 'any'}`
    )
  return found
}
