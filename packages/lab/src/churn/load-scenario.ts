// Reads a scenario with the network and the trace that it names.
import { readdirSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readNetwork, readTextFile } from '@hushgrid/runtime'
import { expectationsFor, type PlannedOperation, parseScenario, parseTrace, planScenario, type Scenario } from '@hushgrid/scenarios'
import { changeNetwork, type Network, type RecoveryMode } from '@hushgrid/topology'
import { labNetwork } from '../neighbourhood/network.ts'

/** Folder of the shipped scenarios. */
const SCENARIOS = fileURLToPath(new URL('../../../../topology/scenarios', import.meta.url))

/** A scenario that is ready to run. */
export interface LoadedScenario {
  readonly file: string
  /** Scenario with `expect` for the network's recovery mode; empty where the scenario says nothing of that mode. */
  readonly scenario: Scenario
  readonly network: Network
  readonly operations: readonly PlannedOperation[]
}

/** Values that take the place of those in a scenario's file. */
interface ScenarioOverrides {
  readonly seed?: string | undefined
  readonly recovery?: RecoveryMode | undefined
}

/** @throws HushgridError in a sentence with file and line */
export function loadScenario(file: string, overrides: ScenarioOverrides = {}): LoadedScenario {
  const parsed = parseScenario(readTextFile(file, 'a scenario (pnpm churn --list names the shipped ones)'), file)
  const near = (path: string): string => resolve(dirname(file), path)
  const trace = parsed.trace === undefined ? [] : parseTrace(readTextFile(near(parsed.trace), 'a trace'), near(parsed.trace), parsed)
  const own = networkOf(parsed, near)
  const network = changeNetwork(own, { recovery: overrides.recovery })
  const scenario = { ...parsed, seed: overrides.seed ?? parsed.seed, expect: expectationsFor(parsed, network.recovery, own.recovery) }
  return { file, scenario, network, operations: planScenario(scenario, trace) }
}

function networkOf(scenario: Scenario, near: (path: string) => string): Network {
  const { file, ...changes } = typeof scenario.network === 'string' ? { file: scenario.network } : (scenario.network ?? {})
  const base = file === undefined ? labNetwork(scenario.members) : readNetwork(near(file))
  return changeNetwork(base, { ...changes, members: scenario.members, name: scenario.name })
}

/** Lists the shipped scenarios by name, with the subject of each. */
export function shippedScenarios(): { readonly name: string; readonly file: string; readonly about: string }[] {
  return readdirSync(SCENARIOS)
    .filter(name => name.endsWith('.yaml'))
    .sort()
    .map(name => {
      const file = join(SCENARIOS, name)
      return { name: basename(name, '.yaml'), file, about: parseScenario(readTextFile(file, 'a scenario'), file).about }
    })
}

/** Gives a path as it is, or the path of the shipped scenario of that name. */
export function scenarioPath(text: string): string {
  if (text.includes('/') || text.endsWith('.yaml') || text.endsWith('.yml')) return text
  return join(SCENARIOS, `${text}.yaml`)
}
