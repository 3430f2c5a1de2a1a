// Draws the ring, frame by frame while something moves.
import { EdgeLayer } from './edge-layer.ts'
import { MarkLayer } from './mark-layer.ts'
import { type Palette, paletteNow } from './palette.ts'
import { along, type RingShape, ringShape } from './ring-geometry.ts'
import { isExpected, markOf } from './ring-marks.ts'
import type { RingScene } from './ring-scene.ts'

interface Pulse {
  readonly from: number
  readonly born: number
  readonly release: boolean
}

const PULSE_MS = 420
/** Reach of a pulse behind its place and before it, as shares of its way. */
const PULSE_TAIL = 0.12
const PULSE_HEAD = 0.04
const FLASH_MS = 700
/** Share of the way to its goal that the arc of submissions covers in 16 ms. */
const ARC_EASE = 0.22
const TOP = -Math.PI / 2
const STILL = matchMedia('(prefers-reduced-motion: reduce)')

/** Draws the ring on a canvas: layers of edges and marks are drawn when they change, pulses in every frame while they move. */
export class RingPainter {
  readonly #canvas: HTMLCanvasElement
  readonly #edges = new EdgeLayer()
  #palette: Palette = paletteNow()
  #scene: RingScene | undefined
  #shape: RingShape = ringShape(1, 0, false)
  #index = new Map<number, number>()
  readonly #marks = new MarkLayer()
  #pulses: Pulse[] = []
  #flash: { readonly born: number; readonly good: boolean } | undefined
  #arc = 0
  #arcGoal = 0
  #frame: number | undefined
  #size = 1

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas
  }

  get shape(): RingShape {
    return this.#shape
  }

  /** @param size - side of the square, CSS px */
  resize(size: number): void {
    this.#size = size
    const pixels = Math.round(size * devicePixelRatio)
    this.#canvas.width = pixels
    this.#canvas.height = pixels
    this.#reshape()
  }

  /** Draws anew after the person's machine has changed between light and dark. */
  recolour(): void {
    this.#palette = paletteNow()
    this.#schedule()
  }

  show(scene: RingScene): void {
    const before = this.#scene
    this.#scene = scene
    if (before?.meters !== scene.meters || before.edges !== scene.edges || before.star !== scene.star) this.#reshape()
    this.#layMarks()
    this.#arcGoal = Math.min(1, scene.sets.submitted.size / (scene.meters.filter(isExpected).length || 1))
    if (before && !STILL.matches) this.#animate(before, scene)
    this.#schedule()
  }

  stop(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    this.#frame = undefined
  }

  #reshape(): void {
    const scene = this.#scene
    this.#shape = ringShape(this.#size, scene?.meters.length ?? 0, scene?.star ?? false)
    this.#index = new Map(scene?.meters.map(({ household }, i) => [household, i]))
    if (scene) this.#edges.lay(scene, this.#shape, this.#index)
    this.#layMarks()
    this.#schedule()
  }

  #layMarks(): void {
    const scene = this.#scene
    if (scene)
      this.#marks.lay(
        this.#shape,
        scene.meters.map(meter => markOf(meter, scene.sets))
      )
  }

  /**
   * Sends a pulse towards the middle for each message that is new in this scene. Drops finished pulses here, since a hidden
   * page draws no frames.
   */
  #animate(before: RingScene, scene: RingScene): void {
    const now = performance.now()
    const sameSlot = scene.slot === before.slot
    const born = (households: ReadonlySet<number>, known: ReadonlySet<number>, release: boolean): Pulse[] =>
      [...households].filter(household => !(sameSlot && known.has(household))).map(from => ({ from, born: now, release }))
    this.#pulses = [
      ...this.#pulses.filter(pulse => now - pulse.born < PULSE_MS),
      ...born(scene.sets.submitted, before.sets.submitted, false),
      ...born(scene.sets.releasing, before.sets.releasing, true)
    ]
    if (scene.over && scene.over.slot !== before.over?.slot) this.#flash = { born: now, good: scene.over.good }
  }

  #schedule(): void {
    this.#frame ??= requestAnimationFrame(now => {
      this.#frame = undefined
      this.#paint(now)
      if (this.#moving(now)) this.#schedule()
    })
  }

  #moving(now: number): boolean {
    return this.#pulses.length > 0 || this.#arc !== this.#arcGoal || (this.#flash !== undefined && now - this.#flash.born < FLASH_MS)
  }

  #paint(now: number): void {
    const context = this.#canvas.getContext('2d')
    const scene = this.#scene
    if (!context || !scene) return
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height)
    context.scale(devicePixelRatio, devicePixelRatio)
    context.drawImage(this.#edges.canvas(this.#palette), 0, 0, this.#size, this.#size)
    this.#edges.paintSpecial(context, scene, this.#palette)
    this.#paintPulses(context, now)
    this.#paintHub(context, scene, now)
    context.drawImage(this.#marks.canvas(this.#palette), 0, 0, this.#size, this.#size)
    this.#paintChoice(context, scene)
  }

  #paintPulses(context: CanvasRenderingContext2D, now: number): void {
    this.#pulses = this.#pulses.filter(({ born }) => now - born < PULSE_MS)
    const { centre, radius, hub, dense, places } = this.#shape
    const way = 1 - hub / radius
    context.lineWidth = dense ? 1.5 : 3
    context.lineCap = dense ? 'butt' : 'round'
    for (const release of [false, true]) {
      context.strokeStyle = release ? this.#palette.warn : this.#palette.accent
      for (const pulse of this.#pulses) {
        const place = places[this.#index.get(pulse.from) ?? -1]
        if (!place || pulse.release !== release) continue
        const gone = (Math.max(0, now - pulse.born) / PULSE_MS) ** 2
        const tail = along(place, centre, 1 - way * Math.max(0, gone - PULSE_TAIL))
        const head = along(place, centre, 1 - way * Math.min(1, gone + PULSE_HEAD))
        // Strokes each by itself: one path of hundreds of strokes takes twice as long to fill.
        context.beginPath()
        context.moveTo(tail.x, tail.y)
        context.lineTo(head.x, head.y)
        context.stroke()
      }
    }
    context.lineCap = 'butt'
  }

  #paintHub(context: CanvasRenderingContext2D, scene: RingScene, now: number): void {
    const { centre, hub } = this.#shape
    const palette = this.#palette
    context.beginPath()
    context.arc(centre, centre, hub, 0, 2 * Math.PI)
    context.fillStyle = palette.panel
    context.fill()
    context.lineWidth = 4
    context.strokeStyle = scene.aggregatorUp ? palette.line : palette.bad
    context.setLineDash(scene.aggregatorUp ? [] : [6, 6])
    context.stroke()
    context.setLineDash([])
    const rest = this.#arcGoal - this.#arc
    this.#arc = STILL.matches || Math.abs(rest) < 0.004 || rest < 0 ? this.#arcGoal : this.#arc + rest * ARC_EASE
    if (this.#arc > 0 && scene.aggregatorUp) {
      context.beginPath()
      context.arc(centre, centre, hub, TOP, TOP + this.#arc * 2 * Math.PI)
      context.strokeStyle = palette.accent
      context.stroke()
    }
    const since = this.#flash ? (now - this.#flash.born) / FLASH_MS : 1
    if (!this.#flash || since >= 1 || since < 0) return
    context.beginPath()
    context.arc(centre, centre, hub + since * 22, 0, 2 * Math.PI)
    context.globalAlpha = 1 - since
    context.lineWidth = 3
    context.strokeStyle = this.#flash.good ? palette.good : palette.bad
    context.stroke()
    context.globalAlpha = 1
  }

  #paintChoice(context: CanvasRenderingContext2D, { selected, active }: RingScene): void {
    for (const [household, dash] of [
      [selected, []],
      [active, [3, 3]]
    ] as const) {
      const index = household === undefined ? undefined : this.#index.get(household)
      const place = index === undefined ? undefined : this.#shape.places[index]
      if (!place) continue
      context.beginPath()
      context.arc(place.x, place.y, Math.max(8, this.#shape.mark + 5) + (dash.length > 0 ? 4 : 0), 0, 2 * Math.PI)
      context.setLineDash([...dash])
      context.lineWidth = 2.5
      context.strokeStyle = this.#palette.ink
      context.stroke()
      context.setLineDash([])
    }
  }
}
