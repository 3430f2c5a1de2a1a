// Members that are kept out of rosters: for faults, for disputes and silence that nobody can judge, for proven lies
// (PROTOCOL.md section 8).
import type { MeterId, Slot } from '@hushgrid/primitives'
import { type BarReason, type FaultKind, REMEMBERED_SLOTS } from '../journal.ts'
import type { RegistrarContext, RegistrarState } from '../state.ts'

/** Faults within the slots that count with which a member is barred. */
const MOST_FAULTS = 2
/** Slots in which absences and disputes are counted, and how many of them are too many. */
export const COUNTED_SLOTS = 16
export const TOO_MANY = 4

/** A step of the registrar that may bar somebody, on account of a slot. */
type Barring = Omit<RegistrarContext, 'now'> & { readonly slot: Slot }

/** Tells whether a member may not be in a roster that begins with a slot. */
export function isBarred({ bars }: RegistrarState, id: MeterId, firstSlot: Slot): boolean {
  const bar = bars.get(id)
  return bar !== undefined && (bar.until === undefined || firstSlot < bar.until)
}

/** Gives the sentence for a member that may not join. */
export function barText({ bars }: RegistrarState, id: MeterId): string {
  const bar = bars.get(id)
  const why: Readonly<Record<BarReason, string>> = {
    faults: 'at fault twice',
    disputes: 'it disputed again and again what nobody could witness',
    unwitnessed: 'its submissions were not witnessed again and again',
    proven: 'its own signed messages prove a fault'
  }
  const until = bar?.until === undefined ? 'until an operator lifts it' : `until slot ${bar.until}`
  return `left out ${until}: ${bar ? why[bar.why] : 'unknown'}`
}

/** Keeps a member out of rosters up to a slot, or until an operator lifts it. */
function bar(
  { state, slot, out }: Barring,
  id: MeterId,
  { until, why, proofs = [] }: { readonly until: Slot | undefined; readonly why: BarReason; readonly proofs?: readonly Uint8Array[] }
): void {
  noteBar(state, id, until, why)
  out.push({ type: 'journal', record: { kind: 'barred', meterId: id, until, why, proofs } })
  out.push({ type: 'barred', meterId: id, slot, until, why })
  if (why !== 'proven') return
  state.proofs = [...state.proofs, proofs]
  state.attendance.goes(id, slot)
}

/** Notes a bar; also one of the journal. */
export function noteBar(state: RegistrarState, id: MeterId, until: Slot | undefined, why: BarReason): void {
  const before = state.bars.get(id)
  if (before && (before.until === undefined || (until !== undefined && before.until >= until))) return
  state.bars.set(id, { until, why })
  for (const wish of [state.waiting, state.returning]) wish.delete(id)
}

/** Lifts a member's bar, at an operator's word. */
export function lift({ state, out }: Omit<RegistrarContext, 'now'>, id: MeterId): void {
  if (!state.bars.delete(id)) return
  state.faults.delete(id)
  out.push({ type: 'journal', record: { kind: 'lifted', meterId: id } })
}

/** Records a fault, once a slot; a second one within 96 slots bars the member. */
export function fault(context: Barring, id: MeterId, what: FaultKind): void {
  const { state, slot, out } = context
  const times = noteFault(state, id, slot, what)
  if (times === undefined) return
  out.push({ type: 'journal', record: { kind: 'fault', meterId: id, slot, what } })
  out.push({ type: 'fault', meterId: id, slot, what, times })
  if (times >= MOST_FAULTS) bar(context, id, { until: (slot + REMEMBERED_SLOTS) as Slot, why: 'faults' })
}

/**
 * Records a fault that a member's own signed messages prove, which counts at once.
 *
 * @param proofs - the envelopes
 */
export function provenFault(context: Barring, id: MeterId, what: FaultKind, proofs: readonly Uint8Array[]): void {
  const { state, slot, out } = context
  if (state.bars.get(id)?.why === 'proven') return
  const times = noteFault(state, id, slot, what) ?? 1
  out.push({ type: 'journal', record: { kind: 'fault', meterId: id, slot, what } })
  out.push({ type: 'fault', meterId: id, slot, what, times })
  bar(context, id, { until: undefined, why: 'proven', proofs })
}

/**
 * Notes a fault; also one of the journal.
 *
 * @returns the member's faults of the last 96 slots; undefined where the slot's is known
 */
export function noteFault({ faults }: RegistrarState, id: MeterId, slot: Slot, what: FaultKind): number | undefined {
  const own = faults.get(id) ?? new Map<Slot, FaultKind>()
  for (const each of own.keys()) if (each <= slot - REMEMBERED_SLOTS) own.delete(each)
  if (own.has(slot)) return undefined
  own.set(slot, what)
  faults.set(id, own)
  return own.size
}

/** Marks a member absent whose submissions were not witnessed too often; bars it from the second time within 96 slots on. */
export function tooOftenUnwitnessed(context: Barring, id: MeterId): void {
  const { state, slot } = context
  const before = (state.markedUnwitnessed.get(id) ?? []).filter(each => each > slot - REMEMBERED_SLOTS)
  state.markedUnwitnessed.set(id, [...before, slot])
  state.unwitnessed.delete(id)
  state.unseen.add(id)
  if (before.length === 0) return
  bar(context, id, { until: (slot + (before.length === 1 ? COUNTED_SLOTS : REMEMBERED_SLOTS)) as Slot, why: 'unwitnessed' })
}

/**
 * Notes a dispute by a member of which no submission, or no request that names it, was witnessed. Bars one with too many,
 * whatever the cause.
 */
export function unseenDispute(context: Barring, id: MeterId): void {
  const { state, slot } = context
  const slots = (state.unseenDisputes.get(id) ?? []).filter(each => each > slot - COUNTED_SLOTS && each !== slot)
  state.unseenDisputes.set(id, [...slots, slot])
  if (slots.length + 1 < TOO_MANY) return
  state.unseenDisputes.delete(id)
  bar(context, id, { until: (slot + REMEMBERED_SLOTS) as Slot, why: 'disputes' })
}

/** Forgets what no longer counts in a slot. */
export function forgetBars(state: RegistrarState, slot: Slot): void {
  for (const [id, { until }] of state.bars) if (until !== undefined && until <= slot) state.bars.delete(id)
  for (const [id, faults] of state.faults) if (Math.max(...faults.keys()) <= slot - REMEMBERED_SLOTS) state.faults.delete(id)
  for (const [id, slots] of state.markedUnwitnessed)
    if ((slots.at(-1) as Slot) <= slot - REMEMBERED_SLOTS) state.markedUnwitnessed.delete(id)
  for (const [id, slots] of state.unseenDisputes) if ((slots.at(-1) as Slot) <= slot - COUNTED_SLOTS) state.unseenDisputes.delete(id)
  for (const [id, lost] of state.journalsLost) if (lost <= slot - REMEMBERED_SLOTS) state.journalsLost.delete(id)
  for (const each of state.damped) if (each <= slot - COUNTED_SLOTS) state.damped.delete(each)
}
