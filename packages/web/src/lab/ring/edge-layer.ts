// The canvas layer of edges and numbers.
import type { Palette } from './palette.ts'
import { along, controlOf, isComplete, NUMBER_ASIDE, type Point, type RingShape, ringShape } from './ring-geometry.ts'
import type { RingScene } from './ring-scene.ts'

/** Opacity of edges, which are the fainter the more there are. */
const EDGE_ALPHA = { most: 0.55, least: 0.07, byCount: 6 } as const
/** Number of edges from which on they are hairlines. */
const MANY_EDGES = 1500
const NUMBER_FONT = '11px system-ui, sans-serif'
const CHOSEN_FONT = 'bold 12px system-ui, sans-serif'

interface NumberStyle {
  readonly font: string
  readonly colour: string
}

/** Layer of edges and numbers below the marks. A canvas of its own is drawn only when they change, since there may be thousands. */
export class EdgeLayer {
  readonly #canvas = document.createElement('canvas')
  #scene: Pick<RingScene, 'meters' | 'edges' | 'star'> = { meters: [], edges: [], star: false }
  #shape: RingShape = ringShape(1, 0, false)
  #index: ReadonlyMap<number, number> = new Map()
  #neighbours: ReadonlyMap<number, readonly number[]> = new Map()
  #paintedWith: Palette | undefined

  /** @param index - place of each household on the ring */
  lay(scene: RingScene, shape: RingShape, index: ReadonlyMap<number, number>): void {
    const neighbours = new Map<number, number[]>(scene.meters.map(({ household }) => [household, []]))
    for (const [a, b] of scene.edges) {
      neighbours.get(a)?.push(b)
      neighbours.get(b)?.push(a)
    }
    this.#neighbours = neighbours
    this.#scene = scene
    this.#shape = shape
    this.#index = index
    this.#paintedWith = undefined
  }

  /** Gives the layer, as large as the ring times the device's pixel ratio. */
  canvas(palette: Palette): HTMLCanvasElement {
    if (this.#paintedWith !== palette) this.#paint(palette)
    return this.#canvas
  }

  /** Draws the edges of the chosen meter with its number where others have none, and dashed those whose masks are released because one end is missing. */
  paintSpecial(context: CanvasRenderingContext2D, { selected, sets }: RingScene, palette: Palette): void {
    if (selected !== undefined) {
      context.strokeStyle = palette.accent
      context.lineWidth = this.#shape.dense ? 1 : 1.75
      for (const other of this.#neighbours.get(selected) ?? []) this.#strokeEdge(context, selected, other)
      const place = this.#shape.places[this.#index.get(selected) ?? -1]
      if (place && !this.#shape.numbered) this.#writeNumber(context, place, selected, { font: CHOSEN_FONT, colour: palette.ink })
    }
    context.strokeStyle = palette.warn
    context.lineWidth = 1.5
    context.setLineDash([5, 4])
    for (const missing of sets.missing) {
      for (const other of this.#neighbours.get(missing) ?? []) if (sets.releasing.has(other)) this.#strokeEdge(context, missing, other)
    }
    context.setLineDash([])
  }

  #paint(palette: Palette): void {
    const context = this.#canvas.getContext('2d')
    if (!context) return
    this.#paintedWith = palette
    const { centre, places, radius, size } = this.#shape
    const { star, edges } = this.#scene
    const pixels = Math.max(1, Math.round(size * devicePixelRatio))
    this.#canvas.width = pixels
    this.#canvas.height = pixels
    context.scale(devicePixelRatio, devicePixelRatio)
    const count = star ? places.length : edges.length
    context.strokeStyle = palette.accent
    context.globalAlpha = Math.min(EDGE_ALPHA.most, Math.max(EDGE_ALPHA.least, EDGE_ALPHA.byCount / Math.sqrt(count || 1)))
    context.lineWidth = count > MANY_EDGES ? 0.7 : 1
    if (star) this.#strokeSpokes(context)
    // Strokes one by one, so that edges grow darker where many lie over each other. Where each has an edge to each, all of
    // them are a grey disc that tells nothing.
    else if (!isComplete(edges)) for (const [a, b] of edges) this.#strokeEdge(context, a, b)
    context.globalAlpha = 1
    context.lineWidth = 1
    context.strokeStyle = palette.line
    context.beginPath()
    context.arc(centre, centre, radius, 0, 2 * Math.PI)
    context.stroke()
    this.#writeNumbers(context, palette)
  }

  #strokeSpokes(context: CanvasRenderingContext2D): void {
    const { centre, places } = this.#shape
    context.beginPath()
    for (const { x, y } of places) {
      context.moveTo(x, y)
      context.lineTo(centre, centre)
    }
    context.stroke()
  }

  #strokeEdge(context: CanvasRenderingContext2D, a: number, b: number): void {
    const [from, to] = [this.#index.get(a), this.#index.get(b)]
    if (from === undefined || to === undefined) return
    const [start, end] = [this.#shape.places[from], this.#shape.places[to]]
    if (!start || !end) return
    const control = controlOf(this.#shape, from, to)
    context.beginPath()
    context.moveTo(start.x, start.y)
    context.quadraticCurveTo(control.x, control.y, end.x, end.y)
    context.stroke()
  }

  /** Writes the households' numbers outside the ring, where there is room. */
  #writeNumbers(context: CanvasRenderingContext2D, palette: Palette): void {
    const { places, numbered } = this.#shape
    if (!numbered) return
    places.forEach((place, i) => {
      const household = this.#scene.meters[i]?.household
      if (household !== undefined) this.#writeNumber(context, place, household, { font: NUMBER_FONT, colour: palette.muted })
    })
  }

  #writeNumber(context: CanvasRenderingContext2D, place: Point, household: number, { font, colour }: NumberStyle): void {
    const { centre, radius, mark } = this.#shape
    const { x, y } = along(place, centre, 1 + (mark + NUMBER_ASIDE) / radius)
    context.font = font
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    context.fillStyle = colour
    context.fillText(String(household), x, y)
  }
}
