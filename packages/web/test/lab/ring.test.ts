// Where things are on the ring, and where keys lead.
import { describe, expect, it } from 'vitest'
import { controlOf, isComplete, meterAt, moved, type RingShape, ringShape, typedIndex } from '../../src/lab/ring/ring-geometry.ts'
import { describe as inWords, isExpected, MARK_WORDS, MARKS, markOf, slotSets } from '../../src/lab/ring/ring-marks.ts'
import { meter } from './scene.ts'

const SIZE = 600

/** Distances of an edge's points from the middle. */
function fromCentre(shape: RingShape, a: number, b: number): readonly number[] {
  const [start, control, end] = [shape.places[a], controlOf(shape, a, b), shape.places[b]]
  if (!start || !end) throw new Error(`expected places ${a} and ${b}`)
  const at = (t: number, axis: 'x' | 'y'): number => (1 - t) ** 2 * start[axis] + 2 * t * (1 - t) * control[axis] + t ** 2 * end[axis]
  return Array.from({ length: 101 }, (_, i) => Math.hypot(at(i / 100, 'x') - shape.centre, at(i / 100, 'y') - shape.centre))
}

describe('the ring', () => {
  it.each([1, 3, 10, 50, 500])('has %i meters at equal distances, clockwise from the top', count => {
    const { places, centre, radius } = ringShape(SIZE, count, false)
    expect(places).toHaveLength(count)
    expect(places[0]?.x).toBeCloseTo(centre)
    expect(places[0]?.y).toBeCloseTo(centre - radius)
    for (const { x, y } of places) expect(Math.hypot(x - centre, y - centre)).toBeCloseTo(radius)
    if (count > 2) expect(places[1]?.x).toBeGreaterThan(centre)
  })

  it.each([10, 50, 500])('finds each of %i meters where it is drawn, and none in the middle or far outside', count => {
    const shape = ringShape(SIZE, count, false)
    expect(shape.places.map(place => meterAt(shape, place))).toEqual(shape.places.map((_, i) => i))
    expect(meterAt(shape, { x: shape.centre, y: shape.centre })).toBeUndefined()
    expect(meterAt(shape, { x: shape.centre, y: -100 })).toBeUndefined()
    expect(meterAt(ringShape(SIZE, 0, false), { x: 1, y: 1 })).toBeUndefined()
  })

  it('draws discs while they do not touch, and strokes where they would', () => {
    for (const count of [10, 50, 100, 500]) {
      const { mark, radius, dense } = ringShape(SIZE, count, false)
      expect(2 * mark).toBeLessThan((2 * Math.PI * radius) / count)
      expect(dense).toBe(count === 500)
    }
  })

  it('is numbered only where numbers have room', () => {
    const numbered = (size: number, count: number): boolean => ringShape(size, count, false).numbered
    expect([numbered(SIZE, 10), numbered(SIZE, 50), numbered(SIZE, 500), numbered(300, 25), numbered(300, 100)]).toEqual([
      true,
      true,
      false,
      true,
      false
    ])
  })

  it('bends edges inwards, so that they show between neighbours too, the same from both ends', () => {
    const shape = ringShape(SIZE, 500, false)
    const depth = (b: number): number => shape.radius - Math.min(...fromCentre(shape, 0, b))
    expect(depth(1)).toBeGreaterThan(10)
    expect(depth(11)).toBeGreaterThan(depth(1))
    expect(controlOf(shape, 3, 490)).toEqual(controlOf(shape, 490, 3))
    expect(controlOf(shape, 0, 250)).toEqual(controlOf(shape, 250, 0))
  })

  it.each([
    [4, 460],
    [25, 340],
    [25, 460],
    [50, 600],
    [500, 600]
  ])('of %i meters on %i px has no edge below the disc in its middle, not even between opposite ones', (count, size) => {
    const shape = ringShape(size, count, false)
    for (let a = 0; a < count; a += Math.ceil(count / 7))
      for (let b = 0; b < count; b++) {
        if (a === b) continue
        expect(Math.min(...fromCentre(shape, a, b))).toBeGreaterThan(shape.hub + 2)
      }
  })

  it('is complete where each meter that shares a mask shares one with each', () => {
    const all = [
      [0, 1],
      [1, 2],
      [0, 2]
    ] as const
    // A meter that is absent shares none.
    expect([isComplete(all), isComplete(all.slice(1)), isComplete([])]).toEqual([true, false, false])
  })
})

describe('the keyboard on the ring', () => {
  it.each([
    ['ArrowRight', 9, 0],
    ['ArrowDown', 0, 1],
    ['ArrowLeft', 0, 9],
    ['ArrowUp', 5, 4],
    ['Home', 5, 0],
    ['End', 5, 9],
    ['PageDown', 9, 0],
    ['PageUp', 0, 9]
  ])('%s leads from %i to %i of ten', (key, from, to) => {
    expect(moved(key, from, 10)).toBe(to)
  })

  it('pages by tenths, and leaves other keys and an empty ring alone', () => {
    expect(moved('PageDown', 480, 500)).toBe(30)
    expect(moved('a', 0, 10)).toBeUndefined()
    expect(moved('Home', 0, 0)).toBeUndefined()
  })

  it('finds a household by its number, whatever its place', () => {
    const households = [40, 7, 4, 17]
    expect(typedIndex(households, '4')).toBe(2)
    expect(typedIndex(households, '40')).toBe(0)
    expect(typedIndex(households, '1')).toBe(3)
    expect(typedIndex(households, '9')).toBeUndefined()
  })
})

describe('a meter’s mark', () => {
  const open = { slot: 1, start: '', submitted: [0, 1, 4], missing: [2], releasing: [1], refused: [{ household: 4, reason: 'twice' }] }
  const sets = slotSets(open)

  it.each([
    [meter(0), 'submitted'],
    [meter(1), 'releasing'],
    [meter(2), 'missing'],
    [meter(3), 'waiting'],
    [meter(4), 'refused'],
    [meter(2, 'down'), 'down'],
    [meter(3, 'absent'), 'absent'],
    [meter(3, 'joining'), 'joining'],
    [meter(0, 'leaving'), 'leaving']
  ] as const)('of %o is %s', (one, mark) => {
    expect(markOf(one, sets)).toBe(mark)
  })

  it('is expected to become submitted but for absent members and those that are not in yet', () => {
    const states = ['in', 'absent', 'down', 'joining', 'leaving'] as const
    expect(states.filter(state => isExpected(meter(1, state)))).toEqual(['in', 'down', 'leaving'])
    // One that is down is waited for until a roster does without it.
    expect(isExpected({ ...meter(1, 'down'), absent: true })).toBe(false)
  })

  it('is in words all that is known of it', () => {
    expect(inWords(meter(1), sets)).toBe('Meter 1: submitted, releases masks')
    expect(inWords(meter(2, 'down'), sets)).toBe('Meter 2: down, missing')
    expect(inWords(meter(3), sets)).toBe('Meter 3: not yet submitted')
    expect(inWords(meter(3, 'absent'), slotSets(undefined))).toBe('Meter 3: absent')
  })

  it('has words for every mark', () => {
    expect(new Set(MARKS.map(mark => MARK_WORDS[mark])).size).toBe(MARKS.length)
  })
})
