import { expect, it } from 'vitest'
import { alternatives, closestWord, counted, meant } from '../../src/index.ts'

it('counts one thing and several', () => {
  expect([counted(1, 'slot'), counted(0, 'slot'), counted(2, 'batch', 'batches'), counted(1n, 'bill')]).toEqual([
    '1 slot',
    '0 slots',
    '2 batches',
    '1 bill'
  ])
})

it('joins alternatives', () => {
  expect([alternatives([]), alternatives(['a']), alternatives(['a', 'b', 'c'])]).toEqual(['nothing', 'a', 'a, b or c'])
})

it('finds the word that was meant, and none where none is near', () => {
  const words = ['evening-outage', 'poisson-day', 'dcnet', 'pes']
  expect(meant('evenin-outage', words)).toBe(' (did you mean evening-outage?)')
  expect(meant('DCNet', words)).toBe(' (did you mean dcnet?)')
  expect(meant('blackout', words)).toBe('')
  expect(closestWord('xy', ['pe'])).toBeUndefined()
})
