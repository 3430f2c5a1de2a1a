import type { Mark } from '../contender.ts'

/** Colours that differ in brightness, after Okabe and Ito 2008. */
const COLOURS = ['#0b3c5d', '#d55e00', '#009e73', '#7a4b94', '#56b4e9', '#8a6d00', '#cc79a7', '#4d4d4d'] as const
/** Depth of a star's notches, by length of the key: the longer, the deeper. */
const NOTCHES = [0.8, 0.55, 0.3] as const
const FEWEST_POINTS = 3

/** Draws a star as a path of Vega's. */
function star(points: number, notch: number): string {
  const corners = Array.from({ length: 2 * points }, (_, i) => {
    const angle = (Math.PI * i) / points
    const radius = i % 2 === 0 ? 1 : notch
    return `${(radius * Math.sin(angle)).toFixed(3)},${(-radius * Math.cos(angle)).toFixed(3)}`
  })
  return `M${corners.join('L')}Z`
}

/** Gives the marks of a scheme, which are no other's: a star with as many points as its place says. */
export function starMarks(place: number, lengths: number): readonly [Mark, ...Mark[]] {
  const colour = COLOURS[place % COLOURS.length] ?? COLOURS[0]
  const markOf = (notch: number, i: number): Mark => ({
    colour,
    shape: star(FEWEST_POINTS + place, notch),
    dash: [2 + (place % 5), 2 + i]
  })
  return [markOf(NOTCHES[0], 0), ...NOTCHES.slice(1, lengths).map((notch, i) => markOf(notch, i + 1))]
}
