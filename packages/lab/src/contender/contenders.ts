// The contenders that this package has, in the order in which tables and figures show them.

import { HushgridError } from '@hushgrid/primitives'
import type { RecoveryMode } from '@hushgrid/topology'
import type { Contender, ContenderFacts, ShownContender } from './contender.ts'
import { doubleMask } from './dcnet/double-mask.ts'
import { edgeRelease } from './dcnet/edge-release.ts'
import { CONTENDER_NAMES, type ContenderName, LAB_MODES } from './names.ts'
import { direct } from './pes/direct.ts'
import { reencrypt } from './pes/reencrypt.ts'
import { plain } from './plain/plain.ts'

const BY_NAME: Readonly<Record<ContenderName, Contender>> = {
  plain,
  dcnet: edgeRelease,
  'dcnet-double': doubleMask,
  'pes-reencrypt': reencrypt,
  'pes-direct': direct
}

export const CONTENDERS: readonly Contender[] = CONTENDER_NAMES.map(name => BY_NAME[name])

const isShown = (contender: Contender): contender is ShownContender => contender.shown !== undefined
const SHOWN: readonly ShownContender[] = CONTENDERS.filter(isShown)

/** Names of the contenders that the lab's page may offer. */
export const SHOWN_NAMES: readonly string[] = SHOWN.map(({ facts }) => facts.name)

/** Gives the contenders that a neighbourhood can switch among: those with masks recover as its network does. */
export function contendersOn(recovery: RecoveryMode): readonly ShownContender[] {
  return SHOWN.filter(({ facts }) => recovers(facts, recovery))
}

function recovers({ recoveries }: ContenderFacts, recovery: RecoveryMode): boolean {
  return recoveries?.includes(recovery) ?? true
}

/**
 * Gives the contender of a run that is over, by its name.
 *
 * @throws HushgridError where there is none
 */
export function contenderOfRun(name: string): Contender {
  const found = CONTENDERS.find(({ facts }) => facts.name === name)
  if (found) return found
  const known = CONTENDERS.map(({ facts }) => facts.name)
  throw new HushgridError(`contender of the run: expected one of ${known.join(', ')}, got ${JSON.stringify(name)}`)
}

/** Options of a person about the contender of a run, named as the options are. */
export interface ContenderOptions {
  readonly mode?: string | undefined
  readonly variant?: string | undefined
  readonly bits?: number | undefined
  readonly degree?: string | undefined
  readonly recovery?: RecoveryMode | undefined
}

/**
 * Gives the contender that options name, the DC-net unless they do, and the length of its key.
 *
 * @param recovery - mode of the network
 * @throws HushgridError for an option that it does not have
 */
export function contenderOf(
  { mode = 'dcnet', variant, bits, ...masks }: ContenderOptions,
  recovery: RecoveryMode
): { readonly contender: ShownContender; readonly bits: number | undefined } {
  const family = contenderFor({ mode, recovery })
  const { facts, shown } = family
  if (!facts.key && (variant !== undefined || bits !== undefined)) {
    const keyed = LAB_MODES.filter(each => contenderFor({ mode: each }).facts.key).join(' or ')
    throw new HushgridError(`${variant === undefined ? '--bits' : '--variant'}: expected with --mode ${keyed} only`)
  }
  if (!facts.masks && (masks.degree !== undefined || masks.recovery !== undefined))
    throw new HushgridError(
      `${masks.degree === undefined ? '--recovery' : '--degree'}: expected without --mode ${mode}, which has no masks`
    )
  const contender = variant === undefined ? family : contenderFor({ mode: shown.mode, variant })
  return { contender, bits: facts.key && (bits ?? facts.key.bits) }
}

/** Wish of a person for a contender; a value that is left out, or that the mode does not have, decides nothing. */
export interface AskedContender {
  readonly mode: string
  readonly variant?: string | undefined
  /** Recovery mode of the network. */
  readonly recovery?: RecoveryMode | undefined
}

/** Gives the first contender that fits the wish. */
export function contenderFor({ mode, variant, recovery }: AskedContender): ShownContender {
  const found = SHOWN.find(
    ({ facts, shown }) =>
      shown.mode === mode &&
      (variant === undefined || (shown.variant ?? variant) === variant) &&
      (recovery === undefined || recovers(facts, recovery))
  )
  if (!found)
    throw new HushgridError(
      `expected a contender of mode ${mode}, got none with variant ${variant ?? 'any'} and recovery ${recovery ?? 'any'}`
    )
  return found
}
