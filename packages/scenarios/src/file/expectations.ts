import type { RecoveryMode } from '@hushgrid/topology'
import type { Scenario } from './scenario-file.ts'

/** What must hold at the end of a scenario; what it does not name may be anything. */
export type ScenarioExpectations = Scenario['expect']

/**
 * What must hold at a scenario's end when its network recovers by that mode: `expect`, and with double mask what
 * `expectWithDoubleMask` names in its place, each key as a whole; a key that is null there may be anything.
 *
 * @param recovery - the mode of the network that runs, whatever the scenario's file says of it
 */
export function expectationsFor(
  { expect, expectWithDoubleMask }: Pick<Scenario, 'expect' | 'expectWithDoubleMask'>,
  recovery: RecoveryMode
): ScenarioExpectations {
  if (recovery !== 'double-mask' || expectWithDoubleMask === undefined) return expect
  const given = Object.entries(expectWithDoubleMask).filter(([, value]) => value !== undefined)
  const merged = Object.entries({ ...expect, ...Object.fromEntries(given) }).filter(([, value]) => value !== null)
  return Object.fromEntries(merged) as ScenarioExpectations
}
