// Geometry of the ring, and the moves of keys on it. Angles in radians, clockwise from the top; lengths in CSS px.

export interface Point {
  readonly x: number
  readonly y: number
}

export interface RingShape {
  /** Side of the square that the ring is drawn in. */
  readonly size: number
  readonly centre: number
  /** Radius of the circle that the meters are on. */
  readonly radius: number
  /** Radius of the disc of the aggregator. */
  readonly hub: number
  /** Radius of a meter's mark. */
  readonly mark: number
  /** Width of a meter's stroke, where the ring is dense. */
  readonly tick: number
  /** True where meters are too close for discs, and are strokes. */
  readonly dense: boolean
  /** True where there is room for numbers outside the ring. */
  readonly numbered: boolean
  readonly places: readonly Point[]
}

const HUB_SHARE = { mesh: 0.4, star: 0.64 } as const
const LEAST_MARK = 1.3
const MOST_MARK = { narrow: 8, wide: 10 } as const
/** Radius of the smallest disc whose shape can be told. */
const LEAST_DISC = 3.2
/** Room beside the ring, for numbers and for marks that are drawn outside it. */
const RING_MARGIN = { narrow: 27, wide: 31 } as const
const NARROW = 400
/** Radius that the words in the disc need, kept where the ring has so much room. */
const LEAST_HUB = 74
const MOST_HUB_SHARE = 0.6
/** Distance of a number from its mark, and the least room that it needs along the ring. */
export const NUMBER_ASIDE = 12
const LEAST_NUMBERED = 16
const TICK_SHARE = 0.45
const REACH = 14
/** Room between the disc in the middle and the edges that go round it, px. */
const HUB_GAP = 7
/** Depth of an edge between neighbours, as a share of the radius, and its growth with their distance: a chord would be hidden on the rim. */
const BEND = { depth: 0.08, growth: 0.3 } as const

/** @param star - true where all submit to the middle and no meter knows another */
export function ringShape(size: number, count: number, star: boolean): RingShape {
  const narrow = size < NARROW
  const centre = size / 2
  const radius = Math.max(1, centre - (narrow ? RING_MARGIN.narrow : RING_MARGIN.wide))
  const spacing = count > 0 ? (2 * Math.PI * radius) / count : radius
  const mark = Math.min(MOST_MARK[narrow ? 'narrow' : 'wide'], Math.max(LEAST_MARK, spacing * 0.33))
  const places = Array.from({ length: count }, (_, i) => placeAt(centre, radius, angleOf(i, count)))
  const hub = Math.max(radius * HUB_SHARE[star ? 'star' : 'mesh'], Math.min(LEAST_HUB, radius * MOST_HUB_SHARE))
  return {
    size,
    centre,
    radius,
    hub,
    mark,
    tick: spacing * TICK_SHARE,
    dense: mark < LEAST_DISC,
    numbered: count > 0 && (2 * Math.PI * (radius + mark + NUMBER_ASIDE)) / count >= LEAST_NUMBERED,
    places
  }
}

function angleOf(index: number, count: number): number {
  return (2 * Math.PI * index) / Math.max(1, count)
}

function placeAt(centre: number, radius: number, angle: number): Point {
  return { x: centre + radius * Math.sin(angle), y: centre - radius * Math.cos(angle) }
}

/** Gives the point on the line from the centre through a place, at a share of its way; beyond the place above 1. */
export function along(place: Point, centre: number, share: number): Point {
  return { x: centre + (place.x - centre) * share, y: centre + (place.y - centre) * share }
}

/**
 * Gives the control point of the curve between two places, the same from both ends. An edge runs straight across where it can,
 * bends inwards between neighbours, and goes round the disc in the middle: below it, it would look as if it ended there.
 */
export function controlOf(shape: RingShape, a: number, b: number): Point {
  const { centre, radius, hub, places } = shape
  const [first, last] = [Math.min(a, b), Math.max(a, b)].map(index => angleOf(index, places.length)) as [number, number]
  const turn = Math.atan2(Math.sin(last - first), Math.cos(last - first))
  const apart = Math.abs(turn) / Math.PI
  const chordMiddle = radius * Math.cos(turn / 2)
  const bent = radius * (1 - BEND.depth - BEND.growth * apart)
  const middle = Math.max(hub + HUB_GAP, Math.min(chordMiddle, bent))
  return placeAt(centre, 2 * middle - chordMiddle, first + turn / 2)
}

/** Tells whether all meters that share a mask with anybody share one with all others; absent ones share none. */
export function isComplete(edges: readonly (readonly [number, number])[]): boolean {
  const ends = new Set(edges.flat()).size
  return ends > 1 && edges.length >= (ends * (ends - 1)) / 2
}

/** Finds the index of the meter at a point; undefined where none is near enough to be meant. */
export function meterAt(shape: RingShape, { x, y }: Point): number | undefined {
  const count = shape.places.length
  if (count === 0) return undefined
  const [dx, dy] = [x - shape.centre, y - shape.centre]
  const index = Math.round((Math.atan2(dx, -dy) / (2 * Math.PI)) * count + count) % count
  const place = shape.places[index]
  if (!place) return undefined
  return Math.hypot(x - place.x, y - place.y) <= shape.mark + REACH ? index : undefined
}

/** Gives the index that a key leads to, round the ring from last to first; undefined where the key does not move. */
export function moved(key: string, index: number, count: number): number | undefined {
  if (count === 0) return undefined
  const tenth = Math.max(1, Math.round(count / 10))
  const around = (steps: number): number => (((index + steps) % count) + count) % count
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return around(1)
    case 'ArrowLeft':
    case 'ArrowUp':
      return around(-1)
    case 'PageDown':
      return around(tenth)
    case 'PageUp':
      return around(-tenth)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return undefined
  }
}

/** Finds the index of the household whose number was typed, or else of the lowest number that begins so. */
export function typedIndex(households: readonly number[], typed: string): number | undefined {
  const exact = households.indexOf(Number(typed))
  if (exact >= 0) return exact
  const begins = households.filter(household => String(household).startsWith(typed))
  return begins.length > 0 ? households.indexOf(Math.min(...begins)) : undefined
}
