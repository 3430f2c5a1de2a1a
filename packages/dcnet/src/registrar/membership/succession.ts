// Making and publishing of the registrar's rosters (PROTOCOL.md sections 4 and 8).
import { decodeEnvelope, MessageType, RosterDeltaPayload, RosterPayload, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, HushgridError, type LaneTerms, type MeterId, type Slot, slotAt, slotTimes } from '@hushgrid/primitives'
import { completeDegree } from '@hushgrid/topology'
import type { HeldRoster } from '../../roster/book.ts'
import { type Credential, packCredential } from '../../roster/credential.ts'
import { deltaBetween } from '../../roster/delta.ts'
import { laneMaskOf, type RosterFields } from '../../roster/fields.ts'
import { Roster, rosterSignedBytes } from '../../roster/roster.ts'
import type { RegistrarConfig } from '../contract.ts'
import { issue } from '../enrolment.ts'
import { keepRoster, type RegistrarContext, type RegistrarState, settle, travelling } from '../state.ts'
import { isBarred } from './bars.ts'
import { changesBetween } from './changes.ts'
import { isChangeSlot, type Latitude, type Planned, planMembers, stranded, supportedLanes } from './plan.ts'
import { haveEnrolled, planSeason, putOffEnd, type SeasonPlan, seasonEnds } from './seasons.ts'

/** Growth of a network beyond which its degree follows within a season. */
const HEADROOM = 1.2
/** Slots from the signing of a season's first roster to its first slot, so that members can agree on keys in between. */
const SEASON_LEAD = 2

/** What may be given up, in this order, where too few members would stay present for others to take a roster up. */
const ALL_WISHES: Latitude = { letLeave: true, markAbsent: true }
const FEWER_WISHES: readonly Latitude[] = [
  { letLeave: false, markAbsent: true },
  { letLeave: false, markAbsent: false }
]

/**
 * Gives the next roster's degree. It stays within a season until the network has grown by more than a fifth, since a larger
 * one would give every meter new neighbours, and never falls: members whose neighbours are absent would have too few left.
 * A complete graph stays complete.
 *
 * @param latest - the roster before, of the same season
 */
function degreeOf(config: RegistrarConfig, members: number, latest: Roster | undefined): number {
  if (!latest) return Math.min(config.degreeFor(members), completeDegree(members))
  const isComplete = latest.neighbourCount >= latest.n - 1
  const follows = isComplete || config.degreeFor(Math.max(config.minMembers, Math.ceil(members / HEADROOM))) > latest.degree
  return Math.min(Math.max(follows ? config.degreeFor(members) : 0, latest.degree), completeDegree(members))
}

/** Gives the moment, half way through a slot, at which the roster of the next slot is made. */
function rosterAt(slot: Slot, slotSeconds: number): number {
  const { start, unit } = slotTimes(slot, slotSeconds)
  return start + 8 * unit
}

/** Gives the first change slot from a slot on. */
function changeSlotFrom({ changeSlots }: RegistrarConfig, slot: number): Slot {
  return (Math.ceil(slot / changeSlots) * changeSlots) as Slot
}

/** Makes the next rosters where they are due and anything has changed. */
export function rosterIfDue(context: RegistrarContext): void {
  const { state, now } = context
  const { config } = state
  const latest = state.book.latest
  const current = slotAt(now, config.slotSeconds)
  if (!state.aggregator) return
  if (!latest) {
    if (state.waiting.size > 0 && state.waiting.size >= config.formWith) formFirst(context, current)
    return
  }
  // Once the first roster of a season is signed no other comes before its first slot.
  if (now < rosterAt(current, config.slotSeconds) || latest.roster.firstSlot > current) return
  const start = Math.max(current + SEASON_LEAD, latest.roster.seasonFirstSlot + 1) as Slot
  const ends = seasonEnds(state, latest, start)
  const tried = triedFor(state, latest, current)
  if (state.cannotForm?.tried === tried) return
  if (state.behind) {
    cannotForm(context, 'there is a roster of our own that the journal does not know', tried)
    return
  }
  const season = ends && plannedSeason(context, latest, ends, start)
  const firstSlot = (current + 1) as Slot
  const end = ends === 'over' && !season ? putOffEnd(state, latest, firstSlot) : undefined
  if (end !== undefined) context.out.push({ type: 'season-put-off', season: latest.roster.season, until: end })
  const seasonEndSlot = end ?? latest.roster.seasonEndSlot
  // In a season that is over, and cannot be put off, no wish can be met.
  if (firstSlot < seasonEndSlot && (end !== undefined || hasWishes(state, latest, firstSlot)))
    nextOfSeason(context, latest, { firstSlot, seasonEndSlot }, tried)
  if (season) beginSeason(context, season, ends === 'early', tried)
}

/** Names what a roster is made of, so that one that cannot be made is not tried again before something changes. */
function triedFor(state: RegistrarState, latest: HeldRoster, current: Slot): string {
  const wishes = [state.waiting, state.leaving, state.returning, state.moved, state.away, state.unseen, state.bars].map(each => each.size)
  return [current, latest.roster.epoch, ...wishes, state.cuts.length].join()
}

/** Tells whether anything is to change with a slot. */
function hasWishes(state: RegistrarState, { roster }: HeldRoster, firstSlot: Slot): boolean {
  if (state.away.size > 0 || state.unseen.size > 0) return true
  for (const id of state.bars.keys()) {
    const index = roster.indexOf(id)
    if (index !== undefined && !roster.isAbsent(index) && isBarred(state, id, firstSlot)) return true
  }
  if (!isChangeSlot(state, firstSlot)) return false
  // Addresses wait for a change slot too, or one member could bring about a roster in every slot.
  const wishes = [state.waiting, state.leaving, state.returning, state.moved].some(each => each.size > 0)
  return wishes || roster.lanes.length < state.config.lanes.length || state.cuts.some(cut => isNewCut(roster, cut))
}

function isNewCut(roster: Roster, [lower, higher]: readonly [MeterId, MeterId]): boolean {
  const [a, b] = [roster.indexOf(lower), roster.indexOf(higher)]
  return a !== undefined && b !== undefined && !roster.isCut(a, b)
}

/** Says once why some wishes have to wait. */
function cannotForm({ state, out }: RegistrarContext, detail: string, tried: string): void {
  if (state.cannotForm?.detail !== detail) out.push({ type: 'cannot-form', detail })
  state.cannotForm = { detail, tried }
}

/** Makes the first roster of the network. */
function formFirst(context: RegistrarContext, current: Slot): void {
  const { state } = context
  const { config } = state
  const tried = ['first', current, state.waiting.size].join()
  if (state.cannotForm?.tried === tried) return
  const firstSlot = changeSlotFrom(config, Math.max(config.firstSlot ?? 0, current + 1))
  const plan = planMembers(state, undefined, firstSlot, { letLeave: true, markAbsent: true })
  const season = { season: 0, seasonFirstSlot: firstSlot, seasonEndSlot: endOf(config, firstSlot), firstSlot, ringSeed: state.ringSeed }
  const credentialOf = (id: MeterId): Credential | undefined => state.enrolled.get(id)?.credential
  const roster = orCannotForm(context, tried, () => made(state, undefined, plan, season, credentialOf))
  if (roster) publish(context, undefined, roster, credentialOf, tried)
}

/** Gives the end of a season that begins with a slot. */
function endOf(config: RegistrarConfig, firstSlot: Slot): Slot {
  const end = firstSlot + config.seasonSlots
  return Math.max(firstSlot + config.changeSlots, end - (end % config.changeSlots)) as Slot
}

/** Makes the next roster of the season under way, where anything changes. */
function nextOfSeason(
  context: RegistrarContext,
  latest: HeldRoster,
  slots: Pick<RosterFields, 'firstSlot' | 'seasonEndSlot'>,
  tried: string
): void {
  const { state } = context
  const { season, seasonFirstSlot, ringSeed } = latest.roster
  const credentialOf = (id: MeterId): Credential | undefined => state.enrolled.get(id)?.credential
  const least = Math.max(2, state.config.minMembers)
  const make = (latitude: Latitude): Roster | undefined => {
    const plan = planMembers(state, latest, slots.firstSlot, latitude)
    return orCannotForm(context, tried, () => made(state, latest, plan, { season, seasonFirstSlot, ringSeed, ...slots }, credentialOf))
  }
  const changes = (roster: Roster): boolean =>
    state.moved.size > 0 || changesBetween(latest.roster, roster, id => state.leaving.has(id)).any
  const roster = make(ALL_WISHES)
  if (!roster) return
  if (roster.presentCount >= least && roster.lanes.length > 0) {
    if (!changes(roster)) return
    state.cannotForm = undefined
    publish(context, latest, roster, credentialOf, tried)
    return
  }
  const there = planMembers(state, latest, slots.firstSlot, ALL_WISHES).members.filter(({ absent }) => !absent).length
  const detail =
    roster.presentCount < least
      ? `expected at least ${least} present members that the mask graph holds together, got ${roster.presentCount} of the ${there} there`
      : 'expected a lane that enough members can fill, got none'
  cannotForm(context, detail, tried)
  for (const latitude of FEWER_WISHES) {
    const other = make(latitude)
    if (!other || other.presentCount < least || other.lanes.length === 0 || !changes(other)) continue
    publish(context, latest, other, credentialOf, tried)
    return
  }
}

/** A season that can begin. */
interface ReadySeason {
  readonly plan: SeasonPlan
  readonly start: Slot
}

/** Plans the next season, where it may begin: with members enough, and two thirds of those that the last totals had. */
function plannedSeason(context: RegistrarContext, latest: HeldRoster, ends: 'over' | 'early', start: Slot): ReadySeason | undefined {
  const { state, out } = context
  const { config } = state
  // Where its end has passed unnoticed, as while the registrar was away, it begins as soon as it can.
  const from = isChangeSlot(state, start) ? start : changeSlotFrom(config, start)
  if (ends === 'early' && !haveEnrolled(state, latest, from)) return undefined
  const plan = planSeason(state, latest, from)
  const ids = new Set(plan.members.map(({ meterId }) => meterId))
  const least = Math.max(
    2,
    config.minMembers,
    state.attendance.least(from, id => ids.has(id))
  )
  if (ids.size >= least) return { plan, start: from }
  if (ends === 'over') out.push({ type: 'season-too-small', season: latest.roster.season + 1, members: ids.size, least })
  return undefined
}

/** Signs the first roster of a season. */
function beginSeason(context: RegistrarContext, { plan, start }: ReadySeason, early: boolean, tried: string): void {
  const { state, out } = context
  const { config } = state
  const latest = state.book.latest
  if (!latest) return
  const season = latest.roster.season + 1
  const slots = { season, seasonFirstSlot: start, seasonEndSlot: endOf(config, start), firstSlot: start, ringSeed: config.rng.bytes(32) }
  const planned = { members: plan.members, cuts: [] }
  const roster = orCannotForm(context, tried, () => made(state, latest, planned, slots, plan.credentialOf))
  if (!roster || roster.presentCount < roster.n || roster.lanes.length === 0) return
  if (!publish(context, latest, roster, plan.credentialOf, tried)) return
  if (early) state.earlySeasons = [...state.earlySeasons, start].slice(-SEASON_LEAD * 2)
  out.push({ type: 'season', season, firstSlot: start, early, members: roster.n })
}

function orCannotForm(context: RegistrarContext, tried: string, make: () => Roster): Roster | undefined {
  try {
    return make()
  } catch (cause) {
    if (!(cause instanceof HushgridError)) throw cause
    cannotForm(context, cause.message, tried)
    return undefined
  }
}

type SeasonFields = Pick<RosterFields, 'season' | 'seasonFirstSlot' | 'seasonEndSlot' | 'firstSlot' | 'ringSeed'>

/**
 * Makes a roster: members whom the mask graph leaves alone are marked absent, and lanes that too few can fill are left out.
 *
 * @throws HushgridError where there is no degree for so many members
 */
function made(
  state: RegistrarState,
  latest: HeldRoster | undefined,
  { members, cuts }: Planned,
  slots: SeasonFields,
  credentialOf: (id: MeterId) => Credential | undefined
): Roster {
  const { config, aggregator } = state
  const { networkId, slotSeconds, minMembers, recovery, identity } = config
  if (!aggregator) throw new HushgridError('roster: expected an aggregator, got none')
  const fields = {
    ...slots,
    networkId,
    epoch: (latest ? latest.roster.epoch + 1 : 0) as Epoch,
    previousRosterHash: latest?.roster.hash ?? new Uint8Array(32),
    slotSeconds,
    degree: degreeOf(config, members.length, latest?.roster.season === slots.season ? latest.roster : undefined),
    minMembers,
    recovery,
    committed: false,
    registrarKey: identity.id,
    aggregatorKey: aggregator.key,
    cuts
  }
  const of = (lanes: readonly LaneTerms[], absent: (id: MeterId) => boolean): Roster =>
    Roster.create(
      { ...fields, lanes },
      members.map(member => {
        const can = new Set(credentialOf(member.meterId)?.lanes.map(({ obis }) => obis))
        return { ...member, absent: member.absent || absent(member.meterId), laneMask: laneMaskOf(lanes, ({ obis }) => can.has(obis)) }
      })
    )
  // Lanes come back at change slots only.
  const known = isChangeSlot(state, slots.firstSlot) ? undefined : latest?.roster.lanes
  const may = config.lanes.filter(({ obis }) => !known || known.some(lane => lane.obis === obis))
  const whole = of(may, () => false)
  const gone = new Set([...stranded(whole)].map(index => whole.meterId(index)))
  const connected = gone.size === 0 ? whole : of(may, id => gone.has(id))
  const lanes = connected.presentCount === 0 ? [] : supportedLanes(connected, credentialOf, config)
  // A roster has lanes; one that may have none is not published.
  return lanes.length === 0 ? connected : of(lanes, id => gone.has(id))
}

/**
 * Signs a roster and publishes its changes, or all of it; always journals all of it.
 *
 * @returns whether it was taken
 */
function publish(
  context: RegistrarContext,
  latest: HeldRoster | undefined,
  roster: Roster,
  credentialOf: (id: MeterId) => Credential | undefined,
  tried: string
): boolean {
  const { state, now, out } = context
  const { identity, networkId } = state.config
  const credentials = packedCredentials(context, roster, credentialOf)
  const whole = sealRoster(state, roster, credentials)
  const { leaves } = state
  const proofs = travelling(state).flat()
  const changes = changesBetween(latest?.roster, roster, id => state.leaving.has(id))
  const outcome = state.book.receive(decodeEnvelope(whole), whole, now)
  if (outcome.kind !== 'taken' || outcome.held.stayOut) {
    const refused = outcome.kind === 'taken' ? outcome.held.stayOut : outcome.kind === 'refused' ? outcome.error : undefined
    if (outcome.kind !== 'taken') {
      cannotForm(context, refused?.message ?? `the roster was found ${outcome.kind}`, tried)
      return false
    }
    throw new HushgridError(`a roster of our own: expected members to take it up, found: ${refused?.message}`)
  }
  const { held } = outcome
  keepRoster(state, roster.epoch, whole)
  settle(state, held)
  const delta = latest && deltaBetween(latest, held, credentials)
  const short =
    delta &&
    sealEnvelope(
      identity,
      MessageType.RosterDelta,
      networkId,
      roster.epoch,
      roster.firstSlot,
      RosterDeltaPayload.encode({ ...delta, leaves: [...leaves], proofs })
    )
  const isDelta = short !== undefined && short.byteLength < whole.byteLength
  const bytes = isDelta ? short : whole
  out.push({ type: 'journal', record: { kind: 'roster', bytes: whole } })
  out.push({ type: 'roster', held })
  out.push({ type: 'publish', topic: 'control', bytes })
  const { joined, left, absent, present } = changes
  out.push({ type: 'changes', epoch: roster.epoch, joined, left, absent, present, bytes: bytes.byteLength, delta: isDelta })
  return true
}

/** Packs the members' credentials; renews one that would have expired, since it would keep everybody from the roster. */
function packedCredentials(context: RegistrarContext, roster: Roster, credentialOf: (id: MeterId) => Credential | undefined): Uint8Array[] {
  return Array.from({ length: roster.n }, (_, i) => {
    const credential = credentialOf(roster.meterId(i))
    if (!credential) throw new HushgridError('a roster names enrolled meters only')
    const holds = credential.notAfter > roster.firstSlot * roster.slotSeconds
    return packCredential(holds ? credential : issue(context, roster.meterId(i), credential))
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
    leaves: [...state.leaves],
    proofs: travelling(state).flat()
  })
  return sealEnvelope(identity, MessageType.Roster, networkId, roster.epoch, roster.firstSlot, payload)
}
