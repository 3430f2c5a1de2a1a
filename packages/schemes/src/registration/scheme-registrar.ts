// The registrar of a scheme's group: who is in it from which slot on. It decides once a slot, three units before the next
// begins, so that a setup has its time before that slot ends. A member that two slots in a row were without is out, like
// one that has left, and in again once it is back.
import { type Epoch, epoch, type MeterId, type SigningKey, type Slot } from '@hushgrid/primitives'
import { type Announcement, sealAnnouncement } from '../driver/announcement.ts'
import type { Group, Outcome, Scheme } from '../scheme.ts'

/** Slots in a row without a member, after which it is out. */
const MOST_MISSES = 2

/** A household's meter, as the registrar knows of it. */
export interface Applicant {
  readonly id: MeterId
  readonly device: MeterId | undefined
  /** True while it runs, can be reached and wants to be in the group. */
  wants(): boolean
  /** True from its leave on. */
  leaves(): boolean
}

export interface SchemeRegistrarInit {
  readonly scheme: Scheme
  readonly identity: SigningKey
  readonly lanes: number
  readonly parties: Group['parties']
  readonly keyOf: (party: MeterId) => NonNullable<ReturnType<Announcement['keys']['get']>>
}

/** `absent`: it was missing for too long; `return`: it was a member once. */
export interface GroupChange {
  readonly kind: 'join' | 'leave' | 'return' | 'absent'
  readonly id: MeterId
}

/** What was decided: the announcement, and what it changes. */
export interface Decision {
  readonly group: Group
  readonly firstSlot: Slot
  readonly bytes: Uint8Array
  readonly changes: readonly GroupChange[]
}

/** Keeps the group of a scheme. */
export class SchemeRegistrar {
  readonly #init: SchemeRegistrarInit
  readonly #phases: ReadonlySet<string>
  readonly #applicants = new Map<MeterId, Applicant>()
  readonly #misses = new Map<MeterId, number>()
  /** Ids that were members once. */
  readonly #known = new Set<MeterId>()
  readonly #decisions: Decision[] = []
  /** Parties that could not form the group, and whom they missed. */
  readonly #unformed = new Map<Epoch, { readonly by: Set<MeterId>; readonly missing: Set<MeterId> }>()
  #anew = false

  constructor(init: SchemeRegistrarInit) {
    this.#init = init
    this.#phases = new Set(phasesOf(init.scheme))
  }

  enter(applicant: Applicant): void {
    this.#applicants.set(applicant.id, applicant)
  }

  /** Gives the announcement that was made last. */
  get last(): Decision | undefined {
    return this.#decisions.at(-1)
  }

  groupOf(slot: Slot): Group | undefined {
    return this.#decisions.findLast(({ firstSlot }) => firstSlot <= slot)?.group
  }

  /** Has the group formed anew: a member has other keys. */
  formAnew(id: MeterId): void {
    if (this.last?.group.members.includes(id)) this.#anew = true
  }

  /** Takes a party's word that it could not form the group. */
  unformed(of: Epoch, by: MeterId, missing: readonly MeterId[]): void {
    const entry = this.#unformed.get(of) ?? { by: new Set(), missing: new Set() }
    entry.by.add(by)
    for (const id of missing) entry.missing.add(id)
    this.#unformed.set(of, entry)
  }

  /**
   * Counts who was missing in a slot. A party that could not form the group is not missing; whom it missed is. A member
   * without a bill is missed by nobody: the others' bills do not need it.
   */
  ended(slot: Slot, missing: readonly MeterId[]): void {
    const group = this.groupOf(slot)
    if (!group) return
    const unformed = this.#unformed.get(group.epoch)
    for (const id of group.members) {
      const counts = unformed?.missing.has(id) || (missing.includes(id) && !unformed?.by.has(id))
      this.#misses.set(id, counts ? (this.#misses.get(id) ?? 0) + 1 : 0)
    }
  }

  /** Decides on the group from a slot on; gives nothing where it stays as it is. */
  decide(firstSlot: Slot): Decision | undefined {
    const before = this.last?.group
    const members = [...this.#applicants.values()].filter(each => this.#belongs(each, before)).map(({ id }) => id)
    members.sort()
    const joined = members.filter(id => !before?.members.includes(id))
    const left = before?.members.filter(id => !members.includes(id)) ?? []
    const isFormed = before && !this.#anew && !this.#unformed.has(before.epoch)
    if (members.length === 0 || (isFormed && joined.length + left.length === 0)) return undefined
    const phase = this.#phaseOf(isFormed === true, joined, left)
    const changes = [
      ...joined.map(id => ({ kind: this.#known.has(id) ? ('return' as const) : ('join' as const), id })),
      ...left.map(id => ({ kind: this.#applicants.get(id)?.leaves() ? ('leave' as const) : ('absent' as const), id }))
    ]
    this.#anew = false
    for (const id of joined) this.#misses.delete(id)
    for (const id of members) this.#known.add(id)
    return this.#announce({ members, joined, left, epoch: epoch(before ? before.epoch + 1 : 0) }, phase, firstSlot, changes)
  }

  /** Tells whether a meter is in the next group. One that was missing and is there all the same is in a group formed anew. */
  #belongs(applicant: Applicant, before: Group | undefined): boolean {
    const { id } = applicant
    if (applicant.leaves()) return false
    if (!before?.members.includes(id)) return applicant.wants()
    if ((this.#misses.get(id) ?? 0) < MOST_MISSES) return true
    if (!applicant.wants()) return false
    this.#anew = true
    this.#misses.delete(id)
    return true
  }

  /** Gives the scheme's own way of a change, where it has one and nothing else has changed. */
  #phaseOf(isFormed: boolean, joined: readonly MeterId[], left: readonly MeterId[]): Announcement['phase'] {
    if (isFormed && left.length === 0 && this.#phases.has('join')) return 'join'
    return isFormed && joined.length === 0 && this.#phases.has('leave') ? 'leave' : 'setup'
  }

  #announce(
    change: Pick<Group, 'members' | 'joined' | 'left' | 'epoch'>,
    phase: Announcement['phase'],
    firstSlot: Slot,
    changes: readonly GroupChange[]
  ): Decision {
    const { scheme, identity, lanes, parties, keyOf } = this.#init
    const devices = change.members.flatMap(id => {
      const device = this.#applicants.get(id)?.device
      return device === undefined ? [] : [[id, device] as const]
    })
    const group: Group = { ...change, parties, lanes, deviceOf: new Map(devices) }
    const all = [...group.members, ...devices.map(([, device]) => device), ...Object.values(parties)]
    const keys = new Map(all.map(id => [id, keyOf(id)]))
    const decision = { group, firstSlot, changes, bytes: sealAnnouncement({ group, phase, firstSlot, keys }, scheme.name, identity) }
    this.#decisions.push(decision)
    return decision
  }
}

/** Lists the members without whom a slot of their group ended. */
export function missingIn({ members }: Group, outcome: Outcome): readonly MeterId[] {
  if (outcome.type === 'total') return members.filter(id => !outcome.contributors.includes(id))
  return outcome.type === 'lost' ? outcome.members : []
}

/** Lists the phases that a scheme's meters have rounds for. */
function phasesOf({ roles }: Scheme): string[] {
  const nobody = '00'.repeat(32) as MeterId
  const group: Group = { epoch: epoch(0), members: [nobody], parties: {}, deviceOf: new Map(), lanes: 1, joined: [], left: [] }
  const turn = { role: 'meter', self: nobody, group, phase: 'setup', slot: 0 as Slot, work: { count() {} } } as const
  return Object.keys(roles.meter?.open(turn) ?? {})
}
