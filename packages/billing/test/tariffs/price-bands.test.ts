// A tariff's bands in a period, which the pages split bills by.
import { EXPORT_LANE, IMPORT_LANE, type Slot, slot } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { priceBands } from '../../src/tariffs/price-bands.ts'
import { parseTariff } from '../../src/tariffs/tariff-file.ts'

const FROM = slot(Date.UTC(2026, 0, 5) / 3_600_000)
const DAY = { from: FROM, until: (FROM + 24) as Slot, slotSeconds: 3600 }
const HEAD = 'name: test\ncurrency: EUR\ntimeZone: UTC\n'

function bandsOf(text: string, period = DAY) {
  const tariff = parseTariff(`${HEAD}${text}`, 'test')
  const prices = tariff.prices(period)
  return { prices, bands: priceBands(tariff, prices) }
}

const BY_TIME = `import:
  kind: time-of-use
  prices: { day: "30", night: "10", noon: "30" }
  otherwise: day
  rules:
    - { band: night, hours: [00:00-06:00] }
    - { band: noon, hours: [12:00-13:00] }
export: { kind: flat, price: "8" }
`

describe('the bands of a period', () => {
  it('are named as the tariff names them, those of one price together, and cover each slot of a lane once', () => {
    const { prices, bands } = bandsOf(BY_TIME)
    expect(bands.map(({ lane, names, slots }) => [lane, names, slots])).toEqual([
      [IMPORT_LANE, ['day', 'noon'], 18],
      [IMPORT_LANE, ['night'], 6],
      [EXPORT_LANE, [], 24]
    ])
    for (const { lane, weight, slots } of bands) {
      const of = Array.from({ length: 24 }, (_, i) => prices.weights(lane, slot(FROM + i))).filter(each => each === weight)
      expect(of).toHaveLength(slots)
    }
  })

  it('have no name where there is one price', () => {
    expect(bandsOf('import: { kind: flat, price: "12" }\n').bands).toMatchObject([{ lane: IMPORT_LANE, names: [], slots: 24 }])
  })

  it('leave out a band that no slot of the period has', () => {
    const night = { ...DAY, until: (FROM + 6) as Slot }
    expect(bandsOf(BY_TIME, night).bands.map(({ names }) => names)).toEqual([['night'], []])
  })
})
