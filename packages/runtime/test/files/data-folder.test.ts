import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { claimDataFolder, DataFolderError } from '../../src/files/data-folder.ts'
import { FolderError } from '../../src/files/make-folder.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hushgrid-folder-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Claims a folder in another process; its exit status, 0 where it got it. */
function claimElsewhere(path: string): number | null {
  const module = new URL('../../src/files/data-folder.ts', import.meta.url).href
  const script = `import { claimDataFolder } from ${JSON.stringify(module)}; try { claimDataFolder(${JSON.stringify(path)}) } catch { process.exit(7) }`
  return spawnSync(process.execPath, ['--input-type=module', '-e', script]).status
}

it('is made for its owner only, with the folders above it', () => {
  const path = join(folder, 'a', 'b')
  claimDataFolder(path)()
  for (const made of [path, join(folder, 'a'), join(path, 'lock')]) expect(statSync(made).mode & 0o077).toBe(0)
})

it('belongs to one process until that gives it up, or ends', () => {
  const giveUp = claimDataFolder(folder)
  expect(claimElsewhere(folder)).toBe(7)
  expect(() => claimDataFolder(folder)).toThrow(/expected a data directory of our own, got one that another running node uses/)
  giveUp()
  expect(claimElsewhere(folder)).toBe(0)
  claimDataFolder(folder)()
})

it('is refused where it cannot be one', () => {
  writeFileSync(join(folder, 'file'), '')
  writeFileSync(join(folder, 'lock'), 'this is no empty file')
  for (const path of [join(folder, 'file'), join(folder, 'file', 'below'), '/proc/nothing'])
    expect(() => claimDataFolder(path), path).toThrow(FolderError)
  expect(() => claimDataFolder(folder)).toThrow(DataFolderError)
})
