// The README of one package.
import { join } from 'node:path'
import { HushgridError } from '@hushgrid/primitives'

/** File of the comment, in a package without an index of its own. */
const ELSEWHERE: Readonly<Record<string, string>> = { '@hushgrid/web': 'src/build/index.ts' }

/**
 * Writes the README of the package in a folder: its name, the comment at the top of its index, and where to read on.
 *
 * @param read - gives a file's text
 * @throws HushgridError where the index does not begin with a documentation comment
 */
export function readmeOf(folder: string, read: (file: string) => string): string {
  const { name } = JSON.parse(read(join(folder, 'package.json'))) as { name: string }
  const index = join(folder, ELSEWHERE[name] ?? 'src/index.ts')
  const comment = /^\/\*\*\n(?<lines>[\s\S]*?)\n \*\/\n/.exec(read(index))?.groups?.lines
  if (comment === undefined) throw new HushgridError(`${index}: expected a documentation comment at the top, got none`)
  const lines = comment.split('\n').map(line => line.replace(/^ \* ?/, ''))
  const text = lines.filter(line => !/^@packageDocumentation\s*$/.test(line)).join('\n')
  return `# ${name}\n\n${text.trim()}\n\nHow it fits in: [docs/architecture.md](${'../'.repeat(name === '@hushgrid/topology' ? 1 : 2)}docs/architecture.md).\n`
}
