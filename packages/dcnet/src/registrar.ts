/**
 * The registrar of PROTOCOL.md as a state machine without I/O: it enrols meters, admits them and signs the rosters.
 * Same calling contract as the meter's. Its random bytes come in through the configuration.
 */
import {
  AggregatorRequest,
  decodeEnvelope,
  EnrolReply,
  EnrolRequest,
  type Envelope,
  JoinReply,
  JoinRequest,
  MessageType,
  RefusalPayload,
  RosterPayload,
  RosterRequest,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import {
  checkBlindingKey,
  checkVerifyKey,
  concatBytes,
  type Epoch,
  equalBytes,
  fromHex,
  type IdentityKey,
  type MeterId,
  type Millis,
  type ObisCode,
  type Rng,
  type Slot,
  slotAt,
  slotTimes,
  toHex,
  u64,
  VerifyKey,
  WeakKeyError
} from '@hushgrid/primitives'
import { type Credential, issueCredential } from './credential.ts'
import { DropCounter } from './drops.ts'
import { type CommonOutput, earliest, type Incoming, type Step, type Tick } from './outputs.ts'
import { Drop, receiveRoster, receiving } from './receive.ts'
import { type Recovery, Roster, type RosterMember, rosterSignedBytes } from './roster.ts'
import { RosterBook } from './roster-book.ts'

export interface RegistrarConfig {
  readonly identity: IdentityKey
  readonly networkId: Uint8Array
  readonly slotSeconds: number
  /** The aggregator's key; where it is left out the first that announces itself is taken, which is for labs. */
  readonly aggregatorKey?: MeterId | undefined
  readonly lanes: readonly ObisCode[]
  readonly recovery: Recovery
  readonly minMembers: number
  /** The mask graph's degree for that many members; throws where there is none. */
  readonly degreeFor: (members: number) => number
  /** Members to wait for before the first roster. */
  readonly formWith: number
  /** First slot of epoch 0, where the lab fixes it; otherwise the slot after the forming. */
  readonly firstSlot?: Slot | undefined
  /** Meter ids that may enrol; everybody where it is left out, which is for labs. */
  readonly allowed?: ReadonlySet<MeterId> | undefined
  /** How long a credential holds, in seconds. */
  readonly credentialSeconds: number
  readonly rng: Rng
}

/** A meter that has a credential. */
export interface EnrolledMeter {
  readonly credential: Credential
  /** Drawn when it was admitted first; undefined before that. */
  readonly placement?: Uint8Array
  readonly addresses: readonly string[]
}

/** What the registrar's journal holds, in order. */
export type RegistrarRecord =
  | { readonly kind: 'enrolled'; readonly meter: EnrolledMeter }
  | { readonly kind: 'aggregator'; readonly key: MeterId; readonly address: string }
  /** A Roster envelope; never two for one epoch. */
  | { readonly kind: 'roster'; readonly bytes: Uint8Array }

export type RegistrarInput =
  | Incoming
  | Tick
  /** An envelope on the enrol stream; answered by a `reply` output with the same token. */
  | { readonly type: 'enrol'; readonly from: MeterId; readonly bytes: Uint8Array; readonly token: number }

export type RegistrarOutput =
  | CommonOutput
  | { readonly type: 'reply'; readonly token: number; readonly bytes: Uint8Array }
  | { readonly type: 'journal'; readonly record: RegistrarRecord }
  | { readonly type: 'enrolled'; readonly meterId: MeterId; readonly enrolled: number }
  | { readonly type: 'admitted'; readonly meterId: MeterId; readonly waiting: number }
  | { readonly type: 'aggregator'; readonly key: MeterId; readonly address: string }
  /** No roster can be made of the members there are. */
  | { readonly type: 'cannot-form'; readonly detail: string }

export interface RegistrarState {
  readonly config: RegistrarConfig
  readonly book: RosterBook
  readonly drops: DropCounter
  readonly enrolled: Map<MeterId, EnrolledMeter>
  readonly byBlindingKey: Map<string, MeterId>
  /** Admitted and not in a roster yet. */
  readonly waiting: Set<MeterId>
  aggregator: { readonly key: MeterId; readonly verify: VerifyKey; readonly address: string } | undefined
  ringSeed: Uint8Array
  wakeAt: Millis | undefined
}

/** The aggregator's messages that every member takes. */
const PASSED_ON: ReadonlySet<MessageType> = new Set([MessageType.SlotTotal, MessageType.SlotLost, MessageType.Missing])

/** Meters that may be enrolled at once; more are refused. */
const MAX_ENROLLED = 65_535

/** A registrar as it comes up, from its key and its journal. */
export function createRegistrar(config: RegistrarConfig, journal: readonly RegistrarRecord[], now: Millis): RegistrarState {
  const state: RegistrarState = {
    config,
    book: new RosterBook({
      networkId: config.networkId,
      slotSeconds: config.slotSeconds,
      registrarKey: config.identity.id,
      aggregatorKey: config.aggregatorKey
    }),
    drops: new DropCounter(),
    enrolled: new Map(),
    byBlindingKey: new Map(),
    waiting: new Set(),
    aggregator: undefined,
    ringSeed: new Uint8Array(0),
    wakeAt: undefined
  }
  for (const record of journal) {
    if (record.kind === 'enrolled') remember(state, record.meter)
    else if (record.kind === 'aggregator') setAggregator(state, record.key, record.address)
    else state.book.receive(decodeEnvelope(record.bytes), record.bytes, now)
  }
  const latest = state.book.latest?.roster
  state.ringSeed = latest?.ringSeed ?? config.rng.bytes(32)
  for (const [id, meter] of state.enrolled) if (meter.placement && latest?.indexOf(id) === undefined) state.waiting.add(id)
  schedule(state, now)
  return state
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
    case 'tick':
      break
  }
  rosterIfDue(state, now, outputs)
  state.book.prune(now)
  schedule(state, now)
  return { state, outputs }
}

function setAggregator(state: RegistrarState, key: MeterId, address: string): void {
  state.aggregator = { key, verify: new VerifyKey(fromHex(key)), address }
}

function remember(state: RegistrarState, meter: EnrolledMeter): void {
  state.enrolled.set(meter.credential.meterId, meter)
  state.byBlindingKey.set(toHex(meter.credential.blindingKey), meter.credential.meterId)
}

/**
 * What comes by gossip. Submissions are witnessed without checking their signatures, which only matters once somebody's
 * silence is in question; what was not checked is not passed on either.
 */
function witness(state: RegistrarState, input: Incoming, now: Millis): RegistrarOutput[] {
  const { config } = state
  return receiving<RegistrarOutput>(input, slotAt(now, state.config.slotSeconds), state.drops, (envelope, out) => {
    if (envelope.type === MessageType.Roster) {
      receiveRoster(state.book, envelope, input.bytes, now, out as CommonOutput[])
      return 'accept'
    }
    const held = state.book.ofEpoch(envelope.epoch)
    if (!held) throw new Drop('unknown-epoch')
    if (input.channel === 'readings') {
      if (held.roster.indexOf(envelope.sender) === undefined) throw new Drop('unknown-sender')
      return 'ignore'
    }
    if (envelope.sender !== held.roster.aggregatorKey || envelope.sender !== state.aggregator?.key) throw new Drop('unknown-sender')
    if (!verifyEnvelope(envelope, state.aggregator.verify, held.roster.hash)) throw new Drop('bad-signature')
    // Passed on is only what the others take too; otherwise they would hold it against us.
    if (now >= slotTimes(envelope.slot, config.slotSeconds).over) throw new Drop('slot-over')
    return PASSED_ON.has(envelope.type) ? 'accept' : 'ignore'
  })
}

function answer(state: RegistrarState, from: MeterId, bytes: Uint8Array, token: number, now: Millis): RegistrarOutput[] {
  const { config } = state
  const slotNow = slotAt(now, config.slotSeconds)
  let reply: Uint8Array | undefined
  const outputs = receiving<RegistrarOutput>({ type: 'message', channel: 'enrol', from, bytes }, slotNow, state.drops, (envelope, out) => {
    if (envelope.sender !== from) throw new Drop('unknown-sender', 'expected the peer itself as the sender')
    try {
      checkVerifyKey(fromHex(envelope.sender))
    } catch (cause) {
      if (cause instanceof WeakKeyError) throw new Drop('bad-field', cause.message)
      throw cause
    }
    if (!verifyEnvelope(envelope, new VerifyKey(fromHex(envelope.sender)), config.networkId)) throw new Drop('bad-signature')
    // The slot makes a request fresh; clocks agree within a unit.
    if (Math.abs(envelope.slot - slotNow) > 1) throw new Drop('slot-over', 'expected a request of this slot')
    if (envelope.type === MessageType.EnrolRequest) reply = enrol(state, envelope, now, out)
    else if (envelope.type === MessageType.JoinRequest) reply = join(state, envelope, now, out)
    else if (envelope.type === MessageType.AggregatorRequest) reply = announce(state, envelope, now, out)
    else if (envelope.type === MessageType.RosterRequest) reply = giveRoster(state, envelope, now)
    else throw new Drop('unexpected-type', envelope.type)
  })
  const dropped = outputs.find(output => output.type === 'dropped')
  const bytesOut = reply ?? refusal(state, dropped ? `${dropped.reason}${dropped.detail ? `: ${dropped.detail}` : ''}` : 'not served', now)
  return [...outputs.filter(output => output.type !== 'verdict'), { type: 'reply', token, bytes: bytesOut }]
}

function seal(state: RegistrarState, type: MessageType, payload: Uint8Array, now: Millis): Uint8Array {
  const { identity, networkId, slotSeconds } = state.config
  return sealEnvelope(identity, type, networkId, 0 as Epoch, slotAt(now, slotSeconds), payload)
}

function refusal(state: RegistrarState, reason: string, now: Millis): Uint8Array {
  return seal(state, MessageType.Refusal, RefusalPayload.encode({ requestHash: new Uint8Array(32), reason: reason.slice(0, 400) }), now)
}

function enrol(state: RegistrarState, envelope: Envelope, now: Millis, out: RegistrarOutput[]): Uint8Array {
  const { config } = state
  const refuse = (refused: string): Uint8Array =>
    seal(
      state,
      MessageType.EnrolReply,
      EnrolReply.encode({ notBefore: 0, notAfter: 0, credential: new Uint8Array(0), refused, aggregator: '' }),
      now
    )
  const { blindingKey } = EnrolRequest.decode(envelope.payload)
  const id = envelope.sender
  if (id === config.identity.id || id === (state.aggregator?.key ?? config.aggregatorKey))
    return refuse('the keys of registrar and aggregator are never meters')
  if (config.allowed && !config.allowed.has(id)) return refuse('this meter is not on the list of meters that may enrol')
  try {
    checkBlindingKey(blindingKey)
  } catch (cause) {
    if (cause instanceof WeakKeyError) return refuse(cause.message)
    throw cause
  }
  const owner = state.byBlindingKey.get(toHex(blindingKey))
  if (owner !== undefined && owner !== id) return refuse('this blinding key is in use by another meter')
  const before = state.enrolled.get(id)
  if (before && !equalBytes(before.credential.blindingKey, blindingKey)) return refuse('a meter keeps its blinding key for the season')
  if (!before && state.enrolled.size >= MAX_ENROLLED) return refuse(`no more than ${MAX_ENROLLED} meters can be enrolled`)
  const seconds = Math.floor(now / 1000)
  let meter = before
  // A credential is renewed in its last half; until then a repeated request gets the same one.
  if (!meter || seconds > meter.credential.notAfter - config.credentialSeconds / 2) {
    meter = issue(state, id, blindingKey, now, out)
    if (!before) out.push({ type: 'enrolled', meterId: id, enrolled: state.enrolled.size })
  }
  const { notBefore, notAfter, signature } = meter.credential
  return seal(
    state,
    MessageType.EnrolReply,
    EnrolReply.encode({ notBefore, notAfter, credential: signature, refused: '', aggregator: state.aggregator?.address ?? '' }),
    now
  )
}

/** Gives a meter a credential from now on, whether it had one before or not. */
function issue(state: RegistrarState, id: MeterId, blindingKey: Uint8Array, now: Millis, out: RegistrarOutput[]): EnrolledMeter {
  const { identity, networkId, credentialSeconds } = state.config
  const notBefore = Math.floor(now / 1000)
  const credential = issueCredential(identity, networkId, { meterId: id, blindingKey, notBefore, notAfter: notBefore + credentialSeconds })
  const meter: EnrolledMeter = { addresses: [], ...state.enrolled.get(id), credential }
  remember(state, meter)
  out.push({ type: 'journal', record: { kind: 'enrolled', meter } })
  return meter
}

function join(state: RegistrarState, envelope: Envelope, now: Millis, out: RegistrarOutput[]): Uint8Array {
  const { addresses } = JoinRequest.decode(envelope.payload)
  const id = envelope.sender
  const meter = state.enrolled.get(id)
  if (!meter) return joinReply(state, 'a meter joins with a credential: enrol first', now)
  const latest = state.book.latest
  if (latest?.roster.indexOf(id) === undefined && !state.waiting.has(id)) {
    const admitted: EnrolledMeter = { ...meter, placement: meter.placement ?? state.config.rng.bytes(16), addresses }
    remember(state, admitted)
    state.waiting.add(id)
    out.push({ type: 'journal', record: { kind: 'enrolled', meter: admitted } })
    out.push({ type: 'admitted', meterId: id, waiting: state.waiting.size })
  }
  return joinReply(state, '', now)
}

function joinReply(state: RegistrarState, refused: string, now: Millis): Uint8Array {
  const roster = refused === '' ? state.book.latest?.bytes : undefined
  const payload = JoinReply.encode({ refused, roster: roster ?? new Uint8Array(0) })
  return seal(state, MessageType.JoinReply, payload, now)
}

/** The aggregator says where it is. A lab takes the first that comes; a real network names the key. */
function announce(state: RegistrarState, envelope: Envelope, now: Millis, out: RegistrarOutput[]): Uint8Array {
  const { addresses } = AggregatorRequest.decode(envelope.payload)
  const key = envelope.sender
  const expected = state.config.aggregatorKey ?? state.aggregator?.key
  if (expected !== undefined && key !== expected) return joinReply(state, 'this network has another aggregator', now)
  if (state.enrolled.has(key) || key === state.config.identity.id) return joinReply(state, 'a key has one role', now)
  const address = addresses[0] ?? ''
  if (state.aggregator?.key !== key || state.aggregator.address !== address) {
    setAggregator(state, key, address)
    out.push({ type: 'journal', record: { kind: 'aggregator', key, address } })
    out.push({ type: 'aggregator', key, address })
  }
  return joinReply(state, '', now)
}

function giveRoster(state: RegistrarState, envelope: Envelope, now: Millis): Uint8Array {
  const { latest, epoch } = RosterRequest.decode(envelope.payload)
  const held = latest ? state.book.latest : state.book.ofEpoch(epoch as Epoch)
  return held?.bytes ?? refusal(state, latest ? 'there is no roster yet' : `the roster of epoch ${epoch} is not held`, now)
}

/** Half way through a slot the roster of the next one is made, where anything has changed. */
function rosterAt(slot: Slot, slotSeconds: number): number {
  const { start, unit } = slotTimes(slot, slotSeconds)
  return start + 8 * unit
}

function rosterIfDue(state: RegistrarState, now: Millis, out: RegistrarOutput[]): void {
  const { config } = state
  if (state.waiting.size === 0 || !state.aggregator) return
  const latest = state.book.latest
  const current = slotAt(now, config.slotSeconds)
  if (!latest) {
    if (state.waiting.size < config.formWith) return
  } else if (now < rosterAt(current, config.slotSeconds) || latest.roster.firstSlot > current) return
  const firstSlot = (latest ? current + 1 : Math.max(config.firstSlot ?? 0, current + 1)) as Slot
  const members: RosterMember[] = latest ? latest.roster.members() : []
  for (const id of state.waiting) {
    const meter = state.enrolled.get(id)
    if (meter?.placement)
      members.push({ meterId: id, blindingKey: meter.credential.blindingKey, placement: meter.placement, absent: false })
  }
  if (members.length < config.minMembers) return
  let degree: number
  try {
    // Within a season the degree stays, so that a join touches only its neighbours; a larger network may need a larger one.
    degree = Math.max(config.degreeFor(members.length), latest?.roster.degree ?? 0)
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
    out.push({ type: 'cannot-form', detail: cause.message })
    return
  }
  // Only its own leave or a new season takes a member's entry away. Where it was away for too long to renew its
  // credential that is done for it: one that has expired would keep everybody from any further roster.
  for (const { meterId, blindingKey } of members) {
    const credential = state.enrolled.get(meterId)?.credential
    if (credential && credential.notAfter <= firstSlot * config.slotSeconds) issue(state, meterId, blindingKey, now, out)
  }
  const roster = Roster.create(
    {
      networkId: config.networkId,
      epoch: (latest ? latest.roster.epoch + 1 : 0) as Epoch,
      season: latest?.roster.season ?? 0,
      previousRosterHash: latest?.roster.hash ?? new Uint8Array(32),
      firstSlot,
      slotSeconds: config.slotSeconds,
      lanes: config.lanes,
      degree,
      minMembers: config.minMembers,
      recovery: config.recovery,
      ringSeed: state.ringSeed,
      registrarKey: config.identity.id,
      aggregatorKey: state.aggregator.key
    },
    members
  )
  const bytes = sealRoster(state, roster)
  const outcome = state.book.receive(decodeEnvelope(bytes), bytes, now)
  if (outcome.kind !== 'taken') {
    out.push({ type: 'cannot-form', detail: outcome.kind === 'refused' ? outcome.error.message : `the roster was found ${outcome.kind}` })
    return
  }
  state.waiting.clear()
  out.push({ type: 'journal', record: { kind: 'roster', bytes } })
  out.push({ type: 'roster', held: outcome.held })
  out.push({ type: 'publish', topic: 'control', bytes })
}

function sealRoster(state: RegistrarState, roster: Roster): Uint8Array {
  const { identity, networkId } = state.config
  const meters = Array.from({ length: roster.n }, (_, i) => state.enrolled.get(roster.meterId(i)))
  const payload = RosterPayload.encode({
    roster: roster.encode(),
    signature: identity.sign(rosterSignedBytes(roster.hash)),
    credentials: concatBytes(
      ...meters.flatMap(meter => {
        if (!meter) throw new Error('a roster names enrolled meters only')
        return [u64(meter.credential.notBefore), u64(meter.credential.notAfter), meter.credential.signature]
      })
    ),
    addresses: meters.map(meter => meter?.addresses[0] ?? ''),
    aggregatorAddress: state.aggregator?.address ?? ''
  })
  return sealEnvelope(identity, MessageType.Roster, networkId, roster.epoch, roster.firstSlot, payload)
}

function schedule(state: RegistrarState, now: Millis): void {
  const { slotSeconds } = state.config
  const current = slotAt(now, slotSeconds)
  const due = rosterAt(current, slotSeconds)
  state.wakeAt = earliest(state.book.latest ? (now < due ? due : rosterAt((current + 1) as Slot, slotSeconds)) : undefined)
}
