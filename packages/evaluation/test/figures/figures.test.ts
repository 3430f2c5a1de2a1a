// Figures as files: sizes, marks at their n, greys, fonts.
import { describe, expect, it } from 'vitest'
import { dotPanel } from '../../src/figures/dot-panel.ts'
import { drawFigure } from '../../src/figures/draw.ts'
import { linePanels } from '../../src/figures/line-panel.ts'
import { kindMark, markOf } from '../../src/figures/look.ts'
import { PdfContext } from '../../src/figures/pdf-context.ts'
import { KNOWN_CONTENDERS } from '../../src/values/contender-facts.ts'

const SIZES = [10, 20, 50]
const lines = ['dcnet', 'dcnet-double', 'marmol'].map((label, i) => ({
  label,
  group: 'masks',
  mark: markOf(label, 0),
  points: SIZES.map(x => ({ x, median: 10 ** i, low: 0.9 * 10 ** i, high: 1.2 * 10 ** i }))
}))
const { panels, words } = linePanels(lines, { xTitle: 'meters n', xLog: true, height: 80 })
const plan = { name: 'test', alt: 'A “test” & more', panels, valueTitle: `CPU (ms)${words}`, columns: { column: 2, full: 3 } }

/** Gives the places of all marks of the lines, points of the drawing. */
function marksOf(svg: string): { readonly x: number; readonly y: number }[] {
  const groups = [...svg.matchAll(/<g class="mark-symbol role-mark[^"]*"[^>]*>(.*?)<\/g>/gs)].map(([, inside = '']) => inside)
  return groups.flatMap(inside =>
    [...inside.matchAll(/translate\(([\d.-]+),([\d.-]+)\)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }))
  )
}

describe('a figure', async () => {
  const column = await drawFigure(plan, 'column')
  const full = await drawFigure(plan, 'full')

  it('is as wide as a column or a page, in millimetres and in points', () => {
    expect(column.colour.svg).toMatch(/^<svg [^>]*width="85mm"/)
    expect(full.colour.svg).toMatch(/^<svg [^>]*width="170mm"/)
    const widthOf = (pdf: Uint8Array): number => Number(/MediaBox \[0 0 ([\d.]+)/.exec(Buffer.from(pdf).toString('latin1'))?.[1])
    expect(widthOf(column.colour.pdf)).toBeCloseTo((85 / 25.4) * 72, 1)
    expect(widthOf(full.colour.pdf)).toBeCloseTo((170 / 25.4) * 72, 1)
  })

  it('has every mark at its n, however many others stand there', () => {
    const marks = marksOf(column.colour.svg)
    expect(marks).toHaveLength(lines.length * SIZES.length)
    expect(new Set(marks.map(({ x }) => x)).size).toBe(SIZES.length)
    const [a = 0, b = 0, c = 0] = [...new Set(marks.map(({ x }) => x))].sort((p, q) => p - q)
    expect((c - a) / (b - a)).toBeCloseTo(Math.log(50 / 10) / Math.log(20 / 10), 2)
  })

  it('has nothing but greys in grey, in the same places', () => {
    const colours = [...column.grey.svg.matchAll(/#([0-9a-f]{6})/g)].map(([, hex = '']) => hex)
    expect(colours.length).toBeGreaterThan(10)
    for (const hex of colours) expect(new Set(hex.match(/../g)).size, hex).toBe(1)
    expect(marksOf(column.grey.svg)).toEqual(marksOf(column.colour.svg))
    expect(column.colour.svg).toContain('#0072b2')
  })

  it('has its font in the PDF, and is the same file again', async () => {
    const text = Buffer.from(column.colour.pdf).toString('latin1')
    expect(text.startsWith('%PDF-')).toBe(true)
    expect(text).toMatch(/\/FontName \/[A-Z]{6}\+Arimo-?Regular/)
    expect(text).toContain('/FontFile')
    expect(Buffer.from((await drawFigure(plan, 'column')).colour.pdf).equals(Buffer.from(column.colour.pdf))).toBe(true)
  })

  it('says what it shows, escaped, and has no title of its own', () => {
    expect(column.colour.svg).toContain('aria-label="A “test” &#38; more"')
    expect(words).toBe(', log scale')
    expect(column.colour.svg).toContain('CPU (ms), log scale')
  })
})

describe('marks', () => {
  it('of contenders that share a panel differ without colour', () => {
    for (const own of Map.groupBy(KNOWN_CONTENDERS, ({ family }) => family).values()) {
      const looks = own
        .flatMap(({ name }) => [0, 1].map(variant => markOf(name, variant)))
        .map(({ shape, fill }) => `${shape} ${fill === '#ffffff'}`)
      expect(new Set(looks).size, own[0]?.family).toBe(looks.length)
    }
  })

  it('of kinds in a row differ too', () => {
    expect(new Set([0, 1, 2].map(i => kindMark(i).shape)).size).toBe(3)
  })
})

describe('dots', () => {
  const dot = (label: string, median: number) => ({ label, kind: 'a', median, low: median, high: median })

  it('that cost nothing stand beside those that cost much', () => {
    const [panel] = dotPanel([dot('a', 0), dot('b', 1), dot('c', 1000)], { xTitle: 'bytes', labels: ['a', 'b', 'c'], kinds: ['a'] })
    const drawn = JSON.stringify(panel?.({ width: 100, column: 0 }))
    expect(drawn).toContain('"symlog"')
    expect(drawn).toContain('log scale, linear below 1')
  })

  it('make no panel of nothing', () => {
    expect(dotPanel([], { xTitle: '', labels: [], kinds: [] })).toEqual([])
  })
})

it('keeps a path where it was made, as a canvas does', () => {
  const calls: string[] = []
  const document = new Proxy(
    {},
    {
      get:
        (_, name) =>
        (...args: readonly unknown[]) => {
          calls.push(`${String(name)} ${args.join(' ')}`)
          return document
        }
    }
  ) as PDFKit.PDFDocument
  const context = new PdfContext(document, colour => colour)
  context.translate(10, 20)
  context.beginPath()
  context.moveTo(1, 2)
  context.rotate(Math.PI / 2)
  context.lineTo(5, 0)
  context.translate(-100, -100)
  context.fill()
  expect(calls.slice(0, 2)).toEqual(['moveTo 11 22', 'lineTo 10 25'])
})
