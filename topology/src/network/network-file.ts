// A network file: its contents, and the place of its first mistake.
import {
  FilePlaceError,
  keyOffset,
  type MeterId,
  type Millis,
  meterId,
  millis,
  nodeAt,
  type ObisCode,
  obisCode,
  pathText,
  printable,
  readYaml,
  show
} from '@hushgrid/primitives'
import type { Document } from 'yaml'
import type { z } from 'zod'
import type { RecoveryMode } from '../ring/recovery.ts'
import { EXPECTED, misfits, type NetworkFields, networkFields, startMillis } from './network-schema.ts'

/** A network as its file describes it. Frozen. */
export interface Network {
  readonly name: string
  readonly description?: string
  /** Length of a slot, s. */
  readonly slotSeconds: number
  readonly lanes: readonly ObisCode[]
  /** How many meters people start with. */
  readonly members: number
  readonly degree: 'auto' | 'complete' | number
  readonly recovery: RecoveryMode
  readonly minMembers: number
  /** γ, what `auto` plans for. */
  readonly collusion: number
  /** δ, what `auto` plans for. */
  readonly dropout: number
  /** Start of a lab's first slot. */
  readonly start?: Millis
  /** Key of the dealer, in the notation of meter ids. */
  readonly dealerKey?: MeterId
}

/** A network file that cannot be used; names the first place where it is wrong. */
export class NetworkFileError extends FilePlaceError {
  override name = 'NetworkFileError'
}

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
  const [first] = mistakes.sort((a, b) => a.offset - b.offset)
  if (first) return fail(first.offset, first.key, first.expected, first.got)
  return freeze(result.data as NetworkFields)
}

interface Located {
  readonly offset: number
  readonly key: string
  readonly expected: string
  readonly got: string
}

/** Finds an issue's place in the file, and what was expected there. */
function locate(document: Document.Parsed, issue: z.core.$ZodIssue): Located {
  const [key, ...rest] = issue.path as (keyof NetworkFields | number)[]
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys[0] as string
    return {
      offset: keyOffset(document, [unknown]),
      key: printable(unknown),
      expected: `one of ${Object.keys(EXPECTED).join(', ')}`,
      got: 'an unknown key'
    }
  }
  if (key === undefined) return { offset: 0, key: '', expected: 'a mapping with name, members and more', got: show(document.contents) }
  const path = [key, ...rest]
  const node = nodeAt(document, path)
  return {
    offset: node?.range?.[0] ?? keyOffset(document, [key]),
    key: pathText(path),
    expected: rest.length > 0 ? 'an OBIS code, for example 1-0:1.29.0' : EXPECTED[key as keyof NetworkFields],
    got: show(node)
  }
}

function locateMisfits(document: Document.Parsed, fields: NetworkFields): Located[] {
  return [...misfits(fields)].map(([key, expected]) => {
    const node = nodeAt(document, [key])
    const got = node ? show(node) : `${fields[key]}, the default`
    return { offset: node?.range?.[0] ?? keyOffset(document, [key]), key, expected, got }
  })
}

function freeze({ description, start, dealerKey, lanes, ...rest }: NetworkFields): Network {
  return Object.freeze({
    ...rest,
    lanes: Object.freeze(lanes.map(obisCode)),
    ...(description !== undefined && { description }),
    ...(start !== undefined && { start: millis(startMillis(start)) }),
    ...(dealerKey !== undefined && { dealerKey: meterId(dealerKey.toLowerCase()) })
  })
}
