// What run.json says of its contender, against what that contender is.
import { contenderOfRun } from '../../contender/contenders.ts'
import type { RunFile } from '../run-file.ts'
import { type Claim, contradicted } from './replayed.ts'

/** Lists the claims that do not fit the contender of a run. */
export function contenderClaims({ kind, contender, configuration: { mode, pes, network } }: RunFile): string[] {
  const { facts, shown } = contenderOfRun(contender)
  const recovers = facts.recoveries?.some(each => each === network.recovery) ?? true
  const claims: readonly Claim[] = [
    ['configuration.mode', mode, kind === 'virtual' ? facts.name : shown?.mode],
    ['configuration.pes.variant', pes?.variant, shown?.variant],
    ...(recovers ? [] : [['configuration.network.recovery', network.recovery, facts.recoveries?.join(' or ')] as const])
  ]
  return contradicted(claims, `a run of ${facts.name} has`)
}
