// Where things stand in a YAML document, and how a person is shown them.
import { type Document, isMap, isNode, isScalar, type Node } from 'yaml'

export type Path = readonly (string | number)[]

/** The node at a path, or undefined. */
export function nodeAt(document: Document.Parsed, path: Path): Node | undefined {
  const node = path.length === 0 ? document.contents : document.getIn(path, true)
  return isNode(node) ? node : undefined
}

/** Where a key stands; where what it is missing in starts, for one that does not stand there. */
export function keyOffset(document: Document.Parsed, path: Path): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = nodeAt(document, path.slice(0, depth - 1))
    const pair = isMap(parent) ? parent.items.find(item => isScalar(item.key) && item.key.value === path[depth - 1]) : undefined
    const offset = (pair?.key as Node | undefined)?.range?.[0] ?? parent?.range?.[0]
    if (offset !== undefined) return offset
  }
  return 0
}

/** `import.rules[0].hours`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? printable(part) : `${text}.${printable(part)}`
  }, '')
}

/** What stands in the file, short. */
export function show(node: Node | undefined): string {
  if (!node) return 'nothing'
  if (!isScalar(node)) return isMap(node) ? 'a mapping' : `a list: ${printable(JSON.stringify(node.toJSON()))}`
  if (node.value === null) return 'nothing'
  if (typeof node.value === 'string') return `'${printable(node.value)}'`
  return printable(typeof node.source === 'string' ? node.source : String(node.value))
}

/** On one line, short, and without control and format characters, which a terminal would obey or not show. */
export function printable(text: string): string {
  const line = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replace(/[\p{Cc}\p{Cf}]/gu, '?')
  return line.length <= 60 ? line : `${line.slice(0, 57)}...`
}
