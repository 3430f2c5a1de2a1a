// Seasons (PROTOCOL.md section 8): when one ends, who goes on into the next, and when it is put off.
import type { MeterId, Slot } from '@hushgrid/primitives'
import { neighboursNeeded } from '@hushgrid/topology'
import type { HeldRoster } from '../../roster/book.ts'
import { type Credential, ENROLMENT_SLOTS } from '../../roster/credential.ts'
import { maskGraphOf } from '../../roster/mask-graph.ts'
import type { Roster } from '../../roster/roster.ts'
import { REMEMBERED_SLOTS } from '../journal.ts'
import type { RegistrarState } from '../state.ts'
import { isBarred } from './bars.ts'
import { isChangeSlot, mayCome, type PlannedMember } from './plan.ts'

const DAY_SECONDS = 86_400
/** Most days that a season lasts, however often it is put off. */
const MOST_DAYS = 7
/** Seasons that may begin early within the slots that count. */
const MOST_EARLY = 4
/** Degree below which a member may be left with no neighbour to spare before the season ends. */
const SMALL_DEGREE = 12

/** The first roster of a season, before it is made. */
export interface SeasonPlan {
  readonly members: readonly PlannedMember[]
  readonly credentialOf: (id: MeterId) => Credential | undefined
  readonly joined: readonly MeterId[]
  /** Members of the roster before that do not go on: they have left, are away, or have enrolled no key. */
  readonly left: readonly MeterId[]
}

/** Tells whether a season ends with a slot: because it is over, or early. */
export function seasonEnds(state: RegistrarState, { roster }: HeldRoster, start: Slot): 'over' | 'early' | undefined {
  if (start >= roster.seasonEndSlot) return 'over'
  if (!isChangeSlot(state, start) || start <= roster.seasonFirstSlot) return undefined
  const recent = state.earlySeasons.filter(slot => slot > start - REMEMBERED_SLOTS)
  return recent.length < MOST_EARLY && isWornOut(state, roster, start) ? 'early' : undefined
}

/**
 * Tells whether absences have worn a roster's mask graph out: a quarter of the entries are absent (the page says more than a
 * quarter; of 24 members with degree 10 the next four that crash would take too many neighbours of another), or a present
 * member has hardly enough neighbours left. Members that are to be marked absent count: where too many are, no roster of the
 * season can be made that marks them. Cuts do not count, or a liar could force a season by spending its edges.
 */
function isWornOut(state: RegistrarState, roster: Roster, start: Slot): boolean {
  const { n, neighbourCount, mode } = roster
  const absent = Array.from({ length: n }, (_, index) => {
    const id = roster.meterId(index)
    return roster.isAbsent(index) || state.away.has(id) || state.unseen.has(id) || isBarred(state, id, start)
  })
  if (4 * absent.filter(Boolean).length >= n) return true
  const needed = neighboursNeeded(mode, neighbourCount) + (neighbourCount < SMALL_DEGREE ? 0 : 1)
  return maskGraphOf(roster).neighbours.some(
    (neighbours, index) => !absent[index] && neighbours.filter(each => !absent[each]).length < needed
  )
}

/** Plans the first roster of the next season, which begins with a slot. */
export function planSeason(state: RegistrarState, { roster }: HeldRoster, start: Slot): SeasonPlan {
  const season = roster.season + 1
  const credentialOf = (id: MeterId): Credential | undefined => {
    const meter = state.enrolled.get(id)
    return [meter?.next, meter?.credential].find(credential => credential?.season === season)
  }
  const members: PlannedMember[] = []
  const left: MeterId[] = []
  const joined: MeterId[] = []
  const add = (id: MeterId, { blindingKey }: Credential): void => {
    members.push({ meterId: id, blindingKey, placement: state.config.rng.bytes(16), absent: false })
  }
  for (let index = 0; index < roster.n; index++) {
    const id = roster.meterId(index)
    const credential = credentialOf(id)
    // Who is marked absent and has asked to be in again joins anew, as those do whom the mask graph of this season left alone.
    const isIn = !roster.isAbsent(index) || (state.returning.has(id) && mayCome(state, id, start))
    if (credential && isIn && !state.away.has(id) && !state.unseen.has(id) && !state.leaving.has(id) && !isBarred(state, id, start))
      add(id, credential)
    else left.push(id)
  }
  for (const id of state.waiting) {
    const credential = credentialOf(id)
    if (!credential || !mayCome(state, id, start)) continue
    joined.push(id)
    add(id, credential)
  }
  return { members, credentialOf, joined, left }
}

/** Tells whether every present member has enrolled its key for the next season, or has had the time to. */
export function haveEnrolled({ enrolled }: RegistrarState, { roster }: HeldRoster, start: Slot): boolean {
  if (start > roster.seasonFirstSlot + ENROLMENT_SLOTS) return true
  for (let index = 0; index < roster.n; index++) {
    if (!roster.isAbsent(index) && enrolled.get(roster.meterId(index))?.next?.season !== roster.season + 1) return false
  }
  return true
}

/**
 * Gives the end of a season that is put off by a day, or by as many as lie between its end and a roster's first slot, as
 * where the registrar was away; undefined where it may not last that long.
 */
export function putOffEnd({ config }: RegistrarState, { roster }: HeldRoster, firstSlot: Slot): Slot | undefined {
  const day = Math.max(1, Math.floor(DAY_SECONDS / config.slotSeconds))
  const most = roster.seasonFirstSlot + MOST_DAYS * day
  const step = Math.min(day, config.seasonSlots)
  const days = Math.max(1, Math.ceil((firstSlot + 1 - roster.seasonEndSlot) / step))
  const end = Math.min(roster.seasonEndSlot + days * step, most)
  const aligned = end - (end % config.changeSlots)
  return aligned > Math.max(roster.seasonEndSlot, firstSlot) ? (aligned as Slot) : undefined
}
