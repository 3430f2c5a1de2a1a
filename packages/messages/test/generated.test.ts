import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

it('what is committed is what `pnpm generate` makes of the schema', () => {
  const work = mkdtempSync(join(tmpdir(), 'hushgrid-generated-'))
  try {
    const made = join(work, 'not', 'there', 'yet')
    execFileSync(process.execPath, [fileURLToPath(new URL('../../../scripts/src/generate/messages.ts', import.meta.url)), made], {
      stdio: 'pipe'
    })
    const committed = fileURLToPath(new URL('../src/pb', import.meta.url))
    expect(readdirSync(made).sort()).toEqual(readdirSync(committed).sort())
    for (const file of readdirSync(made))
      expect(readFileSync(join(made, file), 'utf8') === readFileSync(join(committed, file), 'utf8'), file).toBe(true)
  } finally {
    rmSync(work, { recursive: true })
  }
})
