// A phase at one party: its rounds run one after the other, each as soon as all that it waits for is there or it is due.

import { countDrop } from '@hushgrid/machine'
import { Drop, type DropReason } from '@hushgrid/messages'
import { HushgridError, type LaneVector, type MeterId, type Slot, slotAt } from '@hushgrid/primitives'
import { MalformedBodyError } from '../errors.ts'
import { type BoundRound, broadcastTo, type Inbox, type Made, type Outcome, type Outgoing, type Phase, type Turn } from '../scheme.ts'
import { CostLedger } from './counts.ts'
import { sealSchemeEnvelope } from './envelope.ts'
import type { HeldGroup, PhaseRun, SchemeContext, SchemeState, SendOutput } from './machine-state.ts'
import { phaseTimes } from './phase-times.ts'
import { encodeRecord } from './scheme-journal.ts'

const NO_COSTS = new CostLedger()

/** Names a phase of a slot in a group. */
export function runKey({ announcement }: HeldGroup, phase: Phase, slot: Slot): string {
  return `${announcement.group.epoch} ${phase} ${slot}`
}

/** Gives a phase that is under way, and begins it where it is not. */
export function openRun({ runs, readings, memory }: SchemeState, held: HeldGroup, phase: Phase, slot: Slot): PhaseRun {
  const key = runKey(held, phase, slot)
  let run = runs.get(key)
  if (!run) {
    // Rounds that have run and whose records a crash cut off do not run again.
    const next = (memory.ran.get(key) ?? -1) + 1
    run = { held, phase, slot, next, boxes: new Map(), reading: phase === 'slot' ? readings.get(slot) : undefined, closed: false }
    runs.set(key, run)
  }
  return run
}

/** Runs all rounds whose time has come. */
export function progress(context: SchemeContext, run: PhaseRun): void {
  const { held, phase } = run
  if (!run.closed && phase === 'slot' && held.formation === 'unformed') leaveOut(context, run)
  const rounds = held.rounds?.[phase] ?? []
  while (!run.closed) {
    const index = run.next
    const round = rounds[index]
    if (index >= rounds.length) close(context, run)
    else if (!round) run.next++
    else if (!runIfReady(context, run, round)) return
  }
}

/** Passes over a slot of a group that is not formed; who would learn its total says that it is lost. */
function leaveOut(context: SchemeContext, run: PhaseRun): void {
  const { state, now } = context
  const { role, slotSeconds } = state.config
  if (role !== 'aggregator') run.closed = true
  else if (now >= phaseTimes('slot', run.slot, slotSeconds).due(0))
    endWith(context, run, { type: 'lost', reason: 'missing', members: [...run.held.missing] })
}

/** Runs the round that comes next, if it may. @returns whether it has run */
function runIfReady(context: SchemeContext, run: PhaseRun, round: BoundRound): boolean {
  const { state, now } = context
  if (run.phase === 'slot' && run.held.formation !== 'formed') return false
  const due = now >= phaseTimes(run.phase, run.slot, state.config.slotSeconds).due(run.next)
  if (!due && !mayBegin(context, run)) return false
  const turn = turnOf(state, run)
  const awaited = round.awaits(turn)
  const box = run.boxes.get(run.next)
  if (!due && awaited.some(party => !box?.has(party))) return false
  runRound(context, run, { round, turn, awaited })
  return true
}

/** Tells whether a round may run before it is due: the first waits for the phase to begin, and for a meter's reading. */
function mayBegin({ state, now }: SchemeContext, { phase, slot, next, reading }: PhaseRun): boolean {
  const { role, slotSeconds } = state.config
  if (next > 0) return true
  return now >= phaseTimes(phase, slot, slotSeconds).begins && (phase !== 'slot' || role !== 'meter' || reading !== undefined)
}

function turnOf({ config }: SchemeState, { held, phase, slot, next }: PhaseRun): Turn {
  const { role, identity, rng, costs = NO_COSTS } = config
  const { group } = held.announcement
  return { role, self: identity.id, group, phase, slot, rng, work: costs.at({ phase, round: next + 1, role }) }
}

interface Ready {
  readonly round: BoundRound
  readonly turn: Turn
  readonly awaited: readonly MeterId[]
}

function runRound(context: SchemeContext, run: PhaseRun, ready: Ready): void {
  const { state, out } = context
  const { held, phase, slot, next: index } = run
  // Noted before it runs: a process that ends in the middle of it does not run it again.
  state.memory.ran.set(runKey(held, phase, slot), index)
  run.next = index + 1
  const malformed = new Set<MeterId>()
  const made = tryRound(context, run, ready, malformed)
  run.reading?.fill(0n)
  run.reading = undefined
  if (phase === 'slot') state.readings.delete(slot)
  if (!made) return
  const box = run.boxes.get(index)
  const missing = ready.awaited.filter(party => malformed.has(party) || !box?.has(party))
  if (phase !== 'slot') for (const party of missing) held.missing.add(party)
  const outcome = made.outcome && named(made.outcome, malformed)
  const sends = (made.send ?? []).filter(({ to }) => to !== state.config.identity.id)
  checkOnceSealed(sends)
  const outputs = sends.map(message => sendOf(state, run, index + 1, message))
  const { epoch } = held.announcement.group
  const sent = outputs.map(({ to, bytes }) => ({ to, bytes }))
  out.push({ type: 'journal', record: encodeRecord({ kind: 'ran', epoch, phase, slot, round: index, sends: sent, missing, outcome }) })
  out.push(...outputs)
  for (const { member, what } of made.accused ?? []) out.push({ type: 'accused', member, what, envelopes: envelopesOf(run, member) })
  if (outcome) endWith(context, run, outcome)
}

/** Runs a round without those whose bodies cannot be read; gives nothing where it broke off. */
function tryRound(context: SchemeContext, run: PhaseRun, { round, turn, awaited }: Ready, malformed: Set<MeterId>): Made | undefined {
  const box = run.boxes.get(run.next - 1)
  const from = new Map<MeterId, Uint8Array>()
  for (const party of awaited) {
    const taken = box?.get(party)
    if (taken?.body) from.set(party, taken.body)
    else if (taken) malformed.add(party)
  }
  const reading = run.next === 1 ? (run.reading?.slice() as LaneVector | undefined) : undefined
  for (;;) {
    const inbox: Inbox = { from, missing: awaited.filter(party => !from.has(party)), reading }
    try {
      return round.run(inbox, turn)
    } catch (cause) {
      if (!(cause instanceof HushgridError)) throw cause
      if (!(cause instanceof MalformedBodyError && from.delete(cause.sender))) return failed(context, run, cause)
      malformed.add(cause.sender)
      dropped(context, cause.sender, 'wrong-shape', cause.message)
    }
  }
}

/** Ends a phase for this party, since a round cannot compute with what came. */
function failed({ state, out }: SchemeContext, run: PhaseRun, { message }: HushgridError): undefined {
  const { held, phase, slot, next } = run
  const { epoch } = held.announcement.group
  const missing = [state.config.identity.id]
  out.push({ type: 'journal', record: encodeRecord({ kind: 'ran', epoch, phase, slot, round: next - 1, sends: [], missing }) })
  out.push({ type: 'failed', phase, slot, round: next, what: message })
  close({ out }, run, true)
}

/** Counts a message that was not taken. */
export function dropped({ state, now, out }: SchemeContext, from: MeterId, reason: DropReason, detail?: string): void {
  out.push(countDrop(state.drops, new Drop(reason, detail), from, slotAt(now, state.config.slotSeconds)))
}

/** Names a loss by its reason: nobody was silent, and what came could not be read. */
function named(outcome: Outcome, malformed: ReadonlySet<MeterId>): Outcome {
  const unread = outcome.type === 'lost' && outcome.reason === 'missing' && malformed.size > 0
  return unread && outcome.members.every(id => malformed.has(id)) ? { ...outcome, reason: 'malformed' } : outcome
}

function sendOf(
  { config }: SchemeState,
  { held, phase, slot }: PhaseRun,
  round: number,
  { to, body, sealed = false }: Outgoing
): SendOutput {
  const { role, identity, costs = NO_COSTS } = config
  const place = { phase, slot, round }
  const sent = sealed ? held.sealer.seal(to as MeterId, place, body) : body
  const bytes = sealSchemeEnvelope({ ...place, receiver: to, sealed, body: sent }, held.context, identity)
  const copies = to === 'meters' ? broadcastTo(held.announcement.group, identity.id).length : 1
  costs.at({ ...place, role }).sent({ copies, body: body.byteLength, bytes: bytes.byteLength, sealed })
  return { type: 'send', to, bytes, ...place }
}

/** @throws HushgridError where a scheme would have a nonce used twice */
function checkOnceSealed(sends: readonly Outgoing[]): void {
  const receivers = sends.filter(({ sealed }) => sealed).map(({ to }) => to)
  if (new Set(receivers).size < receivers.length || receivers.includes('meters'))
    throw new HushgridError('sealed messages: expected one for each receiver and round')
}

function envelopesOf({ boxes }: PhaseRun, member: MeterId): Uint8Array[] {
  return [...boxes.values()].flatMap(box => box.get(member)?.bytes ?? [])
}

/** Ends a phase with its outcome. */
function endWith({ out }: SchemeContext, run: PhaseRun, outcome: Outcome): void {
  const { held, phase, slot } = run
  out.push({ type: 'outcome', phase, epoch: held.announcement.group.epoch, slot, outcome })
  close({ out }, run, true)
}

/**
 * Ends a phase. A group's setup or change has formed it where all rounds have run and nobody was missing.
 *
 * @param early - true before all rounds have run
 */
export function close({ out }: Pick<SchemeContext, 'out'>, run: PhaseRun, early = false): void {
  const { held, phase } = run
  run.closed = true
  if (phase === 'slot') return
  const { epoch } = held.announcement.group
  held.formation = early || held.missing.size > 0 ? 'unformed' : 'formed'
  out.push(held.formation === 'formed' ? { type: 'formed', epoch } : { type: 'unformed', epoch, missing: [...held.missing] })
}
