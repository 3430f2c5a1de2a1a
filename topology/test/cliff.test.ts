// Double mask's cliff: the figures of PROTOCOL.md section 7 rule 1, and the formula for its start against simulation.
import { SeededRng } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { type CliffParameters, cliffSummary } from '../src/exposure/cliff.ts'
import { assessDegree, log2AnyShort } from '../src/ring/degree.ts'
import { closeMissing, type MaskGraph, remaining } from '../src/ring/mask-graph.ts'
import { shareThreshold } from '../src/ring/recovery.ts'
import { maskNeighbourCount, neighbourPositions } from '../src/ring/ring.ts'
import { cliffLines } from '../src/words/cliff-words.ts'

const FIFTY: CliffParameters = { members: 50, degree: 18, minMembers: 6, absent: 0, cuts: 0, shares: [0.1, 0.15, 0.2] }

function ring(members: number, degree: number, more: Partial<MaskGraph> = {}): MaskGraph {
  const neighbours = Array.from({ length: members }, (_, p) => neighbourPositions(p, members, degree))
  return { size: members, neighbours, present: () => true, cut: () => false, minMembers: 3, lanes: [], ...more }
}

describe('the cliff of fifty with degree 18', () => {
  const { levels, ...rest } = cliffSummary(FIFTY, 10_000, 'protocol')
  const [tenth, more, fifth] = levels

  it('is where section 7 says: hardly ever at 10 %, one slot in four at 15 %, three in four at 20 %', () => {
    expect(levels.map(({ missing }) => missing)).toEqual([5, 8, 10])
    expect(tenth).toMatchObject({ log2Any: Number.NEGATIVE_INFINITY, lost: 0, left: 45 })
    expect(more?.lost).toBeGreaterThan(0.25)
    expect(more?.lost).toBeLessThan(0.3)
    expect(fifth?.lost).toBeGreaterThan(0.73)
    expect(fifth?.lost).toBeLessThan(0.78)
    expect(rest).toMatchObject({ neighbours: 18, needed: 13, row: 6, trials: 10_000 })
  })

  it('has an interval around each frequency, and the same figures for the same seed', () => {
    for (const { lost, lostInterval } of levels) {
      expect(lostInterval[0]).toBeLessThanOrEqual(lost)
      expect(lostInterval[1]).toBeGreaterThan(lost)
    }
    const again = (seed: string) => cliffSummary(FIFTY, 500, seed).levels
    expect(again('a')).toEqual(again('a'))
    expect(again('a')).not.toEqual(again('b'))
  })

  it('comes sooner where members are absent or pairs cut', () => {
    const lost = (change: Partial<CliffParameters>) => cliffSummary({ ...FIFTY, ...change, shares: [0.15] }, 4000, 'sooner').levels[0]?.lost
    expect(lost({ absent: 2 })).toBeGreaterThan((more?.lost ?? 1) + 0.2)
    expect(lost({ cuts: 20 })).toBeGreaterThan((more?.lost ?? 1) + 0.05)
  })

  it('is printed with its formula', () => {
    const text = cliffLines(cliffSummary({ ...FIFTY, absent: 1, cuts: 2 }, 300, 'x')).join('\n')
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'a member with more than 5 of 18 neighbours absent, cut or missing counts as missing too; so do parts of fewer than 6'
    )
    expect(text).toContain('6 missing beside each other lose the slot as a whole')
    expect(text).toContain('1 absent, 2 pairs cut, at random places')
    expect(text).toMatch(/\n8 of 50 missing \(15 %\) +at most \S+ +0\.\d+ \(0\.\d+ to 0\.\d+\)\n/)
    expect(text).toMatch(/\n8 of 50 missing \(15 %\) +4\d/)
  })
})

describe('missing members in a row', () => {
  it.each([2, 4, 8, 14, 18, 22, 60])('lose the slot from d - t + 1 on, and not one sooner, with degree %i', degree => {
    for (const members of [degree + 2, 3 * degree + 5]) {
      const d = maskNeighbourCount(members, degree)
      const t = shareThreshold(d)
      const row = (count: number) => new Set(Array.from({ length: count }, (_, p) => p))
      const graph = ring(members, degree)
      expect(closeMissing(graph, row(d - t), t).size).toBe(d - t)
      expect(closeMissing(graph, row(d - t + 1), t).size).toBe(members)
      const { row: said } = cliffSummary({ members, degree, minMembers: 3, absent: 0, cuts: 0, shares: [] }, 1, '')
      expect(said).toBe(d - t + 1)
    }
  })
})

describe('the formula for who is short of neighbours', () => {
  const TRIALS = 6000

  /** Mean number of members that are there and short of neighbours, over random places of missing, absent and cut. */
  function meanShort(members: number, degree: number, losses: { missing: number; absent: number; cuts: number }, needed: number): number {
    const rng = new SeededRng(`short ${members} ${degree} ${JSON.stringify(losses)}`)
    const { neighbours } = ring(members, degree)
    const pairs = neighbours.flatMap((list, p) => list.filter(q => q > p).map(q => `${p} ${q}`))
    let sum = 0
    for (let trial = 0; trial < TRIALS; trial++) {
      const places = rng.shuffled([...neighbours.keys()])
      const missing = new Set(places.slice(0, losses.missing))
      const absent = new Set(places.slice(losses.missing, losses.missing + losses.absent))
      const cut = new Set(rng.shuffled(pairs).slice(0, losses.cuts))
      const graph = ring(members, degree, {
        present: p => !absent.has(p),
        cut: (p, q) => cut.has(`${Math.min(p, q)} ${Math.max(p, q)}`)
      })
      for (const p of places.slice(losses.missing + losses.absent)) if (remaining(graph, p, missing) < needed) sum++
    }
    return sum / TRIALS
  }

  it.each([
    [20, 8, { missing: 1, absent: 1, cuts: 3 }, 6],
    [20, 6, { missing: 0, absent: 0, cuts: 8 }, 4],
    [16, 4, { missing: 1, absent: 0, cuts: 2 }, 3],
    [12, 12, { missing: 1, absent: 1, cuts: 3 }, 8]
  ] as const)('n = %i, degree %i, %o: the mean number is exact', (members, degree, losses, needed) => {
    const formula = 2 ** log2AnyShort({ n: members, d: maskNeighbourCount(members, degree) }, losses, needed)
    expect(formula).toBeLessThan(1)
    const simulated = meanShort(members, degree, losses, needed)
    expect(Math.abs(simulated - formula)).toBeLessThan(5 * Math.sqrt((3 * formula) / TRIALS))
    expect(simulated).toBeGreaterThan(0)
  })

  it('is condition 2, which absences and cuts make harder to meet; absences count in condition 1 too', () => {
    const planned = { members: 50, collusion: 0.1, dropout: 0.1, recovery: 'double-mask' } as const
    const log2 = (more: object, number: number) =>
      assessDegree(18, { ...planned, ...more }).conditions.find(each => each.number === number)?.log2 ?? Number.NaN
    expect(log2({}, 2)).toBe(Number.NEGATIVE_INFINITY)
    expect(log2({ absent: 2 }, 2)).toBeGreaterThan(log2({ absent: 1 }, 2))
    expect(log2({ cuts: 4 }, 2)).toBeGreaterThan(log2({ cuts: 2 }, 2))
    expect(log2({ absent: 10 }, 1)).toBeGreaterThan(log2({ absent: 5 }, 1))
    expect(log2({ cuts: 9 }, 1)).toBe(log2({}, 1))
    const said = assessDegree(18, { ...planned, absent: 2, cuts: 4 }).conditions[1]?.failure
    expect(said).toBe('a present member has fewer than 13 of its 18 neighbours present (5 of 50 are missing, 2 absent, 4 pairs cut)')
  })
})

describe('cliffSummary', () => {
  it('gives a large neighbourhood fewer trials, and says how many', () => {
    expect(cliffSummary({ ...FIFTY, members: 1000, degree: 254, shares: [0.01] }, 10_000, '1').trials).toBe(200)
  })

  it('goes on without anybody left', () => {
    const [level] = cliffSummary({ ...FIFTY, members: 6, degree: 6, absent: 3, shares: [0.9] }, 10, '1').levels
    expect(level).toMatchObject({ missing: 3, lost: 1, left: 0 })
  })

  it('refuses what cannot be', () => {
    const refuses = (change: Partial<CliffParameters>, trials = 1) => expect(() => cliffSummary({ ...FIFTY, ...change }, trials, ''))
    refuses({ absent: 50 }).toThrow('absent: expected a whole number from 0 to 49, got 50')
    refuses({ cuts: 451 }).toThrow('cuts: expected a whole number from 0 to 450, got 451')
    refuses({ degree: 3 }).toThrow('degree: expected')
    refuses({ members: 300, degree: 256 }).toThrow('degree: expected at most 254')
    refuses({ shares: [1] }).toThrow('missing: expected a fraction')
    refuses({}, 0).toThrow('trials: expected')
  })
})
