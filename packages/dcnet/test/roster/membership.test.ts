// What a meter insists on before it takes part in an epoch (PROTOCOL.md section 4): seasons, lanes with their support and
// consents, components of the mask graph, and its own floors; and what the chain keeps within a season.
import { LeaveRequest, MessageType, RosterPayload, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, EXPORT_LANE, IMPORT_LANE, type LaneTerms, type MeterId, SeededRng, type Slot } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { Attendance } from '../../src/roster/attendance.ts'
import { checkChain, checkMembership, checkRoster } from '../../src/roster/check.ts'
import type { CredentialLane } from '../../src/roster/credential.ts'
import type { Cut, RosterFields } from '../../src/roster/fields.ts'
import type { OwnEntry, RosterPolicy } from '../../src/roster/policy.ts'
import { Roster } from '../../src/roster/roster.ts'
import { type Change, faultOf, signer } from '../support/deltas.ts'
import { ownEntry, Registry, type RegistryOptions } from '../support/registry.ts'

const rng = new SeededRng('membership of rosters')
const IMPORT_ONLY: readonly CredentialLane[] = [{ obis: IMPORT_LANE, consent: false }]
const both = (consent: boolean): readonly CredentialLane[] => [...IMPORT_ONLY, { obis: EXPORT_LANE, consent }]
const moved = (slot: Slot, by: number): Slot => (slot + by) as Slot

/** The roster that would follow a registry's, as its first member checks it. */
function scene(options: Partial<RegistryOptions> = {}) {
  const registry = new Registry({ members: 10, degree: 4, seasonSlots: 96, ...options })
  const { checked, full } = signer(registry)
  const member = registry.members[0]
  if (!member) throw new Error('expected a member')
  const own = ownEntry(member)
  const checkedAfter = (change: Change) => checkRoster(full(change), registry.policy())
  const stayOut = (change: Change, policy: Partial<RosterPolicy> = {}, entry: OwnEntry = own) =>
    faultOf(() => checkMembership(checkedAfter(change), { ...registry.policy(), own: entry, ...policy }))
  const chain = (change: Change) => faultOf(() => checkChain(checked.roster, checkedAfter(change).roster))
  return { registry, member, own, roster: checked.roster, full, checkedAfter, stayOut, chain }
}

/** Changes a field of each lane. */
const lanesWith = (roster: Roster, change: Partial<LaneTerms>): Partial<RosterFields> => ({
  lanes: roster.lanes.map(lane => ({ ...lane, ...change }))
})

/** The pair of two members, as a cut. */
const cutOf = (a: MeterId, b: MeterId): Cut => (a < b ? [a, b] : [b, a])

describe('within a season the chain keeps', () => {
  it('the slot that it began with, and an end that may only be put off', () => {
    const { roster, chain } = scene()
    const { seasonFirstSlot, seasonEndSlot } = roster
    expect(chain({})).toBeUndefined()
    expect(chain({ fields: { seasonEndSlot: moved(seasonEndSlot, 1) } })).toBeUndefined()
    expect(chain({ fields: { seasonEndSlot: moved(seasonEndSlot, -1) } })).toBe('chain-season-slots')
    for (const by of [-1, 1]) expect(chain({ fields: { seasonFirstSlot: moved(seasonFirstSlot, by) } })).toBe('chain-season-slots')
  })

  it('cuts between members that stay; one that left and is back is cut again, and new ones may come', () => {
    const { roster } = scene()
    const ids = roster.members().map(({ meterId }) => meterId) as [MeterId, MeterId, MeterId, ...MeterId[]]
    const cut = cutOf(ids[0], ids[1])
    const other = cutOf(ids[1], ids[2])
    const following = (before: Roster, cuts: readonly Cut[], members = before.members()): Roster =>
      Roster.create(
        { ...before, epoch: (before.epoch + 1) as Epoch, previousRosterHash: before.hash, firstSlot: moved(before.firstSlot, 1), cuts },
        members
      )
    const withCut = following(roster, [cut])
    expect(faultOf(() => checkChain(roster, withCut))).toBeUndefined()
    expect(faultOf(() => checkChain(withCut, following(withCut, [cut, other])))).toBeUndefined()
    expect(faultOf(() => checkChain(withCut, following(withCut, [])))).toBe('chain-cuts')
    expect(faultOf(() => checkChain(withCut, following(withCut, [other])))).toBe('chain-cuts')
    const without = following(
      withCut,
      [],
      withCut.members().filter(({ meterId }) => meterId !== ids[0])
    )
    expect(faultOf(() => checkChain(withCut, without))).toBeUndefined()
  })
})

describe('a meter stays out of an epoch', () => {
  it('that begins after its season, or of a season of more than seven days', () => {
    const { roster, stayOut } = scene()
    const { seasonFirstSlot } = roster
    expect(stayOut({})).toBeUndefined()
    expect(stayOut({ fields: { seasonEndSlot: moved(seasonFirstSlot, 672) } })).toBeUndefined()
    expect(stayOut({ fields: { seasonEndSlot: moved(seasonFirstSlot, 673) } })).toBe('floor-season')
    expect(stayOut({ fields: { seasonEndSlot: moved(roster.firstSlot, 1) } })).toBe('floor-season')
    expect(stayOut({ fields: { seasonEndSlot: moved(roster.firstSlot, 2) } })).toBeUndefined()
  })

  it('of a season that begins or ends between change slots', () => {
    const { roster, stayOut } = scene()
    const { seasonFirstSlot, seasonEndSlot } = roster
    expect([seasonFirstSlot % 4, seasonEndSlot % 4]).toEqual([0, 0])
    expect(stayOut({}, { changeSlots: 4 })).toBeUndefined()
    expect(stayOut({ fields: { seasonEndSlot: moved(seasonEndSlot, 2) } }, { changeSlots: 4 })).toBe('change-slot')
    expect(stayOut({ fields: { seasonFirstSlot: moved(seasonFirstSlot, 1) } }, { changeSlots: 4 })).toBe('change-slot')
  })

  it('where a new season has less than two thirds of the members that a total had, leaves taken off', () => {
    const { roster, stayOut } = scene({ members: 12 })
    const season: Partial<RosterFields> = { seasonFirstSlot: moved(roster.firstSlot, 1), seasonEndSlot: moved(roster.firstSlot, 97) }
    const own = roster.meterId(0)
    const keeping = (count: number): Change => ({
      fields: season,
      members: members =>
        [...members.filter(({ meterId }) => meterId === own), ...members.filter(({ meterId }) => meterId !== own)].slice(0, count)
    })
    const entry = { lanes: both(false), keys: { publicKey: () => roster.blindingKey(0) }, meterId: own }
    const attendance = new Attendance(900)
    attendance.note(moved(roster.firstSlot, -3), 12)
    attendance.note(moved(roster.firstSlot, -2), 7)
    expect(stayOut(keeping(8), { attendance }, entry)).toBeUndefined()
    expect(stayOut(keeping(7), { attendance }, entry)).toBe('season-size')
    // Two of those that are not in it left by their own word since the total of twelve.
    for (const { meterId } of roster.members().slice(-2)) attendance.goes(meterId, moved(roster.firstSlot, -1))
    expect(stayOut(keeping(7), { attendance }, entry)).toBeUndefined()
    expect(stayOut(keeping(6), { attendance }, entry)).toBe('season-size')
    // Seven days later the total of twelve does not count.
    const later = new Attendance(900)
    later.note(moved(roster.firstSlot, -673), 12)
    expect(stayOut(keeping(6), { attendance: later }, entry)).toBeUndefined()
  })

  it('where a lane has less support than minMembers, unless all who can fill it consent, absent ones left out', () => {
    const consents = (of: readonly boolean[]) =>
      scene({ minMembers: 4, support: 4, lanesOf: i => (i < of.length ? both(of[i] === true) : IMPORT_ONLY) })
    const exportWith = (fillers: ReadonlySet<MeterId>, support: number): Change => ({
      fields: {
        lanes: [
          { obis: IMPORT_LANE, maxReading: 11_000, support: 4 },
          { obis: EXPORT_LANE, maxReading: 11_000, support }
        ]
      },
      members: members => members.map(member => ({ ...member, laneMask: Uint8Array.of(fillers.has(member.meterId) ? 3 : 1) }))
    })
    for (const [of, support, expected] of [
      [[true, true], 1, undefined],
      [[true, true], 2, undefined],
      [[true, true], 3, 'support'],
      [[true, false], 1, 'support'],
      [[false, false], 2, 'support'],
      [[false, false, false, false], 4, undefined],
      [[false, false, false, false, false], 4, undefined],
      [[false, false, false], 4, 'support']
    ] as const) {
      const made = consents(of)
      const fillers = new Set(made.registry.members.slice(0, of.length).map(({ id }) => id))
      const own = { ...made.own, lanes: made.member.lanes }
      expect(made.stayOut(exportWith(fillers, support), {}, own), `${of} with ${support}`).toBe(expected)
    }
  })

  it('where its entry has a lane that it cannot fill, or a consent that its household has not given', () => {
    const { own, stayOut } = scene()
    expect(stayOut({}, {}, { ...own, lanes: IMPORT_ONLY })).toBe('own-entry')
    expect(stayOut({}, {}, { ...own, lanes: both(true) })).toBeUndefined()
    const consenting = scene({ lanesOf: i => both(i === 0) })
    expect(consenting.stayOut({})).toBeUndefined()
    expect(consenting.stayOut({}, {}, { ...consenting.own, lanes: both(false) })).toBe('own-entry')
    // A lane of the network that the roster leaves out is nobody's.
    const others = scene({ lanesOf: i => (i < 2 ? both(false) : IMPORT_ONLY) })
    expect(others.roster.lanes.map(({ obis }) => obis)).toEqual([IMPORT_LANE])
    expect(others.stayOut({})).toBeUndefined()
  })

  it('where the support is below its own floor, in lanes that it fills without consent', () => {
    const floors = (support: number) => ({ floors: { minMembers: 3, degree: 2, recovery: 0, support } as const })
    const { own, roster, stayOut } = scene()
    expect(roster.lanes.map(({ support }) => support)).toEqual([3, 3])
    expect(stayOut({}, floors(3))).toBeUndefined()
    expect(stayOut({}, floors(4))).toBe('floor-support')
    expect(stayOut({ fields: lanesWith(roster, { support: 4 }) }, floors(4))).toBeUndefined()
    const willing = own.lanes.map(lane => ({ ...lane, consent: true }))
    expect(stayOut({}, floors(4), { ...own, lanes: willing })).toBeUndefined()
  })

  it('where absences and cuts break the ring into components of which one is too small', () => {
    // A plain ring of ten; the meter stands at the ring's first place.
    const { registry, roster, stayOut } = scene({ degree: 2, minMembers: 4 })
    const ring = Array.from(roster.ring, index => roster.meterId(index))
    const at = (place: number): MeterId => ring[place] as MeterId
    const first = registry.member(at(0))
    const entry = ownEntry(first)
    const change = (absent: readonly number[], cuts: readonly (readonly [number, number])[]): Change => ({
      fields: { cuts: cuts.map(([a, b]) => cutOf(at(a), at(b))) },
      members: members => members.map(member => ({ ...member, absent: absent.some(place => at(place) === member.meterId) }))
    })
    for (const [absent, cuts, expected] of [
      [[5], [], undefined],
      // 1 to 4 and 6 to 0: four and five.
      [[5], [[0, 1]], undefined],
      // 6 to 8, which is three, away from the meter.
      [[5, 9], [], 'min-members'],
      [[5], [[8, 9]], 'min-members'],
      [
        [],
        [
          [2, 3],
          [7, 8]
        ],
        undefined
      ],
      [
        [],
        [
          [2, 3],
          [5, 6]
        ],
        'min-members'
      ],
      // A cut of two who are no neighbours breaks nothing.
      [
        [],
        [
          [2, 3],
          [5, 8]
        ],
        undefined
      ]
    ] as const)
      expect(stayOut(change(absent, cuts), {}, entry), JSON.stringify({ absent, cuts })).toBe(expected)
    // Both of its own neighbours cut or absent leave it alone.
    expect(stayOut(change([1], [[0, 9]]), {}, entry)).toBe('no-neighbour')
  })
})

describe('leaves that travel with a roster', () => {
  const leave = (registry: Registry, by: number, type: MessageType = MessageType.LeaveRequest): Uint8Array => {
    const { identity } = registry.members[by] as Registry['members'][number]
    return sealEnvelope(identity, type, registry.networkId, 0 as Epoch, registry.slot, LeaveRequest.encode({ unixMillis: registry.now }))
  }
  const withLeaves = (full: Uint8Array, leaves: readonly Uint8Array[]): Uint8Array =>
    RosterPayload.encode({ ...RosterPayload.decode(full), leaves: [...leaves] })

  it('are their senders’ own word', () => {
    const { registry, full } = scene()
    const check = (leaves: readonly Uint8Array[]) => checkRoster(withLeaves(full({}), leaves), registry.policy())
    const good = [leave(registry, 1), leave(registry, 2)]
    expect(check(good).leavers).toEqual([1, 2].map(by => ({ meterId: registry.members[by]?.id, slot: registry.slot })))
    const forged = Uint8Array.from(leave(registry, 1))
    forged.set(Buffer.from(registry.members[3]?.id ?? '', 'hex'), 2)
    for (const bad of [forged, leave(registry, 1, MessageType.PresenceReply), rng.bytes(40)])
      expect(faultOf(() => check([...good, bad]))).toBe('form')
  })
})
