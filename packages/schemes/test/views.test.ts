import { expect, it } from 'vitest'
import { viewsOf } from '../src/views.ts'

const roleOf = (scheme: Parameters<typeof viewsOf>[0], role: string) => viewsOf(scheme).find(view => view.role === role)

it('shows an aggregator what five meters send it, and nothing else', () => {
  expect(roleOf('plain', 'aggregator')).toEqual({ role: 'aggregator', sent: 0, received: 5, overheard: 0, sealed: 0 })
})

it('counts what is sealed apart from what a tap would read', () => {
  // The third party receives five sealed readings, and sends one sum in the clear.
  expect(roleOf('ttp', 'dealer')).toMatchObject({ sent: 1, received: 5 })
  expect(roleOf('ttp', 'aggregator')).toMatchObject({ received: 1, sealed: 5, overheard: 0 })
})

it('shows parties that have work in a slot only', () => {
  expect(viewsOf('busom').map(({ role }) => role)).toEqual(['meter', 'aggregator'])
  expect(viewsOf('klenze').map(({ role }) => role)).toEqual(['meter', 'device', 'aggregator'])
  expect(viewsOf('erkin-tsudik-temporal').map(({ role }) => role)).toEqual(['meter', 'aggregator'])
})
