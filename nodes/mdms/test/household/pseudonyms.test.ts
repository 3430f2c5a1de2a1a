import { chmodSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IdentityKey, SeededRng, sha256, systemRng, toHex, utf8 } from '@hushgrid/primitives'
import { SecretFileError } from '@hushgrid/runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPseudonyms } from '../../src/household/pseudonyms.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hushgrid-household-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const rng = new SeededRng('household account')
const meters = Array.from({ length: 200 }, () => IdentityKey.generate(rng).id)
const key = (): string => join(folder, 'household.key')

describe('a household’s account', () => {
  it('is one for each meter, the same at every start, and only its owner may read the key', () => {
    const accounts = meters.map(openPseudonyms(folder, systemRng))
    expect(new Set(accounts).size).toBe(meters.length)
    for (const account of accounts) expect(account).toMatch(/^household-[0-9a-f]{32}$/)
    expect(meters.map(openPseudonyms(folder, systemRng))).toEqual(accounts)
    expect(statSync(key()).mode & 0o777).toBe(0o600)
    expect(statSync(key()).size).toBe(32)
  })

  it('is a pseudonym: another under another key, and nothing that follows from the meter’s id alone', () => {
    const accounts = meters.map(openPseudonyms(folder, systemRng))
    rmSync(key())
    const others = meters.map(openPseudonyms(folder, systemRng))
    expect(new Set([...accounts, ...others]).size).toBe(2 * meters.length)
    for (const [i, meter] of meters.entries()) {
      const shown = (accounts[i] as string).slice('household-'.length)
      const guesses = [meter, toHex(sha256(Buffer.from(meter, 'hex'))), toHex(sha256(utf8(meter)))]
      for (const guess of guesses) expect(guess.includes(shown)).toBe(false)
    }
  })

  it('is not given out under a key that others may read, or half a one', () => {
    openPseudonyms(folder, systemRng)
    chmodSync(key(), 0o640)
    expect(() => openPseudonyms(folder, systemRng)).toThrow(
      new SecretFileError(`${key()}: expected to be readable by its owner only (mode 600), got mode 640`)
    )
    chmodSync(key(), 0o600)
    truncateSync(key(), 8)
    expect(() => openPseudonyms(folder, systemRng)).toThrow(new SecretFileError(`${key()}: expected 32 bytes, got 8`))
  })
})
