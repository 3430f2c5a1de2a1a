import { neighbourPositions } from '../src/ring/ring.ts'

/** Connected components among the positions that are left, by walking the graph that neighbourPositions describes. */
export function componentSizes(gone: Uint8Array, degree: number): Map<number, number> {
  const n = gone.length
  const sizes = new Map<number, number>()
  const seen = new Uint8Array(n)
  for (let start = 0; start < n; start++) {
    if (gone[start] || seen[start]) continue
    const component = [start]
    seen[start] = 1
    for (const p of component) {
      for (const q of neighbourPositions(p, n, degree)) {
        if (gone[q] || seen[q]) continue
        seen[q] = 1
        component.push(q)
      }
    }
    for (const p of component) sizes.set(p, component.length)
  }
  return sizes
}

/** How many of a position's neighbours are marked. */
export function markedAround(position: number, marked: Uint8Array, degree: number): number {
  return neighbourPositions(position, marked.length, degree).filter(q => marked[q]).length
}

/** Every way to mark `count` of `n` positions. */
export function* placements(n: number, count: number): Generator<Uint8Array> {
  for (let mask = 0; mask < 2 ** n; mask++) {
    const marked = Uint8Array.from({ length: n }, (_, i) => (mask >> i) & 1)
    if (marked.reduce((sum, bit) => sum + bit, 0) === count) yield marked
  }
}
