// Files of secrets: made once with mode 600, replaced as a whole, refused where others may read them.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { readOrCreateSecret, readSecret, replaceSecret, SecretFileError } from '../../src/files/secret-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-secret-file-'))
let path = ''
let count = 0
beforeEach(() => {
  path = join(folder, `${count++}.key`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const secret = Uint8Array.from({ length: 32 }, (_, i) => 200 - i)
const never = () => {
  throw new Error('a secret that is there must not be made again')
}

describe('a secret file', () => {
  it.each([true, false])('is made once and read from then on (flush %s)', flush => {
    expect(readOrCreateSecret(path, 32, () => secret, flush)).toEqual({ secret, created: true })
    expect(new Uint8Array(readFileSync(path))).toEqual(secret)
    expect(readOrCreateSecret(path, 32, never, flush)).toEqual({ secret, created: false })
    expect(readOrCreateSecret(path, 32, never)).toEqual({ secret, created: false })
  })

  it.each([0o000, 0o022, 0o077, 0o777])('is readable and writable by its owner only, whatever the umask (%o)', umask => {
    const before = process.umask(umask)
    try {
      readOrCreateSecret(path, 32, () => secret)
    } finally {
      process.umask(before)
    }
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it.each([0o640, 0o604, 0o610, 0o601, 0o620, 0o602, 0o666])('is refused where others may do anything with it (%o)', mode => {
    writeFileSync(path, secret)
    chmodSync(path, mode)
    expect(() => readOrCreateSecret(path, 32, never)).toThrow(
      `${path}: expected to be readable by its owner only (mode 600), got mode ${mode.toString(8)}`
    )
    chmodSync(path, 0o400)
    expect(readOrCreateSecret(path, 32, never).created).toBe(false)
  })

  it.each([0, 31, 33, 64])('is refused with another length, and left alone (%i bytes)', length => {
    writeFileSync(path, secret, { mode: 0o600 })
    truncateSync(path, length)
    expect(() => readOrCreateSecret(path, 32, never)).toThrow(SecretFileError)
    expect(() => readOrCreateSecret(path, 32, never)).toThrow(`${path}: expected 32 bytes, got ${length}`)
    expect(statSync(path).size).toBe(length)
  })

  it('is one secret for two that make it at once: the first that is there', () => {
    const other = new Uint8Array(32)
    const outer = readOrCreateSecret(path, 32, () => {
      expect(readOrCreateSecret(path, 32, () => other)).toEqual({ secret: other, created: true })
      return secret
    })
    expect(outer).toEqual({ secret: other, created: false })
    expect(readOrCreateSecret(path, 32, never).secret).toEqual(other)
  })

  it('leaves nothing behind where a process is killed while it is made', () => {
    const module = new URL('../../src/files/secret-file.ts', import.meta.url).href
    const script = `
      import { readOrCreateSecret } from ${JSON.stringify(module)}
      readOrCreateSecret(${JSON.stringify(path)}, 32, () => process.kill(process.pid, 'SIGKILL'))`
    expect(spawnSync(process.execPath, ['--input-type=module', '-e', script]).signal).toBe('SIGKILL')
    expect(readOrCreateSecret(path, 32, () => secret)).toEqual({ secret, created: true })
    expect(readdirSync(folder).filter(name => name.startsWith(basename(path)))).toEqual([basename(path)])
  })

  it('is not left behind half made', () => {
    expect(() => readOrCreateSecret(path, 32, never)).toThrow('must not be made again')
    expect(existsSync(path)).toBe(false)
    expect(() => readOrCreateSecret(path, 32, () => secret.subarray(1))).toThrow(`${path}: expected to make 32 bytes, got 31`)
    expect(existsSync(path)).toBe(false)
    expect(readOrCreateSecret(path, 32, () => secret).created).toBe(true)
  })

  it('is said to be impossible where it cannot be made or read', () => {
    const inNoFolder = join(folder, 'none', 'a.key')
    expect(() => readOrCreateSecret(inNoFolder, 32, () => secret)).toThrow(SecretFileError)
    expect(() => readOrCreateSecret(inNoFolder, 32, () => secret)).toThrow(`${inNoFolder}: expected to create it (ENOENT)`)
    mkdirSync(path, { mode: 0o700 })
    expect(() => readOrCreateSecret(path, 32, never)).toThrow(`${path}: expected to read it (EISDIR)`)
  })

  it('is never repeated in an error', () => {
    writeFileSync(path, secret, { mode: 0o600 })
    truncateSync(path, 31)
    try {
      readOrCreateSecret(path, 32, never)
      expect.unreachable()
    } catch (cause) {
      const text = String((cause as Error).stack)
      expect(text).toContain('SecretFileError')
      for (const spelling of [Buffer.from(secret).toString('hex').slice(0, 12), [...secret].slice(0, 4).join(',')])
        expect(text).not.toContain(spelling)
    }
  })

  it('is replaced as a whole, for its owner only, and nothing is left beside it', () => {
    writeFileSync(path, 'longer than what comes next, and open to all', { mode: 0o644 })
    // What an attempt that was interrupted left.
    writeFileSync(`${path}.next`, 'half', { mode: 0o644 })
    const before = process.umask(0)
    try {
      replaceSecret(path, secret)
    } finally {
      process.umask(before)
    }
    expect(readSecret(path, 32)).toEqual(secret)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(existsSync(`${path}.next`)).toBe(false)
    expect(() => replaceSecret(join(path, 'below'), secret)).toThrow(SecretFileError)
  })

  it('may be as long as its reader says', () => {
    replaceSecret(path, new Uint8Array(100_000))
    expect(() => readSecret(path, undefined)).toThrow('expected 1 to 65536 bytes, got 100000')
    expect(readSecret(path, undefined, 100_000)).toHaveLength(100_000)
  })
})
