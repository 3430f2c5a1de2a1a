import { describe, expect, it } from 'vitest'
import { ParsedTariffs } from '../../src/tariffs/published-tariff.ts'
import { Tariff } from '../../src/tariffs/tariff.ts'
import { TariffFileError } from '../../src/tariffs/tariff-file-error.ts'

const text = (price: string): string => `name: flat\ncurrency: GBP\ntimeZone: UTC\nimport:\n  kind: flat\n  price: "${price}"\n`

describe('parsed tariffs', () => {
  it('are parsed once for a text, readable or not', () => {
    const parsed = new ParsedTariffs()
    const flat = parsed.of({ tariff: 'flat', text: text('12') })
    const wrong = parsed.of({ tariff: 'wrong', text: 'price: 12\n' })
    expect([flat, wrong]).toEqual([expect.any(Tariff), expect.any(TariffFileError)])
    for (let i = 0; i < 5; i++) {
      expect(parsed.of({ tariff: 'flat', text: text('12') })).toBe(flat)
      expect(parsed.of({ tariff: 'wrong', text: 'price: 12\n' })).toBe(wrong)
    }
    expect(parsed.parses).toBe(2)
  })

  it('are another where text or name is, since errors name them', () => {
    const parsed = new ParsedTariffs()
    const [one, other] = [text('12'), text('13')].map(each => parsed.of({ tariff: 'flat', text: each }))
    expect(one).not.toBe(other)
    for (const tariff of ['a', 'b']) expect((parsed.of({ tariff, text: '' }) as TariffFileError).message).toMatch(`${tariff}:1:1: `)
    expect(parsed.parses).toBe(4)
  })

  it('are forgotten from the one that was used longest ago', () => {
    const parsed = new ParsedTariffs(2)
    const use = (price: string) => parsed.of({ tariff: 'flat', text: text(price) })
    for (const price of ['1', '2', '1', '3', '1']) use(price)
    expect(parsed.parses).toBe(3)
    use('2')
    expect(parsed.parses).toBe(4)
  })
})
