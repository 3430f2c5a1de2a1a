// Codes as people read and type them.
import { SeededRng } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import {
  decodePairingTicket,
  encodePairingTicket,
  formatPairingCode,
  newPairingTicket,
  PairingError,
  parsePairingCode,
  tryPairingCode
} from '../../src/meter/pairing.ts'

describe('a pairing code', () => {
  it('is Crockford’s base32 in groups of four', () => {
    // 256 bits and four zero bits: the first digit is 0b00000, the last 0b10000.
    expect(formatPairingCode(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(
      '000G-40R4-0M30-E209-185G-R38E-1W81-24GK-2GAH-C5RR-34D1-P70X-3RFG'
    )
    expect(formatPairingCode(new Uint8Array(32).fill(255))).toBe(`${'ZZZZ-'.repeat(12)}ZZZG`)
  })

  it('is read again as it was typed', () => {
    const rng = new SeededRng('codes')
    for (let i = 0; i < 50; i++) {
      const { code } = newPairingTicket(rng)
      const text = formatPairingCode(code)
      expect(parsePairingCode(text)).toEqual(code)
      expect(parsePairingCode(` ${text.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')}\n`)).toEqual(code)
    }
  })

  it.each([
    ['', 'got 0'],
    ['ZZZZ', 'got 4'],
    [`${'ZZZZ-'.repeat(12)}ZZZU`, 'or others'],
    [`${'ZZZZ-'.repeat(12)}ZZZH`, 'mistyped end']
  ])('is not %j', (text, message) => {
    expect(() => parsePairingCode(text)).toThrow(PairingError)
    expect(() => parsePairingCode(text)).toThrow(message)
  })
})

describe('a ticket', () => {
  it('does not hold the code, and survives its codec at every count', () => {
    const { code, ticket } = newPairingTicket(new SeededRng('code'))
    let left: typeof ticket | undefined = ticket
    for (let wrong = 0; wrong < 5; wrong++) {
      if (!left) throw new Error('expected a ticket')
      expect(left.wrong).toBe(wrong)
      const bytes = encodePairingTicket(left)
      expect(Buffer.from(bytes).includes(Buffer.from(code))).toBe(false)
      expect(decodePairingTicket(bytes)).toEqual(left)
      left = tryPairingCode(left, new Uint8Array(32)).ticket
    }
    expect(left).toBeUndefined()
    for (const bytes of [[], [1, 5, ...Array(32).fill(0)], [2, 0, ...Array(32).fill(0)], [1, 0, ...Array(33).fill(0)]])
      expect(() => decodePairingTicket(Uint8Array.from(bytes))).toThrow(PairingError)
  })
})
