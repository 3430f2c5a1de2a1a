import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useScheme } from '../../common/use-scheme.ts'
import { listOf, showTime } from '../state/figures.ts'
import type { LabStore } from '../state/lab-store.ts'
import { paintMarks } from './mark-painter.ts'
import { paletteNow } from './palette.ts'
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

/** Words the open slot as the ring shows it, for everybody. */
export function SlotInWords({ store }: { readonly store: LabStore }): JSX.Element {
  const open = store.open.value
  const meters = store.meters.value
  const aside = (state: string): readonly number[] => meters.filter(meter => meter.state === state).map(({ household }) => household)
  if (!open) return <p class="slot-words muted">No slot is being collected.</p>
  const facts = [
    ['missing', open.missing],
    ['release masks', open.releasing],
    ['refused', open.refused.map(({ household }) => household)],
    ['absent', aside('absent')],
    ['down', aside('down')],
    ['joining', aside('joining')],
    ['leaving', aside('leaving')]
  ] as const
  return (
    <p class="slot-words">
      Slot {showTime(open.start)} UTC: <b class="number">{open.submitted.length}</b> of {store.expected.value} submitted
      {facts
        .filter(([, households]) => households.length > 0)
        .map(([word, households]) => `; ${word}: ${listOf(households.toSorted((a, b) => a - b))}`)
        .join('')}
      .
    </p>
  )
}
