import { QUANTITIES } from '@hushgrid/primitives'
import { QUANTITIES as ON_PAGES } from '@hushgrid/web-api'
import { expect, it } from 'vitest'

it('is one table of quantities that nodes and pages have', () => {
  // All but two columns, which no page needs, and one that only files of the pages' code have.
  expect(ON_PAGES.map(({ espi: _espi, ...shown }) => shown)).toEqual(QUANTITIES.map(({ act: _act, scale: _scale, ...shown }) => shown))
  // NAESB REQ.21: forward and reverse flow of energy, in Wh.
  expect(ON_PAGES.map(({ name, espi }) => [name, espi])).toEqual([
    ['import', { flowDirection: 1, kind: 12, uom: 72 }],
    ['export', { flowDirection: 19, kind: 12, uom: 72 }]
  ])
  // The pages write figures with three digits after the point.
  for (const { scale } of QUANTITIES) expect(scale).toBe(1000)
})
