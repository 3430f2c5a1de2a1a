// Codes as people read and type them.
import { SeededRng } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import {
  decodePairingTicket,
  encodePairingTicket,
  formatPairingCode,
  isPairingCode,
  newPairingTicket,
  PairingError,
  parsePairingCode
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
  it('does not hold the code, and survives its codec', () => {
    const { code, ticket } = newPairingTicket(new SeededRng('code'))
    const bytes = encodePairingTicket(ticket)
    expect(Buffer.from(bytes).includes(Buffer.from(code))).toBe(false)
    expect(decodePairingTicket(bytes)).toEqual(ticket)
    // The second had the count of wrong codes, which made it void.
    for (const other of [[], [1, 0, ...Array(32).fill(0)], [1, ...Array(32).fill(0)], [2, ...Array(33).fill(0)]])
      expect(() => decodePairingTicket(Uint8Array.from(other))).toThrow(PairingError)
  })

  it('is of its code only', () => {
    const { code, ticket } = newPairingTicket(new SeededRng('code'))
    expect(isPairingCode(ticket, code)).toBe(true)
    expect(isPairingCode(undefined, code)).toBe(false)
    for (let i = 0; i < 32; i++)
      expect(
        isPairingCode(
          ticket,
          code.map((byte, at) => (at === i ? byte ^ 1 : byte))
        )
      ).toBe(false)
  })
})
