import { expect, it } from 'vitest'
import { spentRosters } from '../../src/files/kept-rosters.ts'

it.each([
  [[], -1, 0],
  [[5], 100, 0],
  [[5, 9], 100, 0],
  // The last two stay, whatever the slot.
  [[1, 2, 3], 100, 1],
  // The slot before the newest one may be open still.
  [[1, 2, 3, 4], 3, 1],
  [[1, 2, 3, 4], 4, 2],
  // Nothing is known of any slot.
  [[1, 2, 3, 4], -1, 0],
  // Taken up at once by a node that catches up: that of the slot which runs is far back.
  [[1, 7, 8, 9, 10, 11], 6, 0],
  [[1, 7, 8, 9, 10, 11, 12, 13, 14, 15], 6, 2]
])('of rosters from slots %j the first are spent after slot %i: %i', (from, newest, spent) => {
  expect(spentRosters(from, newest)).toBe(spent)
})
