// The ring as an element of the page: canvas, list box, keyboard.
import type { LabMeter } from '@hushgrid/web-api'
import { type Signal, useSignal } from '@preact/signals'
import type { JSX, RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useScheme } from '../../common/use-scheme.ts'
import type { LabStore } from '../state/lab-store.ts'
import { meterAt, moved, type Point, typedIndex } from './ring-geometry.ts'
import { RingHub } from './ring-hub.tsx'
import { describe } from './ring-marks.ts'
import { RingPainter } from './ring-painter.ts'
import type { RingScene } from './ring-scene.ts'

/** Time within which digits make one number, ms. */
const TYPING_MS = 1200
/** Options rendered on each side of the active one; assistive technology learns the rest from set size and position. */
const OPTIONS_ASIDE = 2

/** The ring: a canvas for the eye, a list box over it for mouse, touch, keyboard and screen reader. */
export function RingView({ store }: { readonly store: LabStore }): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const active = useSignal<number | undefined>(undefined)
  const focused = useSignal(false)
  const hovered = useSignal<{ readonly household: number; readonly at: Point } | undefined>(undefined)
  const meters = store.meters.value
  const index = Math.max(
    0,
    meters.findIndex(({ household }) => household === (active.value ?? store.selected.value))
  )
  const activeMeter = meters[index]
  const painter = useRingPainter(box, canvas, sceneOf(store, focused.value ? activeMeter?.household : undefined))

  const pointOf = (event: PointerEvent | MouseEvent): Point => {
    const { left, top } = (event.currentTarget as HTMLElement).getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }
  const meterOf = (event: PointerEvent | MouseEvent): LabMeter | undefined => {
    const found = painter.current ? meterAt(painter.current.shape, pointOf(event)) : undefined
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
  const key = useRingKeys(store, index, active, focused)

  const hoveredMeter = hovered.value && meters.find(({ household }) => household === hovered.value?.household)
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
        <Options store={store} index={index} />
      </div>
      {focused.value && activeMeter && <p class="ring-active">{describe(activeMeter, store.sets.value)}</p>}
      {hovered.value && hoveredMeter && <Label at={hovered.value.at} words={describe(hoveredMeter, store.sets.value)} />}
    </div>
  )
}

/** @param active - the household where the keyboard is */
function sceneOf(store: LabStore, active: number | undefined): RingScene {
  const last = store.lastSlot.value
  return {
    meters: store.meters.value,
    edges: store.edges.value,
    slot: store.open.value?.slot,
    sets: store.sets.value,
    star: store.contender.value?.masks === false,
    aggregatorUp: store.state.value?.aggregatorUp ?? false,
    selected: store.selected.value,
    active,
    over: last && { slot: last.slot, good: !last.lost && last.exact }
  }
}

/** Paints each scene, at the box's size and in the colours of the person's machine. */
function useRingPainter(
  box: RefObject<HTMLElement | null>,
  canvas: RefObject<HTMLCanvasElement | null>,
  scene: RingScene
): RefObject<RingPainter | null> {
  const painter = useRef<RingPainter>(null)
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
  useEffect(() => painter.current?.show(scene))
  useEffect(() => painter.current?.recolour(), [scheme])
  return painter
}

/**
 * Handles keys of the list box: arrows go around, digits go to a number, Enter chooses, Escape chooses none.
 *
 * @param index - index of the active meter
 */
function useRingKeys(
  store: LabStore,
  index: number,
  active: Signal<number | undefined>,
  focused: Signal<boolean>
): (event: KeyboardEvent) => void {
  const typed = useRef({ digits: '', at: 0 })
  const meters = store.meters.value
  const goTo = (to: number | undefined, event: KeyboardEvent): void => {
    event.preventDefault()
    const meter = to === undefined ? undefined : meters[to]
    if (meter) active.value = meter.household
  }
  return event => {
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
      const meter = meters[index]
      if (meter) store.select(meter.household)
    } else if (event.key === 'Escape') store.select(undefined)
  }
}

/** Renders the options around the active one. */
function Options({ store, index }: { readonly store: LabStore; readonly index: number }): JSX.Element {
  const meters = store.meters.value
  return (
    <>
      {meters.slice(Math.max(0, index - OPTIONS_ASIDE), index + OPTIONS_ASIDE + 1).map(meter => (
        // biome-ignore lint/a11y/useFocusableInteractive: the list box has the focus and names its active option
        // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the list box's
        <div
          key={meter.household}
          id={optionId(meter.household)}
          class="visually-hidden"
          role="option"
          aria-selected={meter.household === store.selected.value}
          aria-setsize={meters.length}
          aria-posinset={meters.indexOf(meter) + 1}
          onClick={() => store.select(meter.household)}
        >
          {describe(meter, store.sets.value)}
        </div>
      ))}
    </>
  )
}

/** Describes the meter under the pointer, above the pointer. */
function Label({ at, words }: { readonly at: Point; readonly words: string }): JSX.Element {
  return (
    <div class="ring-label" aria-hidden="true" style={{ transform: `translate(${at.x}px, ${at.y}px) translate(-50%, calc(-100% - 14px))` }}>
      {words}
    </div>
  )
}

function optionId(household: number): string {
  return `meter-${household}`
}
