// Passwords from a terminal, which are not shown, and from what is piped in.
import { describe, expect, it } from 'vitest'
import { PasswordInput, PasswordInputError, type SecretSource } from '../../src/program/password-input.ts'

interface Told {
  shown: string
  readonly raw: boolean[]
  interrupts: number
}

/** What a terminal or a pipe gives, in these pieces. */
function inputOf(pieces: readonly (string | Uint8Array)[], typed: boolean): { input: PasswordInput; told: Told } {
  const told: Told = { shown: '', raw: [], interrupts: 0 }
  const source: SecretSource = {
    isTTY: typed,
    ...(typed && { setRawMode: (raw: boolean) => told.raw.push(raw) }),
    async *[Symbol.asyncIterator]() {
      for (const piece of pieces) yield await Promise.resolve(piece)
    }
  }
  const show = (text: string): void => {
    told.shown += text
  }
  return { input: new PasswordInput(source, show, () => told.interrupts++), told }
}

describe('typed', () => {
  it('is taken key by key, not shown, and leaves the terminal as it was', async () => {
    const { input, told } = inputOf(['cor', 'rect\u007f', 't h\b', 'horse\r'], true)
    expect(await input.read('ada')).toBe('correct horse')
    expect(told).toEqual({ shown: 'Password of ada: \n', raw: [true, false], interrupts: 0 })
  })

  it('takes characters of several bytes, wherever they are cut, and erases whole ones', async () => {
    const bytes = new TextEncoder().encode('wrong\u0015pässwörd😀😀\u007f\r')
    const { input } = inputOf(
      Array.from(bytes, byte => Uint8Array.of(byte)),
      true
    )
    expect(await input.read('ada')).toBe('pässwörd😀')
  })

  it('may come at once with what follows it', async () => {
    const { input, told } = inputOf(['first\rsecond\rsecond\r'], true)
    expect([await input.read('ada'), await input.readNew('eve')]).toEqual(['first', 'second'])
    expect(told.shown).toBe('Password of ada: \nNew password of eve: \nThe same again: \n')
  })

  it('has to be the same twice where it is new, and neither is repeated', async () => {
    const { input } = inputOf(['first\r', 'other\r'], true)
    const failure = await input.readNew('eve').catch(cause => cause)
    expect(failure).toBeInstanceOf(PasswordInputError)
    expect(failure.message).toBe('password of eve: expected the same twice, got two that differ')
  })

  it.each([
    ['Ctrl-C', ['sec\u0003'], 1],
    ['Ctrl-D', ['\u0004'], 0],
    ['the end of the terminal', ['sec'], 0]
  ] as const)('ends with %s', async (_, pieces, interrupts) => {
    const { input, told } = inputOf(pieces, true)
    await expect(input.read('ada')).rejects.toThrow('password of ada: expected it to be typed, got none')
    expect([told.raw.at(-1), told.interrupts]).toEqual([false, interrupts])
  })
})

describe('piped in', () => {
  it('is a line each, without a prompt', async () => {
    const { input, told } = inputOf(['first\r\nsec', 'ond\nlast'], false)
    expect([await input.read('ada'), await input.readNew('eve'), await input.read('bob')]).toEqual(['first', 'second', 'last'])
    expect(told.shown).toBe('')
    await expect(input.read('mia')).rejects.toThrow('password of mia: expected it on a line of standard input, got none')
  })

  it('is the same from a file that an editor of another system saved', async () => {
    const { input } = inputOf([Buffer.from('\ufefffirst\r\n second \r\n')], false)
    // Blanks belong to a password.
    expect([await input.read('ada'), await input.read('ada')]).toEqual(['first', ' second '])
  })

  it('is not read without end', async () => {
    const { input } = inputOf(Array(50).fill('x'.repeat(1000)), false)
    await expect(input.read('ada')).rejects.toThrow(PasswordInputError)
  })
})
