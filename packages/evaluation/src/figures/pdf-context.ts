// A page of a PDF as the drawing context of a canvas: the part of its interface that Vega's renderer calls, no more.

import { fontRuns, textWidth, type Weight } from './font.ts'

type Operation = (document: PDFKit.PDFDocument) => void

/** Map of the plane, as PDF and canvas write it. */
type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number]

/** Style that a context keeps and PDFKit does not, since it sets both paint and path at once. */
interface Style {
  fillStyle: string
  strokeStyle: string
  globalAlpha: number
  lineWidth: number
  lineCap: string
  lineJoin: string
  miterLimit: number
  lineDashOffset: number
  font: string
  textAlign: string
  dash: readonly number[]
  matrix: Matrix
}

const FIRST: Style = {
  fillStyle: '#000000',
  strokeStyle: '#000000',
  globalAlpha: 1,
  lineWidth: 1,
  lineCap: 'butt',
  lineJoin: 'miter',
  miterLimit: 10,
  lineDashOffset: 0,
  font: '10px sans-serif',
  textAlign: 'left',
  dash: [],
  matrix: [1, 0, 0, 1, 0, 0]
}

/**
 * Context that draws lines, areas and text into a PDF as such, so that a page can be enlarged as far as one likes. It maps
 * points itself: on a canvas a path keeps the place it had when it was made, in a PDF it goes with the map at painting.
 */
export class PdfContext implements Style {
  fillStyle = FIRST.fillStyle
  strokeStyle = FIRST.strokeStyle
  globalAlpha = FIRST.globalAlpha
  lineWidth = FIRST.lineWidth
  lineCap = FIRST.lineCap
  lineJoin = FIRST.lineJoin
  miterLimit = FIRST.miterLimit
  lineDashOffset = FIRST.lineDashOffset
  font = FIRST.font
  textAlign = FIRST.textAlign
  dash: readonly number[] = FIRST.dash
  matrix: Matrix = FIRST.matrix
  globalCompositeOperation = 'source-over'
  readonly #document: PDFKit.PDFDocument
  readonly #paint: (colour: string) => string
  readonly #kept: Style[] = []
  /** Operations of the path that is being made; painted, it is gone in a PDF and not in a canvas. */
  #path: Operation[] = []

  /** @param paint - gives the colour that is drawn for one that is asked for */
  constructor(document: PDFKit.PDFDocument, paint: (colour: string) => string) {
    this.#document = document
    this.#paint = paint
  }

  save(): void {
    const kept = Object.fromEntries(Object.keys(FIRST).map(key => [key, this[key as keyof Style]])) as unknown as Style
    this.#kept.push(kept)
    this.#document.save()
  }

  restore(): void {
    Object.assign(this, this.#kept.pop())
    this.#document.restore()
  }

  translate(x: number, y: number): void {
    this.#map([1, 0, 0, 1, x, y])
  }

  scale(x: number, y: number): void {
    this.#map([x, 0, 0, y, 0, 0])
  }

  rotate(radians: number): void {
    const [cos, sin] = [Math.cos(radians), Math.sin(radians)]
    this.#map([cos, sin, -sin, cos, 0, 0])
  }

  #map([a, b, c, d, e, f]: Matrix): void {
    const [A, B, C, D, E, F] = this.matrix
    this.matrix = [A * a + C * b, B * a + D * b, A * c + C * d, B * c + D * d, A * e + C * f + E, B * e + D * f + F]
  }

  #at(x: number, y: number): [number, number] {
    const [a, b, c, d, e, f] = this.matrix
    return [a * x + c * y + e, b * x + d * y + f]
  }

  setLineDash(dash: readonly number[]): void {
    this.dash = dash
  }

  beginPath(): void {
    this.#path = []
  }

  closePath(): void {
    this.#path.push(document => document.closePath())
  }

  moveTo(x: number, y: number): void {
    const to = this.#at(x, y)
    this.#path.push(document => document.moveTo(...to))
  }

  lineTo(x: number, y: number): void {
    const to = this.#at(x, y)
    this.#path.push(document => document.lineTo(...to))
  }

  bezierCurveTo(...[ax, ay, bx, by, x, y]: readonly [number, number, number, number, number, number]): void {
    const [a, b, to] = [this.#at(ax, ay), this.#at(bx, by), this.#at(x, y)]
    this.#path.push(document => document.bezierCurveTo(...a, ...b, ...to))
  }

  quadraticCurveTo(ax: number, ay: number, x: number, y: number): void {
    const [a, to] = [this.#at(ax, ay), this.#at(x, y)]
    this.#path.push(document => document.quadraticCurveTo(...a, ...to))
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.moveTo(x, y)
    this.lineTo(x + width, y)
    this.lineTo(x + width, y + height)
    this.lineTo(x, y + height)
    this.closePath()
  }

  /** Draws an arc as quarter turns at most, each a curve of third order. */
  arc(...[x, y, radius, from, to]: readonly [number, number, number, number, number]): void {
    const pieces = Math.max(1, Math.ceil(Math.abs(to - from) / (Math.PI / 2) - 1e-9))
    const step = (to - from) / pieces
    const reach = (4 / 3) * Math.tan(step / 4) * radius
    const at = (angle: number): readonly [number, number] => [x + radius * Math.cos(angle), y + radius * Math.sin(angle)]
    const [startX, startY] = at(from)
    if (this.#path.length === 0) this.moveTo(startX, startY)
    else this.lineTo(startX, startY)
    for (let i = 0; i < pieces; i++) {
      const [a, b] = [from + i * step, from + (i + 1) * step]
      const [[ax, ay], [bx, by]] = [at(a), at(b)]
      this.bezierCurveTo(ax - reach * Math.sin(a), ay + reach * Math.cos(a), bx + reach * Math.sin(b), by - reach * Math.cos(b), bx, by)
    }
  }

  clip(): void {
    this.#trace().clip()
  }

  fill(): void {
    this.#trace().fillColor(this.#paint(this.fillStyle), this.globalAlpha).fill()
  }

  stroke(): void {
    const document = this.#trace()
    document
      .lineWidth(this.lineWidth)
      .lineCap(this.lineCap as 'butt')
      .lineJoin(this.lineJoin as 'miter')
      .miterLimit(this.miterLimit)
    const [on = 0, off = on] = this.dash
    // PDFKit takes no gap of nothing; a line without one is whole.
    if (on > 0 && off > 0) document.dash([...this.dash] as unknown as number, { phase: this.lineDashOffset })
    else document.undash()
    document.strokeColor(this.#paint(this.strokeStyle), this.globalAlpha).stroke()
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.beginPath()
    this.rect(x, y, width, height)
    this.fill()
  }

  fillText(text: string, x: number, y: number): void {
    const { size, weight } = fontOf(this.font)
    const width = textWidth(text, size, weight)
    let left = this.textAlign === 'center' ? x - width / 2 : this.textAlign === 'right' ? x - width : x
    this.#document.save()
    this.#document
      .transform(...this.matrix)
      .fontSize(size)
      .fillColor(this.#paint(this.fillStyle), this.globalAlpha)
    for (const run of fontRuns(text, weight)) {
      this.#document.font(run.font).text(run.text, left, y, { lineBreak: false, baseline: 'alphabetic' })
      left += textWidth(run.text, size, weight)
    }
    this.#document.restore()
  }

  #trace(): PDFKit.PDFDocument {
    for (const operation of this.#path) operation(this.#document)
    return this.#document
  }
}

/** Reads size and weight out of a font as CSS writes it, "bold 9px Arimo". */
function fontOf(font: string): { readonly size: number; readonly weight: Weight } {
  const [, size = '10'] = /([\d.]+)px/.exec(font) ?? []
  return { size: Number(size), weight: /bold|[67]00/.test(font) ? 'bold' : 'regular' }
}
