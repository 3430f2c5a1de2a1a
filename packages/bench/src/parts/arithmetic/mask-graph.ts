// Costs of the checks that everybody makes alike where members are missing: components, open lanes, double mask's closure.
import { HushgridError, SeededRng } from '@hushgrid/primitives'
import { closeMissing, type MaskGraph, neighbourPositions, openLanes, remaining, shareThreshold, solveDegree } from '@hushgrid/topology'
import { type Figure, figure, microseconds } from '../../results/measure.ts'

const CALLS = 20
/** A third of the homes feed in, a tenth are missing, one in fifty is absent, and as many pairs are cut. */
const FILLS = 3
const MISSING = 0.1
const BESIDE = 0.02

/** Most time for a check, ms. */
const GOAL = 5

interface Scene {
  readonly graph: MaskGraph
  readonly missing: ReadonlySet<number>
  readonly degree: number
}

/** Draws a ring whose degree is that of `auto`, with members at random places. */
function drawScene(rng: SeededRng, members: number): Scene {
  const { degree } = solveDegree({ members, collusion: 0.1, dropout: MISSING, recovery: 'double-mask' }).assessment
  const order = rng.shuffled(Array.from({ length: members }, (_, i) => i))
  const neighbours: number[][] = []
  order.forEach((member, position) => {
    neighbours[member] = neighbourPositions(position, members, degree)
      .map(at => order[at] as number)
      .sort((a, b) => a - b)
  })
  const some = Math.ceil(BESIDE * members)
  const [absent, missing] = [new Set(order.slice(0, some)), new Set(rng.shuffled(order.slice(some)).slice(0, Math.ceil(MISSING * members)))]
  const pair = (i: number, j: number): number => Math.min(i, j) * members + Math.max(i, j)
  const cuts = new Set(order.slice(0, some).map(i => pair(i, neighbours[i]?.[0] as number)))
  const lanes = [() => true, (i: number) => i % FILLS === 0].map(canFill => ({ support: 25, canFill }))
  const graph = { size: members, neighbours, present: (i: number) => !absent.has(i), cut: (i: number, j: number) => cuts.has(pair(i, j)) }
  return { graph: { ...graph, minMembers: 25, lanes }, missing, degree }
}

/** Times the checks of one request. */
export function maskGraphFigures(seed: string, rounds: number, members: number): Figure[] {
  const { graph, missing, degree } = drawScene(new SeededRng(`${seed} mask graph`), members)
  const needed = shareThreshold(degree)
  const about = `n = ${members}, degree ${degree}, ${missing.size} missing`
  const timed = (name: string, work: () => unknown): Figure =>
    figure(
      { name: `${name}, ${about}`, unit: 'ms', goal: GOAL },
      microseconds(rounds, CALLS, work).map(us => us / 1000)
    )
  if (openLanes(graph, missing)?.length !== graph.lanes.length)
    throw new HushgridError('mask graph: expected every lane to be open, got fewer')
  return [
    timed('components and support of a request', () => openLanes(graph, missing)),
    timed("double mask's closure of the missing", () => closeMissing(graph, missing, needed)),
    timed('neighbours left to each member', () => graph.neighbours.map((_, i) => remaining(graph, i, missing)))
  ]
}
