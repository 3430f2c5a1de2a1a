/**
 * The supplier's end of the path as a state machine without I/O: it takes the aggregates that the PES signed, and decrypts
 * sums, never a single reading.
 *
 * Its contract: messages in any order, each answered by `taken` once it need not come again. It keeps no journal: what it
 * put out is its owner's to store before the `taken` is passed on. It wants no ticks.
 */
import { countDrop, type Dropped, type Step, type Tick } from '@hushgrid/machine'
import {
  Drop,
  DropCounter,
  decodeEnvelope,
  type Envelope,
  MalformedMessageError,
  MessageType,
  PeriodAggregate,
  PesAggregate,
  verifyEnvelope
} from '@hushgrid/messages'
import { type Ciphertext, CiphertextError } from '@hushgrid/paillier'
import {
  ed25519Verifier,
  HushgridError,
  type LaneVector,
  lanesFromIntegers,
  type MeterId,
  type Millis,
  meterId,
  type Slot,
  slotAt,
  type VerifierOf
} from '@hushgrid/primitives'
import { pesDrop } from '../drop.ts'
import { decodeIndexSet } from '../index-set.ts'
import type { PesTerms } from '../pes/setup.ts'

export interface SupplierConfig {
  readonly terms: PesTerms
  readonly verifier?: VerifierOf | undefined
  /**
   * Decrypts an aggregate, signed. With `direct` the partial decryption of the PES comes along.
   *
   * @throws HushgridError where the partial decryption does not fit
   */
  readonly decrypt: (aggregate: Ciphertext, partial: Uint8Array) => bigint
}

export type SupplierInput =
  /** Envelope that the concentrator forwards: a PesAggregate or PeriodAggregate. */
  { readonly type: 'message'; readonly from: MeterId; readonly bytes: Uint8Array } | Tick

export type SupplierOutput =
  | Dropped
  /** An envelope was taken, or is known: it need not come again. */
  | { readonly type: 'taken'; readonly hash: Uint8Array }
  | {
      readonly type: 'total'
      readonly slot: Slot
      /** Members by index. */
      readonly contributors: readonly number[]
      readonly missing: readonly number[]
      readonly lanes: LaneVector
      /** Hash of the PES's signed aggregate. */
      readonly hash: Uint8Array
    }
  /** There is no total: fewer readings than may be aggregated, or an aggregate that does not decrypt to a sum of readings. */
  | {
      readonly type: 'lost'
      readonly reason: 'too-few' | 'unfit'
      readonly slot: Slot
      readonly contributors: readonly number[]
      readonly missing: readonly number[]
      readonly hash: Uint8Array
    }
  | {
      readonly type: 'consumption'
      readonly meterId: MeterId
      readonly firstSlot: Slot
      readonly slots: number
      readonly readings: number
      readonly lanes: LaneVector
    }
  | { readonly type: 'evidence'; readonly against: MeterId; readonly what: string; readonly envelopes: readonly Uint8Array[] }

export interface SupplierState {
  readonly config: SupplierConfig
  readonly drops: DropCounter
  /** The last slots' aggregates, for finding a second one that differs. */
  readonly slots: Map<Slot, Uint8Array>
  /** Last billing period, by its first slot, that was taken of each household. */
  readonly periods: Map<MeterId, number>
  wakeAt: Millis | undefined
}

/** Slots whose aggregates are remembered. */
const KEPT_SLOTS = 4096

export function createSupplier(config: SupplierConfig): SupplierState {
  return { config, drops: new DropCounter(), slots: new Map(), periods: new Map(), wakeAt: undefined }
}

/** One step of the supplier. Never throws on what comes from the network. */
export function stepSupplier(state: SupplierState, input: SupplierInput, now: Millis): Step<SupplierState, SupplierOutput> {
  const out: SupplierOutput[] = []
  if (input.type === 'message') {
    const dropped = (cause: unknown): void => {
      out.push(countDrop(state.drops, dropOf(cause), input.from, slotAt(now, state.config.terms.slotSeconds)))
    }
    try {
      receive({ state, out, dropped }, decodeEnvelope(input.bytes), input.bytes)
    } catch (cause) {
      dropped(cause)
    }
  }
  return { state, outputs: out }
}

/** Gives the drop for a failure, a partial decryption of something else or by somebody else included. */
function dropOf(cause: unknown): Drop {
  const other = cause instanceof HushgridError && !(cause instanceof MalformedMessageError || cause instanceof CiphertextError)
  return other && !(cause instanceof Drop) ? new Drop('implausible', cause.message) : pesDrop(cause)
}

/** One step of the supplier under way. */
interface SupplierContext {
  readonly state: SupplierState
  readonly out: SupplierOutput[]
  /** Counts what was not taken. */
  readonly dropped: (cause: unknown) => void
}

function receive(context: SupplierContext, envelope: Envelope, bytes: Uint8Array): void {
  const { state, out } = context
  const { terms, verifier } = state.config
  if (envelope.type !== MessageType.PesAggregate && envelope.type !== MessageType.PeriodAggregate)
    throw new Drop('unexpected-type', envelope.type)
  if (envelope.sender !== terms.pes) throw new Drop('unknown-sender', 'expected the PES')
  if (!verifyEnvelope(envelope, (verifier ?? ed25519Verifier)(terms.pes), terms.networkId)) throw new Drop('bad-signature')
  if (envelope.type === MessageType.PesAggregate) takeSlot(context, envelope, bytes)
  else takePeriod(context, envelope)
  out.push({ type: 'taken', hash: envelope.hash })
}

function takeSlot(context: SupplierContext, envelope: Envelope, bytes: Uint8Array): void {
  const { state, out } = context
  const { slot, hash } = envelope
  const before = state.slots.get(slot)
  if (before && Buffer.compare(before, bytes) === 0) return
  if (before) {
    const what = `two aggregates for slot ${slot}`
    out.push({ type: 'evidence', against: envelope.sender, what, envelopes: [before, bytes] })
    throw new Drop('conflicting')
  }
  const { contributors: set, expected, ciphertext, partial } = PesAggregate.decode(envelope.payload)
  const contributors = decodeIndexSet(set)
  const counted = new Set(contributors)
  const missing = decodeIndexSet(expected).filter(index => !counted.has(index))
  if (ciphertext.byteLength > 0 && contributors.length < state.config.terms.minMembers)
    throw new Drop('implausible', 'an aggregate of too few')
  const empty = ciphertext.byteLength === 0
  const lanes = empty ? undefined : opened(context, ciphertext, partial, contributors.length)
  state.slots.set(slot, bytes)
  if (state.slots.size > KEPT_SLOTS) state.slots.delete(Math.min(...state.slots.keys()) as Slot)
  out.push(
    lanes
      ? { type: 'total', slot, contributors, missing, lanes, hash }
      : { type: 'lost', reason: empty ? 'too-few' : 'unfit', slot, contributors, missing, hash }
  )
}

function takePeriod(context: SupplierContext, { payload }: Envelope): void {
  const { state, out } = context
  const { meterId: id, firstSlot, slots, readings, ciphertext, partial } = PeriodAggregate.decode(payload)
  const owner = meterId(id)
  if ((state.periods.get(owner) ?? -1) >= firstSlot) return
  const { terms } = state.config
  if (readings < terms.minReadings || readings > slots || slots !== terms.billingSlots || firstSlot % slots !== 0)
    throw new Drop('implausible', 'expected a whole billing period with enough readings')
  const lanes = opened(context, ciphertext, partial, readings)
  state.periods.set(owner, firstSlot)
  if (lanes) out.push({ type: 'consumption', meterId: owner, firstSlot: firstSlot as Slot, slots, readings, lanes })
}

/**
 * Decrypts an aggregate; undefined where it is unfit. Takes it all the same, as where one meter's garbage spoils it with
 * `direct`: a signed one stays unfit, and the concentrator would bring it for ever.
 *
 * @param terms - number of readings in it
 */
function opened({ state, dropped }: SupplierContext, ciphertext: Uint8Array, partial: Uint8Array, terms: number): LaneVector | undefined {
  const { config } = state
  const { publicKey, packing } = config.terms
  try {
    const sum = config.decrypt(publicKey.decodeCiphertext(ciphertext), partial)
    return lanesFromIntegers(packing.unpack(sum, terms))
  } catch (cause) {
    if (!(cause instanceof HushgridError)) throw cause
    dropped(cause)
    return undefined
  }
}
