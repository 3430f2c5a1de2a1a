// The legend of the ring, and its content in words.
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useScheme } from '../../common/use-scheme.ts'
import { listOf } from '../state/figures.ts'
import type { LabStore } from '../state/lab-store.ts'
import { roleName } from '../state/roles.ts'
import { openInWords } from '../state/tally.ts'
import { paintMarks } from './mark-painter.ts'
import { paletteNow } from './palette.ts'
import { isComplete } from './ring-geometry.ts'
import { MARK_WORDS, MARKS, type Mark } from './ring-marks.ts'

const SIDE = 22
const MARK_RADIUS = 7

/** Explains the marks, drawn by the painter of the ring itself. */
export function RingLegend({ masks }: { readonly masks: boolean }): JSX.Element {
  const marks = masks ? MARKS : MARKS.filter(mark => mark !== 'releasing' && mark !== 'refused')
  return (
    <ul class="legend" aria-label="What the marks on the ring mean">
      {marks.map(mark => (
        <li key={mark}>
          <LegendMark mark={mark} />
          {MARK_WORDS[mark]}
        </li>
      ))}
    </ul>
  )
}

function LegendMark({ mark }: { readonly mark: Mark }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  const scheme = useScheme()
  useEffect(() => {
    const [drawn, context] = [canvas.current, canvas.current?.getContext('2d')]
    if (!drawn || !context) return
    drawn.width = SIDE * devicePixelRatio
    drawn.height = SIDE * devicePixelRatio
    context.scale(devicePixelRatio, devicePixelRatio)
    paintMarks(context, mark, [{ x: SIDE / 2, y: SIDE / 2 }], { r: MARK_RADIUS, palette: paletteNow() })
  }, [mark, scheme])
  return (
    <span aria-hidden="true">
      <canvas ref={canvas} class="legend-mark" />
    </span>
  )
}

/** Words the open slot as the ring shows it, and its lines, for everybody. */
export function SlotInWords({ store }: { readonly store: LabStore }): JSX.Element {
  const open = store.open.value
  const state = store.state.value
  const meters = store.meters.value
  const aside = (of: string): readonly number[] => meters.filter(meter => meter.state === of).map(({ household }) => household)
  const facts = [
    ['missing', open?.missing ?? []],
    ['release masks', open?.releasing ?? []],
    ['refused', open?.refused.map(({ household }) => household) ?? []],
    ['absent', aside('absent')],
    ['down', aside('down')],
    ['joining', aside('joining')],
    ['leaving', aside('leaving')]
  ] as const
  const down = state && !state.aggregatorUp ? roleName(state.contender, state.contender.collector) : undefined
  return (
    <div class="slot-words">
      <p>
        <b>{openInWords(open, { expected: store.expected.value, down })}</b>
        {facts
          .filter(([, households]) => households.length > 0)
          .map(([word, households]) => `; ${word}: ${listOf(households.toSorted((a, b) => a - b))}`)
          .join('')}
        .
      </p>
      <p class="muted">{linesInWords(store)}</p>
    </div>
  )
}

/** Words the lines of the ring: each is a mask that two meters share, or the way of a reading where there are none. */
function linesInWords(store: LabStore): string {
  const state = store.state.value
  if (!state || state.meters.length === 0) return ''
  const { contender, edges } = state
  if (!contender.masks) return `A line is the way of a reading to the ${roleName(contender, contender.collector)}.`
  const household = store.selected.value
  const chosen = household === undefined ? 'the chosen meter' : `meter ${household}`
  if (isComplete(edges)) return `Each two meters share a mask; lines are drawn for ${chosen} only.`
  return `A line is a mask that two meters share; those of ${chosen} are strong.`
}
