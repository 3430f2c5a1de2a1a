// Makes packages/messages/src/pb from the schema. protons writes TypeScript with namespaces, which Node cannot strip, so
// it is compiled once and the JavaScript with its types is committed.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const messages = fileURLToPath(new URL('../../../packages/messages/', import.meta.url))
const pb = process.argv[2] ?? join(messages, 'src/pb')
// Works inside the package, so that the compiler finds imports, and out of sight of everything else.
const work = mkdtempSync(join(messages, 'node_modules/.generate-'))
try {
  const run = (file: string, ...args: string[]) => execFileSync(file, args, { cwd: messages, stdio: 'inherit' })
  run(join(messages, 'node_modules/.bin/protons'), 'src/hushgrid.proto', '-o', work)
  run(
    fileURLToPath(new URL('../../../node_modules/.bin/tsc', import.meta.url)),
    ...'--ignoreConfig --target es2024 --module nodenext --moduleResolution nodenext --declaration --skipLibCheck --types node --outDir'.split(
      ' '
    ),
    work,
    join(work, 'hushgrid.ts')
  )
  // Makes the folder too, where there is none.
  for (const file of ['hushgrid.js', 'hushgrid.d.ts']) cpSync(join(work, file), join(pb, file))
} finally {
  rmSync(work, { recursive: true })
}
