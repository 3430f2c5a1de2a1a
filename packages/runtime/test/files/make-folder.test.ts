import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FolderError, makeFolder } from '../../src/files/make-folder.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hushgrid-make-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const modeOf = (path: string): number => statSync(path).mode & 0o777

describe('a folder', () => {
  it('is made with its parents, for its owner only, from a relative path too', () => {
    for (const path of [join(folder, 'a', 'b', 'c'), relative(process.cwd(), join(folder, 'd', 'e'))]) makeFolder(path)
    for (const made of ['a', 'a/b', 'a/b/c', 'd', 'd/e']) expect(modeOf(join(folder, made))).toBe(0o700)
  })

  it('has the mode that is asked for, less the umask', () => {
    makeFolder(join(folder, 'report'), 0o777)
    expect(modeOf(join(folder, 'report'))).toBe(0o777 & ~process.umask())
  })

  it('stays as it is where there is one', () => {
    mkdirSync(join(folder, 'there'))
    chmodSync(join(folder, 'there'), 0o750)
    makeFolder(join(folder, 'there'))
    expect(modeOf(join(folder, 'there'))).toBe(0o750)
  })

  it.each([
    ['a file', 'file', 'EEXIST'],
    ['below a file', 'file/below', 'ENOTDIR'],
    ['nothing', '', 'ENOENT']
  ])('is refused in one sentence where there is %s', (what, name, code) => {
    writeFileSync(join(folder, 'file'), '')
    const path = what === 'nothing' ? '/proc/nothing/below/that' : join(folder, name)
    expect(() => makeFolder(path)).toThrow(new FolderError(path, code))
  })
})

// In a process of its own, which a call that never returns cannot keep going: Node's recursive mkdir spins here.
it('gives up at once where a parent takes no folders', () => {
  const module = new URL('../../src/files/make-folder.ts', import.meta.url).href
  const script = `import { makeFolder } from ${JSON.stringify(module)}; try { makeFolder('/proc/nothing') } catch { process.exit(7) }`
  const { status, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 20_000 })
  expect({ status, signal }).toEqual({ status: 7, signal: null })
})
