import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidArgumentError } from '../../src/errors.ts'
import { checkSlotSeconds, slotAt, slotTimes } from '../../src/time/slot-times.ts'
import { millis, slot } from '../../src/units.ts'

const at = (text: string) => millis(Temporal.Instant.from(text).epochMilliseconds)

describe('times of a slot (PROTOCOL.md section 3)', () => {
  it('of a quarter of an hour', () => {
    // 2026-01-01T00:00:00Z is 1,767,225,600 s: slot 1,963,584 begins.
    const first = slotAt(at('2026-01-01T00:00:00Z'), 900)
    expect(first).toBe(1_963_584)
    expect(slotAt(at('2026-01-01T00:14:59.999Z'), 900)).toBe(first)
    expect(slotAt(at('2025-12-31T23:59:59.999Z'), 900)).toBe(first - 1)
    expect(slotTimes(first, 900)).toEqual({
      start: at('2026-01-01T00:00:00Z'),
      end: at('2026-01-01T00:15:00Z'),
      unit: 56_250,
      deadline: at('2026-01-01T00:18:45Z'),
      over: at('2026-01-01T00:26:15Z')
    })
  })

  it('of a lab slot whose sixteenth is no whole millisecond: u is rounded down, the rest follows from it', () => {
    // 1 s: u = floor(62.5).
    expect(slotTimes(slot(7), 1)).toEqual({ start: 7000, end: 8000, unit: 62, deadline: 8248, over: 8744 })
    expect(slotTimes(slot(0), 5)).toEqual({ start: 0, end: 5000, unit: 312, deadline: 6248, over: 8744 })
  })

  it('has 92, 96 and 100 slots in a local day', () => {
    const slots = (day: string) => {
      const midnight = Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: 'Europe/Berlin' })
      return slotAt(millis(midnight.add({ days: 1 }).epochMilliseconds), 900) - slotAt(millis(midnight.epochMilliseconds), 900)
    }
    expect(['2026-03-29', '2026-07-01', '2026-10-25'].map(slots)).toEqual([92, 96, 100])
  })

  it('is as the section defines it, whatever the length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 86_400 }), fc.nat(10 ** 8), (slotSeconds, number) => {
        const times = slotTimes(slot(number), slotSeconds)
        const end = (BigInt(number) + 1n) * BigInt(slotSeconds) * 1000n
        const unit = (BigInt(slotSeconds) * 1000n) / 16n
        expect([times.end, times.unit, times.deadline, times.over].map(BigInt)).toEqual([
          end,
          unit,
          end + 4n * unit,
          end + 4n * unit + 8n * unit
        ])
        expect(times.end - times.start).toBe(slotSeconds * 1000)
        expect(slotAt(times.start, slotSeconds)).toBe(number)
        expect(slotAt(millis(times.end - 1), slotSeconds)).toBe(number)
        expect(slotAt(times.end, slotSeconds)).toBe(number + 1)
        // A slot is over within the next one, so at most two are in work at once.
        expect(times.over).toBeLessThan(times.end + slotSeconds * 1000)
      })
    )
  })

  it('is given for every slot that a message can name, later than any clock where milliseconds run out', () => {
    const latest = millis(Number.MAX_SAFE_INTEGER)
    const times = slotTimes(slot(2 ** 48), 900)
    for (const time of [times.start, times.end, times.deadline, times.over]) expect(time).toBeGreaterThan(latest)
    expect(times.over).toBeGreaterThan(times.end)
  })

  it('is refused for a length that is none', () => {
    for (const wrong of [0, -1, 0.5, 86_401, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => checkSlotSeconds(wrong)).toThrow(/^slotSeconds: expected whole seconds from 1 to 86400/)
      expect(() => slotAt(millis(0), wrong)).toThrow(InvalidArgumentError)
      expect(() => slotTimes(slot(0), wrong)).toThrow(InvalidArgumentError)
    }
    expect(checkSlotSeconds(86_400)).toBe(86_400)
  })
})
