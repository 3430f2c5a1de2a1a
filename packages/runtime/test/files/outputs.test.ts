// Places for results are tried before the work, and left as they were found.
import type * as fileSystem from 'node:fs'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { OutputError, prepareFile, prepareFolder, writeResult } from '../../src/files/outputs.ts'

const disk = vi.hoisted(() => ({ isFull: false }))
vi.mock('node:fs', async original => {
  const fs = await original<typeof fileSystem>()
  const writeFileSync = (...args: Parameters<typeof fs.writeFileSync>): void => {
    // A full disk takes the name of a file, and none of its content.
    fs.writeFileSync(args[0], disk.isFull ? '' : args[1], args[2])
    if (disk.isFull) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  }
  return { ...fs, writeFileSync }
})

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'hushgrid-outputs-'))
  writeFileSync(join(root, 'file'), 'kept')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('a folder for results', () => {
  it('is made with its parents, and removed again where nothing came into it', () => {
    const abandon = prepareFolder('--out', join(root, 'a', 'b'))
    expect(readdirSync(join(root, 'a', 'b'))).toEqual([])
    abandon()
    expect(existsSync(join(root, 'a'))).toBe(false)
    expect(existsSync(root)).toBe(true)
  })

  it('stays where something came into it, or where it was there before', () => {
    const abandon = prepareFolder('--out', join(root, 'c', 'd'))
    writeFileSync(join(root, 'c', 'other'), '')
    abandon()
    expect(readdirSync(join(root, 'c'))).toEqual(['other'])
    mkdirSync(join(root, 'e'))
    prepareFolder('--out', join(root, 'e'))()
    expect(existsSync(join(root, 'e'))).toBe(true)
  })

  it.each([
    ['/proc/nope/x', 'ENOENT'],
    ['/proc', 'ENOENT'],
    ['file/x', 'ENOTDIR'],
    ['file', 'EEXIST']
  ])('at %s is refused by the name of its option', (name, code) => {
    const path = name.startsWith('/') ? name : join(root, name)
    expect(() => prepareFolder('--report', path)).toThrow(
      new OutputError(`--report ${path}: expected a folder that can be written to, got ${code}`)
    )
  })
})

describe('a file for results', () => {
  it('is not there after the trial, and what is there stays', () => {
    prepareFile('--out', join(root, 'new'))
    expect(existsSync(join(root, 'new'))).toBe(false)
    prepareFile('--out', join(root, 'file'))
    expect(readFileSync(join(root, 'file'), 'utf8')).toBe('kept')
  })

  it('that is a folder is refused, and no folder is left of the trial', () => {
    mkdirSync(join(root, 'folder'))
    const path = join(root, 'folder')
    expect(() => prepareFile('--out', path)).toThrow(new OutputError(`--out ${path}: expected a file that can be written, got EISDIR`))
    expect(() => prepareFile('--out', '/proc/nope/x')).toThrow('--out /proc/nope: expected a folder that can be written to, got ENOENT')
  })

  it.each([{}, { flag: 'wx' as const }])('is whole or not there, and hinders no later try (%o)', more => {
    const folder = mkdtempSync(join(root, 'whole-'))
    const path = join(folder, 'result')
    disk.isFull = true
    expect(() => writeResult(path, 'x', more)).toThrow(new OutputError(`${path}: expected a file that can be written, got ENOSPC`))
    expect(readdirSync(folder)).toEqual([])
    disk.isFull = false
    writeResult(path, 'whole', more)
    disk.isFull = true
    expect(() => writeResult(path, 'other', more)).toThrow(more.flag ? 'got EEXIST' : 'got ENOSPC')
    disk.isFull = false
    expect([readdirSync(folder), readFileSync(path, 'utf8')]).toEqual([['result'], 'whole'])
  })

  it('keeps its mode and the link to it', () => {
    const [path, link] = [join(root, 'kept'), join(root, 'link')]
    writeResult(path, 'x', { mode: 0o600 })
    symlinkSync(path, link)
    writeResult(link, 'y')
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777, lstatSync(link).isSymbolicLink()]).toEqual(['y', 0o600, true])
  })

  it('on a full disk is refused with a sentence', () => {
    const path = join(root, 'full')
    symlinkSync('/dev/full', path)
    expect(() => writeResult(path, 'x')).toThrow(new OutputError(`${path}: expected a file that can be written, got ENOSPC`))
  })
})
