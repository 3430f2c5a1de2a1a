/**
 * One party of a scheme as a state machine without I/O: it runs its role's rounds, signs and seals what they send, checks what
 * comes, and counts what it costs.
 *
 * - `createScheme` comes first, with what outlived the process before, or without. Then `stepScheme` comes with each input and
 *   the protocol time, never two at once. The state handed in is used up.
 * - Inputs: the registrar's announcement of a group, which begins its setup, join or leave; a meter's reading of a slot; a
 *   message; a tick at `wakeAt` or later. They may interleave in any way, and come twice. A group is announced up to a unit
 *   before its first slot's end.
 * - A round runs once: as soon as all that it waits for is there, or when it is due. A phase ends with its first outcome.
 *   Messages of later rounds are kept, as are those of a group that is announced only after them, within bounds.
 * - A step does not throw, whatever the network brings. A body that cannot be read leaves its sender missing.
 * - Two different messages of one sender for the same phase, slot, round and receiver are put out as `accused`, with both;
 *   the first counts.
 * - Outputs are carried out in order. A `journal` output is on stable storage before the next is carried out: the party that
 *   crashes between the two has run, taken or sent what the record holds. With its journal and memory it goes on where it was:
 *   a round that has run does not run again, and at its first step the same bytes are sent once more. A round whose record was
 *   not written has run too; what it would have sent is lost, and the party counts as missing.
 * - A party without its journal starts with a new agreement key. Announcements that have the old key are refused, so that it
 *   takes part in no group in which it may have sent already, and seals nothing twice.
 */

import { earliest, type Step } from '@hushgrid/machine'
import { DropCounter } from '@hushgrid/messages'
import { type LaneVector, type Millis, type Slot, slotAt, slotTimes } from '@hushgrid/primitives'
import { isSummable } from '../facts.ts'
import { decodeAnnouncement } from './announcement.ts'
import { decodeSchemeEnvelope } from './envelope.ts'
import type { KeptScheme, PhaseRun, SchemeConfig, SchemeContext, SchemeInput, SchemeOutput, SchemeState } from './machine-state.ts'
import { close, dropped, openRun, progress, runKey } from './phase-run.ts'
import { earliestOf, phaseTimes } from './phase-times.ts'
import { heldFor, hold, put, receiveGroup, receiveMessage } from './receiving.ts'
import { decodeRecord } from './scheme-journal.ts'

/** @param kept - journal and memory of the process before; undefined where there was none, or they are lost */
export function createScheme(config: SchemeConfig, kept: KeptScheme | undefined, now: Millis): SchemeState {
  const state: SchemeState = {
    config,
    memory: kept?.memory ?? { rounds: new Map(), ran: new Map() },
    drops: new DropCounter(),
    verifying: new Map(),
    held: [],
    runs: new Map(),
    readings: new Map(),
    early: [],
    resend: [],
    wakeAt: undefined
  }
  for (const bytes of kept?.journal ?? []) restore(state, bytes, now)
  if (kept) state.wakeAt = now
  return state
}

/** Takes in a record of the journal, unchecked: it was checked when it was taken. */
function restore(state: SchemeState, bytes: Uint8Array, now: Millis): void {
  const record = decodeRecord(bytes)
  if (record.kind === 'group') {
    hold(state, decodeAnnouncement(record.bytes), record.bytes)
    return
  }
  const { epoch, phase, slot } = record
  const held = state.held.find(each => each.announcement.group.epoch === epoch)
  if (!held) return
  const run = openRun(state, held, phase, slot)
  if (record.kind === 'received') {
    put(run, decodeSchemeEnvelope(record.bytes, record.bytes.byteLength), record.bytes)
    return
  }
  const { round, sends, missing, outcome } = record
  // The memory of a phase that is over is gone; its records say that it has run.
  run.next = Math.max(run.next, round + 1)
  if (phase !== 'slot') for (const party of missing) held.missing.add(party)
  const isOver = now >= phaseTimes(phase, slot, state.config.slotSeconds).over
  if (!isOver) for (const send of sends) state.resend.push({ type: 'send', ...send, phase, slot, round: round + 1 })
  if (outcome && !isOver) state.resend.push({ type: 'outcome', phase, epoch, slot, outcome })
  if (outcome) close({ out: state.resend }, run, true)
}

/** One step of a party. Never throws on what comes from the network. */
export function stepScheme(state: SchemeState, input: SchemeInput, now: Millis): Step<SchemeState, SchemeOutput> {
  const context: SchemeContext = { state, now, out: [] }
  context.out.push(...state.resend)
  state.resend = []
  // What is due runs without what comes only now.
  advance(context)
  if (input.type === 'group') receiveGroup(context, input)
  else if (input.type === 'message') receiveMessage(context, input)
  else if (input.type === 'reading') takeReading(context, input)
  advance(context)
  schedule(state, now)
  return { state, outputs: context.out }
}

function takeReading(context: SchemeContext, { slot, lanes }: { readonly slot: Slot; readonly lanes: LaneVector }): void {
  const { state, now } = context
  const { slotSeconds, identity } = state.config
  if (now < earliestOf(slot, slotSeconds)) dropped(context, identity.id, 'too-early')
  else if (now >= slotTimes(slot, slotSeconds).deadline) dropped(context, identity.id, 'slot-over')
  // The total would wrap, unnoticed.
  else if (!isSummable(lanes)) dropped(context, identity.id, 'implausible')
  else {
    const reading = lanes.slice() as LaneVector
    state.readings.set(slot, reading)
    const held = heldFor(state, 'slot', slot)
    const run = held && state.runs.get(runKey(held, 'slot', slot))
    if (run && run.next === 0) run.reading = reading
  }
}

/** Runs what is due and what is complete, and forgets what is over. */
function advance(context: SchemeContext): void {
  const { state, now } = context
  const { slotSeconds } = state.config
  const current = slotAt(now, slotSeconds)
  const ended = (current - 1) as Slot
  const held = current > 0 ? heldFor(state, 'slot', ended) : undefined
  if (held?.rounds && now < slotTimes(ended, slotSeconds).over) openRun(state, held, 'slot', ended)
  for (const [key, run] of state.runs) {
    const isOver = now >= phaseTimes(run.phase, run.slot, slotSeconds).over
    if (!isOver) {
      progress(context, run)
      continue
    }
    if (!run.closed) close(context, run, run.held.rounds?.[run.phase]?.slice(run.next).some(Boolean))
    state.runs.delete(key)
  }
  forget(state, ended, now)
}

/** Forgets groups that no slot to come can have, and what was kept for slots that are over. */
function forget(state: SchemeState, ended: Slot, now: Millis): void {
  const { memory, held, readings, config } = state
  const first = held.findLastIndex(({ announcement }) => announcement.firstSlot <= ended)
  const gone = first > 0 ? held.splice(0, first) : []
  for (const { announcement } of gone) memory.rounds.delete(announcement.group.epoch)
  for (const key of memory.ran.keys()) if (!state.runs.has(key)) memory.ran.delete(key)
  for (const slot of readings.keys()) if (now >= slotTimes(slot, config.slotSeconds).deadline) readings.delete(slot)
  state.early = state.early.filter(({ slot }) => slot > ended)
}

function schedule(state: SchemeState, now: Millis): void {
  const { slotSeconds } = state.config
  const current = slotAt(now, slotSeconds)
  const moments = [...state.runs.values()].filter(({ closed }) => !closed).map(run => nextMoment(run, slotSeconds, now))
  // A group that is announced ahead has its first slot later, and nobody may send anything before its end.
  const begins = (slot: Slot): number | undefined =>
    (heldFor(state, 'slot', slot)?.rounds?.slot?.length ?? 0) > 0 ? slotTimes(slot, slotSeconds).end : undefined
  const ahead = state.held.map(({ announcement }) => announcement.firstSlot).filter(slot => slot > current)
  state.wakeAt = earliest(...moments, begins(current), ...ahead.map(begins))
}

/** Gives the moment at which a phase goes on by itself. */
function nextMoment({ phase, slot, next }: PhaseRun, slotSeconds: number, now: Millis): number {
  const times = phaseTimes(phase, slot, slotSeconds)
  return next === 0 && now < times.begins ? times.begins : times.due(next)
}
