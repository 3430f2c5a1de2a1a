/**
 * The privacy enhancing system (PES) as a state machine without I/O. It takes a slot's readings from the concentrator in
 * small batches and adds them under the supplier's Paillier key: over the meters of a slot, and over the slots of a
 * household's billing period.
 *
 * With `reencrypt` it opens each reading and encrypts it for the supplier at once: **it sees every single reading for a
 * moment**, and nothing but its word and its operator's keeps it from looking. No reading is stored, logged or sent; what
 * is kept is sums under a key that it does not have. With `direct` it sees ciphertexts only, and gives its partial
 * decryption of sums that it has formed itself, never of a single meter's ciphertext.
 */
import type { KeyObject } from 'node:crypto'
import {
  Drop,
  DropCounter,
  decodeEnvelope,
  type Envelope,
  MAX_MEMBERS,
  MessageType,
  PeriodAggregate,
  PesAggregate,
  PesBatch,
  PesBatchReply,
  PesJoin,
  PesReading,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import type { Ciphertext } from '@hushgrid/paillier'
import {
  type Epoch,
  ed25519Verifier,
  fromHex,
  type MeterId,
  type Millis,
  meterId,
  type Rng,
  type SigningKey,
  type Slot,
  slotAt,
  slotTimes,
  toHex,
  type VerifierOf,
  type VerifyingKey
} from '@hushgrid/primitives'
import { decodeIndexSet, encodeIndexSet } from '../index-set.ts'
import { asDrop, countDrop, type Dropped, type Step, type Tick } from '../machine.ts'
import { openReading, unwrapKey } from '../reading.ts'
import type { PesTerms } from './setup.ts'

export interface PesConfig {
  readonly identity: SigningKey
  readonly terms: PesTerms
  readonly concentrator: MeterId
  readonly verifier?: VerifierOf | undefined
  readonly rng: Rng
  /** With `reencrypt`: unwraps the meters' keys. */
  readonly rsaKey?: KeyObject | undefined
  /** With `direct`: this party's partial decryption of an aggregate, encoded. */
  readonly partial?: ((aggregate: Ciphertext) => Uint8Array) | undefined
  /** An obfuscator that was made ahead; computed at once where none is given. */
  readonly obfuscator?: (() => bigint | undefined) | undefined
}

export type PesInput =
  /** A PesBatch envelope of the concentrator; answered by a `reply` output with the same token. */
  { readonly type: 'batch'; readonly from: MeterId; readonly bytes: Uint8Array; readonly token: number } | Tick

export type PesOutput =
  | { readonly type: 'reply'; readonly token: number; readonly bytes: Uint8Array }
  /** Replaces what was kept before; on stable storage before what follows is carried out. Holds meters' keys: for their owner's eyes only. */
  | { readonly type: 'snapshot'; readonly bytes: Uint8Array }
  | { readonly type: 'slot-closed'; readonly slot: Slot; readonly contributors: number; readonly aggregated: boolean }
  | { readonly type: 'period-closed'; readonly meterId: MeterId; readonly readings: number; readonly aggregated: boolean }
  | Dropped

interface Member {
  readonly id: MeterId
  readonly verify: VerifyingKey
  /** Its AES key, with `reencrypt`. */
  readonly key: Uint8Array | undefined
}

/** A sum under the supplier's key. */
interface Sum {
  product: bigint
  readings: number
}

interface PeriodSum extends Sum {
  /** Number of the period: its first slot divided by the slots of a period. */
  readonly period: number
}

interface OpenSlot extends Sum {
  readonly contributors: Set<number>
  /** By SHA-256 of the batch: a reply that was lost is given again. */
  readonly replies: Map<string, Uint8Array>
}

export interface PesState {
  readonly config: PesConfig
  readonly drops: DropCounter
  readonly members: Map<number, Member>
  readonly indexOf: Map<MeterId, number>
  readonly slots: Map<Slot, OpenSlot>
  /** No slot up to here is opened any more. */
  closedThrough: number
  /** Per household: the sum of its billing period. */
  readonly periods: Map<number, PeriodSum>
  /** Sums of periods that have ended, until a slot is closed. */
  ended: (PeriodSum & { readonly index: number })[]
  wakeAt: Millis | undefined
}

const NO_EPOCH = 0 as Epoch
/** Slots that may be open at once. */
const MOST_OPEN = 3

/** @param snapshot - what was kept last; slots that were open when it was made are not opened again */
export function createPes(config: PesConfig, snapshot: Uint8Array | undefined, now: Millis): PesState {
  const state: PesState = {
    config,
    drops: new DropCounter(),
    members: new Map(),
    indexOf: new Map(),
    slots: new Map(),
    closedThrough: -1,
    periods: new Map(),
    ended: [],
    wakeAt: undefined
  }
  if (snapshot) {
    restore(state, snapshot)
    state.closedThrough = Math.max(state.closedThrough, slotAt(now, config.terms.slotSeconds) - 1)
  }
  return state
}

/** One step of the PES. Never throws on what comes from the network. */
export function stepPes(state: PesState, input: PesInput, now: Millis): Step<PesState, PesOutput> {
  const out: PesOutput[] = []
  if (input.type === 'batch') receiveBatch(state, input.from, input.bytes, input.token, now, out)
  return { state, outputs: out }
}

function drop(state: PesState, cause: unknown, from: MeterId, now: Millis, out: PesOutput[]): Drop {
  const dropped = asDrop(cause)
  out.push(countDrop(state.drops, dropped, from, slotAt(now, state.config.terms.slotSeconds)))
  return dropped
}

function receiveBatch(state: PesState, from: MeterId, bytes: Uint8Array, token: number, now: Millis, out: PesOutput[]): void {
  const empty = { refused: '', dropped: [], aggregate: new Uint8Array(0), periods: [] }
  try {
    const envelope = decodeEnvelope(bytes)
    const known = state.slots.get(envelope.slot)?.replies.get(toHex(envelope.hash))
    if (known) {
      out.push({ type: 'reply', token, bytes: known })
      return
    }
    const batch = checkBatch(state, envelope, now)
    const dropped: string[] = []
    const one = (what: Uint8Array, take: (inner: Envelope) => void): void => {
      try {
        take(decodeEnvelope(what))
      } catch (cause) {
        dropped.push(drop(state, cause, from, now, out).reason)
      }
    }
    for (const { index, join } of batch.members) one(join, inner => takeMember(state, index, inner))
    const open = openSlot(state, envelope.slot)
    for (const reading of batch.readings) one(reading, inner => takeReading(state, envelope.slot, open, inner))
    const closing = batch.last ? closeSlot(state, envelope.slot, open, batch.expected, out) : { aggregate: empty.aggregate, periods: [] }
    const reply = sealReply(state, envelope.slot, PesBatchReply.encode({ refused: '', dropped, ...closing }))
    open.replies.set(toHex(envelope.hash), reply)
    out.push({ type: 'reply', token, bytes: reply })
  } catch (cause) {
    const { reason, detail } = drop(state, cause, from, now, out)
    const slot = slotAt(now, state.config.terms.slotSeconds)
    const refused = detail === undefined ? reason : `${reason}: ${detail}`
    out.push({ type: 'reply', token, bytes: sealReply(state, slot, PesBatchReply.encode({ ...empty, refused })) })
  }
}

function sealReply(state: PesState, slot: Slot, payload: Uint8Array): Uint8Array {
  const { identity, terms } = state.config
  return sealEnvelope(identity, MessageType.PesBatchReply, terms.networkId, NO_EPOCH, slot, payload)
}

function verifierOf(state: PesState): VerifierOf {
  return state.config.verifier ?? ed25519Verifier
}

/** A batch of the concentrator for a slot that has ended and that was not closed. */
function checkBatch(state: PesState, envelope: Envelope, now: Millis): PesBatch {
  const { concentrator, terms } = state.config
  if (envelope.type !== MessageType.PesBatch) throw new Drop('unexpected-type', envelope.type)
  if (envelope.sender !== concentrator) throw new Drop('unknown-sender', 'expected the concentrator')
  if (!verifyEnvelope(envelope, verifierOf(state)(concentrator), terms.networkId)) throw new Drop('bad-signature')
  const { slot } = envelope
  const { end, unit } = slotTimes(slot, terms.slotSeconds)
  if (now < end - unit) throw new Drop('too-early')
  if (slot <= state.closedThrough) throw new Drop('slot-over')
  return PesBatch.decode(envelope.payload)
}

function openSlot(state: PesState, slot: Slot): OpenSlot {
  let open = state.slots.get(slot)
  if (!open) {
    open = { product: 1n, readings: 0, contributors: new Set(), replies: new Map() }
    state.slots.set(slot, open)
    while (state.slots.size > MOST_OPEN) {
      const oldest = Math.min(...state.slots.keys()) as Slot
      state.slots.delete(oldest)
      state.closedThrough = Math.max(state.closedThrough, oldest)
    }
  }
  return open
}

/** The first join under an index stays; a meter that joins again with another key is at that index with the new key. */
function takeMember(state: PesState, index: number, join: Envelope): void {
  const { terms, rsaKey } = state.config
  if (join.type !== MessageType.PesJoin) throw new Drop('unexpected-type', join.type)
  // Sets of members are as long as their highest index.
  if (index >= MAX_MEMBERS) throw new Drop('bad-field', `expected an index below ${MAX_MEMBERS}, got ${index}`)
  const before = state.members.get(index)
  if ((before && before.id !== join.sender) || (state.indexOf.get(join.sender) ?? index) !== index)
    throw new Drop('conflicting', 'expected one index for each meter')
  const verify = verifierOf(state)(join.sender)
  if (!verifyEnvelope(join, verify, terms.networkId)) throw new Drop('bad-signature')
  let key: Uint8Array | undefined
  if (terms.variant === 'reencrypt') {
    const { wrappedKey } = PesJoin.decode(join.payload)
    key = rsaKey && unwrapKey(rsaKey, terms.networkId, join.sender, wrappedKey)
    if (!key) throw new Drop('bad-field', 'expected a key that was wrapped for this PES by this meter')
  }
  state.members.set(index, { id: join.sender, verify, key })
  state.indexOf.set(join.sender, index)
}

/** Adds a reading to its slot and to its household's billing period, under the supplier's key. */
function takeReading(state: PesState, slot: Slot, open: OpenSlot, reading: Envelope): void {
  const { terms } = state.config
  if (reading.type !== MessageType.PesReading) throw new Drop('unexpected-type', reading.type)
  const index = state.indexOf.get(reading.sender)
  const member = index === undefined ? undefined : state.members.get(index)
  if (index === undefined || !member) throw new Drop('unknown-sender')
  if (reading.slot !== slot) throw new Drop('wrong-epoch', 'expected a reading of the slot')
  if (open.contributors.has(index)) throw new Drop('duplicate')
  if (!verifyEnvelope(reading, member.verify, terms.networkId)) throw new Drop('bad-signature')
  const { ciphertext: sealed } = PesReading.decode(reading.payload)
  const { value } = member.key ? reencrypted(state, member.key, member.id, slot, sealed) : terms.publicKey.decodeCiphertext(sealed)
  const { nSquared } = terms.publicKey
  open.contributors.add(index)
  open.product = (open.product * value) % nSquared
  open.readings++
  addToPeriod(state, index, Math.floor(slot / terms.billingSlots), value)
}

function addToPeriod(state: PesState, index: number, period: number, value: bigint): void {
  const before = state.periods.get(index)
  // A reading of a period that has been handed over counts in its slot only.
  if (before && before.period > period) return
  if (before && before.period < period) state.ended.push({ ...before, index })
  const sum = before?.period === period ? before : { period, product: 1n, readings: 0 }
  sum.product = (sum.product * value) % state.config.terms.publicKey.nSquared
  sum.readings++
  state.periods.set(index, sum)
}

/** The plaintext lives from here to the end of this call. */
function reencrypted({ config }: PesState, key: Uint8Array, id: MeterId, slot: Slot, sealed: Uint8Array): Ciphertext {
  const { terms, rng, obfuscator } = config
  const values = openReading(key, terms.networkId, id, slot, sealed, terms.lanes.length)
  return terms.publicKey.encryptWith(terms.packing.pack(values), obfuscator?.() ?? terms.publicKey.obfuscator(rng))
}

/** Signs the slot's aggregate, if enough are in it, and those of the billing periods that ended before it. */
function closeSlot(
  state: PesState,
  slot: Slot,
  open: OpenSlot,
  expected: Uint8Array,
  out: PesOutput[]
): { readonly aggregate: Uint8Array; readonly periods: Uint8Array[] } {
  const { identity, terms } = state.config
  decodeIndexSet(expected)
  const aggregated = open.readings >= terms.minMembers
  const payload = PesAggregate.encode({
    expected,
    contributors: encodeIndexSet(open.contributors),
    ...(aggregated ? aggregateOf(state, open) : { ciphertext: new Uint8Array(0), partial: new Uint8Array(0) })
  })
  const aggregate = sealEnvelope(identity, MessageType.PesAggregate, terms.networkId, NO_EPOCH, slot, payload)
  const periods = closePeriods(state, slot, out)
  state.closedThrough = Math.max(state.closedThrough, slot)
  out.push({ type: 'snapshot', bytes: snapshotOf(state) })
  out.push({ type: 'slot-closed', slot, contributors: open.readings, aggregated })
  return { aggregate, periods }
}

/** The sum under a new obfuscator, so that it is no product of ciphertexts that others have, and with `direct` our part of it. */
function aggregateOf({ config }: PesState, { product }: Sum): { readonly ciphertext: Uint8Array; readonly partial: Uint8Array } {
  const { publicKey } = config.terms
  const sum = publicKey.rerandomise(publicKey.ciphertext(product), config.rng)
  return { ciphertext: sum.toBytes(), partial: config.partial?.(sum) ?? new Uint8Array(0) }
}

function closePeriods(state: PesState, slot: Slot, out: PesOutput[]): Uint8Array[] {
  const { identity, terms } = state.config
  const current = Math.floor(slot / terms.billingSlots)
  for (const [index, sum] of state.periods) {
    if (sum.period >= current) continue
    state.periods.delete(index)
    state.ended.push({ ...sum, index })
  }
  const envelopes: Uint8Array[] = []
  for (const { index, period, ...sum } of state.ended) {
    const id = state.members.get(index)?.id
    if (id === undefined) continue
    const aggregated = sum.readings >= terms.minReadings
    out.push({ type: 'period-closed', meterId: id, readings: sum.readings, aggregated })
    // A sum over fewer would show single slots.
    if (!aggregated) continue
    const firstSlot = period * terms.billingSlots
    const head = { meterId: fromHex(id), firstSlot, slots: terms.billingSlots, readings: sum.readings }
    const payload = PeriodAggregate.encode({ ...head, ...aggregateOf(state, sum) })
    envelopes.push(sealEnvelope(identity, MessageType.PeriodAggregate, terms.networkId, NO_EPOCH, slot, payload))
  }
  state.ended = []
  return envelopes
}

interface Snapshot {
  readonly closedThrough: number
  readonly members: readonly { readonly index: number; readonly id: string; readonly key: string }[]
  readonly periods: readonly { readonly index: number; readonly period: number; readonly readings: number; readonly product: string }[]
}

/** Members with their keys, and sums under the supplier's key; no reading, and no single reading's ciphertext but in a sum of one. */
function snapshotOf(state: PesState): Uint8Array {
  const snapshot: Snapshot = {
    closedThrough: state.closedThrough,
    members: [...state.members].map(([index, { id, key }]) => ({ index, id, key: key ? toHex(key) : '' })),
    periods: [...state.periods].map(([index, { period, readings, product }]) => ({
      index,
      period,
      readings,
      product: product.toString(16)
    }))
  }
  return new Uint8Array(Buffer.from(JSON.stringify(snapshot)))
}

function restore(state: PesState, bytes: Uint8Array): void {
  const { closedThrough, members, periods } = JSON.parse(Buffer.from(bytes).toString()) as Snapshot
  state.closedThrough = closedThrough
  for (const { index, id, key } of members) {
    const owner = meterId(id)
    state.members.set(index, { id: owner, verify: verifierOf(state)(owner), key: key === '' ? undefined : fromHex(key) })
    state.indexOf.set(owner, index)
  }
  for (const { index, product, ...rest } of periods) state.periods.set(index, { ...rest, product: BigInt(`0x${product}`) })
}
