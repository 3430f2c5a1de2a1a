import { describe, expect, it } from 'vitest'
import { HushgridError, InvalidArgumentError, WeakKeyError } from '../src/errors.ts'
import { DEFAULT_LANES } from '../src/quantities.ts'
import { DEFAULT_SLOT_SECONDS, epoch, meterId, millis, obisCode, slot } from '../src/units.ts'

describe('branded values', () => {
  it('meter ids are 32 bytes in lower-case hexadecimal, one spelling for each', () => {
    expect(meterId(new Uint8Array(32).fill(0xab))).toBe('ab'.repeat(32))
    expect(meterId('0f'.repeat(32))).toBe('0f'.repeat(32))
    for (const wrong of [
      'AB'.repeat(32),
      'ab'.repeat(31),
      'ab'.repeat(33),
      `${'ab'.repeat(31)}g0`,
      `${'ab'.repeat(32)}\n`,
      new Uint8Array(31),
      new Uint8Array(33)
    ])
      expect(() => meterId(wrong)).toThrow(/^meterId: expected 32 bytes/)
  })

  it('slots and epochs are whole numbers from 0 to 2^48', () => {
    for (const make of [slot, epoch]) {
      expect(make(0)).toBe(0)
      expect(make(2 ** 48)).toBe(2 ** 48)
      for (const wrong of [-1, 0.5, 2 ** 48 + 1, Number.NaN, Number.POSITIVE_INFINITY])
        expect(() => make(wrong)).toThrow(InvalidArgumentError)
    }
  })

  it('milliseconds are whole, from 1970 on, and exact', () => {
    expect(millis(Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER)
    for (const wrong of [-1, 0.5, 2 ** 53, Number.NaN]) expect(() => millis(wrong)).toThrow(InvalidArgumentError)
  })

  it('lanes are OBIS codes with groups from 0 to 255', () => {
    for (const right of ['1-0:1.29.0', '1-0:2.29.0', '0-0:0.0.0', '255-255:255.255.255', '1-0:1.8.0*255'])
      expect(obisCode(right)).toBe(right)
    for (const wrong of [
      '',
      '1.29.0',
      '1-0:1.29',
      '1-0:1.29.0.1',
      '256-0:1.29.0',
      '1-0:1.29.0*256',
      '1-0:1.29.0*',
      ' 1-0:1.29.0',
      '1-0:1.29.0\n',
      '1-0:a.29.0',
      '1-0:-1.29.0',
      '1-0:0001.29.0'
    ])
      expect(() => obisCode(wrong), wrong).toThrow(/^OBIS code: expected A-B:C\.D\.E/)
  })

  it('defaults are those of section 3', () => {
    expect(DEFAULT_LANES).toEqual(['1-0:1.29.0', '1-0:2.29.0'])
    expect(DEFAULT_LANES.map(obisCode)).toEqual(DEFAULT_LANES)
    expect(DEFAULT_SLOT_SECONDS).toBe(900)
  })
})

describe('errors', () => {
  it('are told apart by class and by name', () => {
    const error = new InvalidArgumentError('salt', '4 bytes', '3')
    expect(error).toBeInstanceOf(HushgridError)
    expect(error).toBeInstanceOf(Error)
    expect([error.name, error.argument, error.message]).toEqual(['InvalidArgumentError', 'salt', 'salt: expected 4 bytes, got 3'])
    expect(new WeakKeyError('weak').name).toBe('WeakKeyError')
    expect(new HushgridError('any').name).toBe('HushgridError')
    expect(new WeakKeyError('weak')).not.toBeInstanceOf(InvalidArgumentError)
  })
})
