// Counters at the top of the page: costs and counts since the neighbourhood was formed.
import type { LabSlot } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { showBytes, showCount, showMs } from '../state/figures.ts'
import type { LabStore } from '../state/lab-store.ts'

const SPARK = { width: 96, height: 22 } as const

/** Shows the neighbourhood's costs and counts since it was formed. */
export function Counters({ store }: { readonly store: LabStore }): JSX.Element {
  const counters = store.counters.value
  const slots = store.slots.value
  const last = slots.at(-1)
  return (
    <dl class="counters" aria-label="Counters since the neighbourhood was formed">
      <Counter name="Slots" value={showCount(counters?.slots ?? 0)} note={`${showCount(counters?.exact ?? 0)} exact`} />
      <Counter name="Recovered" value={showCount(counters?.recovered ?? 0)} note="slots" />
      <Counter
        name="Lost"
        value={showCount(counters?.lost ?? 0)}
        note={counters?.busy ? `slots, and ${showCount(counters.busy)} for a busy machine` : 'slots'}
        bad={(counters?.lost ?? 0) > 0}
      />
      <Counter
        name="Total after"
        value={last?.sinceEndMs === null || last === undefined ? '–' : showMs(last.sinceEndMs)}
        note={last?.lost ? 'the last slot was lost' : "the slot's end, real time"}
        series={slots.flatMap(({ sinceEndMs }) => sinceEndMs ?? [])}
      />
      <Counter name="Key agreements" value={showCount(counters?.keyAgreements ?? 0)} note="X25519, all meters" />
      <Counter
        name="Bytes sent"
        value={showBytes(counters?.bytes ?? 0)}
        note={last ? `${showBytes(last.bytes)} in the last slot` : 'none yet'}
        series={valuesOf(slots, 'bytes')}
      />
      <Counter
        name="CPU"
        value={showMs(counters?.cpuMs ?? 0)}
        note={last ? `${showMs(last.cpuMs)} in the last slot` : 'all nodes'}
        series={valuesOf(slots, 'cpuMs')}
      />
    </dl>
  )
}

function valuesOf(slots: readonly LabSlot[], key: 'bytes' | 'cpuMs'): readonly number[] {
  return slots.map(slot => slot[key])
}

interface CounterProps {
  readonly name: string
  readonly value: string
  readonly note: string
  readonly bad?: boolean
  readonly series?: readonly number[]
}

function Counter({ name, value, note, bad, series }: CounterProps): JSX.Element {
  return (
    <div class="counter" data-counter={name}>
      <dt>{name}</dt>
      <dd>
        <span class={bad ? 'counter-value bad' : 'counter-value'}>{value}</span>
        <span class="counter-note">{note}</span>
        {series && <Spark values={series} />}
      </dd>
    </div>
  )
}

/** Draws the last slots as a line from zero. */
function Spark({ values }: { readonly values: readonly number[] }): JSX.Element | null {
  if (values.length < 2) return null
  const most = Math.max(...values, 1)
  const step = SPARK.width / (values.length - 1)
  const points = values.map((value, i) => `${(i * step).toFixed(1)},${(SPARK.height - 1 - (SPARK.height - 3) * (value / most)).toFixed(1)}`)
  return (
    <svg class="spark" viewBox={`0 0 ${SPARK.width} ${SPARK.height}`} preserveAspectRatio="none" aria-hidden="true">
      <polyline points={points.join(' ')} />
    </svg>
  )
}
