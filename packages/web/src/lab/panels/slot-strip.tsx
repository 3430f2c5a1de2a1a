import type { LabSlot } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { showDayTime } from '../state/figures.ts'
import { SLOTS_KEPT } from '../state/lab-state.ts'
import type { LabStore } from '../state/lab-store.ts'
import { outcomeInWords, outcomeOf, tallyOf } from '../state/tally.ts'

const STEP = 10
const BAR = 7
const HEIGHT = 60
const LEAST_BAR = 3
const LOST_BAR = 9

/** Shows the past slots, the newest on the right: a bar as high as the share that submitted. */
export function SlotStrip({ store }: { readonly store: LabStore }): JSX.Element {
  const slots = store.slots.value
  const words = tallyOf(slots)
  return (
    <figure class="strip">
      <figcaption>
        {words} <span class="muted">· dot: recovered, ✕: lost{slots.some(slot => outcomeOf(slot) === 'busy') && ', ‖: machine busy'}</span>
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
  const outcome = outcomeOf(slot)
  const high = slot.lost ? LOST_BAR : Math.max(LEAST_BAR, ((HEIGHT - 10) * slot.submitted) / (slot.members || 1))
  const [top, bottom] = [HEIGHT - high, HEIGHT]
  return (
    <g class={`strip-${outcome}`}>
      <title>{`${showDayTime(slot.start)} UTC: ${slot.submitted} of ${slot.members} submitted, ${outcomeInWords(slot)}`}</title>
      {outcome === 'lost' && <path d={`M${x} ${top}L${x + BAR} ${bottom - 1}M${x + BAR} ${top}L${x} ${bottom - 1}`} />}
      {outcome === 'busy' && <path d={`M${x + 1.5} ${top}V${bottom - 1}M${x + BAR - 1.5} ${top}V${bottom - 1}`} />}
      {!slot.lost && <rect x={x} y={top} width={BAR} height={high} rx="1.5" />}
      {slot.recovered > 0 && <circle class="strip-recovered" cx={middle} cy={Math.max(3, top - 4)} r="3" />}
    </g>
  )
}
