import { QUANTITIES } from '@hushgrid/primitives'
import { QUANTITIES as ON_PAGES } from '@hushgrid/web-api'
import { expect, it } from 'vitest'

it('is one table of quantities that nodes and pages have', () => {
  // All but two columns, which no page needs.
  expect(ON_PAGES).toEqual(QUANTITIES.map(({ act: _act, scale: _scale, ...shown }) => shown))
  // The pages write figures with three digits after the point.
  for (const { scale } of QUANTITIES) expect(scale).toBe(1000)
})
