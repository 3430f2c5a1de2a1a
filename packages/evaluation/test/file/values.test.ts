import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MOST_VALUES, rangeMistake, readValues, valuesOf } from '../../src/file/values.ts'

describe('a range', () => {
  it('by steps has every step from its first value, and none beyond its end', () => {
    const thousandths = fc.integer({ min: 1, max: 5000 })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), thousandths, fc.integer({ min: 0, max: 60 }), fc.nat(), (first, step, count, more) => {
        // Written as decimals of three digits, which sums of binary fractions would miss.
        const range = { from: first / 1000, to: (first + step * count + (more % step)) / 1000, step: step / 1000 }
        expect(rangeMistake(range)).toBeUndefined()
        expect(valuesOf<never>(range)).toEqual(Array.from({ length: count + 1 }, (_, i) => (first + step * i) / 1000))
      })
    )
  })

  it('by factors has every power of its factor', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 2, max: 9 }), fc.integer({ min: 0, max: 6 }), (from, times, count) => {
        const values = valuesOf<never>({ from, to: from * times ** count, times })
        expect(values).toEqual(Array.from({ length: count + 1 }, (_, i) => from * times ** i))
      })
    )
  })

  it('is refused where it has no end, no width, or two', () => {
    const mistakes = [
      { from: 1, to: 2 },
      { from: 1, to: 2, step: 1, times: 2 },
      { from: 2, to: 1, step: 1 },
      { from: 1, to: 2, step: 0 },
      { from: 1, to: 2, times: 1 },
      { from: 0, to: 2, times: 2 },
      { from: 0, to: MOST_VALUES, step: 1 }
    ].map(range => rangeMistake(range)?.key)
    expect(mistakes).toEqual(['from', 'from', 'to', 'step', 'times', 'from', 'step'])
  })
})

describe('values on a command line', () => {
  it('are one, several, or a range', () => {
    expect(['10', '10, 20,auto', '4..40:4', '0.05..0.3:0.05', '10..640*2'].map(readValues)).toEqual([
      [10],
      [10, 20, 'auto'],
      { from: 4, to: 40, step: 4 },
      { from: 0.05, to: 0.3, step: 0.05 },
      { from: 10, to: 640, times: 2 }
    ])
  })

  it('are none of these otherwise', () => {
    expect(['', '1,,2', '1..2.3.4:1'].map(readValues)).toEqual([undefined, undefined, undefined])
  })

  it('come once each', () => {
    expect(valuesOf<never>([3, 1, 3])).toEqual([3, 1])
  })
})
