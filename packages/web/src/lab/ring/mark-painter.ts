// Draws meters' marks on a canvas.
import type { Palette } from './palette.ts'
import type { Point } from './ring-geometry.ts'
import type { Mark } from './ring-marks.ts'

type Trace = (context: CanvasRenderingContext2D, x: number, y: number, r: number) => void

interface Look {
  readonly trace: Trace
  readonly fill?: keyof Palette
  readonly stroke?: keyof Palette
  /** Width of the stroke, as a share of the mark's radius. */
  readonly width?: number
  /** Second look, drawn over the first. */
  readonly over?: Look
}

const TURN = 2 * Math.PI

const disc: Trace = (context, x, y, r) => {
  context.moveTo(x + r, y)
  context.arc(x, y, r, 0, TURN)
}
const scaled =
  (trace: Trace, share: number): Trace =>
  (context, x, y, r) =>
    trace(context, x, y, r * share)
const diamond: Trace = (context, x, y, r) => {
  context.moveTo(x, y - r)
  context.lineTo(x + r, y)
  context.lineTo(x, y + r)
  context.lineTo(x - r, y)
  context.closePath()
}
const square: Trace = (context, x, y, r) => context.rect(x - r, y - r, 2 * r, 2 * r)
const bar: Trace = (context, x, y, r) => {
  context.moveTo(x - r, y)
  context.lineTo(x + r, y)
}
const plus: Trace = (context, x, y, r) => {
  bar(context, x, y, r)
  context.moveTo(x, y - r)
  context.lineTo(x, y + r)
}
const cross: Trace = (context, x, y, r) => {
  context.moveTo(x - r, y - r)
  context.lineTo(x + r, y + r)
  context.moveTo(x + r, y - r)
  context.lineTo(x - r, y + r)
}
const dots: Trace = (context, x, y, r) => {
  for (let i = 0; i < 8; i++) {
    const [cx, cy] = [x + r * Math.cos((i * TURN) / 8), y + r * Math.sin((i * TURN) / 8)]
    disc(context, cx, cy, Math.max(0.8, r * 0.17))
  }
}

/** Looks of the marks, each with a shape of its own, so that it can be told without its colour. */
const LOOKS: Readonly<Record<Mark, Look>> = {
  waiting: { trace: scaled(disc, 0.85), fill: 'panel', stroke: 'muted', width: 0.25 },
  submitted: { trace: disc, fill: 'accent' },
  missing: { trace: diamond, fill: 'panel', stroke: 'bad', width: 0.3, over: { trace: scaled(bar, 0.4), stroke: 'bad', width: 0.3 } },
  releasing: { trace: scaled(disc, 0.55), fill: 'warn', over: { trace: disc, stroke: 'warn', width: 0.25 } },
  refused: { trace: scaled(square, 0.85), fill: 'good', over: { trace: scaled(bar, 0.45), stroke: 'panel', width: 0.3 } },
  absent: { trace: scaled(dots, 0.9), fill: 'muted' },
  down: { trace: scaled(cross, 0.75), stroke: 'bad', width: 0.4 },
  joining: { trace: disc, fill: 'panel', stroke: 'good', width: 0.25, over: { trace: scaled(plus, 0.5), stroke: 'good', width: 0.3 } },
  leaving: { trace: disc, fill: 'panel', stroke: 'warn', width: 0.25, over: { trace: scaled(bar, 0.5), stroke: 'warn', width: 0.3 } }
}

/** Size and colours of a mark. */
export interface MarkStyle {
  readonly r: number
  readonly palette: Palette
}

/** Style of the strokes of a dense ring. */
export interface TickStyle {
  readonly centre: number
  readonly radius: number
  readonly width: number
  readonly palette: Palette
}

/** Draws one mark at many places: one path, however many there are. */
export function paintMarks(context: CanvasRenderingContext2D, mark: Mark, places: readonly Point[], style: MarkStyle): void {
  paintLook(context, LOOKS[mark], places, style)
}

function paintLook(context: CanvasRenderingContext2D, look: Look, places: readonly Point[], style: MarkStyle): void {
  const { r, palette } = style
  context.beginPath()
  for (const { x, y } of places) look.trace(context, x, y, r)
  if (look.fill) {
    context.fillStyle = palette[look.fill]
    context.fill()
  }
  if (look.stroke) {
    context.strokeStyle = palette[look.stroke]
    context.lineWidth = Math.max(1.25, r * (look.width ?? 0.25))
    context.stroke()
  }
  if (look.over) paintLook(context, look.over, places, style)
}

/** Draws marks of a ring too dense for discs: strokes outwards, long once submitted. */
export function paintTicks(
  context: CanvasRenderingContext2D,
  mark: 'waiting' | 'submitted',
  places: readonly Point[],
  { centre, radius, width, palette }: TickStyle
): void {
  const [inner, outer] = mark === 'submitted' ? [-4, 6] : [-1.5, 1.5]
  context.beginPath()
  for (const { x, y } of places) {
    const [ux, uy] = [(x - centre) / radius, (y - centre) / radius]
    context.moveTo(x + ux * inner, y + uy * inner)
    context.lineTo(x + ux * outer, y + uy * outer)
  }
  context.strokeStyle = mark === 'submitted' ? palette.accent : palette.muted
  context.lineWidth = width
  context.stroke()
}
