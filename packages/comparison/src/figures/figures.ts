// The figures of a comparison, as SVG.

import { type Mark, type Spread, spread } from '@hushgrid/lab'
import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import { CHANGE_KINDS } from '../report/tables-events.ts'
import { changeCosts, costsPerReading, latencies, setupCosts } from '../results/costs.ts'
import { type Bearer, bearerName, type Combination, headlineOf, rolesIn, seriesOf } from '../results/series.ts'
import { type BarPoint, barPanel, type LinePoint, linePanel, type Panel } from './panels.ts'
import { FIGURE_CONFIG, seriesMarks } from './style.ts'

export const FIGURE_NAMES = ['cpu-meter', 'cpu-collecting', 'cpu-roles', 'bytes', 'latency', 'setup', 'changes'] as const
export type FigureName = (typeof FIGURE_NAMES)[number]

/** A figure's drawing, and its subject in words. */
export interface Figure {
  readonly name: FigureName
  readonly title: string
  readonly caption: string
  readonly svg: string
}

interface Plan {
  readonly title: string
  readonly caption: string
  readonly panels: readonly Panel[]
  /** Largest number of panels beside each other. */
  readonly columns: number
}

const WHISKERS = 'Marks: medians; whiskers: the middle half of the values.'
const APART = 'Marks of one n are set slightly apart so that none hides another.'
const MEGABYTE = 1e6

interface Drawing {
  readonly combinations: readonly Combination[]
  readonly styles: ReadonlyMap<string, Mark>
}

/** Gives a point for each combination with anything to show. */
function pointsAgainstN(combinations: readonly Combination[], values: (combination: Combination) => readonly number[]): LinePoint[] {
  return combinations.flatMap(combination => {
    const found: Spread | null = spread(values(combination))
    return found ? [{ ...found, label: combination.label, n: combination.n }] : []
  })
}

/** Makes one panel against n; none where nothing was measured. */
function against(
  drawing: Drawing,
  yTitle: string,
  values: (combination: Combination) => readonly number[],
  options: Partial<Parameters<typeof linePanel>[2]> = {}
): Panel[] {
  const points = pointsAgainstN(drawing.combinations, values)
  if (points.length === 0) return []
  return [linePanel(points, drawing.styles, { yTitle, width: 520, height: 300, ...options })]
}

const cpuOf = (bearer: Bearer) => (combination: Combination) => costsPerReading(combination.runs, bearer, 'cpuMs')

function rolePanels(drawing: Drawing): readonly Panel[] {
  const roles = rolesIn(drawing.combinations.flatMap(({ runs }) => runs)).filter(role => role !== 'meter')
  return roles.flatMap(role => against(drawing, 'CPU (ms per reading)', cpuOf(role), { title: bearerName(role), width: 290, height: 190 }))
}

function bytesPanels({ combinations }: Drawing): readonly Panel[] {
  const { combinations: chosen } = headlineOf(combinations)
  const kinds = ['on the wire', 'payload'] as const
  const points: BarPoint[] = chosen.flatMap(({ label, runs }) =>
    kinds.flatMap(kind => {
      const found = spread(costsPerReading(runs, 'all', kind === 'payload' ? 'sentPayload' : 'sentBytes'))
      return found ? [{ ...found, label, kind }] : []
    })
  )
  const labels = chosen.map(({ label }) => label).filter(label => points.some(point => point.label === label))
  if (points.length === 0) return []
  return [barPanel(points, labels, kinds, { xTitle: 'bytes sent per reading, all roles (B)', width: 480, names: true })]
}

function setupPanels(drawing: Drawing): readonly Panel[] {
  const small = { width: 290, height: 230 }
  return [
    ...against(drawing, 'time to the first slot (s)', ({ runs }) => runs.map(({ setup }) => setup.ms / 1000), small),
    ...against(drawing, 'bytes sent, all roles (MB)', ({ runs }) => setupCosts(runs, 'all', 'sentBytes').map(bytes => bytes / MEGABYTE), {
      ...small
    })
  ]
}

function changePanels({ combinations }: Drawing): readonly Panel[] {
  const { combinations: chosen } = headlineOf(combinations)
  const points = (metric: 'extraBytes' | 'extraCpuMs', scale: number): BarPoint[] =>
    chosen.flatMap(({ label, runs }) =>
      CHANGE_KINDS.flatMap(kind => {
        const found = spread(changeCosts(runs, kind, metric).map(value => value * scale))
        return found ? [{ ...found, label, kind }] : []
      })
    )
  const [bytes, cpu] = [points('extraBytes', 1e-3), points('extraCpuMs', 1)]
  if (bytes.length === 0) return []
  const labels = chosen.map(({ label }) => label).filter(label => bytes.some(point => point.label === label))
  return [
    barPanel(bytes, labels, CHANGE_KINDS, { xTitle: 'bytes beyond steady slots (kB)', width: 280, names: true }),
    barPanel(cpu, labels, CHANGE_KINDS, { xTitle: 'CPU beyond steady slots (ms)', width: 280, names: false })
  ]
}

function plans(drawing: Drawing): Readonly<Record<FigureName, Plan>> {
  const { n } = headlineOf(drawing.combinations)
  const size = n === null ? 'at the n nearest to 50 of each mode' : `at n = ${n}`
  return {
    'cpu-meter': {
      title: 'CPU of a meter per reading',
      caption: `User and system time of the meters' process over the readings in the total, per steady slot. ${WHISKERS} ${APART}`,
      panels: against(drawing, 'CPU of a meter (ms per reading)', cpuOf('meter')),
      columns: 1
    },
    'cpu-collecting': {
      title: 'CPU of the collecting side per reading',
      caption: `All processes that are no meter, together: aggregator and registrar, or concentrator, PES and supplier. ${WHISKERS} ${APART}`,
      panels: against(drawing, 'CPU of the collecting side (ms per reading)', cpuOf('collecting')),
      columns: 1
    },
    'cpu-roles': {
      title: 'CPU of the collecting side per reading, by role',
      caption: `The same, process by process; scales differ. ${WHISKERS} ${APART}`,
      panels: rolePanels(drawing),
      columns: 2
    },
    bytes: {
      title: `Bytes per reading, ${size}`,
      caption:
        "Sent by all roles together, so that each byte counts once: on the wire, after Noise and yamux with all of gossip's own traffic, and payload alone. Bars: medians; whiskers: the middle half of the values.",
      panels: bytesPanels(drawing),
      columns: 1
    },
    latency: {
      title: "From a slot's deadline to the total",
      caption: `Real milliseconds to the moment when the total is where it ends up; below zero: before the deadline, since everybody had submitted. ${WHISKERS} ${APART}`,
      panels: against(drawing, 'deadline to total (real ms)', ({ runs }) => latencies(runs), { zeroRule: true }),
      columns: 1
    },
    setup: {
      title: 'Setting a neighbourhood up',
      caption: `From the first process to the first slot, one value a repeat: processes, connections, keys, enrolment. ${WHISKERS} ${APART}`,
      panels: setupPanels(drawing),
      columns: 2
    },
    changes: {
      title: `What a join, a leave and a crash cost, ${size}`,
      caption:
        'All roles together, beyond the median steady slot, over the slots in which the change showed; below zero where it cost less than slots vary by. Bars: medians; whiskers: the middle half of the values.',
      panels: changePanels(drawing),
      columns: 2
    }
  }
}

/** Draws without a screen: Vega writes SVG itself. */
async function draw({ title, caption, panels, columns }: Plan): Promise<string> {
  const spec = {
    title,
    description: `${title}. ${caption}`,
    config: FIGURE_CONFIG,
    ...(panels.length === 1 ? panels[0] : { concat: panels, columns, spacing: 30 })
  } as TopLevelSpec
  const view = new View(parse(compile(spec).spec), { renderer: 'none' })
  try {
    return await view.toSVG()
  } finally {
    view.finalize()
  }
}

/** Draws all figures that have measurements. */
export async function figuresOf(combinations: readonly Combination[]): Promise<readonly Figure[]> {
  const planned = plans({ combinations, styles: seriesMarks(seriesOf(combinations)) })
  const figures: Figure[] = []
  for (const name of FIGURE_NAMES) {
    const plan = planned[name]
    if (plan.panels.length > 0) figures.push({ name, title: plan.title, caption: plan.caption, svg: await draw(plan) })
  }
  return figures
}
