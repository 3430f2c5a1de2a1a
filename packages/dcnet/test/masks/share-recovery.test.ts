// Opening private masks from shares (section 7, recovery 2, step 4): how many are enough, and which lies do no harm.
import { addLanes, fromHex, InvalidArgumentError, type LaneVector, SeededRng, type Slot, toHex, zeroLanes } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { PrivateMasks, ShareTags, shareOf } from '../../src/masks/private-mask.ts'
import {
  type Conflict,
  checkPublished,
  correctionBytes,
  type PublishedMask,
  shareOwners,
  type Unmasked,
  unmask
} from '../../src/masks/share-recovery.ts'
import type { Roster } from '../../src/roster/roster.ts'
import { type SyntheticOptions, SyntheticRoster } from '../support/other-private-masks.ts'

const SLOT = 77 as Slot
const NOBODY: ReadonlySet<number> = new Set()

/** Everybody's masks and shares of one slot. */
class Shares {
  readonly synthetic: SyntheticRoster
  readonly roster: Roster
  readonly published = new Map<number, PublishedMask>()
  readonly lanes = new Map<number, LaneVector>()
  readonly releases = new Map<number, Uint8Array>()
  readonly members: ReadonlySet<number>

  constructor(options: SyntheticOptions, members: ReadonlySet<number> = NOBODY) {
    const synthetic = new SyntheticRoster(options)
    this.synthetic = synthetic
    this.roster = synthetic.roster
    this.members = members
    for (let index = 0; index < this.roster.n; index++) {
      if (this.roster.isAbsent(index)) continue
      const masks = new PrivateMasks(this.roster, index, synthetic.secretsOf(index))
      const { lanes, corrections, tags, check } = masks.of(SLOT)
      this.published.set(index, { corrections, tags, check })
      this.lanes.set(index, lanes)
      this.releases.set(index, masks.sharesOf(SLOT, shareOwners(this.roster, index, members)))
    }
  }

  get all(): number[] {
    return [...this.published.keys()]
  }

  /** Opens these owners' masks from what these holders have released. */
  open(owners: readonly number[], holders: readonly number[]): Unmasked {
    const some = <T>(map: ReadonlyMap<number, T>, which: readonly number[]): Map<number, T> =>
      new Map(which.map(index => [index, map.get(index) as T]))
    return unmask(
      { roster: this.roster, slot: SLOT, members: this.members, published: some(this.published, owners) },
      some(this.releases, holders)
    )
  }

  sum(owners: readonly number[]): bigint[] {
    const sum = zeroLanes(this.roster.lanes.length)
    for (const owner of owners) addLanes(sum, this.lanes.get(owner) as LaneVector)
    return [...sum]
  }

  /** Spoils the share that a holder has of an owner, or one byte of it. */
  spoil(holder: number, owner: number, byte?: number): void {
    const at = 16 * shareOwners(this.roster, holder, this.members).indexOf(owner)
    const shares = (this.releases.get(holder) as Uint8Array).slice()
    for (let i = byte ?? 0; i <= (byte ?? 15); i++) shares[at + i] = (shares[at + i] as number) ^ (1 + ((7 * holder + 31 * i) % 255))
    this.releases.set(holder, shares)
  }

  /** Spoils all that some holders release. */
  lie(holders: readonly number[]): void {
    for (const holder of holders) for (const owner of shareOwners(this.roster, holder, this.members)) this.spoil(holder, owner)
  }

  /** All pairs of an owner and one of these holders, as far as a share goes from one to the other. */
  pairsOf(holders: readonly number[], owners: readonly number[] = this.all): Conflict[] {
    return owners.flatMap(owner =>
      this.roster
        .neighbours(owner)
        .filter(index => holders.includes(index) && shareOwners(this.roster, index, this.members).includes(owner))
        .map(holder => ({ owner, holder }))
    )
  }

  /** Counts the neighbours of an owner among some members. */
  count(owner: number, among: readonly number[]): number {
    return this.roster.neighbours(owner).filter(index => among.includes(index)).length
  }

  publish(owner: number, change: Partial<PublishedMask>): void {
    this.published.set(owner, { ...(this.published.get(owner) as PublishedMask), ...change })
  }
}

const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.with(at, (bytes[at] as number) ^ 1)
const shuffled = <T>(rng: SeededRng, items: readonly T[]): T[] => {
  const order = items.map(item => ({ item, key: rng.below(1 << 30) }))
  return order.sort((a, b) => a.key - b.key).map(({ item }) => item)
}

describe('shares that are right', () => {
  const scene = new Shares({ members: 12, degree: 8 })
  const threshold = 6

  it('open a mask, any t of them (property)', () => {
    const rng = new SeededRng('any t')
    for (let run = 0; run < 60; run++) {
      const owner = rng.below(12)
      const holders = shuffled(rng, scene.roster.neighbours(owner))
      for (let count = threshold; count <= holders.length; count++) {
        const given = holders.slice(0, count)
        const { masks, unopened, conflicts, used } = scene.open([owner], given)
        expect([[...masks], unopened, conflicts]).toEqual([scene.sum([owner]), [], []])
        // Of more than t, those with the smallest x: positions and ids are ordered alike.
        const first = given.sort((a, b) => a - b).slice(0, threshold)
        expect([...used]).toEqual([[owner, first]])
      }
    }
  })

  it('open everybody, and add up', () => {
    const { masks, unopened, conflicts } = scene.open(scene.all, scene.all)
    expect([[...masks], unopened, conflicts]).toEqual([scene.sum(scene.all), [], []])
  })

  it('do not where one is missing to t: that owner is named, the others are opened', () => {
    const rng = new SeededRng('t - 1')
    for (let owner = 0; owner < 12; owner++) {
      const holders = shuffled(rng, scene.roster.neighbours(owner)).slice(0, threshold - 1)
      expect(scene.open([owner], holders)).toMatchObject({ unopened: [{ owner, for: 'shares' }], conflicts: [], used: new Map() })
      expect([...scene.open([owner], holders).masks]).toEqual([0n, 0n])
    }
    const silent = scene.roster.neighbours(0).slice(0, 3)
    const { masks, unopened } = scene.open(
      scene.all,
      scene.all.filter(index => !silent.includes(index))
    )
    const short = scene.all.filter(index => scene.roster.neighbours(index).filter(each => silent.includes(each)).length === 3)
    expect(unopened).toEqual(short.map(owner => ({ owner, for: 'shares' })))
    expect([...masks]).toEqual(scene.sum(scene.all.filter(index => !short.includes(index))))
  })

  it('of owners that have published nothing count nothing', () => {
    const { masks, unopened } = scene.open([2, 5], scene.all)
    expect([[...masks], unopened]).toEqual([scene.sum([2, 5]), []])
  })

  it('open a mask whose owner has d − t absent neighbours, and not one with a silent one besides', () => {
    const absent = new Shares({ members: 9, degree: 8, absent: [1, 4] })
    expect([...absent.open(absent.all, absent.all).masks]).toEqual(absent.sum(absent.all))
    const { unopened } = absent.open(absent.all, absent.all.slice(1))
    // Whoever is silent needs the shares of the others only.
    expect(unopened).toEqual(absent.all.slice(1).map(owner => ({ owner, for: 'shares' })))
  })

  it('open a mask whose owner has d − t cut neighbours, without the shares of those', () => {
    // d = 8, t = 6.
    const cuts = [
      [0, 4],
      [4, 7]
    ] as const
    const cut = new Shares({ members: 9, degree: 8, cuts })
    const { masks, unopened, conflicts, used } = cut.open(cut.all, cut.all)
    expect([[...masks], unopened, conflicts]).toEqual([cut.sum(cut.all), [], []])
    expect(used.get(4)).toEqual([1, 2, 3, 5, 6, 8])
    expect(cut.open(cut.all, cut.all.slice(0, -1)).unopened).toContainEqual({ owner: 4, for: 'shares' })
  })

  it('are not changed by being used', () => {
    const before = scene.all.map(index => (scene.releases.get(index) as Uint8Array).slice())
    scene.open(scene.all, scene.all.slice(1))
    expect(scene.all.map(index => scene.releases.get(index))).toEqual(before)
  })

  it('are read in the order of owners outside M', () => {
    const members = new Set([2, 7])
    const some = new Shares({ members: 9, degree: 8 }, members)
    const survivors = some.all.filter(index => !members.has(index))
    const { masks, unopened } = some.open(survivors, survivors)
    expect([[...masks], unopened]).toEqual([some.sum(survivors), []])
  })
})

describe('shares that are wrong', () => {
  it('do not count and leave the mask open to t others, whatever and wherever they are (property)', () => {
    const rng = new SeededRng('wrong shares')
    for (let run = 0; run < 25; run++) {
      const scene = new Shares({ members: 20, degree: 14, seed: `wrong ${run % 5}` })
      const owner = rng.below(20)
      // d = 14, t = 10.
      const holders = shuffled(rng, scene.roster.neighbours(owner))
      const liars = holders.slice(0, 1 + rng.below(4)).sort((a, b) => a - b)
      // Whole shares or a byte of them.
      for (const liar of liars) scene.spoil(liar, owner, run % 2 === 0 ? undefined : rng.below(16))
      const { masks, unopened, conflicts, used } = scene.open([owner], holders)
      expect([[...masks], unopened]).toEqual([scene.sum([owner]), []])
      expect(conflicts).toEqual(liars.map(holder => ({ owner, holder })))
      const honest = holders.filter(holder => !liars.includes(holder)).sort((a, b) => a - b)
      expect(used.get(owner)).toEqual(honest.slice(0, 10))
    }
  })

  it.each([19, 40])('of three, four or five liars of eighteen, of %i members in all, do no harm (property)', members => {
    const scene = new Shares({ members, degree: 18 })
    const honest = new Map(scene.releases)
    const rng = new SeededRng(`liars of ${members}`)
    for (const many of [3, 4, 5]) {
      for (let run = 0; run < 5; run++) {
        // d = 18, t = 13: five of a member's neighbours may lie, to all of theirs.
        const liars = shuffled(rng, scene.roster.neighbours(rng.below(members))).slice(0, many)
        for (const [holder, release] of honest) scene.releases.set(holder, release)
        scene.lie(liars)
        const { masks, unopened, conflicts, used } = scene.open(scene.all, scene.all)
        expect([[...masks], unopened]).toEqual([scene.sum(scene.all), []])
        expect(conflicts).toEqual(scene.pairsOf(liars))
        expect(used.size).toBe(members)
        for (const holders of used.values()) expect(holders.filter(holder => liars.includes(holder))).toEqual([])
      }
    }
  })

  it.each([3, 4, 5])('of %i liars of eighteen, who lie to one owner and have its smallest x, leave it open and blameless', many => {
    const scene = new Shares({ members: 19, degree: 18 })
    const liars = scene.roster.neighbours(18).slice(0, many)
    for (const liar of liars) scene.spoil(liar, 18)
    const { masks, unopened, conflicts } = scene.open(scene.all, scene.all)
    expect([[...masks], unopened]).toEqual([scene.sum(scene.all), []])
    expect(conflicts).toEqual(liars.map(holder => ({ owner: 18, holder })))
  })

  it('leave those short of whose neighbours more than d − t lie, and nobody else; liars are never at fault as owners', () => {
    const scene = new Shares({ members: 40, degree: 18 })
    const liars = scene.roster.neighbours(11).slice(3, 9)
    scene.lie(liars)
    const short = scene.all.filter(owner => scene.count(owner, liars) > 5)
    expect(short).toContain(11)
    expect(short.length).toBeLessThan(20)
    const { masks, unopened, conflicts } = scene.open(scene.all, scene.all)
    expect(unopened).toEqual(short.map(owner => ({ owner, for: 'shares' })))
    expect([...masks]).toEqual(scene.sum(scene.all.filter(owner => !short.includes(owner))))
    expect(conflicts).toEqual(scene.pairsOf(liars))
  })

  it('are known whichever holders are beside silent ones', () => {
    const scene = new Shares({ members: 19, degree: 18 })
    scene.lie([2, 9])
    const silent = [0, 5, 17]
    const { masks, unopened, conflicts } = scene.open(
      scene.all,
      scene.all.filter(index => !silent.includes(index))
    )
    // Eighteen others for each: two lie and three are silent, fewer for those who are among them.
    expect([[...masks], unopened]).toEqual([scene.sum(scene.all), []])
    expect(conflicts).toEqual(scene.pairsOf([2, 9]))
  })

  it('are shares of another slot, owner, holder or roster', () => {
    const scene = new Shares({ members: 8, degree: 6 })
    const { roster, synthetic } = scene
    const [owner = 0] = roster.neighbours(3)
    const [other = 0, third = 0] = roster.neighbours(3).filter(index => index !== owner)
    const of = { rosterHash: roster.hash, owner: roster.meterId(owner), slot: SLOT }
    const shared = synthetic.shared(3, owner)
    const id = roster.meterId(3)
    const stale = [
      shareOf(shared, { ...of, slot: (SLOT - 1) as Slot }, id),
      shareOf(synthetic.shared(3, other), { ...of, owner: roster.meterId(other) }, id),
      shareOf(shared, { ...of, owner: id }, of.owner),
      shareOf(synthetic.shared(third, owner), of, roster.meterId(third)),
      shareOf(shared, { ...of, rosterHash: new Uint8Array(32) }, id)
    ]
    const at = 16 * shareOwners(roster, 3, NOBODY).indexOf(owner)
    const held = scene.releases.get(3) as Uint8Array
    expect(toHex(held.subarray(at, at + 16))).toBe(toHex(shareOf(shared, of, id)))
    for (const share of stale) {
      const release = held.slice()
      release.set(share, at)
      scene.releases.set(3, release)
      expect(scene.open([owner], scene.all).conflicts).toEqual([{ owner, holder: 3 }])
    }
  })
})

describe('an owner that has published what is wrong', () => {
  const setting = (): Shares => new Shares({ members: 12, degree: 12 })

  it('is at fault with a wrong check, and nobody else is harmed', () => {
    const scene = setting()
    scene.publish(3, { check: flipped((scene.published.get(3) as PublishedMask).check, 9) })
    const { masks, unopened, conflicts, used } = scene.open(scene.all, scene.all)
    expect([unopened, conflicts]).toEqual([[{ owner: 3, for: 'fit' }], []])
    expect([...masks]).toEqual(scene.sum(scene.all.filter(owner => owner !== 3)))
    // The shares that prove it.
    expect(used.get(3)).toEqual(scene.roster.neighbours(3).slice(0, 8))
  })

  it('is at fault with wrong corrections as soon as one of those shares is among the first t that count', () => {
    const scene = setting()
    const { corrections } = scene.published.get(3) as PublishedMask
    expect(corrections.byteLength).toBe(correctionBytes(scene.roster))
    scene.publish(3, { corrections: flipped(corrections, 0) })
    const neighbours = scene.roster.neighbours(3)
    // d = 11, t = 8: the ninth share has the first correction.
    expect(scene.open([3], neighbours).unopened).toEqual([])
    expect(scene.open([3], neighbours.slice(1)).unopened).toEqual([{ owner: 3, for: 'fit' }])
    expect(scene.open([3], neighbours.slice(1))).toMatchObject({ conflicts: [] })
    // Without the ninth the correction is not used.
    expect(
      scene.open(
        [3],
        neighbours.filter((_, i) => i !== 0 && i !== 8)
      ).unopened
    ).toEqual([])
  })

  it('conflicts with every holder by tags that are none of theirs, and is opened while t others count', () => {
    const scene = setting()
    const { tags } = scene.published.get(3) as PublishedMask
    const holders = scene.roster.neighbours(3)
    for (let wrong = 1; wrong <= 4; wrong++) {
      const lied = tags.slice()
      for (let x = 0; x < wrong; x++) lied[8 * (2 * x) + 7] = (lied[8 * (2 * x) + 7] as number) ^ 1
      scene.publish(3, { tags: lied })
      const { masks, unopened, conflicts } = scene.open(scene.all, scene.all)
      const pairs = Array.from({ length: wrong }, (_, i) => ({ owner: 3, holder: holders[2 * i] as number }))
      expect(conflicts).toEqual(pairs)
      const left = wrong <= 3 ? [] : [{ owner: 3, for: 'shares' }]
      expect(unopened).toEqual(left)
      expect([...masks]).toEqual(scene.sum(scene.all.filter(owner => wrong <= 3 || owner !== 3)))
    }
  })

  it('conflicts with one holder only, though it gives that one a tag of what the other holds of itself', () => {
    const scene = setting()
    const { roster, synthetic } = scene
    const [owner, holder] = [3, 7]
    const own = { rosterHash: roster.hash, owner: roster.meterId(owner), slot: SLOT }
    const turned = shareOf(synthetic.shared(owner, holder), { ...own, owner: roster.meterId(holder) }, own.owner)
    const { tags } = scene.published.get(owner) as PublishedMask
    const lied = tags.slice()
    lied.set(new ShareTags(own).of(turned, fromHex(roster.meterId(holder))), 8 * roster.neighbours(owner).indexOf(holder))
    scene.publish(owner, { tags: lied })
    const { masks, unopened, conflicts } = scene.open(scene.all, scene.all)
    expect([[...masks], unopened, conflicts]).toEqual([scene.sum(scene.all), [], [{ owner, holder }]])
  })
})

describe('what is published of a private mask', () => {
  it('has the length that the roster asks for', () => {
    const { roster, published } = new Shares({ members: 12, degree: 8 })
    const right = published.get(0) as PublishedMask
    expect(() => checkPublished(roster, right)).not.toThrow()
    for (const field of ['corrections', 'tags', 'check'] as const)
      for (const bytes of [new Uint8Array(0), right[field].subarray(1), new Uint8Array(right[field].byteLength + 8)])
        expect(() => checkPublished(roster, { ...right, [field]: bytes })).toThrow(InvalidArgumentError)
  })
})

describe('shareOwners', () => {
  it('are the neighbours that are present and outside M, ascending', () => {
    const { roster } = new SyntheticRoster({ members: 20, degree: 8, absent: [2, 9] })
    for (let holder = 0; holder < 20; holder++) {
      const members = new Set([1, 2, 5, 12])
      const expected = roster.neighbours(holder).filter(index => ![1, 2, 5, 9, 12].includes(index))
      expect(shareOwners(roster, holder, members)).toEqual(expected)
      expect(shareOwners(roster, holder, members)).toEqual([...expected].sort((a, b) => a - b))
    }
  })

  it('leave out whom the holder is cut from, and only there', () => {
    const { roster } = new SyntheticRoster({ members: 10, degree: 10, cuts: [[2, 6]] })
    for (let holder = 0; holder < 10; holder++) {
      const not = holder === 2 ? 6 : holder === 6 ? 2 : -1
      expect(shareOwners(roster, holder, NOBODY)).toEqual(roster.neighbours(holder).filter(index => index !== not))
    }
  })
})
