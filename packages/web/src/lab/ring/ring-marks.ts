// Marks of the meters on the ring, by their state and their part in the open slot.
import type { LabMeter, LabOpenSlot, MeterState } from '@hushgrid/web-api'

/** Mark of a meter: its part in the open slot, unless its state says more. */
export type Mark = 'waiting' | 'submitted' | 'missing' | 'releasing' | 'refused' | 'absent' | 'down' | 'joining' | 'leaving'

/** Meanings of the marks, in the order of the legend. */
export const MARK_WORDS: Readonly<Record<Mark, string>> = {
  waiting: 'not yet submitted',
  submitted: 'submitted',
  missing: 'missing',
  releasing: 'releases masks',
  refused: 'refused a request',
  absent: 'absent',
  down: 'down',
  joining: 'joining',
  leaving: 'leaving'
}

export const MARKS = Object.keys(MARK_WORDS) as readonly Mark[]

/** Marks that are drawn large in a big ring too. */
export const NOTEWORTHY: ReadonlySet<Mark> = new Set<Mark>(['missing', 'releasing', 'refused', 'absent', 'down', 'joining', 'leaving'])

const STATE_MARKS: Readonly<Record<MeterState, Mark | undefined>> = {
  in: undefined,
  leaving: undefined,
  absent: 'absent',
  down: 'down',
  joining: 'joining'
}

/** The open slot, with its households to be looked up. */
export interface SlotSets {
  readonly submitted: ReadonlySet<number>
  readonly missing: ReadonlySet<number>
  readonly releasing: ReadonlySet<number>
  readonly refused: ReadonlySet<number>
}

export function slotSets(open: LabOpenSlot | undefined): SlotSets {
  return {
    submitted: new Set(open?.submitted),
    missing: new Set(open?.missing),
    releasing: new Set(open?.releasing),
    refused: new Set(open?.refused.map(({ household }) => household))
  }
}

/** Tells whether the meter's submission belongs to the slot: absent and joining members send none. */
export function isExpected({ state, absent }: LabMeter): boolean {
  return state !== 'absent' && state !== 'joining' && absent !== true
}

/** Chooses the mark of a meter, the rarer before the more common. */
export function markOf({ household, state }: LabMeter, sets: SlotSets): Mark {
  const byState = STATE_MARKS[state]
  if (byState) return byState
  if (sets.refused.has(household)) return 'refused'
  if (sets.missing.has(household)) return 'missing'
  if (sets.releasing.has(household)) return 'releasing'
  if (state === 'leaving') return 'leaving'
  return sets.submitted.has(household) ? 'submitted' : 'waiting'
}

/** Words the meter's whole state, for those who do not see the ring: `Meter 17: submitted, releases masks`. */
export function describe(meter: LabMeter, sets: SlotSets): string {
  return `Meter ${meter.household}: ${stateInWords(meter, sets)}`
}

/** Words the meter's state and actions: `submitted, releases masks`. */
export function stateInWords({ household, state }: LabMeter, sets: SlotSets): string {
  const words = [
    ...(state === 'in' ? [] : [state]),
    ...(sets.submitted.has(household) ? [MARK_WORDS.submitted] : []),
    ...(sets.missing.has(household) ? [MARK_WORDS.missing] : []),
    ...(sets.releasing.has(household) ? [MARK_WORDS.releasing] : []),
    ...(sets.refused.has(household) ? [MARK_WORDS.refused] : [])
  ]
  return words.length === 0 ? MARK_WORDS.waiting : words.join(', ')
}
