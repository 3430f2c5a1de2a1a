// Captions: what an exhibit shows, how many runs and slots it rests on, what its whiskers are, and the command that makes it.
import { counted } from '@hushgrid/primitives'
import { type Scene, sceneRemarks } from '../values/scene.ts'
import type { Exhibit, Made } from './exhibit.ts'

/** Gives the one command that makes an exhibit. */
export function commandOf({ command }: Scene['evaluation'], { name }: Pick<Exhibit, 'name'>): string {
  return `${command.replace(/ --only(?: (?!-)\S+)+/g, '')} --only ${name}`
}

/** Says how many runs and slots there are, and what the bounds of their values are. */
export function basisText({ runs, leastRuns }: Scene, drawn = true): string {
  const slots = runs.reduce((sum, run) => sum + run.slots.length, 0)
  const points = Map.groupBy(runs, ({ point: { repeat: _, ...point } }) => JSON.stringify(point))
  const counts = [...points.values()].map(({ length }) => length)
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  const each = least === most ? String(least) : `${least} to ${most}`
  const bounds = boundsText(least, most, leastRuns)
    .replace('whiskers', drawn ? 'whiskers' : 'bounds')
    .replace('Marks', drawn ? 'Marks' : 'Values')
  return `${counted(runs.length, 'run')} of ${counted(slots, 'slot')} in all, ${each} a point. ${bounds}`
}

function boundsText(least: number, most: number, leastRuns: number): string {
  const interval = `95 % intervals of the median over runs, by order statistics`
  if (most === 1) return 'One run a point: values have no bounds, and say nothing of other runs.'
  if (least >= leastRuns) return `Marks: medians over runs; whiskers: ${interval}.`
  const range = 'the range of the runs, which claims nothing beyond them'
  if (most < leastRuns) return `Marks: medians over runs; whiskers: ${range}, since an interval takes ${leastRuns} runs.`
  return `Marks: medians over runs; whiskers: ${interval}, and with fewer than ${leastRuns} runs ${range}.`
}

/** Writes a caption as one paragraph of plain text. */
export function captionText(scene: Scene, exhibit: Pick<Exhibit, 'name'>, made: Made): string {
  const missing = made.missing === undefined ? [] : [`Not there: ${made.missing}.`]
  const measured =
    made.known || made.missing !== undefined ? [] : [basisText(scene, made.figures.length > 0), ...sceneRemarks(scene, false)]
  return [made.caption, ...missing, ...measured, ...made.remarks, `Made by: ${commandOf(scene.evaluation, exhibit)}`].join(' ')
}
