// Making and publishing of the registrar's rosters (PROTOCOL.md sections 4 and 8).
import { decodeEnvelope, MessageType, RosterDeltaPayload, RosterPayload, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, HushgridError, type MeterId, type Slot, slotAt, slotTimes } from '@hushgrid/primitives'
import { completeDegree } from '@hushgrid/topology'
import type { HeldRoster } from '../roster/book.ts'
import { packCredential } from '../roster/credential.ts'
import { deltaBetween } from '../roster/delta.ts'
import { laneMaskOf, type RosterFields, type RosterMember } from '../roster/fields.ts'
import { Roster, rosterSignedBytes } from '../roster/roster.ts'
import type { RegistrarConfig } from './contract.ts'
import { issue } from './enrolment.ts'
import { isExcluded, keepRoster, type RegistrarContext, type RegistrarState, settle } from './state.ts'

/** Growth of a network beyond which its degree follows within a season. */
const HEADROOM = 1.2

/**
 * Gives the next roster's degree. It stays within a season until the network has grown by more than a fifth, since a larger
 * one would give every meter new neighbours. A complete graph stays complete.
 */
function degreeOf(config: RegistrarConfig, members: number, latest: Roster | undefined): number {
  if (!latest || latest.neighbourCount >= latest.n - 1) return config.degreeFor(members)
  const outgrown = config.degreeFor(Math.max(config.minMembers, Math.ceil(members / HEADROOM))) > latest.degree
  return Math.min(outgrown ? config.degreeFor(members) : latest.degree, completeDegree(members))
}

/** Gives the moment, half way through a slot, at which the roster of the next slot is made. */
function rosterAt(slot: Slot, slotSeconds: number): number {
  const { start, unit } = slotTimes(slot, slotSeconds)
  return start + 8 * unit
}

/** The next roster, as planned. */
interface Plan {
  readonly members: readonly RosterMember[]
  readonly joined: readonly MeterId[]
  readonly left: readonly MeterId[]
  readonly absent: readonly MeterId[]
  readonly present: readonly MeterId[]
  readonly changed: boolean
}

/** A roster's predecessor, its changes, and the wishes that it was made for. */
interface Succession {
  readonly latest: HeldRoster | undefined
  readonly plan: Plan
  readonly tried: string
}

/** Makes the next roster where it is due and anything has changed. */
export function rosterIfDue(context: RegistrarContext): void {
  const { state, now } = context
  const { config } = state
  const latest = state.book.latest
  const current = slotAt(now, config.slotSeconds)
  if (!state.aggregator) return
  if (!latest) {
    if (state.waiting.size === 0 || state.waiting.size < config.formWith) return
  } else if (now < rosterAt(current, config.slotSeconds) || latest.roster.firstSlot > current) return
  const wishes = [state.waiting, state.leaving, state.returning, state.moved, state.away].map(each => each.size)
  wishes.push(toBeExcluded(state, latest))
  const tried = [current, ...wishes].join()
  if (state.cannotForm?.tried === tried) return
  if (latest && wishes.every(size => size === 0)) return
  const plan = planNext(context, latest, tried)
  if (!plan) return
  let degree: number
  try {
    degree = degreeOf(config, plan.members.length, latest?.roster)
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
    cannotForm(context, cause.message, tried)
    return
  }
  const firstSlot = (latest ? current + 1 : Math.max(config.firstSlot ?? 0, current + 1)) as Slot
  // A member's entry stays until it leaves or the season ends. The credential of one that was away for too long is renewed
  // for it, since an expired one would keep everybody from any further roster.
  for (const { meterId } of plan.members) {
    const credential = state.enrolled.get(meterId)?.credential
    if (credential && credential.notAfter <= firstSlot * config.slotSeconds) issue(context, meterId, credential)
  }
  const aggregatorKey = state.aggregator.key
  const roster = makeRoster(state, latest, plan, { aggregatorKey, firstSlot, degree })
  publish(context, roster, { latest, plan, tried })
}

/** Counts the members at fault twice that are not marked absent yet. */
function toBeExcluded(state: RegistrarState, latest: HeldRoster | undefined): number {
  let count = 0
  for (const id of state.faults.keys()) {
    const index = isExcluded(state, id) ? latest?.roster.indexOf(id) : undefined
    if (index !== undefined && !latest?.roster.isAbsent(index)) count++
  }
  return count
}

/** Says once why some wishes have to wait. */
function cannotForm({ state, out }: RegistrarContext, detail: string, tried: string): void {
  if (state.cannotForm?.detail !== detail) out.push({ type: 'cannot-form', detail })
  state.cannotForm = { detail, tried }
}

/**
 * Plans the next roster, where anything changes. Where too few members would stay present for others to take it up, nobody
 * leaves and, if need be, nobody is marked absent.
 */
function planNext(context: RegistrarContext, latest: HeldRoster | undefined, tried: string): Plan | undefined {
  const { state } = context
  if (state.behind) {
    cannotForm(context, 'there is a roster of our own that the journal does not know', tried)
    return undefined
  }
  const least = Math.max(2, state.config.minMembers)
  const whole = plan(state, latest, true, true)
  if (!whole.changed) return undefined
  const present = presentIn(whole)
  if (present >= least) {
    state.cannotForm = undefined
    return whole
  }
  cannotForm(context, `expected at least ${least} present members, got ${present}`, tried)
  for (const markAbsent of [true, false]) {
    const partial = plan(state, latest, false, markAbsent)
    if (partial.changed && presentIn(partial) >= least) return partial
  }
  return undefined
}

function presentIn({ members }: Plan): number {
  return members.filter(member => !member.absent).length
}

function plan(state: RegistrarState, latest: HeldRoster | undefined, letLeave: boolean, markAbsent: boolean): Plan {
  const members: RosterMember[] = []
  const [joined, left, absent, present]: MeterId[][] = [[], [], [], []] as const
  for (const member of latest?.roster.members() ?? []) {
    const id = member.meterId
    if (letLeave && state.leaving.has(id)) {
      left?.push(id)
      continue
    }
    const excluded = isExcluded(state, id)
    const goes = markAbsent && !member.absent && (excluded || state.away.has(id))
    const returns = member.absent && !excluded && state.returning.has(id)
    if (goes) absent?.push(id)
    if (returns) present?.push(id)
    members.push(goes || returns ? { ...member, absent: goes } : member)
  }
  for (const id of state.waiting) {
    const meter = state.enrolled.get(id)
    if (!meter?.placement) continue
    joined?.push(id)
    const { blindingKey, lanes } = meter.credential
    const laneMask = laneMaskOf(state.config.lanes, ({ obis }) => lanes.some(lane => lane.obis === obis))
    members.push({ meterId: id, blindingKey, placement: meter.placement, absent: false, laneMask })
  }
  const lists = { joined: joined ?? [], left: left ?? [], absent: absent ?? [], present: present ?? [] }
  const changed = Object.values(lists).some(list => list.length > 0) || state.moved.size > 0
  return { members, ...lists, changed }
}

function makeRoster(
  state: RegistrarState,
  latest: HeldRoster | undefined,
  { members }: Plan,
  fields: Pick<RosterFields, 'aggregatorKey' | 'firstSlot' | 'degree'>
): Roster {
  const { networkId, slotSeconds, lanes, minMembers, recovery, identity, seasonSlots } = state.config
  return Roster.create(
    {
      ...fields,
      networkId,
      epoch: (latest ? latest.roster.epoch + 1 : 0) as Epoch,
      season: latest?.roster.season ?? 0,
      seasonFirstSlot: latest?.roster.seasonFirstSlot ?? fields.firstSlot,
      seasonEndSlot: latest?.roster.seasonEndSlot ?? ((fields.firstSlot + seasonSlots) as Slot),
      previousRosterHash: latest?.roster.hash ?? new Uint8Array(32),
      slotSeconds,
      lanes,
      minMembers,
      recovery,
      committed: false,
      ringSeed: state.ringSeed,
      registrarKey: identity.id,
      cuts: latest?.roster.cuts.filter(cut => cut.every(id => members.some(({ meterId }) => meterId === id))) ?? []
    },
    members
  )
}

/** Signs a roster and publishes its changes, or all of it; always journals all of it. */
function publish(context: RegistrarContext, roster: Roster, { latest, plan, tried }: Succession): void {
  const { state, now, out } = context
  const { identity, networkId } = state.config
  const credentials = packedCredentials(state, roster)
  const whole = sealRoster(state, roster, credentials)
  const outcome = state.book.receive(decodeEnvelope(whole), whole, now)
  if (outcome.kind !== 'taken') {
    const detail = outcome.kind === 'refused' ? outcome.error.message : `the roster was found ${outcome.kind}`
    cannotForm(context, detail, tried)
    return
  }
  const { held } = outcome
  keepRoster(state, roster.epoch, whole)
  settle(state, held)
  const delta = latest && deltaBetween(latest, held, credentials)
  const short =
    delta && sealEnvelope(identity, MessageType.RosterDelta, networkId, roster.epoch, roster.firstSlot, RosterDeltaPayload.encode(delta))
  const isDelta = short !== undefined && short.byteLength < whole.byteLength
  const bytes = isDelta ? short : whole
  out.push({ type: 'journal', record: { kind: 'roster', bytes: whole } })
  out.push({ type: 'roster', held })
  out.push({ type: 'publish', topic: 'control', bytes })
  const { joined, left, absent, present } = plan
  out.push({ type: 'changes', epoch: roster.epoch, joined, left, absent, present, bytes: bytes.byteLength, delta: isDelta })
}

function packedCredentials(state: RegistrarState, roster: Roster): Uint8Array[] {
  return Array.from({ length: roster.n }, (_, i) => {
    const credential = state.enrolled.get(roster.meterId(i))?.credential
    if (!credential) throw new HushgridError('a roster names enrolled meters only')
    return packCredential(credential)
  })
}

function sealRoster(state: RegistrarState, roster: Roster, credentials: Uint8Array[]): Uint8Array {
  const { identity, networkId } = state.config
  const payload = RosterPayload.encode({
    roster: roster.encode(),
    signature: identity.sign(rosterSignedBytes(roster.hash)),
    credentials,
    addresses: Array.from({ length: roster.n }, (_, i) => state.enrolled.get(roster.meterId(i))?.addresses[0] ?? ''),
    aggregatorAddress: state.aggregator?.address ?? '',
    leaves: [],
    proofs: []
  })
  return sealEnvelope(identity, MessageType.Roster, networkId, roster.epoch, roster.firstSlot, payload)
}
