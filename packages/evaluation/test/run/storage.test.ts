// Storage after a day and a month, from records of a few slots.
import { expect, it } from 'vitest'
import type { Totals } from '../../src/run/simulated/books.ts'
import { storageOf } from '../../src/run/simulated/storage.ts'

function totals(bytes: number, records: number): Totals {
  const nothing = { cpuMicros: 0, sentMessages: 0, receivedMessages: 0, sentBytes: 0, receivedBytes: 0, sentWire: null, receivedWire: null }
  return { roles: new Map([['meter', { ...nothing, kept: { bytes, records } }]]), keyAgreements: null }
}

// Two meters: 100 bytes each of setup, then 10 bytes and 2 records each a slot.
const over = {
  formed: totals(200, 4),
  from: totals(300, 8),
  to: totals(360, 20),
  slots: 3,
  slotSeconds: 900,
  parties: { meter: 2 }
}

it.each([
  ['nothing', {}, 100 + 96 * 10, 100 + 30 * 96 * 10],
  ['bytes', { bytes: 5000 }, 1060, 5000],
  ['slots', { slots: 100 }, 1060, 1100],
  ['records', { records: 500 }, 1060, 100 + 250 * 10]
])('grows by slot and party, bounded by %s', (_, bound, dayBytes, monthBytes) => {
  expect(storageOf(over, { meter: bound })).toEqual({ meter: { dayBytes, monthBytes } })
})
