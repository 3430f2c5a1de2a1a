import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
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
  const script = `import { claimDataFolder } from ${JSON.stringify(module)}; try { claimDataFolder(${JSON.stringify(path)}, 'meter') } catch { process.exit(7) }`
  return spawnSync(process.execPath, ['--input-type=module', '-e', script]).status
}

it('is made for its owner only, with the folders above it', () => {
  const path = join(folder, 'a', 'b')
  claimDataFolder(path, 'meter')()
  for (const made of [path, join(folder, 'a'), join(path, 'lock')]) expect(statSync(made).mode & 0o077).toBe(0)
})

it('belongs to one process until that gives it up, or ends', () => {
  const giveUp = claimDataFolder(folder, 'meter')
  expect(claimElsewhere(folder)).toBe(7)
  expect(() => claimDataFolder(folder, 'meter')).toThrow(/expected a data directory of our own, got one that another running node uses/)
  giveUp()
  expect(claimElsewhere(folder)).toBe(0)
  claimDataFolder(folder, 'meter')()
})

it('is refused where it cannot be one', () => {
  writeFileSync(join(folder, 'file'), '')
  writeFileSync(join(folder, 'lock'), 'this is no empty file')
  for (const path of [join(folder, 'file'), join(folder, 'file', 'below'), '/proc/nothing'])
    expect(() => claimDataFolder(path, 'meter'), path).toThrow(FolderError)
  expect(() => claimDataFolder(folder, 'meter')).toThrow(DataFolderError)
})

it('is not taken from another role, whose key it would go on with', () => {
  const used: readonly (readonly [file: string, words: string])[] = [
    ['registrar.log', "a registrar's"],
    ['aggregator.db', "an aggregator's"],
    ['journal.log', "a meter's"],
    ['members.log', "a concentrator's"],
    ['sums.log', "a PES's"],
    ['mdms.keys', "a supplier's"],
    ['records/account.json', "a customer's"],
    ['portal.key', "a portal's"]
  ]
  const roles = ['registrar', 'aggregator', 'meter', 'concentrator', 'pes', 'mdms', 'customer', 'portal'] as const
  for (const [i, [file, words]] of used.entries()) {
    const path = join(folder, String(i))
    mkdirSync(dirname(join(path, file)), { recursive: true })
    writeFileSync(join(path, file), '')
    const own = roles[i] as (typeof roles)[number]
    for (const [j, role] of roles.entries()) {
      if (role === own) continue
      expect(() => claimDataFolder(path, role)).toThrow(new RegExp(`: expected ${used[j]?.[1]} folder, got ${words}$`))
      expect(existsSync(join(path, 'lock'))).toBe(false)
    }
    claimDataFolder(path, own)()
  }
})
