// Reads a scenario file: YAML, then its schema, then its parts against each other. Errors have line and column.
import { nodeAt, printable, show } from '@hushgrid/primitives'
import type { Network } from '@hushgrid/topology'
import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml'
import type { Misfit, Path } from '../misfit/misfit.ts'
import { crossChecks } from './checks.ts'
import { ScenarioFileError } from './error.ts'
import { misfitOf } from './misfits.ts'
import { type ScenarioFields, scenarioFields } from './schema.ts'

/** A churn scenario as its file describes it, with defaults filled in; operations are told apart by `do`. */
export interface Scenario extends Omit<ScenarioFields, 'network'> {
  /** Path of a network file, relative to the scenario's, or the keys that differ from it. */
  readonly network?: string | (Partial<Network> & { readonly file?: string }) | undefined
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
  const lines = new LineCounter()
  const fail = (offset: number, key: string, expected: string, got: string): never => {
    const { line, col } = offset > 0 ? lines.linePos(offset) : { line: 1, col: 1 }
    throw new ScenarioFileError({ file: fileName, line, column: col, key }, expected, got)
  }
  if (text.length > MAX_LENGTH) fail(0, '', `at most ${MAX_LENGTH} characters`, `${text.length}`)
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
  // A warning is an unknown tag, which would be read as plain text.
  const [mistake] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0])
  if (mistake) fail(mistake.pos[0], '', 'YAML', `something else: ${printable(mistake.message.replace(/\.$/, ''))}`)
  visit(document, { Alias: (_, alias) => fail(alias.range?.[0] ?? 0, '', 'a value', `the alias *${printable(alias.source)}`) })
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

/** Finds a mistake's offset in the file: of an unknown key, else of the value, else of what a missing value belongs to. */
function offsetOf(document: Document.Parsed, { path, unknownKey }: Misfit): number {
  const node = nodeAt(document, path)
  if (node?.range && !unknownKey) return node.range[0]
  const parent = path.length > 1 ? nodeAt(document, path.slice(0, -1)) : document.contents
  const key = isMap(parent) ? parent.items.find(pair => isScalar(pair.key) && pair.key.value === path.at(-1))?.key : undefined
  return (key as Node | undefined)?.range?.[0] ?? parent?.range?.[0] ?? 0
}

function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? printable(part) : `${text}.${printable(part)}`
  }, '')
}
