// Reads a scenario file: YAML, then its schema, then its parts against each other. Errors have line and column.
import { type FilePlace, keyOffset, nodeAt, type Path, type PlacedYaml, pathText, readYaml, show } from '@hushgrid/primitives'
import type { NetworkChanges } from '@hushgrid/topology'
import type { Misfit } from '../misfit/misfit.ts'
import { crossChecks } from './checks.ts'
import { ScenarioFileError } from './error.ts'
import { misfitOf } from './misfits.ts'
import { type ScenarioFields, scenarioFields } from './schema.ts'

/** A churn scenario as its file describes it, with defaults filled in; operations are told apart by `do`. */
export interface Scenario extends Omit<ScenarioFields, 'network'> {
  /** Path of a network file, relative to the scenario's, or the keys that differ from it. */
  readonly network?: string | (NetworkChanges & { readonly file?: string }) | undefined
}

/** Far more than a scenario needs; a larger file is something else. */
const MAX_LENGTH = 1_000_000

/**
 * Parses the contents of a scenario file (YAML 1.2, one document).
 *
 * @param fileName - for errors
 * @throws ScenarioFileError with the place of the first mistake
 */
export function parseScenario(text: string, fileName: string): Scenario {
  const { document, fail } = readYaml(text, fileName, MAX_LENGTH, failAt)
  const written: unknown = document.toJS()
  const result = scenarioFields.safeParse(written)
  const misfits = result.success
    ? crossChecks(result.data)
    : withoutConsequences(result.error.issues.map(issue => misfitOf(issue, written)))
  const [first] = misfits.map(misfit => ({ misfit, offset: offsetOf(document, misfit) })).sort((a, b) => a.offset - b.offset)
  if (first) {
    const { misfit, offset } = first
    return fail(offset, pathText(misfit.path), misfit.expected, misfit.got ?? show(nodeAt(document, misfit.path)))
  }
  return Object.freeze(result.data) as Scenario
}

/** Leaves out a missing key where a mistyped one explains it. */
function withoutConsequences(misfits: readonly Misfit[]): Misfit[] {
  const parent = ({ path }: Misfit): string => JSON.stringify(path.slice(0, -1))
  const mistyped = new Set(misfits.filter(({ unknownKey }) => unknownKey).map(parent))
  return misfits.filter(misfit => misfit.unknownKey || !misfit.absent || !mistyped.has(parent(misfit)))
}

/** Finds a mistake's offset in the file: of the value, else of its key, else of what a missing value belongs to. */
function offsetOf(document: PlacedYaml['document'], { path, unknownKey }: Misfit): number {
  const node = unknownKey ? undefined : nodeAt(document, path)
  return node?.range?.[0] ?? keyOffset(document, path)
}

/** A scenario's file with its text, in which errors find their place. */
export interface ScenarioSource {
  readonly file: string
  readonly text: string
}

/**
 * Refuses the value of a key in a scenario file that has been parsed, for what only its reader can tell.
 *
 * @throws ScenarioFileError
 */
export function refuseInScenario({ file, text }: ScenarioSource, path: Path, expected: string, got: string): never {
  const { document, fail } = readYaml(text, file, MAX_LENGTH, failAt)
  return fail(offsetOf(document, { path, expected }), pathText(path), expected, got)
}

function failAt(place: FilePlace, expected: string, got: string): never {
  throw new ScenarioFileError(place, expected, got)
}
