// Draws a plan as SVG and PDF, exactly as wide as a column or a page: in points, then in millimetres.

import PdfDocument from 'pdfkit'
import { parse, textMetrics, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import { registerFonts, textWidth } from './font.ts'
import { FIGURE_CONFIG, pointsOf, type Tint, tinted, WIDTHS, type Width } from './look.ts'
import { PdfContext } from './pdf-context.ts'
import type { FigurePlan } from './plan.ts'

declare module 'vega' {
  /** Measures text; without a screen Vega guesses, unless it is told. */
  export const textMetrics: {
    width: (item: { readonly fontSize?: number; readonly fontWeight?: string | number }, text: unknown) => number
  }
}

/** A drawing in both forms. */
export interface Drawing {
  readonly svg: string
  readonly pdf: Uint8Array
}

const GAP = 10
/** Room of an axis, from which the true one is found. */
const AXIS_GUESS = 26
const LEAST_PANEL = 40
/** Draws until the whole is as wide as it should be; labels of axes change a little with the width. */
const MOST_TRIES = 4

function specOf({ panels, columns, valueTitle }: FigurePlan, panelWidth: number, width: Width): TopLevelSpec {
  const beside = Math.min(columns[width], panels.length)
  const concat = panels.map((panel, i) => panel({ width: panelWidth, column: i % beside }))
  const resolve = {
    scale: { x: 'independent', y: 'independent', shape: 'independent', fill: 'independent', stroke: 'independent', yOffset: 'independent' }
  }
  const title = valueTitle === undefined ? {} : { title: { text: valueTitle, anchor: 'start', fontWeight: 'normal', offset: 5 } }
  return { ...title, config: FIGURE_CONFIG, concat, columns: beside, spacing: GAP, resolve } as unknown as TopLevelSpec
}

/** Runs a function while Vega knows the true widths of text. */
async function measured<Result>(run: () => Promise<Result>): Promise<Result> {
  const before = textMetrics.width
  textMetrics.width = (item, text) => {
    const bold = item.fontWeight === 'bold' || Number(item.fontWeight) >= 600
    return text === null || text === undefined ? 0 : textWidth(String(text), item.fontSize ?? 11, bold ? 'bold' : 'regular')
  }
  try {
    return await run()
  } finally {
    textMetrics.width = before
  }
}

async function withView<Result>(spec: TopLevelSpec, use: (view: View) => Promise<Result>): Promise<Result> {
  const view = new View(parse(compile(spec).spec), { renderer: 'none' })
  try {
    return await use(view)
  } finally {
    view.finalize()
  }
}

/** Reads the size that Vega gave a drawing, in points. */
function sizeOf(svg: string): { readonly width: number; readonly height: number } {
  const [, width = '0', height = '0'] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? []
  return { width: Number(width), height: Number(height) }
}

/** Draws a figure once, and gives it in each tint. */
export async function drawFigure(plan: FigurePlan, width: Width): Promise<Readonly<Record<Tint, Drawing>>> {
  return await measured(async () => {
    const beside = Math.min(plan.columns[width], plan.panels.length)
    const target = pointsOf(width)
    let panelWidth = target / beside - AXIS_GUESS
    for (let tries = 1; ; tries++) {
      const spec = specOf(plan, panelWidth, width)
      const found = await withView(spec, async view => {
        const svg = await view.toSVG()
        const size = sizeOf(svg)
        const isLast = tries === MOST_TRIES || Math.abs(size.width - target) <= 1
        return { size, drawings: isLast ? await drawingsOf(view, svg, plan, width) : undefined }
      })
      if (found.drawings) return found.drawings
      panelWidth = Math.max(LEAST_PANEL, panelWidth + (target - found.size.width) / beside)
    }
  })
}

async function drawingsOf(view: View, svg: string, { alt }: FigurePlan, width: Width): Promise<Readonly<Record<Tint, Drawing>>> {
  const sized = svgText(svg, width, alt)
  const inTint = async (tint: Tint): Promise<Drawing> => ({
    svg: sized.replace(/"(#[0-9a-f]{6})"/g, (_, colour: string) => `"${tinted(colour, tint)}"`),
    pdf: await pdfOf(view, pointsOf(width), sizeOf(svg), tint)
  })
  return { colour: await inTint('colour'), grey: await inTint('grey') }
}

/** States the width in millimetres, and leaves the font to the reader's own of the same widths. */
function svgText(svg: string, width: Width, alt: string): string {
  const size = sizeOf(svg)
  const height = ((WIDTHS[width] * size.height) / size.width).toFixed(2)
  const words = alt.replace(/[&<>"]/g, sign => `&#${sign.charCodeAt(0)};`)
  return svg
    .replace(/<svg [^>]*>/, head =>
      head
        .replace(/ width="[^"]*"/, ` width="${WIDTHS[width]}mm"`)
        .replace(/ height="[^"]*"/, ` height="${height}mm"`)
        .replace(/ class="marks"/, ` role="img" aria-label="${words}"`)
    )
    .concat('\n')
}

async function pdfOf(
  view: View,
  target: number,
  size: { readonly width: number; readonly height: number },
  tint: Tint
): Promise<Uint8Array> {
  const scale = target / size.width
  // No date: the same results give the same file.
  const document = new PdfDocument({
    size: [target, size.height * scale],
    margin: 0,
    info: { CreationDate: new Date(0), ModDate: new Date(0) }
  })
  registerFonts(document)
  const chunks: Uint8Array[] = []
  const done = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    document.on('end', resolve)
    document.on('error', reject)
  })
  document.scale(scale, scale)
  await view.toCanvas(1, { externalContext: new PdfContext(document, colour => tinted(colour, tint)) })
  document.end()
  await done
  return Buffer.concat(chunks)
}
