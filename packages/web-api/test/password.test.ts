import { describe, expect, it } from 'vitest'
import { PASSWORD_CHARACTERS, passwordMisfit, passwordText, readScheme } from '../src/index.ts'

const ARGON2ID = { scheme: 'argon2id', memoryKib: 65_536, passes: 3, parallelism: 4 } as const
const PBKDF2 = { scheme: 'pbkdf2-sha256', iterations: 1_000_000 } as const

describe('a password', () => {
  it('has 12 to 256 characters, which are code points', () => {
    expect(PASSWORD_CHARACTERS).toEqual({ least: 12, most: 256 })
    for (const length of [12, 256]) expect(passwordMisfit('🔑'.repeat(length))).toBeUndefined()
    for (const length of [0, 11, 257])
      expect(passwordMisfit('x'.repeat(length))).toEqual({ expected: '12 to 256 characters', got: String(length) })
  })

  it('is the same however its characters are composed, and nothing where nobody can have set it', () => {
    expect(passwordText('Zu\u0308rich am See')).toBe(passwordText('Zürich am See'))
    expect(passwordText('x'.repeat(256))).toHaveLength(256)
    expect(passwordText('x'.repeat(257))).toBe('')
  })
})

describe('a scheme', () => {
  it('is read where all its parameters are safe, and without what else came', () => {
    expect(readScheme({ ...ARGON2ID, more: 1 })).toEqual(ARGON2ID)
    expect(readScheme({ ...PBKDF2, memoryKib: 1 })).toEqual(PBKDF2)
  })

  it('is not where one is less or more, or no number, or the scheme is none', () => {
    const wrong = [
      { ...ARGON2ID, memoryKib: 65_535 },
      { ...ARGON2ID, passes: 65 },
      { ...ARGON2ID, parallelism: '4' },
      { ...PBKDF2, iterations: 999_999 },
      { ...PBKDF2, iterations: 1_000_000.5 }
    ]
    for (const each of wrong) expect(readScheme(each)).toMatchObject({ misfit: { scheme: each.scheme } })
    for (const each of [undefined, null, 'argon2id', {}, { scheme: 'md5' }]) expect(readScheme(each)).toMatchObject({ misfit: {} })
  })
})
