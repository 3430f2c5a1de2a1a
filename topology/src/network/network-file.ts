import { FilePlaceError, keyOffset, type Millis, millis, nodeAt, type ObisCode, obisCode, printable, show } from '@hushgrid/primitives'
import { type Document, LineCounter, parseDocument, visit } from 'yaml'
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
  const lines = new LineCounter()
  const fail = (offset: number, key: string, expected: string, got: string): never => {
    const { line, col } = offset > 0 ? lines.linePos(offset) : { line: 1, col: 1 }
    throw new NetworkFileError({ file: fileName, line, column: col, key }, expected, got)
  }
  if (text.length > MAX_LENGTH) fail(0, '', `at most ${MAX_LENGTH} characters`, `${text.length}`)
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
  // A warning is an unknown tag, which would be read as plain text.
  const [mistake] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0])
  if (mistake) fail(mistake.pos[0], '', 'YAML', `something else: ${printable(mistake.message.replace(/\.$/, ''))}`)
  visit(document, {
    Alias: (_, alias) => fail(alias.range?.[0] ?? 0, '', 'a value', `the alias *${printable(alias.source)}`)
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

/** Where in the file an issue is, and what was expected there. */
function locate(document: Document.Parsed, issue: z.core.$ZodIssue): Located {
  const [key, ...rest] = issue.path as (keyof NetworkFields | number)[]
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys[0] as string
    return {
      offset: keyOffset(document, unknown),
      key: printable(unknown),
      expected: `one of ${Object.keys(EXPECTED).join(', ')}`,
      got: 'an unknown key'
    }
  }
  if (key === undefined) return { offset: 0, key: '', expected: 'a mapping with name, members and more', got: show(document.contents) }
  const path = [key, ...rest]
  const node = nodeAt(document, path)
  return {
    offset: node?.range?.[0] ?? keyOffset(document, String(key)),
    key: rest.reduce<string>((text, index) => `${text}[${index}]`, String(key)),
    expected: rest.length > 0 ? 'an OBIS code, for example 1-0:1.29.0' : EXPECTED[key as keyof NetworkFields],
    got: show(node)
  }
}

function locateMisfits(document: Document.Parsed, fields: NetworkFields): Located[] {
  return [...misfits(fields)].map(([key, expected]) => {
    const node = nodeAt(document, [key])
    const got = node ? show(node) : `${fields[key]}, the default`
    return { offset: node?.range?.[0] ?? keyOffset(document, key), key, expected, got }
  })
}

function freeze({ description, start, lanes, ...rest }: NetworkFields): Network {
  return Object.freeze({
    ...rest,
    lanes: Object.freeze(lanes.map(obisCode)),
    ...(description !== undefined && { description }),
    ...(start !== undefined && { start: millis(startMillis(start)) })
  })
}
