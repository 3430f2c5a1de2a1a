// How often a source may send wrong codes, in how much memory.
import { type MeterId, type Millis, meterId } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { type WrongCodes, waitFor, withWrongCode } from '../../src/meter/wrong-codes.ts'

const at = (seconds: number): Millis => (1_000_000 + 1000 * seconds) as Millis
const source = (i: number): MeterId => meterId(i.toString(16).padStart(64, '0'))

/** Wrong codes of a source, one every so many seconds, as often as it may. */
function tries(seconds: number, every: number): number {
  let wrong: WrongCodes = new Map()
  let count = 0
  for (let now = 0; now < seconds; now += every) {
    if (waitFor(wrong, source(1), at(now)) > 0) continue
    wrong = withWrongCode(wrong, source(1), at(now))
    count++
  }
  return count
}

describe('wrong codes', () => {
  it('are five at once, and one every twelve seconds', () => {
    expect(tries(1, 0.01)).toBe(5)
    expect(tries(60, 0.1)).toBe(5 + 4)
    expect(tries(3600, 1)).toBe(5 + 3600 / 12 - 1)
    expect(tries(3600, 13)).toBe(Math.ceil(3600 / 13))
  })

  it('of one source hold up no other, however many there are', () => {
    let wrong: WrongCodes = new Map()
    for (let i = 0; i < 5; i++) wrong = withWrongCode(wrong, source(1), at(0))
    expect(waitFor(wrong, source(1), at(0))).toBe(12_000)
    expect(waitFor(wrong, source(2), at(0))).toBe(0)
    for (let i = 0; i < 5_000; i++) wrong = withWrongCode(wrong, source(2 + (i % 1000)), at(0))
    expect(wrong.size).toBe(256)
    expect(waitFor(wrong, source(9_999), at(0))).toBe(0)
  })

  it('are forgotten once they are made up for', () => {
    let wrong = withWrongCode(new Map(), source(1), at(0))
    wrong = withWrongCode(wrong, source(2), at(11))
    expect([...wrong.keys()]).toEqual([source(1), source(2)])
    expect([...withWrongCode(wrong, source(3), at(13)).keys()]).toEqual([source(2), source(3)])
  })

  it('hold up for a minute at most where the clock is set back', () => {
    let wrong: WrongCodes = new Map()
    for (let i = 0; i < 5; i++) wrong = withWrongCode(wrong, source(1), at(86_400))
    wrong = withWrongCode(wrong, source(1), at(0))
    expect(waitFor(wrong, source(1), at(0))).toBeLessThanOrEqual(12_000)
  })
})
