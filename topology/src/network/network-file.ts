// A network file: its contents, and the place of its first mistake.
import { FilePlaceError, keyOffset, meant, nodeAt, type Path, pathText, readYaml, show } from '@hushgrid/primitives'
import { type Document, isScalar } from 'yaml'
import type { z } from 'zod'
import { RECOVERY_MODES } from '../ring/recovery.ts'
import { type Network, networkFrom } from './network.ts'
import { EXPECTED, expectedAt, LANE_KEYS, misfits, type NetworkFields, networkFields } from './network-schema.ts'

/** A network file that cannot be used; names the first place where it is wrong. */
export class NetworkFileError extends FilePlaceError {
  override name = 'NetworkFileError'
}

/** Words that a key takes, to suggest one. */
const WORDS: Readonly<Record<string, readonly string[]>> = { degree: ['auto', 'complete'], recovery: RECOVERY_MODES }
/** Far more than a network file needs; a larger one is something else. */
const MAX_LENGTH = 100_000

/**
 * A network file's contents (YAML 1.2, one document).
 *
 * @param fileName - for errors
 * @throws NetworkFileError with the place of the first mistake
 */
export function parseNetwork(text: string, fileName: string): Network {
  const { document, fail } = readYaml(text, fileName, MAX_LENGTH, (place, expected, got) => {
    throw new NetworkFileError(place, expected, got)
  })
  const result = networkFields.safeParse(document.toJS())
  const mistakes = result.success ? locateMisfits(document, result.data) : result.error.issues.map(issue => locate(document, issue))
  // Names a mistake before an omission, since a mistyped key explains a missing one.
  const [first] = mistakes.sort((a, b) => Number(a.absent) - Number(b.absent) || a.offset - b.offset)
  if (first) return fail(first.offset, first.key, first.expected, first.got)
  return networkFrom(result.data as NetworkFields)
}

interface Located {
  readonly offset: number
  /** True where the mistake is something missing. */
  readonly absent: boolean
  readonly key: string
  readonly expected: string
  readonly got: string
}

/** Finds an issue's place in the file, and what was expected there. */
function locate(document: Document.Parsed, issue: z.core.$ZodIssue): Located {
  const path = issue.path as (string | number)[]
  // A lane may be a text or a mapping: what is wrong within a mapping says more than that neither fits.
  const within = issue.code === 'invalid_union' ? (issue.errors.flat().find(isUnknownKey) ?? issue.errors.flat().find(isWithin)) : undefined
  if (within) return locate(document, { ...within, path: [...path, ...within.path] } as z.core.$ZodIssue)
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys[0] as string
    const known = path.length === 0 ? Object.keys(EXPECTED) : LANE_KEYS
    const place = [...path, unknown]
    return {
      offset: keyOffset(document, place),
      absent: false,
      key: pathText(place),
      expected: `one of ${known.join(', ')}`,
      got: `an unknown key${meant(unknown, known)}`
    }
  }
  if (path.length === 0)
    return { offset: 0, absent: false, key: '', expected: 'a mapping with name, members and more', got: show(document.contents) }
  const node = nodeAt(document, path)
  const near = isScalar(node) && typeof node.value === 'string' ? meant(node.value, WORDS[String(path[0])] ?? []) : ''
  return {
    offset: node?.range?.[0] ?? keyOffset(document, path),
    absent: node === undefined,
    key: pathText(path),
    expected: expectedAt(path),
    got: show(node) + near
  }
}

const isWithin = ({ path }: z.core.$ZodIssue): boolean => path.length > 0
const isUnknownKey = ({ code }: z.core.$ZodIssue): boolean => code === 'unrecognized_keys'

function locateMisfits(document: Document.Parsed, fields: NetworkFields): Located[] {
  return misfits(fields).map(({ path, expected }) => {
    const node = nodeAt(document, path)
    const got = node ? show(node) : `${fieldAt(fields, path)}, the default`
    return { offset: node?.range?.[0] ?? keyOffset(document, path), absent: false, key: pathText(path), expected, got }
  })
}

function fieldAt(fields: NetworkFields, path: Path): unknown {
  return fields[path[0] as keyof NetworkFields]
}
