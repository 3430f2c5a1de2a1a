// Makes packages/messages/src/pb from the schema: protons writes TypeScript with namespaces, which Node cannot strip,
// so it is compiled once and the JavaScript with its types is what is committed.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const messages = fileURLToPath(new URL('../../packages/messages/', import.meta.url))
const pb = process.argv[2] ?? join(messages, 'src/pb')
const work = mkdtempSync(join(tmpdir(), 'hushgrid-generate-'))
try {
  const run = (file: string, ...args: string[]) => execFileSync(file, args, { cwd: messages, stdio: 'inherit' })
  run(join(messages, 'node_modules/.bin/protons'), 'src/hushgrid.proto', '-o', work)
  const out = join(messages, 'src/pb/.out')
  // Compiled inside the package, so that its imports resolve.
  cpSync(join(work, 'hushgrid.ts'), join(out, 'hushgrid.ts'))
  run(
    fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url)),
    ...'--ignoreConfig --target es2024 --module nodenext --moduleResolution nodenext --declaration --skipLibCheck --types node --outDir'.split(
      ' '
    ),
    out,
    join(out, 'hushgrid.ts')
  )
  for (const file of ['hushgrid.js', 'hushgrid.d.ts']) cpSync(join(out, file), join(pb, file))
  rmSync(out, { recursive: true })
} finally {
  rmSync(work, { recursive: true })
}
