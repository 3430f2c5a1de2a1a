// The figures' font: its files and its widths. Arimo is as wide as Helvetica and Arial, which an SVG falls back on.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import PdfDocument from 'pdfkit'

/** Family that an SVG names; whoever lacks the first has one of the others, of the same widths. */
export const FONT_FAMILY = 'Arimo, Helvetica, Arial, Liberation Sans, sans-serif'

export type Weight = 'regular' | 'bold'
const FILES: Readonly<Record<Weight, readonly string[]>> = {
  regular: ['latin-400', 'greek-400'],
  bold: ['latin-700', 'greek-700']
}

const fileOf = (name: string): string => fileURLToPath(import.meta.resolve(`@fontsource/arimo/files/arimo-${name}-normal.woff`))

/** Part of a text in one font file. */
interface FontRun {
  readonly font: string
  readonly text: string
}

const GREEK = /[\u0370-\u03ff]+/u

/** Splits a text by the file that has its letters: the font comes in a file for each script. */
export function fontRuns(text: string, weight: Weight): readonly FontRun[] {
  const [latin = '', greek = ''] = FILES[weight]
  return text.split(/([\u0370-\u03ff]+)/u).flatMap(part => (part === '' ? [] : [{ font: GREEK.test(part) ? greek : latin, text: part }]))
}

/** Makes the font known to a document, which embeds the letters that it uses. */
export function registerFonts(document: PDFKit.PDFDocument): void {
  for (const name of Object.values(FILES).flat()) document.registerFont(name, readFileSync(fileOf(name)))
}

let measuring: PDFKit.PDFDocument | undefined
const widths = new Map<string, number>()

/** Gives a text's width in points. */
export function textWidth(text: string, size: number, weight: Weight): number {
  const key = `${weight} ${text}`
  let width = widths.get(key)
  if (width === undefined) {
    if (!measuring) {
      measuring = new PdfDocument({ autoFirstPage: false })
      registerFonts(measuring)
    }
    const document = measuring
    width = fontRuns(text, weight).reduce((sum, run) => sum + document.font(run.font).fontSize(100).widthOfString(run.text) / 100, 0)
    widths.set(key, width)
  }
  return width * size
}
