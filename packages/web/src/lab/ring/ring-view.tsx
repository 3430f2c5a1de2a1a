// The ring as an element of the page: canvas, list box, keyboard.
import type { LabMeter } from '@hushgrid/web-api'
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useScheme } from '../../common/use-scheme.ts'
import type { LabStore } from '../state/lab-store.ts'
import { meterAt, moved, type Point, typedIndex } from './ring-geometry.ts'
import { RingHub } from './ring-hub.tsx'
import { describe } from './ring-marks.ts'
import { RingPainter } from './ring-painter.ts'

/** Digits typed within this time make one number, ms. */
const TYPING_MS = 1200
/** Options on each side of the active one that are there for assistive technology; the rest it learns from set size and position. */
const OPTIONS_ASIDE = 2

/** The ring: a canvas for the eye, a list box over it for mouse, touch, keyboard and screen reader. */
export function RingView({ store }: { readonly store: LabStore }): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const painter = useRef<RingPainter>(undefined)
  const typed = useRef({ digits: '', at: 0 })
  const active = useSignal<number | undefined>(undefined)
  const focused = useSignal(false)
  const hovered = useSignal<{ readonly household: number; readonly at: Point } | undefined>(undefined)
  const scheme = useScheme()

  useEffect(() => {
    const [host, drawn] = [box.current, canvas.current]
    if (!host || !drawn) return
    const made = new RingPainter(drawn)
    painter.current = made
    const sized = new ResizeObserver(() => made.resize(host.clientWidth))
    sized.observe(host)
    return () => {
      sized.disconnect()
      made.stop()
    }
  }, [])

  const meters = store.meters.value
  const sets = store.sets.value
  const last = store.lastSlot.value
  const star = store.mode.value === 'pes'
  const up = store.state.value?.aggregatorUp ?? false
  const selected = store.selected.value
  const index = Math.max(
    0,
    meters.findIndex(({ household }) => household === (active.value ?? selected))
  )
  const activeMeter = meters[index]

  useEffect(() => {
    painter.current?.show({
      meters,
      edges: store.edges.value,
      slot: store.open.value?.slot,
      sets,
      star,
      aggregatorUp: up,
      selected,
      active: focused.value ? activeMeter?.household : undefined,
      over: last && { slot: last.slot, good: !last.lost && last.exact }
    })
  })
  useEffect(() => painter.current?.recolour(), [scheme])

  const pointOf = (event: PointerEvent | MouseEvent): Point => {
    const { left, top } = (event.currentTarget as HTMLElement).getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }
  const meterOf = (event: PointerEvent | MouseEvent): LabMeter | undefined => {
    const found = painter.current && meterAt(painter.current.shape, pointOf(event))
    return found === undefined ? undefined : meters[found]
  }
  const hover = (event: PointerEvent): void => {
    const meter = event.pointerType === 'touch' ? undefined : meterOf(event)
    if (meter?.household !== hovered.value?.household) hovered.value = meter && { household: meter.household, at: pointOf(event) }
  }
  const click = (event: MouseEvent): void => {
    const meter = meterOf(event)
    if (!meter) return
    active.value = meter.household
    store.select(meter.household)
  }
  const goTo = (to: number | undefined, event: KeyboardEvent): void => {
    event.preventDefault()
    const meter = to === undefined ? undefined : meters[to]
    if (meter) active.value = meter.household
  }
  const key = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    focused.value = true
    const to = moved(event.key, index, meters.length)
    if (to !== undefined) goTo(to, event)
    else if (/^\d$/.test(event.key)) {
      const again = event.timeStamp - typed.current.at < TYPING_MS
      typed.current = { digits: (again ? typed.current.digits : '') + event.key, at: event.timeStamp }
      const households = meters.map(({ household }) => household)
      goTo(typedIndex(households, typed.current.digits), event)
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      if (activeMeter) store.select(activeMeter.household)
    } else if (event.key === 'Escape') store.select(undefined)
  }

  const hoveredMeter = hovered.value && meters.find(({ household }) => household === hovered.value?.household)
  const options = meters.slice(Math.max(0, index - OPTIONS_ASIDE), index + OPTIONS_ASIDE + 1)
  return (
    <div class="ring" ref={box} data-connection={store.connection.value}>
      <div aria-hidden="true">
        <canvas ref={canvas} />
      </div>
      <RingHub store={store} />
      <div
        class="ring-keys"
        role="listbox"
        tabIndex={0}
        aria-label={`Meters in ring order, ${meters.length}. Arrow keys go around, a number goes to that meter, Enter chooses it.`}
        {...(activeMeter && { 'aria-activedescendant': optionId(activeMeter.household) })}
        onPointerMove={hover}
        onPointerLeave={() => {
          hovered.value = undefined
        }}
        onClick={click}
        onKeyDown={key}
        onFocus={event => {
          focused.value = event.currentTarget.matches(':focus-visible')
        }}
        onBlur={() => {
          focused.value = false
        }}
      >
        {options.map(meter => (
          // biome-ignore lint/a11y/useFocusableInteractive: the list box has the focus and names its active option
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the list box's
          <div
            key={meter.household}
            id={optionId(meter.household)}
            class="visually-hidden"
            role="option"
            aria-selected={meter.household === selected}
            aria-setsize={meters.length}
            aria-posinset={meters.indexOf(meter) + 1}
            onClick={() => store.select(meter.household)}
          >
            {describe(meter, sets)}
          </div>
        ))}
      </div>
      {focused.value && activeMeter && <p class="ring-active">{describe(activeMeter, sets)}</p>}
      {hovered.value && hoveredMeter && (
        <div
          class="ring-label"
          aria-hidden="true"
          style={{ transform: `translate(${hovered.value.at.x}px, ${hovered.value.at.y}px) translate(-50%, calc(-100% - 14px))` }}
        >
          {describe(hoveredMeter, sets)}
        </div>
      )}
    </div>
  )
}

function optionId(household: number): string {
  return `meter-${household}`
}
