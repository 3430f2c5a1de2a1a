import { InvalidArgumentError, SeededRng } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { EventQueue } from '../../src/planner/event-queue.ts'

describe('the event queue', () => {
  it('gives entries by time, and those of one millisecond in the order they were put in (against a sort)', () => {
    const rng = new SeededRng('event-queue')
    for (let round = 0; round < 50; round++) {
      const queue = new EventQueue<{ time: number; order: number }>(0)
      const held: { time: number; order: number }[] = []
      const taken: { time: number; order: number }[] = []
      let order = 0
      const take = (): void => {
        const item = queue.pop()
        if (item) taken.push(item)
      }
      for (let i = 0; i < 200; i++) {
        const item = { time: queue.now + rng.below(20), order: order++ }
        held.push(item)
        queue.push(item.time, item)
        if (rng.uniform() < 0.4) take()
      }
      while (queue.size > 0) take()
      // What is put in later never lies before what was taken, so the whole is sorted.
      expect(taken).toEqual(held.sort((a, b) => a.time - b.time || a.order - b.order))
    }
  })

  it('puts what is marked so ahead of everything else of its millisecond, in its own order', () => {
    const queue = new EventQueue<string>(0)
    queue.push(5, 'a')
    queue.push(5, 'first', true)
    queue.push(5, 'second', true)
    queue.push(4, 'earlier')
    expect([queue.pop(), queue.pop(), queue.pop(), queue.pop(), queue.pop()]).toEqual(['earlier', 'first', 'second', 'a', undefined])
  })

  it('moves its time with what is taken out, and takes nothing for the past', () => {
    const queue = new EventQueue<string>(100)
    queue.push(120, 'a')
    queue.push(150, 'b')
    expect(queue.pop()).toBe('a')
    expect(queue.now).toBe(120)
    expect(() => queue.push(119, 'late')).toThrow(InvalidArgumentError)
    expect(() => queue.push(Number.NaN, 'never')).toThrow(InvalidArgumentError)
    expect(() => queue.advance(151)).toThrow(InvalidArgumentError)
    queue.advance(149)
    expect(queue.now).toBe(149)
    expect(queue.pop()).toBe('b')
    expect(queue.next).toBeUndefined()
  })
})
