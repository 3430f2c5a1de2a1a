import { describe, expect, it } from 'vitest'
import { checkTimeZone, TimeZoneError } from '../../src/export/time-zone.ts'

describe('a time zone', () => {
  it('is one that there is', () => {
    expect(checkTimeZone('Europe/London')).toBe('Europe/London')
    expect(() => checkTimeZone('Europe/Atlantis')).toThrow(TimeZoneError)
  })
})
