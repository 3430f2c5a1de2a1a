/**
 * The meter of the path by concentrator and PES as a state machine without I/O: it learns the setup, joins with its key
 * wrapped for the PES, and sends each reading once, encrypted. Same calling contract as the machines of the DC-net.
 */
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
  type Rng,
  type SigningKey,
  type Slot,
  slotAt,
  slotTimes,
  type VerifierOf
} from '@hushgrid/primitives'
import { PesSetupError } from '../errors.ts'
import { asDrop, countDrop, type Dropped, earliest, type Step, type Tick } from '../machine.ts'
import { openPesSetup, type PesTerms, type SetupPolicy } from '../pes/setup.ts'
import { encryptReading, sealReading, wrapKey } from '../reading.ts'

export interface PesMeterConfig {
  readonly identity: SigningKey
  /** The meter's AES-256 key, made by it and kept in its data directory. */
  readonly key: Uint8Array
  readonly networkId: Uint8Array
  readonly slotSeconds: number
  readonly concentrator: MeterId
  /** Who may sign the setup. */
  readonly policy: Pick<SetupPolicy, 'pes' | 'supplier' | 'minMembers' | 'insecure'>
  readonly verifier?: VerifierOf | undefined
  readonly rng: Rng
  /** An obfuscator that was made ahead; computed at once where none is given. */
  readonly obfuscator?: (() => bigint | undefined) | undefined
}

/** One record of the meter's journal: a submission, before it is published. */
export interface PesMeterRecord {
  readonly kind: 'submission'
  readonly slot: Slot
  readonly bytes: Uint8Array
}

export type PesMeterInput =
  /** The answer to a `request`. */
  | { readonly type: 'message'; readonly from: MeterId; readonly bytes: Uint8Array }
  | Tick
  | { readonly type: 'reading'; readonly slot: Slot; readonly lanes: LaneVector }
  /** Ask for the setup, then to be taken in, or to be let go. */
  | { readonly type: 'set-up' | 'join' | 'leave' }
  /** The concentrator is connected again: what it may have missed goes once more, while it may. */
  | { readonly type: 'concentrator-back' }

export type PesMeterOutput =
  | { readonly type: 'journal'; readonly record: PesMeterRecord }
  | { readonly type: 'publish'; readonly topic: 'readings'; readonly bytes: Uint8Array }
  /** To the concentrator on its enrol stream; the answer comes back as a message. */
  | { readonly type: 'request'; readonly bytes: Uint8Array }
  /** To the concentrator by stream: gossip may not have brought it. */
  | { readonly type: 'resend'; readonly bytes: Uint8Array }
  | { readonly type: 'set-up'; readonly terms: PesTerms }
  | { readonly type: 'setup-refused'; readonly error: PesSetupError }
  | { readonly type: 'admitted'; readonly firstSlot: Slot }
  | { readonly type: 'left' }
  | { readonly type: 'refused'; readonly reason: string }
  | Dropped

export interface PesMeterState {
  readonly config: PesMeterConfig
  readonly drops: DropCounter
  terms: PesTerms | undefined
  /** First slot that may be sent, once taken in. */
  firstSlot: Slot | undefined
  readonly readings: Map<Slot, LaneVector>
  /** Every slot up to here is sent, or may be, or never will be. */
  finishedThrough: number
  last: { readonly slot: Slot; readonly bytes: Uint8Array } | undefined
  asked: 'join' | 'leave'
  tickedThrough: number
  wakeAt: Millis | undefined
}

/** Readings that may wait for their slot's end. */
const PENDING_READINGS = 8
const NO_EPOCH = 0 as Epoch

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
  const out: PesMeterOutput[] = []
  switch (input.type) {
    case 'message':
      receive(state, input.from, input.bytes, now, out)
      break
    case 'reading':
      if (input.slot > state.finishedThrough) {
        state.readings.set(input.slot, input.lanes)
        if (state.readings.size > PENDING_READINGS) state.readings.delete(Math.min(...state.readings.keys()) as Slot)
        submitIfDue(state, now, out)
      }
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
      submitIfDue(state, now, out)
      for (const slot of state.readings.keys()) if (slot < state.tickedThrough) state.readings.delete(slot)
      break
  }
  schedule(state, now)
  return { state, outputs: out }
}

function requestOf(state: PesMeterState, what: 'set-up' | 'join' | 'leave', now: Millis): Uint8Array {
  const { identity, networkId, slotSeconds, key } = state.config
  const seal = (type: MessageType, payload: Uint8Array): Uint8Array =>
    sealEnvelope(identity, type, networkId, NO_EPOCH, slotAt(now, slotSeconds), payload)
  if (what === 'set-up') return seal(MessageType.PesSetupRequest, PesSetupRequest.encode({}))
  state.asked = what
  if (what === 'leave') return seal(MessageType.PesLeave, PesLeave.encode({}))
  const { terms } = state
  if (!terms) throw new HushgridError('join: expected a meter that knows the setup')
  const wrappedKey = terms.rsaKey ? wrapKey(terms.rsaKey, networkId, identity.id, key) : new Uint8Array(0)
  return seal(MessageType.PesJoin, PesJoin.encode({ wrappedKey }))
}

function receive(state: PesMeterState, from: MeterId, bytes: Uint8Array, now: Millis, out: PesMeterOutput[]): void {
  try {
    const envelope = decodeEnvelope(bytes)
    if (envelope.type === MessageType.PesSetup) takeSetup(state, bytes, out)
    else if (envelope.type === MessageType.PesJoinReply) takeJoinReply(state, envelope, out)
    else throw new Drop('unexpected-type', envelope.type)
  } catch (cause) {
    out.push(countDrop(state.drops, asDrop(cause), from, slotAt(now, state.config.slotSeconds)))
  }
}

/** The first setup that was taken stays: a key that changes on the way is not gone along with. */
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
    if (known && known.publicKey.n !== terms.publicKey.n)
      throw new PesSetupError('setup of the PES: expected the supplier’s key as before, got another')
    state.terms = known ?? terms
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
function submitIfDue(state: PesMeterState, now: Millis, out: PesMeterOutput[]): void {
  const { config, terms, firstSlot } = state
  const { identity, networkId, slotSeconds, key, rng } = config
  const slot = (slotAt(now, slotSeconds) - 1) as Slot
  const reading = state.readings.get(slot)
  if (!terms || firstSlot === undefined || slot < firstSlot || slot <= state.finishedThrough || !reading) return
  const { end, deadline } = slotTimes(slot, slotSeconds)
  if (now < end || now >= deadline) return
  if (reading.length !== terms.lanes.length) throw new HushgridError(`reading: expected ${terms.lanes.length} lanes, got ${reading.length}`)
  const ciphertext =
    terms.variant === 'direct'
      ? encryptReading(terms, reading, config.obfuscator?.() ?? terms.publicKey.obfuscator(rng)).toBytes()
      : sealReading(key, networkId, identity.id, slot, reading, rng)
  const bytes = sealEnvelope(identity, MessageType.PesReading, networkId, NO_EPOCH, slot, PesReading.encode({ ciphertext }))
  state.finishedThrough = slot
  state.readings.delete(slot)
  reading.fill(0n)
  state.last = { slot, bytes }
  out.push({ type: 'journal', record: { kind: 'submission', slot, bytes } })
  out.push({ type: 'publish', topic: 'readings', bytes })
}

function schedule(state: PesMeterState, now: Millis): void {
  const { slotSeconds } = state.config
  // A message between a slot's end and its tick must not put that tick off.
  const due = Math.min(state.tickedThrough + 1, slotAt(now, slotSeconds)) as Slot
  state.wakeAt = earliest(slotTimes(due, slotSeconds).end)
}
