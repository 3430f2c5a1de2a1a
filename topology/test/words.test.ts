// Figures of exposure and degree in words: what they say, and that they fit into a terminal.
import { describe, expect, it } from 'vitest'
import { cliffSummary } from '../src/exposure/cliff.ts'
import { exposureSummary } from '../src/exposure/exposure.ts'
import { parseNetwork } from '../src/network/network-file.ts'
import { assessDegree } from '../src/ring/degree.ts'
import { resolveDegree } from '../src/ring/resolve-degree.ts'
import { cliffLines } from '../src/words/cliff-words.ts'
import { degreeLines, networkLines } from '../src/words/degree-words.ts'
import { exposureLines, exposureSentence } from '../src/words/exposure-words.ts'
import { boundText, chanceText, metersText } from '../src/words/figure-text.ts'

describe('texts', () => {
  it('warns in one sentence', () => {
    const plain = exposureSummary({ members: 50, degree: 2, collusion: 0.1, recovery: 'edge-release' })
    expect(exposureSentence(plain)).toBe(
      'With degree 2 and 5 of 50 meters colluding, expect 0.383 meters to have their reading learnt (chance of any: 0.338); an aggregator that lies about who is missing may get those of 8.80.'
    )
    const none = exposureSummary({ members: 50, degree: 2, collusion: 0.1, recovery: 'none' })
    expect(exposureSentence(none)).toMatch(/\(chance of any: 0\.338\)\.$/)
  })

  it('describes a network with its lanes, its changes and what double mask bears', () => {
    const text =
      'name: a\nmembers: 50\nrecovery: double-mask\nchangeSlots: 4\nlanes: [1-0:1.29.0, { obis: 1-0:2.29.0, maxReading: 500, support: 9 }]'
    const network = parseNetwork(text, 'a.yaml')
    const lines = networkLines(network, resolveDegree(network, 50))
    expect(lines).toEqual(
      expect.arrayContaining([
        'slots            900 s; changes with every slot that 4 divides, a season is 96',
        'lane 1-0:1.29.0  at most 11000 Wh a home; published where 6 or more can fill it',
        'lane 1-0:2.29.0  at most 500 Wh a home; published where 9 or more can fill it',
        'minMembers and support hold against the aggregator too while at most 3 of a',
        "meter's 18 neighbours collude; expect 2.44 meters with more"
      ])
    )
  })

  it('has 80 columns, for large neighbourhoods too, and counts in words', () => {
    const parameters = { members: 65_535, degree: 254, collusion: 0.3, absent: 1, cuts: 1, recovery: 'double-mask' } as const
    const lines = [
      ...exposureLines(exposureSummary(parameters, { trials: 1, seed: 'a seed of some length, to be quoted' })),
      ...cliffLines(cliffSummary({ members: 1000, degree: 18, minMembers: 6, absent: 1, cuts: 1, shares: [0.1, 0.15] }, 1, 'seed')),
      ...degreeLines(
        assessDegree(254, { members: 65_535, collusion: 0.1, dropout: 0.1, absent: 1, cuts: 1, recovery: 'double-mask', sigma: 40 }),
        undefined
      )
    ]
    expect(lines.filter(line => line.length > 80)).toEqual([])
    const text = lines.join(' ').replaceAll(/ +/g, ' ')
    expect(text).toContain('1 random placement,')
    expect(text).toContain('1 pair cut')
    expect(text).not.toMatch(/\b1 (pairs|placements|are)\b/)
  })

  it('says when a chance is a bound', () => {
    // 1800 · binom(200, 6) / binom(1999, 6)
    const large = exposureSummary({ members: 2000, degree: 6, collusion: 0.1, recovery: 'none' })
    expect(exposureLines(large).join('\n')).toMatch(/formula +0\.00169 +at most 0\.00169/)
  })

  it.each([
    [0, '0'],
    [1, '1'],
    [0.25, '0.250'],
    [0.9999, '0.99990'],
    [2 ** -43.7, '2^-43.7']
  ])('writes the chance %d as %s', (chance, text) => expect(chanceText(chance)).toBe(text))

  it.each([
    [Number.NEGATIVE_INFINITY, '0'],
    [0, '1'],
    [-2, '0.250'],
    [-40, '2^-40.0'],
    [-5000.25, '2^-5000.3']
  ])('writes the bound 2^%d as %s', (log2, text) => expect(boundText(log2)).toBe(text))

  it.each([
    [0, '0'],
    [45, '45'],
    [1.0991, '1.10'],
    [123.456, '123.5'],
    [0.0000123, '1.23e-5']
  ])('writes %d meters as %s', (meters, text) => expect(metersText(meters)).toBe(text))
})
