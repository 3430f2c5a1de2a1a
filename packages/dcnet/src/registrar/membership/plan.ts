// The next roster's members, as they follow from the members' wishes and what was witnessed (PROTOCOL.md sections 4 and 8).
import type { LaneTerms, MeterId, Slot } from '@hushgrid/primitives'
import { components, neighboursNeeded, remaining } from '@hushgrid/topology'
import type { HeldRoster } from '../../roster/book.ts'
import type { Credential } from '../../roster/credential.ts'
import type { Cut, RosterMember } from '../../roster/fields.ts'
import { maskGraphOf } from '../../roster/mask-graph.ts'
import type { Roster } from '../../roster/roster.ts'
import type { RegistrarState } from '../state.ts'
import { isBarred } from './bars.ts'

/** An entry as planned; its lane mask follows from its credential, once the roster's lanes are chosen. */
export type PlannedMember = Omit<RosterMember, 'laneMask'>

/** Members of a roster before it is made. */
export interface Planned {
  readonly members: readonly PlannedMember[]
  readonly cuts: readonly Cut[]
}

/** The next roster of a season, as planned. */
export interface Plan extends Planned {
  readonly joined: readonly MeterId[]
  readonly left: readonly MeterId[]
  readonly absent: readonly MeterId[]
  readonly present: readonly MeterId[]
}

/** What a plan may do where not all wishes can be met. */
export interface Latitude {
  readonly letLeave: boolean
  readonly markAbsent: boolean
}

/** Tells whether changes but absences may begin with a slot. */
export function isChangeSlot({ config }: RegistrarState, slot: Slot): boolean {
  return slot % config.changeSlots === 0
}

/** Tells whether a member may come in, or back, with a slot. */
export function mayCome(state: RegistrarState, id: MeterId, firstSlot: Slot): boolean {
  return !isBarred(state, id, firstSlot) && (state.config.lab || state.comings.allows(id, firstSlot))
}

/** Plans the roster of the season under way that begins with a slot, before the mask graph is looked at. */
export function planMembers(state: RegistrarState, latest: HeldRoster | undefined, firstSlot: Slot, latitude: Latitude): Plan {
  const isChange = isChangeSlot(state, firstSlot)
  const members: PlannedMember[] = []
  const joined: MeterId[] = []
  const left: MeterId[] = []
  const absent: MeterId[] = []
  const present: MeterId[] = []
  for (const member of latest?.roster.members() ?? []) {
    const id = member.meterId
    if (isChange && latitude.letLeave && state.leaving.has(id)) {
      left.push(id)
      continue
    }
    const goes = latitude.markAbsent && !member.absent && (isBarred(state, id, firstSlot) || state.away.has(id) || state.unseen.has(id))
    const returns = member.absent && isChange && state.returning.has(id) && mayCome(state, id, firstSlot)
    if (goes) absent.push(id)
    if (returns) present.push(id)
    members.push({ ...member, absent: goes || (member.absent && !returns) })
  }
  const season = latest?.roster.season ?? 0
  for (const id of isChange ? state.waiting : []) {
    const meter = state.enrolled.get(id)
    if (!meter?.placement || meter.credential.season !== season || !mayCome(state, id, firstSlot)) continue
    joined.push(id)
    const { blindingKey } = meter.credential
    members.push({ meterId: id, blindingKey, placement: meter.placement, absent: false })
  }
  return { members, cuts: cutsAmong(state, members, latest, isChange), joined, left, absent, present }
}

/** Gives the cuts between entries: those in force or back with a member, and new ones at a change slot. */
function cutsAmong(
  { cuts }: RegistrarState,
  members: readonly PlannedMember[],
  latest: HeldRoster | undefined,
  isChange: boolean
): readonly Cut[] {
  if (cuts.length === 0) return cuts
  const ids = new Set(members.map(({ meterId }) => meterId))
  const inForce = new Set(latest?.roster.cuts.map(cut => cut.join()))
  return cuts.filter(cut => cut.every(id => ids.has(id)) && (isChange || inForce.has(cut.join())))
}

/**
 * Finds the positions of the present members that the mask graph leaves with too few neighbours, or in a component that is
 * too small, and those that follow when they are gone. Cuts last as long as the season, so members whom cuts leave so stay
 * absent until it ends.
 */
export function stranded(roster: Roster): ReadonlySet<number> {
  const graph = maskGraphOf(roster)
  const needed = neighboursNeeded(roster.mode, roster.neighbourCount)
  const members = new Set<number>()
  for (let grown = true; grown; ) {
    grown = false
    const tooFew = components(graph, members).flatMap(part =>
      part.length < roster.minMembers ? part : part.filter(index => remaining(graph, index, members) < needed)
    )
    for (const index of tooFew) {
      if (members.has(index)) continue
      members.add(index)
      grown = true
    }
  }
  return members
}

/**
 * Chooses a roster's lanes: those of the network that enough members can fill in every component. Where all who can fill
 * one consent, one member is enough (PROTOCOL.md section 3).
 *
 * @param roster - with all lanes that it may have
 * @param credentialOf - of a member, for the roster's season
 */
export function supportedLanes(
  roster: Roster,
  credentialOf: (id: MeterId) => Credential | undefined,
  { lanes, minMembers }: Pick<RegistrarState['config'], 'lanes' | 'minMembers'>
): LaneTerms[] {
  const graph = maskGraphOf(roster)
  const parts = components(graph, new Set())
  return roster.lanes.flatMap(({ obis }, l) => {
    const lane = lanes.find(each => each.obis === obis)
    if (!lane) return []
    const ableIn = (part: readonly number[]): number[] => part.filter(index => graph.lanes[l]?.canFill(index))
    const least = Math.min(...parts.map(part => ableIn(part).length))
    const allConsent = parts.flatMap(ableIn).every(index => {
      const own = credentialOf(roster.meterId(index))?.lanes.find(each => each.obis === obis)
      return own?.consent === true
    })
    const support = allConsent ? lane.support : Math.max(lane.support, minMembers)
    if (least >= support) return [{ ...lane, support }]
    return allConsent && least >= 1 ? [{ ...lane, support: 1 }] : []
  })
}
