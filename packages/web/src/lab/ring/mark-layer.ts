import { paintMarks, paintTicks } from './mark-painter.ts'
import type { Palette } from './palette.ts'
import { along, type RingShape, ringShape } from './ring-geometry.ts'
import { MARKS, type Mark, NOTEWORTHY } from './ring-marks.ts'

/** Distance and size of noteworthy marks, which are drawn outside a dense ring, px. */
const OUTSIDE = 11
const NOTEWORTHY_MARK = 5
const NOTEWORTHY_SCALE = 1.2

/** Layer of the meters' marks. A canvas of its own is drawn only when a mark changes, not in every frame of the animation. */
export class MarkLayer {
  readonly #canvas = document.createElement('canvas')
  #shape: RingShape = ringShape(1, 0, false)
  #marks: readonly Mark[] = []
  #paintedWith: Palette | undefined

  /** @param marks - one mark for each place of the ring */
  lay(shape: RingShape, marks: readonly Mark[]): void {
    if (shape === this.#shape && marks.every((mark, i) => mark === this.#marks[i])) return
    this.#shape = shape
    this.#marks = marks
    this.#paintedWith = undefined
  }

  /** Gives the layer, as large as the ring times the device's pixel ratio. */
  canvas(palette: Palette): HTMLCanvasElement {
    if (this.#paintedWith !== palette) this.#paint(palette)
    return this.#canvas
  }

  #paint(palette: Palette): void {
    const context = this.#canvas.getContext('2d')
    if (!context) return
    this.#paintedWith = palette
    const { places, dense, mark: r, centre, radius, tick, size } = this.#shape
    const pixels = Math.max(1, Math.round(size * devicePixelRatio))
    this.#canvas.width = pixels
    this.#canvas.height = pixels
    context.scale(devicePixelRatio, devicePixelRatio)
    for (const mark of MARKS) {
      const here = places.filter((_, i) => this.#marks[i] === mark)
      if (here.length === 0) continue
      if (!dense) paintMarks(context, mark, here, { r: NOTEWORTHY.has(mark) ? r * NOTEWORTHY_SCALE : r, palette })
      else if (mark === 'waiting' || mark === 'submitted') paintTicks(context, mark, here, { centre, radius, width: tick, palette })
      else {
        const outside = here.map(place => along(place, centre, 1 + OUTSIDE / radius))
        paintMarks(context, mark, outside, { r: NOTEWORTHY_MARK, palette })
      }
    }
  }
}
