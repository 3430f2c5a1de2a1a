/**
 * The registrar of PROTOCOL.md as a state machine without I/O: it enrols meters, admits them, signs the rosters, and
 * witnesses who is there and who is at fault.
 *
 * - `createRegistrar` comes first, with all that the journal holds. Then `stepRegistrar` comes with each input and the
 *   protocol time, never two at once. The state handed in is used up. Random bytes come in through the configuration.
 * - Inputs: a message by gossip, which it only witnesses; a request on the enrol stream, answered by a `reply` output with
 *   its token in the same step; `probed` and `handed`, what came of a `probe` or `hand` output; `line`, a connection that has
 *   come or gone; `lift`, an operator's word; a tick at `wakeAt` or later. They may interleave in any way, and come twice.
 * - Any step may sign the next roster, once half of the slot before it has passed: what members wish waits until then.
 * - A step does not throw, whatever the network brings.
 * - Outputs are carried out in order. A `journal` output is on stable storage before the next is carried out: a registrar
 *   that crashes between the two has signed, admitted or judged what the record holds. Two rosters for one epoch would be
 *   evidence against it, so one that hears a roster of its own that the journal does not know signs no other.
 */
import { asDrop, countDrop, earliest, type Step } from '@hushgrid/machine'
import { DisputeReply, DropCounter, decodeEnvelope, MessageType } from '@hushgrid/messages'
import { equalBytes, HushgridError, type Millis, type Slot, sha256, slotAt, slotTimes } from '@hushgrid/primitives'
import { Attendance } from '../roster/attendance.ts'
import { RosterBook } from '../roster/book.ts'
import type { RegistrarConfig, RegistrarInput, RegistrarOutput } from './contract.ts'
import { edgesWakeAt, receiveOpening, watchEdges } from './edges.ts'
import { answer, wishToBeIn } from './enrolment.ts'
import { HAND_UNITS, handOver, receiveHanded } from './handing.ts'
import { forgetSlots } from './heard.ts'
import type { RegistrarRecord } from './journal.ts'
import { judge } from './judge.ts'
import { forgetBars, isBarred, lift, noteBar, noteFault } from './membership/bars.ts'
import { Comings } from './membership/comings.ts'
import { forgetLeaves, wishToLeave } from './membership/leaves.ts'
import { presenceTimes, probed, watchPresence } from './membership/presence.ts'
import { rosterIfDue } from './membership/succession.ts'
import { keepRoster, noteCut, type RegistrarContext, type RegistrarState, remember, setAggregator, settle } from './state.ts'
import { witness } from './witness.ts'

/**
 * Starts a registrar from its key and its journal.
 *
 * @throws HushgridError where a roster of the journal is not taken: another could be signed for its epoch
 */
export function createRegistrar(config: RegistrarConfig, journal: readonly RegistrarRecord[], now: Millis): RegistrarState {
  const state: RegistrarState = {
    config,
    book: new RosterBook({
      networkId: config.networkId,
      slotSeconds: config.slotSeconds,
      registrarKey: config.identity.id,
      verifier: config.verifier,
      aggregatorKey: config.aggregatorKey,
      changeSlots: config.changeSlots
    }),
    drops: new DropCounter(),
    enrolled: new Map(),
    byBlindingKey: new Map(),
    waiting: new Set(),
    leaving: new Map(),
    returning: new Set(),
    moved: new Set(),
    away: new Set(),
    unseen: new Set(),
    misses: new Map(),
    unwitnessed: new Map(),
    markedUnwitnessed: new Map(),
    unseenDisputes: new Map(),
    damped: new Set(),
    faults: new Map(),
    bars: new Map(),
    comings: new Comings(),
    edges: new Map(),
    journalsLost: new Map(),
    lines: new Map(),
    cuts: [],
    attendance: new Attendance(config.slotSeconds),
    earlySeasons: [],
    leaves: [],
    lastLeaves: new Map(),
    proofs: [],
    rosters: new Map(),
    witnessed: new Map(),
    witnessFrom: slotAt(now, config.slotSeconds),
    keys: new Map(),
    behind: false,
    cannotForm: undefined,
    aggregator: undefined,
    ringSeed: new Uint8Array(0),
    wakeAt: undefined
  }
  for (const record of journal) restore(state, record)
  // Without its members' credentials no roster can follow the latest.
  state.behind = state.book.latest?.roster.members().some(member => !state.enrolled.has(member.meterId)) ?? false
  if (!state.book.latest) state.ringSeed = config.rng.bytes(32)
  state.book.prune(now)
  schedule(state, now)
  return state
}

function restore(state: RegistrarState, record: RegistrarRecord): void {
  switch (record.kind) {
    case 'enrolled': {
      const { meter, joins } = record
      remember(state, meter)
      if (joins && !isBarred(state, meter.credential.meterId, 0 as Slot)) wishToBeIn(state, meter)
      return
    }
    case 'aggregator':
      setAggregator(state, record.key, record.address)
      return
    case 'leaving':
      wishToLeave(state, record.meterId, record.bytes)
      return
    case 'fault':
      noteFault(state, record.meterId, record.slot, record.what)
      return
    case 'barred':
      noteBar(state, record.meterId, record.until, record.why)
      if (record.why === 'proven') {
        state.proofs = [...state.proofs, record.proofs]
        // The fault is the record before.
        const slots = [...(state.faults.get(record.meterId)?.keys() ?? [])]
        if (slots.length > 0) state.attendance.goes(record.meterId, Math.max(...slots) as Slot)
      }
      return
    case 'lifted':
      state.bars.delete(record.meterId)
      state.faults.delete(record.meterId)
      return
    case 'cut':
      if (record.season === (state.book.latest?.roster.season ?? 0)) noteCut(state, [record.lower, record.higher])
      return
    case 'attendance':
      state.attendance.note(record.slot, record.contributors)
      return
    case 'roster': {
      const envelope = decodeEnvelope(record.bytes)
      // It was ours, so it was there in time.
      const outcome = state.book.receive(envelope, record.bytes, 0 as Millis)
      if (outcome.kind !== 'taken') {
        const why = outcome.kind === 'refused' ? outcome.error.message : outcome.kind
        throw new HushgridError(`journal: expected to take the roster of epoch ${envelope.epoch}, found: ${why}`)
      }
      keepRoster(state, envelope.epoch, record.bytes)
      settle(state, outcome.held)
    }
  }
}

/** One step of the registrar. Never throws on what comes from the network. */
export function stepRegistrar(state: RegistrarState, input: RegistrarInput, now: Millis): Step<RegistrarState, RegistrarOutput> {
  const out: RegistrarOutput[] = []
  const context: RegistrarContext = { state, now, out }
  switch (input.type) {
    case 'enrol':
      out.push(...answer(state, input, now))
      break
    case 'message':
      out.push(...witness(state, input, now))
      break
    case 'probed':
      probed(context, input.meterId, input.bytes)
      break
    case 'handed':
      handed(context, input)
      break
    case 'line':
      if (!input.up) state.lines.delete(input.meterId)
      else if (!state.lines.has(input.meterId)) state.lines.set(input.meterId, now)
      break
    case 'lift':
      lift(context, input.meterId)
      break
    case 'tick':
      break
  }
  for (const [slot, witnessed] of state.witnessed) {
    if (!witnessed.judged && now >= presenceTimes(slot, state.config.slotSeconds)[3]) judge({ state, slot, witnessed, out })
  }
  watchPresence(context)
  handOver(context)
  watchEdges(context)
  rosterIfDue(context)
  state.book.prune(now)
  forgetSlots(state, now)
  forgetBars(state, slotAt(now, state.config.slotSeconds))
  forgetLeaves(state, slotAt(now, state.config.slotSeconds))
  schedule(state, now)
  return { state, outputs: out }
}

/** Takes in what came of a request that was handed over; what is wrong with it is counted. */
function handed(context: RegistrarContext, { meterId: id, request, reply }: Extract<RegistrarInput, { type: 'handed' }>): void {
  const { state, now, out } = context
  if (!reply) return
  try {
    const { acknowledged, envelopes } = DisputeReply.decode(reply)
    const isTaken = equalBytes(acknowledged, sha256(request))
    if (decodeEnvelope(request).type !== MessageType.EdgeRequest) receiveHanded(context, id, { request, acknowledged: isTaken, envelopes })
    else if (isTaken) receiveOpening(context, id, request, envelopes)
  } catch (cause) {
    out.push(countDrop(state.drops, asDrop(cause), id, slotAt(now, state.config.slotSeconds)))
  }
}

function schedule(state: RegistrarState, now: Millis): void {
  const { slotSeconds } = state.config
  const ended = (slotAt(now, slotSeconds) - 1) as Slot
  const moments = [ended, ended + 1].flatMap(slot => momentsOf(slot as Slot, slotSeconds)).filter(moment => moment > now)
  state.wakeAt = state.book.latest && earliest(...moments, edgesWakeAt(state))
}

/** Gives the moments at which something is to be done about a slot. */
function momentsOf(slot: Slot, slotSeconds: number): number[] {
  const { deadline, unit } = slotTimes(slot, slotSeconds)
  return [...presenceTimes(slot, slotSeconds), ...HAND_UNITS.map(units => Math.ceil(deadline + units * unit))]
}
