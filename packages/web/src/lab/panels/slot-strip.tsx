import type { LabSlot } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { showDayTime } from '../state/figures.ts'
import { SLOTS_KEPT } from '../state/lab-state.ts'
import type { LabStore } from '../state/lab-store.ts'

const STEP = 10
const BAR = 7
const HEIGHT = 60
const LEAST_BAR = 3
const LOST_BAR = 9

/** Shows the past slots, the newest on the right: a bar as high as the share that submitted. */
export function SlotStrip({ store }: { readonly store: LabStore }): JSX.Element {
  const slots = store.slots.value
  const counted = (test: (slot: LabSlot) => boolean): number => slots.filter(test).length
  const words = `Last ${slots.length} slots: ${counted(({ exact }) => exact)} exact, ${counted(({ recovered }) => recovered > 0)} with meters recovered, ${counted(({ lost }) => lost)} lost`
  return (
    <figure class="strip">
      <figcaption>
        {words} <span class="muted">(bar: share that submitted; dot: recovered; ✕: lost)</span>
      </figcaption>
      <svg viewBox={`0 0 ${SLOTS_KEPT * STEP} ${HEIGHT}`} preserveAspectRatio="xMaxYMax slice" role="img" aria-label={words}>
        {slots.map((slot, i) => (
          <Bar key={slot.slot} slot={slot} x={(SLOTS_KEPT - slots.length + i) * STEP} />
        ))}
      </svg>
    </figure>
  )
}

function Bar({ slot, x }: { readonly slot: LabSlot; readonly x: number }): JSX.Element {
  const middle = x + BAR / 2
  const high = slot.lost ? LOST_BAR : Math.max(LEAST_BAR, ((HEIGHT - 10) * slot.submitted) / (slot.members || 1))
  const [top, bottom] = [HEIGHT - high, HEIGHT]
  const how = slot.lost ? 'lost' : slot.exact ? 'exact' : 'not exact'
  return (
    <g class={`strip-${slot.lost ? 'lost' : slot.exact ? 'exact' : 'wrong'}`}>
      <title>{`${showDayTime(slot.start)} UTC: ${slot.submitted} of ${slot.members}, ${how}`}</title>
      {slot.lost ? (
        <path d={`M${x} ${top}L${x + BAR} ${bottom - 1}M${x + BAR} ${top}L${x} ${bottom - 1}`} />
      ) : (
        <rect x={x} y={top} width={BAR} height={high} rx="1.5" />
      )}
      {slot.recovered > 0 && <circle class="strip-recovered" cx={middle} cy={Math.max(3, top - 4)} r="3" />}
    </g>
  )
}
