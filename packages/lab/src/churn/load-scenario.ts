// Reads a scenario with the network and the trace that it names.
import { readdirSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HushgridError, InvalidArgumentError, meant, type Path, printable } from '@hushgrid/primitives'
import { readNetwork, readTextFile, UnreadableFileError } from '@hushgrid/runtime'
import {
  expectationsFor,
  type PlannedOperation,
  parseScenario,
  parseTrace,
  planScenario,
  refuseInScenario,
  type Scenario,
  type ScenarioSource,
  type TraceEntry
} from '@hushgrid/scenarios'
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
  const text = readTextFile(file, 'a scenario (pnpm churn --list names the shipped ones)')
  const parsed = parseScenario(text, file)
  const source = { file, text }
  const trace = parsed.trace === undefined ? [] : traceOf(parsed, parsed.trace, source)
  const own = networkOf(parsed, source)
  const network = changeNetwork(own, { recovery: overrides.recovery })
  const scenario = { ...parsed, seed: overrides.seed ?? parsed.seed, expect: expectationsFor(parsed, network.recovery, own.recovery) }
  return { file, scenario, network, operations: planScenario(scenario, trace) }
}

function traceOf(scenario: Scenario, named: string, source: ScenarioSource): TraceEntry[] {
  return readNamed(source, ['trace'], named, path => parseTrace(readTextFile(path, 'a trace'), path, scenario))
}

function networkOf(scenario: Scenario, source: ScenarioSource): Network {
  const isName = typeof scenario.network === 'string'
  const { file, ...changes } = typeof scenario.network === 'string' ? { file: scenario.network } : (scenario.network ?? {})
  const base =
    file === undefined ? labNetwork(scenario.members) : readNamed(source, isName ? ['network'] : ['network', 'file'], file, readNetwork)
  try {
    return changeNetwork(base, { ...changes, members: scenario.members, name: scenario.name })
  } catch (cause) {
    if (!(cause instanceof InvalidArgumentError)) throw cause
    return refuseInScenario(source, ['network', cause.argument], cause.expected, cause.got)
  }
}

/**
 * Reads a file that a scenario names, by its path from the scenario's folder.
 *
 * @param key - key of the scenario that names it
 * @throws ScenarioFileError where it cannot be read
 */
function readNamed<T>(source: ScenarioSource, key: Path, named: string, read: (path: string) => T): T {
  try {
    return read(resolve(dirname(source.file), named))
  } catch (cause) {
    if (!(cause instanceof UnreadableFileError)) throw cause
    const expected = `${cause.what}, by its path from the folder of this file`
    return refuseInScenario(source, key, expected, `'${printable(named)}', ${cause.got}`)
  }
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

/**
 * Gives a path as it is, or the path of the shipped scenario of that name.
 *
 * @throws HushgridError where none has that name
 */
export function scenarioPath(text: string): string {
  if (text.includes('/') || text.endsWith('.yaml') || text.endsWith('.yml')) return text
  const names = readdirSync(SCENARIOS).flatMap(name => (name.endsWith('.yaml') ? [basename(name, '.yaml')] : []))
  if (names.includes(text)) return join(SCENARIOS, `${text}.yaml`)
  const got = `'${printable(text)}'${meant(text, names)}`
  throw new HushgridError(`expected a scenario file or the name of a shipped one (pnpm churn --list shows those), got ${got}`)
}
