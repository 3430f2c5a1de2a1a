// Where things stand in a YAML document, and how a person is shown them.
import { type Document, isMap, isNode, isScalar, type Node, type ParsedNode } from 'yaml'

/** The node at a path, or undefined. */
export function nodeAt(document: Document.Parsed, path: readonly (string | number)[]): Node | undefined {
  const node = document.getIn(path, true)
  return isNode(node) ? node : undefined
}

/** Where a key stands; where the mapping starts, for one that does not. */
export function keyOffset(document: Document.Parsed, key: string): number {
  const root: ParsedNode | null = document.contents
  if (!isMap(root)) return 0
  const pair = root.items.find(item => isScalar(item.key) && item.key.value === key)
  return (pair?.key as Node | undefined)?.range?.[0] ?? root.range?.[0] ?? 0
}

/** What stands in the file, short. */
export function show(node: Node | null | undefined): string {
  if (!node) return 'nothing'
  if (!isScalar(node)) return isMap(node) ? 'a mapping' : `a list: ${cut(JSON.stringify(node.toJSON()))}`
  return node.value === null ? 'nothing' : typeof node.value === 'string' ? `'${printable(node.value)}'` : cut(String(node.value))
}

/** On one line, and without control characters, which a terminal would obey. */
export function printable(text: string): string {
  return cut(
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/\p{Cc}/gu, '?')
  )
}

function cut(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`
}
