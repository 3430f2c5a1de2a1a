// Captions: what an exhibit shows, how many runs and slots it rests on, what its whiskers are, and the command that makes it.
import { counted } from '@hushgrid/primitives'
import { LEAST_RUNS } from '../file/defaults.ts'
import type { Basis } from '../values/basis.ts'
import { type Scene, sceneRemarks } from '../values/scene.ts'
import type { Exhibit, Made } from './exhibit.ts'

/** Gives the one command that makes an exhibit again, without a run. */
export function commandOf({ command }: Pick<Scene, 'command'>, { name }: Pick<Exhibit, 'name'>): string {
  return `${command} --only ${name}`
}

interface Spread {
  readonly least: number
  readonly most: number
}

/** Gives the least and the largest number of runs of a point. */
function spreadOf({ runs }: Basis): Spread {
  const points = Map.groupBy(runs, ({ point }) => JSON.stringify({ ...point, repeat: 0 }))
  const counts = [...points.values()].map(({ length }) => length)
  return { least: Math.min(...counts), most: Math.max(...counts) }
}

/** Says how many runs and slots there are. */
export function countsText(basis: Basis): string {
  if (basis.runs.length === 0) return 'no run'
  const { least, most } = spreadOf(basis)
  const slots = basis.slots === null ? '' : ` of ${counted(basis.slots, 'slot')}`
  return `${counted(basis.runs.length, 'run')}${slots} in all, ${least === most ? least : `${least} to ${most}`} a point`
}

/** Words of a caption for what is shown, and for its bounds. */
interface BoundsWords {
  readonly values: string
  readonly bounds: string
  /** What values are medians over. */
  readonly over: string
}

/** Says what the bounds of values are. */
function boundsText({ least, most }: Spread, { values, bounds, over }: BoundsWords): string {
  if (most === 1) return 'One run a point: values have no bounds, and say nothing of other runs.'
  const text = (what: string): string => `${values}: medians over ${over}; ${bounds}: ${what}.`
  const interval = `95 % intervals of the median over ${over}, by order statistics`
  if (least >= LEAST_RUNS) return text(interval)
  const range = `the range of the ${over}, which claims nothing beyond them`
  if (most < LEAST_RUNS) return text(`${range}, since an interval takes ${LEAST_RUNS}`)
  return text(`${interval}, and with fewer than ${LEAST_RUNS} ${range}`)
}

/** Says what an exhibit rests on; nothing where no run is in it. */
function basisTexts({ basis, bounds, figures }: Made): readonly string[] {
  if (!basis || basis.runs.length === 0) return []
  const counts = `${countsText(basis)}.`
  if (bounds === 'own') return [counts]
  const words = figures.length > 0 ? { values: 'Marks', bounds: 'whiskers' } : { values: 'Values', bounds: 'bounds' }
  return [counts, boundsText(spreadOf(basis), { ...words, over: bounds === 'pairs' ? 'pairs of runs' : 'runs' })]
}

/** Writes a caption as one paragraph of plain text. */
export function captionText(scene: Scene, exhibit: Pick<Exhibit, 'name'>, made: Made): string {
  const missing = made.missing === undefined ? [] : [`Not there: ${made.missing}.`]
  const runs = made.basis?.runs ?? []
  const remarks = runs.length === 0 ? [] : sceneRemarks({ ...scene, runs }, false)
  return [made.caption, ...missing, ...basisTexts(made), ...remarks, ...made.remarks, `Made by: ${commandOf(scene, exhibit)}`].join(' ')
}
