/**
 * The meter of the path by concentrator and PES as a state machine without I/O: it learns the setup, joins with its key
 * wrapped for the PES, and sends each reading once, sealed for the PES; with `direct` it is encrypted for the supplier inside.
 *
 * Its contract: `set-up` before `join`, each with its answer fed in as a message before the next; readings, ticks and
 * `concentrator-back` at any time in between. A submission is in the journal before it is published, so that a crash
 * between the two loses the slot, and none is sent twice with other contents.
 */
import { countDrop, earliest, type Step } from '@hushgrid/machine'
import {
  Drop,
  DropCounter,
  decodeEnvelope,
  type Envelope,
  MessageType,
  PesJoin,
  PesJoinReply,
  PesLeave,
  PesReading,
  PesSetupRequest,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import {
  type Epoch,
  ed25519Verifier,
  HushgridError,
  type LaneVector,
  type MeterId,
  type Millis,
  type Slot,
  slotAt,
  slotTimes
} from '@hushgrid/primitives'
import { pesDrop } from '../drop.ts'
import { PesSetupError } from '../errors.ts'
import { openPesSetup } from '../pes/setup.ts'
import { keyForPes, sealProven, sealReading, wrapKey } from '../reading.ts'
import type { PesMeterConfig, PesMeterContext, PesMeterInput, PesMeterOutput, PesMeterRecord, PesMeterState } from './state.ts'

/** Readings that may wait for their slot's end. */
const PENDING_READINGS = 8
const NO_EPOCH = 0 as Epoch
const NO_KEY = new Uint8Array(0)

/**
 * @param journal - records of the last slots, in order; undefined where it is missing or damaged: every slot up to the one
 *   that ends next then counts as possibly sent
 */
export function createPesMeter(config: PesMeterConfig, journal: readonly PesMeterRecord[] | undefined, now: Millis): PesMeterState {
  const current = slotAt(now, config.slotSeconds)
  const last = journal?.at(-1)
  const state: PesMeterState = {
    config,
    drops: new DropCounter(),
    terms: undefined,
    key: NO_KEY,
    firstSlot: undefined,
    readings: new Map(),
    finishedThrough: journal ? (last?.slot ?? -1) : current,
    last: last && { slot: last.slot, bytes: last.bytes },
    asked: 'join',
    tickedThrough: current - 1,
    wakeAt: undefined
  }
  schedule(state, now)
  return state
}

/** One step of the meter. Never throws on what comes from the network. */
export function stepPesMeter(state: PesMeterState, input: PesMeterInput, now: Millis): Step<PesMeterState, PesMeterOutput> {
  const context: PesMeterContext = { state, now, out: [] }
  const { out } = context
  switch (input.type) {
    case 'message':
      receive(context, input.from, input.bytes)
      break
    case 'reading':
      takeReading(context, input.slot, input.lanes)
      break
    case 'set-up':
    case 'join':
    case 'leave':
      out.push({ type: 'request', bytes: requestOf(state, input.type, now) })
      break
    case 'concentrator-back':
      if (state.last && now < slotTimes(state.last.slot, state.config.slotSeconds).deadline)
        out.push({ type: 'resend', bytes: state.last.bytes })
      break
    case 'tick':
      state.tickedThrough = slotAt(now, state.config.slotSeconds) - 1
      submitIfDue(context)
      for (const slot of state.readings.keys()) if (slot < state.tickedThrough) state.readings.delete(slot)
      break
  }
  schedule(state, now)
  return { state, outputs: out }
}

function takeReading(context: PesMeterContext, slot: Slot, lanes: LaneVector): void {
  const { state } = context
  if (slot <= state.finishedThrough) return
  state.readings.set(slot, lanes)
  if (state.readings.size > PENDING_READINGS) state.readings.delete(Math.min(...state.readings.keys()) as Slot)
  submitIfDue(context)
}

function requestOf(state: PesMeterState, what: 'set-up' | 'join' | 'leave', now: Millis): Uint8Array {
  const { identity, networkId, slotSeconds } = state.config
  const seal = (type: MessageType, payload: Uint8Array): Uint8Array =>
    sealEnvelope(identity, type, networkId, NO_EPOCH, slotAt(now, slotSeconds), payload)
  if (what === 'set-up') return seal(MessageType.PesSetupRequest, PesSetupRequest.encode({}))
  state.asked = what
  if (what === 'leave') return seal(MessageType.PesLeave, PesLeave.encode({}))
  const { terms } = state
  if (!terms) throw new HushgridError('join: expected a meter that knows the setup')
  return seal(MessageType.PesJoin, PesJoin.encode({ wrappedKey: wrapKey(terms.rsaKey, networkId, identity.id, state.key) }))
}

function receive({ state, now, out }: PesMeterContext, from: MeterId, bytes: Uint8Array): void {
  try {
    const envelope = decodeEnvelope(bytes)
    if (envelope.type === MessageType.PesSetup) takeSetup(state, bytes, out)
    else if (envelope.type === MessageType.PesJoinReply) takeJoinReply(state, envelope, out)
    else throw new Drop('unexpected-type', envelope.type)
  } catch (cause) {
    out.push(countDrop(state.drops, pesDrop(cause), from, slotAt(now, state.config.slotSeconds)))
  }
}

/** Takes the first setup and stays with it, since nobody may change the key on the way. */
function takeSetup(state: PesMeterState, bytes: Uint8Array, out: PesMeterOutput[]): void {
  const { networkId, slotSeconds, policy, verifier } = state.config
  try {
    const known = state.terms
    const terms = openPesSetup(bytes, {
      networkId,
      slotSeconds,
      verifier,
      ...policy,
      ...(known && { pes: known.pes, supplier: known.supplier })
    })
    if (known && known.publicKey.fingerprint !== terms.publicKey.fingerprint)
      throw new PesSetupError('setup of the PES: expected the supplier’s key as before, got another')
    state.terms ??= terms
    if (!known) state.key = keyForPes(state.config.secret, state.config.identity.id, terms)
    out.push({ type: 'set-up', terms: state.terms })
  } catch (cause) {
    if (!(cause instanceof PesSetupError)) throw cause
    out.push({ type: 'setup-refused', error: cause })
    throw new Drop('bad-signature', cause.message)
  }
}

function takeJoinReply(state: PesMeterState, envelope: Envelope, out: PesMeterOutput[]): void {
  const { concentrator, networkId, verifier } = state.config
  if (envelope.sender !== concentrator) throw new Drop('unknown-sender')
  if (!verifyEnvelope(envelope, (verifier ?? ed25519Verifier)(concentrator), networkId)) throw new Drop('bad-signature')
  const { refused, firstSlot } = PesJoinReply.decode(envelope.payload)
  if (refused !== '') out.push({ type: 'refused', reason: refused })
  else if (state.asked === 'leave') {
    state.firstSlot = undefined
    out.push({ type: 'left' })
  } else {
    state.firstSlot = firstSlot as Slot
    out.push({ type: 'admitted', firstSlot: firstSlot as Slot })
  }
}

/** Sends the slot that has just ended, once, in [E, D). */
function submitIfDue({ state, now, out }: PesMeterContext): void {
  const { config, terms, key, firstSlot } = state
  const { identity, networkId, slotSeconds, rng } = config
  const slot = (slotAt(now, slotSeconds) - 1) as Slot
  const reading = state.readings.get(slot)
  if (!terms || firstSlot === undefined || slot < firstSlot || slot <= state.finishedThrough || !reading) return
  const { end, deadline } = slotTimes(slot, slotSeconds)
  if (now < end || now >= deadline) return
  if (reading.length !== terms.lanes.length) throw new HushgridError(`reading: expected ${terms.lanes.length} lanes, got ${reading.length}`)
  const origin = { networkId, meter: identity.id, slot }
  const sealed = terms.direct
    ? sealProven(key, origin, reading, { proofs: terms.direct.proofs, packing: terms.packing, rng })
    : sealReading(key, origin, reading)
  const bytes = sealEnvelope(identity, MessageType.PesReading, networkId, NO_EPOCH, slot, PesReading.encode({ sealed }))
  state.finishedThrough = slot
  state.readings.delete(slot)
  reading.fill(0n)
  state.last = { slot, bytes }
  out.push({ type: 'journal', record: { kind: 'submission', slot, bytes } })
  out.push({ type: 'publish', topic: 'readings', bytes })
}

function schedule(state: PesMeterState, now: Millis): void {
  const { slotSeconds } = state.config
  // Keeps the tick of a slot's end due, also where a message comes just before it.
  const due = Math.min(state.tickedThrough + 1, slotAt(now, slotSeconds)) as Slot
  state.wakeAt = earliest(slotTimes(due, slotSeconds).end)
}
