// Look of figures: sizes of a thesis's columns, and marks that tell all contenders of a family apart, without colour too.

import type { Config } from 'vega-lite'
import { KNOWN_CONTENDERS, knownContender } from '../values/contender-facts.ts'
import { FONT_FAMILY } from './font.ts'

/** Widths of figures, mm: a column of a page, and all of its text. */
export const WIDTHS = { column: 85, full: 170 } as const
export type Width = keyof typeof WIDTHS

const POINTS_PER_MM = 72 / 25.4

/** Gives a width in points, the unit in which figures are laid out. */
export function pointsOf(width: Width): number {
  return WIDTHS[width] * POINTS_PER_MM
}

/** Colours for screens and colour print, or greys. */
export type Tint = 'colour' | 'grey'

export interface SeriesMark {
  readonly colour: string
  /** Paint inside the mark: its colour, or white where the mark is hollow. */
  readonly fill: string
  readonly shape: string
  readonly dash: readonly number[]
}

const SHAPES = [
  'circle',
  'square',
  'triangle-up',
  'diamond',
  'triangle-down',
  'cross',
  'M-0.35,-1H0.35L1,-0.35V0.35L0.35,1H-0.35L-1,0.35V-0.35Z',
  'M0,-1L0.24,-0.32L0.95,-0.31L0.38,0.12L0.59,0.81L0,0.4L-0.59,0.81L-0.38,0.12L-0.95,-0.31L-0.24,-0.32Z'
] as const
/** Colours after Okabe and Ito 2008, without yellow, which is too faint for lines. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#a8447f', '#c98a00', '#3b9fd6', '#222222', '#7d7d7d'] as const
const GREYS = ['#000000', '#6e6e6e', '#3a3a3a', '#8c8c8c', '#000000', '#6e6e6e', '#3a3a3a', '#8c8c8c'] as const
/** Grey of each colour, for print without colour; marks and dashes are the same, and tell lines apart by themselves. */
const GREY_OF: ReadonlyMap<string, string> = new Map(COLOURS.map((colour, i) => [colour, GREYS[i] ?? '#000000']))

/** Gives a colour as a tint has it; what belongs to no series stays as it is. */
export function tinted(colour: string, tint: Tint): string {
  return tint === 'grey' ? (GREY_OF.get(colour) ?? colour) : colour
}

const DASHES = [
  [1, 0],
  [5, 2],
  [1.5, 1.5],
  [6, 1.5, 1.5, 1.5],
  [3, 1.5],
  [8, 2],
  [1, 2.5],
  [4, 1.5, 1, 1.5, 1, 1.5]
] as const

/** Place of a contender within its family, which is the same in every figure of every evaluation. */
function placeInFamily(contender: string): number {
  const { family } = knownContender(contender)
  return Math.max(
    0,
    KNOWN_CONTENDERS.filter(each => each.family === family).findIndex(({ name }) => name === contender)
  )
}

const at = <Each>(list: readonly Each[], place: number): Each => list[place % list.length] as Each

/** Gives the mark of a contender; its second series, as with a longer key, is hollow, and further ones take another shape. */
export function markOf(contender: string, variant: number): SeriesMark {
  const place = placeInFamily(contender)
  const further = Math.floor(variant / 2)
  const colour = at(COLOURS, place)
  return {
    colour,
    fill: variant % 2 === 0 ? colour : '#ffffff',
    shape: at(SHAPES, place + 3 * further),
    dash: at(DASHES, place + 3 * further + (variant % 2))
  }
}

/** Marks of kinds that stand beside each other in a row: join, leave and crash, or a day and a month. */
export function kindMark(place: number): SeriesMark {
  const colour = at(COLOURS, place)
  return { colour, fill: place % 2 === 0 ? colour : '#ffffff', shape: at(SHAPES, place), dash: [1, 0] }
}

const INK = '#1a1a1a'

/** Sizes of text, points. */
const LABEL = 6.5
const TITLE = 7

/** Configuration of figures: text as small as a thesis may print it, lines that survive print. */
export const FIGURE_CONFIG: Config = {
  background: '#ffffff',
  // The drawing as a whole has its words; a label for each mark would make files several times as large.
  aria: false,
  font: FONT_FAMILY,
  padding: 2,
  view: { stroke: '#8a8a8a', strokeWidth: 0.5 },
  title: { anchor: 'start', fontSize: TITLE, fontWeight: 'bold', color: INK, offset: 3, frame: 'group' },
  axis: {
    labelFontSize: LABEL,
    titleFontSize: TITLE,
    titleFontWeight: 'normal',
    labelColor: INK,
    titleColor: INK,
    gridColor: '#e2e2e2',
    gridWidth: 0.4,
    domainColor: '#666666',
    domainWidth: 0.5,
    tickColor: '#666666',
    tickWidth: 0.5,
    tickSize: 2.5,
    labelPadding: 2,
    titlePadding: 3
  },
  legend: {
    labelFontSize: LABEL,
    titleFontSize: LABEL,
    labelColor: INK,
    titleColor: INK,
    symbolSize: 26,
    symbolStrokeWidth: 0.8,
    rowPadding: 1,
    columnPadding: 6,
    labelOffset: 3,
    labelLimit: 220,
    padding: 0,
    offset: 4,
    title: null
  }
}
