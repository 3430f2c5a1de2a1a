// Reading of YAML that people write, with the place of a mistake: for network, scenario and tariff files.
import { type Document, isMap, isNode, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml'
import type { FilePlace } from './errors.ts'

/** Keys and indexes from the root of a document down to a value. */
export type Path = readonly (string | number)[]

/** Throws an error of the caller's own class for a place in the file. */
export type FailAt = (place: FilePlace, expected: string, got: string) => never

/** A document of plain values, and the way to refuse it at a place. */
export interface PlacedYaml {
  readonly document: Document.Parsed
  /** @param offset - in characters; 0 for the file as a whole */
  readonly fail: (offset: number, key: string, expected: string, got: string) => never
}

/**
 * Reads one YAML 1.2 document. Aliases are refused: a short file of them stands for an endless one.
 *
 * @param mostCharacters - far more than such a file needs; a longer one is something else
 * @param failAt - thrower for a text that is too long or no such YAML
 */
export function readYaml(text: string, file: string, mostCharacters: number, failAt: FailAt): PlacedYaml {
  const lines = new LineCounter()
  const fail = (offset: number, key: string, expected: string, got: string): never => {
    const { line, col } = offset > 0 ? lines.linePos(offset) : { line: 1, col: 1 }
    return failAt({ file, line, column: col, key }, expected, got)
  }
  if (text.length > mostCharacters) fail(0, '', `at most ${mostCharacters} characters`, `${text.length}`)
  // Finds keys that come twice itself: the parser compares each key with all before it.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, uniqueKeys: false })
  // Counts warnings as mistakes: a warning is an unknown tag, which would be read as plain text.
  const mistakes = [...document.errors, ...document.warnings].map(({ pos, message }) => ({ offset: pos[0], message }))
  const [mistake] = [...mistakes, ...repeatedKeys(document)].sort((a, b) => a.offset - b.offset)
  if (mistake) fail(mistake.offset, '', 'YAML', `something else: ${printable(mistake.message.replace(/\.$/, ''))}`)
  visit(document, { Alias: (_, alias) => fail(alias.range?.[0] ?? 0, '', 'a value', `the alias *${printable(alias.source)}`) })
  return { document, fail }
}

function repeatedKeys(document: Document.Parsed): { readonly offset: number; readonly message: string }[] {
  const repeated: { offset: number; message: string }[] = []
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (seen.has(key.value)) repeated.push({ offset: key.range?.[0] ?? 0, message: 'Map keys must be unique' })
        seen.add(key.value)
      }
    }
  })
  return repeated
}

/** Finds the node at a path, or undefined. */
export function nodeAt(document: Document.Parsed, path: Path): Node | undefined {
  const node = path.length === 0 ? document.contents : document.getIn(path, true)
  return isNode(node) ? node : undefined
}

/** Gives the place of a key; for a missing key, the start of the mapping that lacks it. */
export function keyOffset(document: Document.Parsed, path: Path): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = nodeAt(document, path.slice(0, depth - 1))
    const pair = isMap(parent) ? parent.items.find(item => isScalar(item.key) && item.key.value === path[depth - 1]) : undefined
    const offset = (pair?.key as Node | undefined)?.range?.[0] ?? parent?.range?.[0]
    if (offset !== undefined) return offset
  }
  return 0
}

/** Writes a path for people: `import.rules[0].hours`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? printable(part) : `${text}.${printable(part)}`
  }, '')
}

/** Gives the file's text of a node, short. */
export function show(node: Node | null | undefined): string {
  if (!node) return 'nothing'
  if (isMap(node)) return 'a mapping'
  if (!isScalar(node)) return listText(node.toJSON() as unknown[])
  if (node.value === null) return 'nothing'
  if (typeof node.value === 'string') return `'${printable(node.value)}'`
  return printable(typeof node.source === 'string' ? node.source : String(node.value))
}

/** Gives a list, with the number of its items where not all can be seen. */
function listText(list: readonly unknown[]): string {
  const text = JSON.stringify(list)
  return `a list${text.length > MOST_SHOWN ? ` of ${list.length}` : ''}: ${printable(text)}`
}

/** Most characters of a file that a message repeats. */
const MOST_SHOWN = 60

/** Writes text on one line, short, and without control and format characters, which a terminal would obey or not show. */
export function printable(text: string): string {
  const line = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replace(/[\p{Cc}\p{Cf}]/gu, '?')
  return line.length <= MOST_SHOWN ? line : `${line.slice(0, MOST_SHOWN - 3)}...`
}
