/**
 * The registrar of PROTOCOL.md as a state machine without I/O: it enrols meters, admits them, signs the rosters, and
 * witnesses who is there and who is at fault. Same calling contract as the meter's. Its random bytes come in through the
 * configuration.
 */
import type { Step } from '@hushgrid/machine'
import { DropCounter, decodeEnvelope } from '@hushgrid/messages'
import { equalBytes, HushgridError, type Millis, type Slot, slotAt } from '@hushgrid/primitives'
import type { RegistrarRecord } from '../meter/journal.ts'
import { RosterBook } from '../roster/book.ts'
import { answer, wishToBeIn, wishToLeave } from './enrolment.ts'
import { fault, judge } from './judgement/faults.ts'
import { forgetSlots, witness } from './judgement/witness.ts'
import { presenceTimes, probed, watchPresence } from './membership.ts'
import {
  type EnrolledMeter,
  isExcluded,
  keepRoster,
  noteFault,
  type RegistrarConfig,
  type RegistrarInput,
  type RegistrarOutput,
  type RegistrarState,
  remember,
  setAggregator,
  settle
} from './state.ts'
import { rosterIfDue } from './succession.ts'

export type {
  EnrolledMeter,
  Heard,
  HeardRequest,
  HeardResult,
  RegistrarConfig,
  RegistrarInput,
  RegistrarOutput,
  RegistrarState,
  WitnessedSlot
} from './state.ts'

/**
 * A registrar as it comes up, from its key and its journal.
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
      aggregatorKey: config.aggregatorKey
    }),
    drops: new DropCounter(),
    enrolled: new Map(),
    byBlindingKey: new Map(),
    waiting: new Set(),
    leaving: new Set(),
    returning: new Set(),
    moved: new Set(),
    away: new Set(),
    misses: new Map(),
    faults: new Map(),
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
  state.ringSeed = state.book.latest?.roster.ringSeed ?? config.rng.bytes(32)
  state.book.prune(now)
  schedule(state, now)
  return state
}

function restore(state: RegistrarState, record: RegistrarRecord): void {
  switch (record.kind) {
    case 'enrolled': {
      const { meter } = record
      const before = state.enrolled.get(meter.credential.meterId)
      remember(state, meter)
      if (meter.placement && isRequest(meter, before) && !isExcluded(state, meter.credential.meterId)) wishToBeIn(state, meter)
      return
    }
    case 'aggregator':
      setAggregator(state, record.key, record.address)
      return
    case 'leaving':
      wishToLeave(state, record.meterId)
      return
    case 'fault':
      noteFault(state, record.meterId, record.slot, record.what)
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

/** A record of an enrolment is that of a request to be in, unless it only came with another credential. */
function isRequest(meter: EnrolledMeter, before: EnrolledMeter | undefined): boolean {
  return !before?.placement || equalBytes(before.credential.signature, meter.credential.signature)
}

/**
 * The shortest journal from which a registrar comes up as this one: what a store writes when it starts afresh. Who is
 * being watched for being away is not in it.
 */
export function registrarJournal(state: RegistrarState): RegistrarRecord[] {
  const { aggregator, enrolled, rosters, faults } = state
  const records: RegistrarRecord[] = []
  if (aggregator) records.push({ kind: 'aggregator', key: aggregator.key, address: aggregator.address })
  for (const meter of enrolled.values()) records.push({ kind: 'enrolled', meter })
  for (const bytes of rosters.values()) records.push({ kind: 'roster', bytes })
  // After the rosters, which would be taken to have brought it about.
  for (const id of [...state.waiting, ...state.returning, ...state.moved]) {
    const meter = enrolled.get(id)
    if (meter) records.push({ kind: 'enrolled', meter })
  }
  const roster = state.book.latest?.roster
  for (const [id, { placement }] of enrolled) {
    const away = placement && roster?.indexOf(id) === undefined && !state.waiting.has(id)
    if (away || state.leaving.has(id)) records.push({ kind: 'leaving', meterId: id })
  }
  for (const [meterId, slots] of faults) for (const [slot, what] of slots) records.push({ kind: 'fault', meterId, slot, what })
  return records
}

/** One step of the registrar. Never throws on what comes from the network. */
export function stepRegistrar(state: RegistrarState, input: RegistrarInput, now: Millis): Step<RegistrarState, RegistrarOutput> {
  const outputs: RegistrarOutput[] = []
  switch (input.type) {
    case 'enrol':
      outputs.push(...answer(state, input.from, input.bytes, input.token, now))
      break
    case 'message':
      outputs.push(...witness(state, input, now))
      break
    case 'probed': {
      const slot = probed(state, input.meterId, input.bytes, now, outputs)
      // It was there and owed a release.
      if (slot !== undefined && state.witnessed.get(slot)?.silent.delete(input.meterId))
        fault(state, input.meterId, slot, 'silent', outputs)
      break
    }
    case 'tick':
      break
  }
  for (const [slot, witnessed] of state.witnessed) {
    if (!witnessed.judged && now >= presenceTimes(slot, state.config.slotSeconds)[3]) judge(state, slot, witnessed, outputs)
  }
  watchPresence(state, now, outputs)
  rosterIfDue(state, now, outputs)
  state.book.prune(now)
  forgetSlots(state, now)
  schedule(state, now)
  return { state, outputs }
}

function schedule(state: RegistrarState, now: Millis): void {
  const { slotSeconds } = state.config
  const ended = (slotAt(now, slotSeconds) - 1) as Slot
  const moments = [ended, ended + 1].flatMap(slot => presenceTimes(slot as Slot, slotSeconds))
  state.wakeAt = state.book.latest && (moments.find(moment => moment > now) as Millis | undefined)
}
