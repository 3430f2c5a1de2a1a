// A meter's part in billing, as a state machine without I/O.
//
// Call contract: `stepMeterBilling(state, input, now)` gives the next state and outputs, to be carried out in order; the
// caller puts `journal`, `replace` and `keys` on stable storage, and keeps `ticket`, before it goes on. Feed in the reading
// of the slot that has just ended, then tick at `wakeAt`; feed it in before a request or `unpair` too, which may bring
// another key into force with the slot that runs. Slots never go back to a sealed period: each is sealed once, with or
// without a reading, since pads and openings follow from key, slot and lane.
//
// A new key is kept before anything is sealed, and says from which slot on it counts. A crash in between seals the slots
// before it at the next start, under the key before.
import { type Millis, type Slot, slotAt } from '@hushgrid/primitives'
import { isWithin, READING_BITS } from '../commitments/commitment.ts'
import { billingRecords, endOf, type MeterBillingOutput, type MeterBillingState } from './billing-state.ts'
import { answer, type HomeAsked, unpair } from './home-answers.ts'
import { sealPeriods } from './seal-periods.ts'

export type MeterBillingInput =
  | { readonly type: 'tick' }
  /** Reading of a slot that has ended: Wh of each lane. */
  | { readonly type: 'reading'; readonly slot: Slot; readonly values: readonly bigint[] }
  | ({ readonly type: 'request' } & HomeAsked)
  /** Wish of the person at the meter that whoever has its key opens nothing that is measured from now on. */
  | { readonly type: 'unpair' }

export interface MeterBillingStep {
  readonly state: MeterBillingState
  readonly outputs: MeterBillingOutput[]
}

/** Takes one step; the contract is at the top. */
export function stepMeterBilling(before: MeterBillingState, input: MeterBillingInput, now: Millis): MeterBillingStep {
  const outputs: MeterBillingOutput[] = []
  let state = before
  if (!state.begun) {
    state = { ...state, begun: true }
    outputs.push({ type: 'replace', records: billingRecords(state) })
  }
  const { terms } = state.config
  const running = slotAt(now, terms.slotSeconds)
  if (input.type === 'reading') state = take(state, input, running, outputs)
  else if (input.type === 'request') state = answer(state, input, now, outputs)
  else if (input.type === 'unpair') state = unpair(state, now, outputs)
  else state = sealPeriods(state, running, outputs)
  return { state: { ...state, wakeAt: endOf(running, terms) }, outputs }
}

function take(
  state: MeterBillingState,
  { slot, values }: { readonly slot: Slot; readonly values: readonly bigint[] },
  running: Slot,
  outputs: MeterBillingOutput[]
): MeterBillingState {
  const reason = whyNot(state, slot, values, running)
  if (reason !== undefined) {
    outputs.push({ type: 'left-out', slot, reason })
    return state
  }
  outputs.push({ type: 'journal', record: { kind: 'reading', slot, values } })
  return { ...state, open: new Map([...state.open, [slot, values]]) }
}

function whyNot(
  { config, sealedUntil, open }: MeterBillingState,
  slot: Slot,
  values: readonly bigint[],
  running: Slot
): string | undefined {
  const lanes = config.terms.lanes.length
  if (slot < sealedUntil) return 'its period is sealed'
  if (slot >= running) return 'the slot has not ended'
  if (open.has(slot)) return 'it has a reading already'
  if (values.length !== lanes) return `expected ${lanes} lanes, got ${values.length}`
  if (values.some(value => value < 0n || !isWithin(value, READING_BITS))) return `expected whole Wh from 0 to 2^${READING_BITS} - 1`
  return undefined
}
