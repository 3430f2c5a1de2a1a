// Views of one household's slots from the house and from each role, ready to be drawn.
import type { LabForm, LabMeterDetail, LabReceived } from '@hushgrid/web-api'
import { exaOf, kwhOf, lastBitsOf, secondsOf } from './figures.ts'

/** Number of a household's slots that are drawn. */
export const SLOTS_DRAWN = 48

type DetailSlot = LabMeterDetail['slots'][number]

/** View of the roles that receive the household's slots in one form. */
export interface ReceivedView {
  /** Roles, more than one where all receive the very same. */
  readonly roles: readonly string[]
  readonly form: LabForm
  /** Value of the newest slot in which something came. */
  readonly last: { readonly start: string; readonly value: string }
  /** Values by slot; null where nothing came. Wh of a plain reading, else 64 bits. */
  readonly bits: readonly (bigint | null)[]
  /** Values for the chart: kWh of a plain reading, else 0 to 18.4, in 10^18. */
  readonly charted: readonly (number | null)[]
}

export interface MeterViews {
  /** Start of each slot, seconds since 1970. */
  readonly x: readonly number[]
  readonly used: readonly (number | null)[]
  readonly usedBits: readonly (bigint | null)[]
  /** Consumption in the newest slot in which something came, or else in the newest with a reading. */
  readonly lastUsed: { readonly start: string; readonly wh: string } | undefined
  readonly received: readonly ReceivedView[]
}

/**
 * Gathers the views of a household.
 *
 * @param forms - forms of the running contender; values of another form, from before a switch, are left out
 */
export function meterViews(detail: LabMeterDetail, lane: string, forms: readonly LabForm[]): MeterViews {
  const slots = detail.slots
    .slice(-SLOTS_DRAWN)
    .map(slot => ({ ...slot, received: slot.received.filter(({ form }) => forms.includes(form)) }))
  const wh = slots.map(({ used }) => used?.[lane] ?? null)
  const read = slots.filter(({ used }) => used?.[lane] !== undefined)
  const newest = read.findLast(({ received }) => received.length > 0) ?? read.at(-1)
  return {
    x: slots.map(({ start }) => secondsOf(start)),
    used: wh.map(kwhOf),
    usedBits: wh.map(value => (value === null ? null : BigInt(value))),
    lastUsed: newest && { start: newest.start, wh: newest.used?.[lane] ?? '' },
    received: withoutTwins(receivers(slots).flatMap(receiver => receivedView(slots, receiver, lane)))
  }
}

function receivers(slots: readonly DetailSlot[]): readonly LabReceived[] {
  const all = slots.flatMap(({ received }) => received)
  return [...new Map(all.map(one => [`${one.role} ${one.form}`, one])).values()]
}

function receivedView(slots: readonly DetailSlot[], { role, form }: LabReceived, lane: string): readonly ReceivedView[] {
  const values = slots.map(({ received }) => {
    const here = received.find(one => one.role === role && one.form === form)?.values
    return here?.[lane] ?? here?.[''] ?? null
  })
  const index = values.findLastIndex(value => value !== null)
  const [slot, value] = [slots[index], values[index]]
  if (!slot || value === null || value === undefined) return []
  const bits = values.map(one => (one === null ? null : form === 'ciphertext' ? lastBitsOf(one) : BigInt(one)))
  const charted = form === 'plain' ? values.map(kwhOf) : bits.map(one => (one === null ? null : exaOf(one)))
  return [{ roles: [role], form, last: { start: slot.start, value }, bits, charted }]
}

/** Joins the views of roles that receive the very same values. */
function withoutTwins(views: readonly ReceivedView[]): readonly ReceivedView[] {
  const twins = new Map<string, ReceivedView>()
  for (const view of views) {
    const key = `${view.form} ${view.last.start} ${view.last.value}`
    const known = twins.get(key)
    twins.set(key, known ? { ...known, roles: [...known.roles, ...view.roles] } : view)
  }
  return [...twins.values()]
}
