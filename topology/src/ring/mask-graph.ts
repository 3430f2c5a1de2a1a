// The mask graph of a roster's members, and what may be published over those that are not missing.

/**
 * A roster as its mask graph (PROTOCOL.md section 4): members by their index in the roster, 0 to size − 1. Two of them are
 * joined where they are ring neighbours, both present, and not cut.
 */
export interface MaskGraph {
  readonly size: number
  /** Ring neighbours of each member, absent and cut ones included, ascending. */
  readonly neighbours: readonly (readonly number[])[]
  /** Tells whether a member is present: not marked absent. */
  readonly present: (i: number) => boolean
  /** Tells whether two ring neighbours no longer mask towards each other; the same both ways. */
  readonly cut: (i: number, j: number) => boolean
  readonly minMembers: number
  /** The roster's lanes, in its order. */
  readonly lanes: readonly { readonly support: number; readonly canFill: (i: number) => boolean }[]
}

/** States of a member while components are walked. */
const OUT = 0
const UNSEEN = 1
const SEEN = 2

/**
 * Components of the mask graph of the present members outside M, each ascending, by their lowest member.
 *
 * @param missing - M
 */
export function components(graph: MaskGraph, missing: ReadonlySet<number>): number[][] {
  const state = remainingMembers(graph, missing)
  const out: number[][] = []
  for (let first = 0; first < graph.size; first++) {
    if (state[first] === UNSEEN) out.push(componentFrom(graph, state, first))
  }
  return out
}

/**
 * L(M), the lanes that at least `support` members can fill in every component of the present members outside M, as
 * indices into the roster's lanes (PROTOCOL.md section 7). All lanes for an empty M.
 *
 * @param missing - M
 * @returns undefined where M is refused by all: a component has fewer than `minMembers` members, or no lane is left
 */
export function openLanes(graph: MaskGraph, missing: ReadonlySet<number>): number[] | undefined {
  const all = graph.lanes.map((_, lane) => lane)
  if (missing.size === 0) return all
  const parts = components(graph, missing)
  if (parts.length === 0 || parts.some(part => part.length < graph.minMembers)) return undefined
  const open = all.filter(lane => parts.every(part => isSupported(graph, lane, part)))
  return open.length === 0 ? undefined : open
}

/** Tells whether at least `support` members of a component can fill a lane. */
export function isSupported(graph: MaskGraph, lane: number, component: readonly number[]): boolean {
  const { support, canFill } = graph.lanes[lane] as MaskGraph['lanes'][number]
  let able = 0
  for (const i of component) if (canFill(i)) able++
  return able >= support
}

/**
 * M closed under the two rules of double mask (PROTOCOL.md section 7, rule 1), repeated until nothing is added: a member
 * with fewer than t neighbours left joins M, and so do the members of a component of fewer than `minMembers`. Members that
 * are absent are never added.
 *
 * @param missing - M as the round begins; it is not changed
 * @param needed - t
 */
export function closeMissing(graph: MaskGraph, missing: ReadonlySet<number>, needed: number): Set<number> {
  const closed = new Set(missing)
  const state = remainingMembers(graph, missing)
  const left = new Int32Array(graph.size)
  const fallen: number[] = []
  const drop = (i: number): void => {
    state[i] = OUT
    closed.add(i)
    fallen.push(i)
  }
  for (let i = 0; i < graph.size; i++) {
    if (state[i] === OUT) continue
    for (const j of neighboursOf(graph, i)) if (state[j] !== OUT && !graph.cut(i, j)) left[i] = (left[i] as number) + 1
  }
  for (let i = 0; i < graph.size; i++) if (state[i] !== OUT && (left[i] as number) < needed) drop(i)
  for (;;) {
    for (let next = fallen.pop(); next !== undefined; next = fallen.pop()) {
      for (const j of neighboursOf(graph, next)) {
        if (state[j] === OUT || graph.cut(next, j)) continue
        left[j] = (left[j] as number) - 1
        if ((left[j] as number) < needed) drop(j)
      }
    }
    const small = components(graph, closed).filter(part => part.length < graph.minMembers)
    if (small.length === 0) return closed
    for (const i of small.flat()) drop(i)
  }
}

/** Number of a member's neighbours that are present, not cut from it, and outside M. */
export function remaining(graph: MaskGraph, i: number, missing: ReadonlySet<number>): number {
  let count = 0
  for (const j of neighboursOf(graph, i)) if (graph.present(j) && !missing.has(j) && !graph.cut(i, j)) count++
  return count
}

function neighboursOf(graph: MaskGraph, i: number): readonly number[] {
  return graph.neighbours[i] as readonly number[]
}

/** State of each member: UNSEEN where it is present and outside M. */
function remainingMembers({ size, present }: MaskGraph, missing: ReadonlySet<number>): Uint8Array {
  const state = new Uint8Array(size)
  for (let i = 0; i < size; i++) state[i] = present(i) && !missing.has(i) ? UNSEEN : OUT
  return state
}

function componentFrom(graph: MaskGraph, state: Uint8Array, first: number): number[] {
  const part = [first]
  state[first] = SEEN
  // The list grows while it is walked.
  for (const i of part) {
    for (const j of neighboursOf(graph, i)) {
      if (state[j] !== UNSEEN || graph.cut(i, j)) continue
      state[j] = SEEN
      part.push(j)
    }
  }
  return part.sort((a, b) => a - b)
}
