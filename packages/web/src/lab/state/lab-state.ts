// State of the neighbourhood on the page, and how each change of the feed alters it.
import type { LabChange, LabLine, LabOpenSlot, LabRefusal, LabSlot, LabState } from '@hushgrid/web-api'

/** Number of past slots that are kept: a day of quarter hours. */
export const SLOTS_KEPT = 96
/** Number of lines of the log that are kept. */
export const LINES_KEPT = 100

/**
 * Gives the neighbourhood after a change. Unchanged parts keep their identity, so that only views of the changed ones are
 * drawn anew. Ignores changes of any slot but the open one, except refusals, which may come after their slot is over.
 */
export function applyChange(state: LabState, change: LabChange): LabState {
  switch (change.type) {
    case 'snapshot':
      return bounded(change.state)
    case 'forming':
      return { ...state, phase: 'forming', forming: { step: change.step, done: change.done, of: change.of } }
    case 'ring': {
      const { epoch, degree, meters, edges, spare } = change
      return { ...state, epoch, degree, meters, edges, spare }
    }
    case 'meter':
      return {
        ...state,
        meters: state.meters.map(meter => (meter.household === change.household ? { ...meter, state: change.state } : meter))
      }
    case 'aggregator':
      return { ...state, aggregatorUp: change.up }
    case 'open':
      return opened(state, { slot: change.slot, start: change.start, submitted: [], missing: [], releasing: [], refused: [] })
    case 'submitted':
    case 'missing':
    case 'releasing':
      return inOpenSlot(state, change.slot, open => ({ ...open, [change.type]: union(open[change.type], change.households) }))
    case 'refused':
      return refused(state, change.slot, change.refusals)
    case 'over':
      return {
        ...state,
        slots: lastOf([...state.slots.filter(({ slot }) => slot !== change.slot.slot), change.slot], SLOTS_KEPT),
        counters: change.counters
      }
    case 'asked':
      return { ...state, asked: change.asked }
    case 'log':
      return { ...state, log: lastOf<LabLine>([...state.log, change.line], LINES_KEPT) }
  }
}

function bounded(state: LabState): LabState {
  return { ...state, slots: lastOf(state.slots, SLOTS_KEPT), log: lastOf(state.log, LINES_KEPT) }
}

/** Ends the forming with the first open slot, since readings come only to a formed neighbourhood. */
function opened({ forming: _, ...state }: LabState, open: LabOpenSlot): LabState {
  return { ...state, phase: 'running', open }
}

function inOpenSlot(state: LabState, slot: number, change: (open: LabOpenSlot) => LabOpenSlot): LabState {
  return state.open?.slot === slot ? { ...state, open: change(state.open) } : state
}

function refused(state: LabState, slot: number, refusals: readonly LabRefusal[]): LabState {
  const added = <T extends LabOpenSlot | LabSlot>(row: T): T => ({ ...row, refused: withRefusals(row.refused, refusals) })
  const after = inOpenSlot(state, slot, added)
  if (!state.slots.some(row => row.slot === slot)) return after
  return { ...after, slots: after.slots.map(row => (row.slot === slot ? added(row) : row)) }
}

function withRefusals(known: readonly LabRefusal[], more: readonly LabRefusal[]): readonly LabRefusal[] {
  const keyOf = ({ household, reason }: LabRefusal): string => `${household} ${reason}`
  return [...new Map([...known, ...more].map(refusal => [keyOf(refusal), refusal])).values()]
}

function union(known: readonly number[], more: readonly number[]): readonly number[] {
  return [...new Set([...known, ...more])]
}

function lastOf<T>(list: readonly T[], most: number): readonly T[] {
  return list.length > most ? list.slice(-most) : list
}
