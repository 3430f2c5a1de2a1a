// The mask graph against a naive implementation, and against PROTOCOL.md section 7's words on small cases.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closeMissing, components, isSupported, type MaskGraph, openLanes, remaining } from '../src/ring/mask-graph.ts'
import { shareThreshold } from '../src/ring/recovery.ts'
import { maskNeighbourCount, neighbourPositions } from '../src/ring/ring.ts'

/** A roster and its missing members, as they are drawn. */
interface Drawn {
  readonly members: number
  readonly degree: number
  /** Member at each position of the ring. */
  readonly order: readonly number[]
  readonly absent: ReadonlySet<number>
  readonly cuts: ReadonlySet<string>
  readonly minMembers: number
  readonly lanes: readonly { readonly support: number; readonly able: ReadonlySet<number> }[]
  readonly missing: ReadonlySet<number>
}

const pair = (i: number, j: number): string => `${Math.min(i, j)} ${Math.max(i, j)}`

const drawn: fc.Arbitrary<Drawn> = fc.integer({ min: 2, max: 24 }).chain(members => {
  const some = fc.array(fc.nat(members - 1), { maxLength: members }).map(list => new Set(list))
  const few = fc.array(fc.nat(members - 1), { maxLength: 4 }).map(list => new Set(list))
  return fc.record({
    members: fc.constant(members),
    degree: fc.integer({ min: 1, max: 6 }).map(half => 2 * half),
    order: fc.shuffledSubarray([...Array(members).keys()], { minLength: members }),
    absent: few,
    cuts: fc
      .array(fc.tuple(fc.nat(members - 1), fc.nat(members - 1)), { maxLength: 8 })
      .map(list => new Set(list.map(([i, j]) => pair(i, j)))),
    minMembers: fc.integer({ min: 1, max: 8 }),
    lanes: fc.array(fc.record({ support: fc.integer({ min: 1, max: 6 }), able: some }), { minLength: 1, maxLength: 4 }),
    missing: some
  })
})

function graphOf({ members, degree, order, absent, cuts, minMembers, lanes }: Omit<Drawn, 'missing'>): MaskGraph {
  const neighbours: number[][] = []
  order.forEach((member, position) => {
    neighbours[member] = neighbourPositions(position, members, degree)
      .map(at => order[at] as number)
      .sort((a, b) => a - b)
  })
  return {
    size: members,
    neighbours,
    present: i => !absent.has(i),
    cut: (i, j) => cuts.has(pair(i, j)),
    minMembers,
    lanes: lanes.map(({ support, able }) => ({ support, canFill: i => able.has(i) }))
  }
}

/** A ring of present members in order of their numbers, without cuts, on which everybody fills the one lane. */
function plainRing(members: number, degree: number, more: Partial<Drawn> = {}): MaskGraph {
  const everybody = new Set(Array(members).keys())
  const lanes = [{ support: 1, able: everybody }]
  return graphOf({ members, degree, order: [...everybody], absent: new Set(), cuts: new Set(), minMembers: 6, lanes, ...more })
}

/** Says who is joined to whom by a member's own definition: section 4, word for word. */
function joined(graph: MaskGraph, s: ReadonlySet<number>, i: number, j: number): boolean {
  const ring = (graph.neighbours[i] as readonly number[]).includes(j)
  return ring && graph.present(i) && graph.present(j) && s.has(i) && s.has(j) && !graph.cut(i, j)
}

function naiveComponents(graph: MaskGraph, missing: ReadonlySet<number>): number[][] {
  const all = [...Array(graph.size).keys()]
  const s = new Set(all.filter(i => graph.present(i) && !missing.has(i)))
  // Merges sets of members until no edge goes from one to another.
  let sets = [...s].map(i => new Set([i]))
  for (const i of s) {
    for (const j of s) {
      if (!joined(graph, s, i, j)) continue
      const touched = sets.filter(set => set.has(i) || set.has(j))
      sets = [...sets.filter(set => !touched.includes(set)), touched.reduce((a, b) => a.union(b))]
    }
  }
  return sets.map(set => [...set].sort((a, b) => a - b)).sort((a, b) => (a[0] as number) - (b[0] as number))
}

function naiveOpenLanes(graph: MaskGraph, missing: ReadonlySet<number>): number[] | undefined {
  if (missing.size === 0) return graph.lanes.map((_, lane) => lane)
  const parts = naiveComponents(graph, missing)
  if (parts.length === 0 || Math.min(...parts.map(part => part.length)) < graph.minMembers) return undefined
  const open = graph.lanes.flatMap(({ support, canFill }, lane) =>
    parts.every(part => part.filter(canFill).length >= support) ? [lane] : []
  )
  return open.length > 0 ? open : undefined
}

/** Adds one member at a time, whichever the rules name first, from the highest down: the closure does not depend on it. */
function naiveClosure(graph: MaskGraph, missing: ReadonlySet<number>, needed: number): Set<number> {
  const closed = new Set(missing)
  for (;;) {
    const parts = naiveComponents(graph, closed)
    const joins = parts
      .flat()
      .sort((a, b) => b - a)
      .find(i => {
        const { length: d } = graph.neighbours[i] as readonly number[]
        const gone = (graph.neighbours[i] as readonly number[]).filter(j => !graph.present(j) || graph.cut(i, j) || closed.has(j)).length
        return gone > d - needed || (parts.find(part => part.includes(i)) as number[]).length < graph.minMembers
      })
    if (joins === undefined) return closed
    closed.add(joins)
  }
}

describe('the mask graph is that of a naive implementation:', () => {
  const holds = (name: string, check: (graph: MaskGraph, missing: ReadonlySet<number>, degree: number) => void) =>
    it(name, () => {
      fc.assert(
        fc.property(drawn, each => check(graphOf(each), each.missing, each.degree)),
        { numRuns: 400, seed: 4 }
      )
    })

  holds('components', (graph, missing) => {
    expect(components(graph, missing)).toEqual(naiveComponents(graph, missing))
  })
  holds('open lanes', (graph, missing) => {
    expect(openLanes(graph, missing)).toEqual(naiveOpenLanes(graph, missing))
  })
  holds('closure', (graph, missing, degree) => {
    const needed = shareThreshold(maskNeighbourCount(graph.size, degree))
    const closed = closeMissing(graph, missing, needed)
    expect([...closed].sort((a, b) => a - b)).toEqual([...naiveClosure(graph, missing, needed)].sort((a, b) => a - b))
    for (const part of components(graph, closed)) {
      expect(part.length).toBeGreaterThanOrEqual(graph.minMembers)
      for (const i of part) expect(remaining(graph, i, closed)).toBeGreaterThanOrEqual(needed)
    }
    expect([...closed].every(i => missing.has(i) || graph.present(i))).toBe(true)
  })
  holds('remaining neighbours', (graph, missing) => {
    const s = new Set([...Array(graph.size).keys()].filter(i => !missing.has(i)))
    for (const i of s) {
      if (!graph.present(i)) continue
      expect(remaining(graph, i, missing)).toBe([...s].filter(j => joined(graph, s, i, j)).length)
    }
  })
})

describe('components', () => {
  it('of members missing in a row at two places are two, with degree 4', () => {
    const graph = plainRing(16, 4)
    expect(components(graph, new Set([0, 1]))).toHaveLength(1)
    expect(components(graph, new Set([0, 1, 8]))).toHaveLength(1)
    expect(components(graph, new Set([0, 1, 8, 9]))).toEqual([
      [2, 3, 4, 5, 6, 7],
      [10, 11, 12, 13, 14, 15]
    ])
  })

  it('fall apart by absent members and cuts as by missing ones', () => {
    const row = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, k) => from + k)
    const absent = plainRing(16, 4, { absent: new Set([0, 1]) })
    expect(components(absent, new Set([8, 9]))).toEqual([row(2, 7), row(10, 15)])
    const cuts = new Set([pair(7, 8), pair(7, 9), pair(6, 8), pair(15, 0), pair(15, 1), pair(14, 0)])
    expect(components(plainRing(16, 4, { cuts }), new Set())).toEqual([row(0, 7), row(8, 15)])
  })
})

describe('open lanes', () => {
  it('are none where a component is too small, whatever lies in the others', () => {
    const graph = plainRing(16, 4)
    expect(openLanes(graph, new Set([0, 1, 8, 9]))).toEqual([0])
    expect(openLanes(graph, new Set([0, 1, 7, 8]))).toBeUndefined()
    expect(openLanes({ ...graph, minMembers: 5 }, new Set([0, 1, 7, 8]))).toEqual([0])
    expect(openLanes(graph, new Set(Array(16).keys()))).toBeUndefined()
  })

  it('leave out a lane that too few can fill in one component, though enough can in all', () => {
    const able = new Set([2, 3, 4, 5, 10, 11])
    const lanes = [
      { support: 6, able: new Set(Array(16).keys()) },
      { support: 3, able }
    ]
    const graph = plainRing(16, 4, { lanes })
    expect(openLanes(graph, new Set([0]))).toEqual([0, 1])
    expect(openLanes(graph, new Set([0, 1, 8, 9]))).toEqual([0])
    expect(isSupported(graph, 1, [2, 3, 4])).toBe(true)
    expect(isSupported(graph, 1, [10, 11, 12, 13])).toBe(false)
  })

  it('are all of them where nobody is missing, and where no lane is left M is refused', () => {
    const lanes = [{ support: 3, able: new Set([1, 2]) }]
    const graph = plainRing(16, 4, { lanes })
    expect(openLanes(graph, new Set())).toEqual([0])
    expect(openLanes(graph, new Set([5]))).toBeUndefined()
  })
})

describe('the closure of double mask', () => {
  it('runs round the ring: six missing beside each other take all of fifty at degree 18', () => {
    const graph = plainRing(50, 18)
    const t = shareThreshold(18)
    expect(closeMissing(graph, new Set([0, 1, 2, 3, 4]), t).size).toBe(5)
    expect(closeMissing(graph, new Set([0, 1, 2, 3, 4, 5]), t).size).toBe(50)
  })

  it('takes all of ten in a complete graph from three missing on, or from two and a cut', () => {
    const graph = plainRing(10, 10)
    const t = shareThreshold(9)
    expect(closeMissing(graph, new Set([2, 6]), t).size).toBe(2)
    expect(closeMissing(graph, new Set([2, 6, 7]), t).size).toBe(10)
    expect(closeMissing(plainRing(10, 10, { absent: new Set([6, 7]) }), new Set([2]), t).size).toBe(8)
    expect(closeMissing(plainRing(10, 10, { cuts: new Set([pair(0, 1)]) }), new Set([2, 6]), t).size).toBe(10)
  })

  it('counts absent members and cuts, and does not change what it was given', () => {
    const missing = new Set([0, 1, 2])
    const t = shareThreshold(18)
    expect(closeMissing(plainRing(50, 18, { absent: new Set([3, 4, 5]) }), missing, t).size).toBe(47)
    const cuts = new Set([pair(10, 11), pair(10, 12), pair(10, 13), pair(10, 14)])
    expect(closeMissing(plainRing(50, 18, { cuts }), missing, t)).toEqual(new Set([0, 1, 2, 10]))
    expect(missing).toEqual(new Set([0, 1, 2]))
  })
})
