// An evaluation file: its contents, and the place of its first mistake.
import { FilePlaceError, keyOffset, meant, nodeAt, type Path, type PlacedYaml, pathText, readYaml, show } from '@hushgrid/primitives'
import { isScalar } from 'yaml'
import type { z } from 'zod'
import { EXHIBIT_NAMES } from '../exhibits/names.ts'
import { SWEPT } from './defaults.ts'
import {
  type EvaluationFields,
  evaluationFields,
  expectedAt,
  expectedOf,
  isValueOf,
  keysAt,
  type SeriesFields
} from './evaluation-schema.ts'
import { isRange, rangeMistake, valuesOf } from './values.ts'

/** An evaluation file that cannot be used; names the first place where it is wrong. */
class EvaluationFileError extends FilePlaceError {
  override name = 'EvaluationFileError'
}

/** Far more than an evaluation file needs; a larger one is something else. */
const MAX_LENGTH = 200_000
/** Words that keys take, to suggest one. */
const WORDS: Readonly<Record<string, readonly string[]>> = { exhibits: EXHIBIT_NAMES, drive: ['simulated', 'live'], degree: ['auto'] }

/** An evaluation file with its text, in which errors find their place. */
export interface EvaluationSource {
  readonly file: string
  readonly text: string
}

/**
 * Parses the contents of an evaluation file (YAML 1.2, one document).
 *
 * @throws EvaluationFileError with the place of the first mistake
 */
export function parseEvaluation(source: EvaluationSource): EvaluationFields {
  const { document, fail } = documentOf(source)
  const result = evaluationFields.safeParse(document.toJS())
  const mistakes = result.success ? rangeMistakes(result.data) : result.error.issues.map(issue => mistakeOf(document, issue))
  const located = mistakes.map(mistake => ({ ...mistake, ...placeOf(document, mistake) }))
  // Names a mistake before an omission, since a mistyped key explains a missing one.
  const [first] = located.sort((a, b) => Number(a.absent) - Number(b.absent) || a.offset - b.offset)
  if (first) return fail(first.offset, pathText(first.path), first.expected, first.got)
  return Object.freeze(result.data) as EvaluationFields
}

/**
 * Refuses the value of a key in an evaluation file that has been parsed, for what only its reader can tell.
 *
 * @throws EvaluationFileError
 */
export function refuseInEvaluation(source: EvaluationSource, mistake: Mistake): never {
  const { document, fail } = documentOf(source)
  const { offset, got } = placeOf(document, mistake)
  return fail(offset, pathText(mistake.path), mistake.expected, got)
}

function documentOf({ file, text }: EvaluationSource): PlacedYaml {
  return readYaml(text, file, MAX_LENGTH, (place, expected, got) => {
    throw new EvaluationFileError(place, expected, got)
  })
}

/** What is wrong with a file, and where. */
export interface Mistake {
  readonly path: Path
  readonly expected: string
  /** What is there instead, where it is not the text of the place. */
  readonly got?: string | undefined
  /** True where the key itself is wrong. */
  readonly unknownKey?: boolean
}

function placeOf(
  document: PlacedYaml['document'],
  { path, got, unknownKey }: Mistake
): { readonly offset: number; readonly absent: boolean; readonly got: string } {
  const node = nodeAt(document, path)
  const near = isScalar(node) && typeof node.value === 'string' ? meant(node.value, WORDS[String(path.find(isWord))] ?? []) : ''
  const offset = (unknownKey ? undefined : node?.range?.[0]) ?? keyOffset(document, path)
  return { offset, absent: node === undefined, got: got ?? show(node) + near }
}

const isWord = (part: string | number): boolean => typeof part === 'string' && part in WORDS

/** Finds what an issue of the schema is about. */
function mistakeOf(document: PlacedYaml['document'], issue: z.core.$ZodIssue): Mistake {
  const path = issue.path as Path
  // A parameter may be a value, a list or a range: what is wrong within a list or a range says more than that nothing fits.
  const within = issue.code === 'invalid_union' ? bestOf(issue.errors) : undefined
  if (within) return mistakeOf(document, { ...within, path: [...path, ...within.path] } as z.core.$ZodIssue)
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys[0] as string
    const known = keysAt(path)
    const expected = `one of ${known.join(', ')}`
    return { path: [...path, unknown], expected, got: `an unknown key${meant(unknown, known)}`, unknownKey: true }
  }
  if (path.length === 0) return { path, expected: 'a mapping with name, about and more', got: show(nodeAt(document, path)) }
  return { path, expected: expectedAt(path) }
}

/** Picks the issue that is about what was written: an unknown key of a mapping, or a value within. */
function bestOf(errors: readonly (readonly z.core.$ZodIssue[])[]): z.core.$ZodIssue | undefined {
  const all = errors.flat()
  return all.find(({ code }) => code === 'unrecognized_keys') ?? all.find(({ path }) => path.length > 0)
}

/** Finds ranges that are none, and those whose values do not fit. */
function rangeMistakes(fields: EvaluationFields): Mistake[] {
  const series = (fields.series ?? []).flatMap((each, i) => rangeMistakesOf(each, ['series', i]))
  return [...rangeMistakesOf(fields, []), ...series]
}

function rangeMistakesOf(fields: SeriesFields | EvaluationFields, at: Path): Mistake[] {
  return SWEPT.flatMap(key => {
    const written = fields[key]
    if (!isRange(written)) return []
    const mistake = rangeMistake(written)
    if (mistake) return [{ path: [...at, key, mistake.key], expected: mistake.expected }]
    const wrong = valuesOf<never>(written).find(value => !isValueOf(key, value))
    return wrong === undefined ? [] : [{ path: [...at, key], expected: `values of which each is ${expectedOf(key)}`, got: String(wrong) }]
  })
}
