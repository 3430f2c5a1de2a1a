// Makes each package's README from its description and the comment at the top of its index, so that the two cannot differ.
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readmeOf } from './readme-of.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
for (const manifest of globSync(['packages/*/package.json', 'nodes/*/package.json', 'topology/package.json'], { cwd: ROOT })) {
  const folder = join(ROOT, dirname(manifest))
  writeFileSync(
    join(folder, 'README.md'),
    readmeOf(folder, file => readFileSync(file, 'utf8'))
  )
}
