// Opening private masks from shares (section 7, recovery 2, step 4): how many are enough, and which lies do no harm.
import { addLanes, type LaneVector, SeededRng, type Slot, zeroLanes } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PrivateMasks } from '../../src/masks/private-mask.ts'
import {
  correctionBytes,
  MOST_SUBSETS,
  type PublishedMask,
  shareOwners,
  type Unmasked,
  unmask,
  withUnopenable
} from '../../src/masks/share-recovery.ts'
import type { Roster } from '../../src/roster/roster.ts'
import { type SyntheticOptions, SyntheticRoster } from '../support/other-private-masks.ts'

const SLOT = 77 as Slot
const NOBODY: ReadonlySet<number> = new Set()

/** Everybody's masks and shares of one slot. */
class Shares {
  readonly roster: Roster
  readonly published = new Map<number, PublishedMask>()
  readonly lanes = new Map<number, LaneVector>()
  readonly releases = new Map<number, Uint8Array>()
  readonly members: ReadonlySet<number>

  constructor(options: SyntheticOptions, members: ReadonlySet<number> = NOBODY) {
    const synthetic = new SyntheticRoster(options)
    this.roster = synthetic.roster
    this.members = members
    for (let index = 0; index < this.roster.n; index++) {
      if (this.roster.isAbsent(index)) continue
      const masks = new PrivateMasks(this.roster, index, synthetic.secretsOf(index))
      const { lanes, corrections, check } = masks.of(SLOT)
      this.published.set(index, { corrections, check })
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

  /** Spoils the share that a holder has of an owner, or one byte of it: each is decoded for itself. */
  spoil(holder: number, owner: number, byte?: number): void {
    const at = 16 * shareOwners(this.roster, holder, this.members).indexOf(owner)
    const shares = (this.releases.get(holder) as Uint8Array).slice()
    for (let i = byte ?? 0; i <= (byte ?? 15); i++) shares[at + i] = (shares[at + i] as number) ^ (1 + ((7 * holder + 31 * i) % 255))
    this.releases.set(holder, shares)
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
        const { masks, unopened, wrong } = scene.open([owner], holders.slice(0, count))
        expect([[...masks], unopened, wrong]).toEqual([scene.sum([owner]), [], []])
      }
    }
  })

  it('open everybody, and add up', () => {
    const { masks, unopened, wrong } = scene.open(scene.all, scene.all)
    expect([[...masks], unopened, wrong]).toEqual([scene.sum(scene.all), [], []])
  })

  it('do not where one is missing to t: that owner is named, the others are opened', () => {
    const rng = new SeededRng('t - 1')
    for (let owner = 0; owner < 12; owner++) {
      const holders = shuffled(rng, scene.roster.neighbours(owner)).slice(0, threshold - 1)
      expect(scene.open([owner], holders)).toMatchObject({ unopened: [{ owner, for: 'shares' }], wrong: [] })
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

  it('are read in the order of owners outside M', () => {
    const members = new Set([2, 7])
    const some = new Shares({ members: 9, degree: 8 }, members)
    const survivors = some.all.filter(index => !members.has(index))
    const { masks, unopened } = some.open(survivors, survivors)
    expect([[...masks], unopened]).toEqual([some.sum(survivors), []])
  })
})

describe('shares that are wrong', () => {
  it('are corrected and their holders named, up to half of those beyond t (property)', () => {
    const rng = new SeededRng('wrong shares')
    for (let run = 0; run < 25; run++) {
      const scene = new Shares({ members: 20, degree: 14, seed: `wrong ${run % 5}` })
      const owner = rng.below(20)
      const neighbours = scene.roster.neighbours(owner)
      const count = 12 + rng.below(3)
      const holders = shuffled(rng, neighbours)
        .slice(0, count)
        .sort((a, b) => a - b)
      // t = 10: of 12 or 13 shares one may be wrong, of 14 two.
      const most = Math.floor((count - 10) / 2)
      const liars = [holders[rng.below(10)] as number]
      const other = holders[rng.below(count)] as number
      if (most === 2 && other !== liars[0]) liars.push(other)
      // Whole shares or a byte of them.
      for (const liar of liars) scene.spoil(liar, owner, run % 2 === 0 ? undefined : rng.below(16))
      const { masks, unopened, wrong } = scene.open([owner], holders)
      expect([[...masks], unopened, wrong]).toEqual([scene.sum([owner]), [], liars.sort((a, b) => a - b)])
    }
  })

  it('of more holders are sorted out by trying sets of t', () => {
    const scene = new Shares({ members: 12, degree: 12 })
    const liars = [0, 1, 3]
    for (const liar of liars) scene.spoil(liar, 5)
    const { masks, unopened, wrong } = scene.open([5], scene.all)
    expect([[...masks], unopened, wrong]).toEqual([scene.sum([5]), [], liars])
  })

  it('leave an owner unopened where fewer than t are right', () => {
    const scene = new Shares({ members: 12, degree: 12 })
    for (const liar of [0, 1, 3, 4]) scene.spoil(liar, 5)
    const { masks, unopened } = scene.open(scene.all, scene.all)
    expect(unopened).toEqual([{ owner: 5, for: 'fit' }])
    expect([...masks]).toEqual(scene.sum(scene.all.filter(owner => owner !== 5)))
  })

  /** The 4 holders, by x − 1, that leave just one right set of 11 out of 15: the one that is tried as this one. */
  function liarsForTry(last: number): number[] {
    const chosen = Array.from({ length: 11 }, (_, i) => i)
    for (let tried = 1; tried < last; tried++) {
      let at = 10
      while (chosen[at] === 4 + at) at--
      const next = (chosen[at] as number) + 1
      for (let i = at; i < 11; i++) chosen[i] = next + i - at
    }
    return Array.from({ length: 15 }, (_, i) => i).filter(i => !chosen.includes(i))
  }

  it.each([
    [MOST_SUBSETS, []],
    [MOST_SUBSETS + 1, [{ owner: 6, for: 'fit' }]]
  ])('are sorted out at try %i or not, with 1,024 tries', (tries, unopened) => {
    const scene = new Shares({ members: 16, degree: 16 })
    const neighbours = scene.roster.neighbours(6)
    const liars = liarsForTry(tries).map(x => neighbours[x] as number)
    for (const liar of liars) scene.spoil(liar, 6)
    const opened = scene.open([6], scene.all)
    expect(opened.unopened).toEqual(unopened)
    expect(opened.wrong).toEqual(unopened.length === 0 ? liars : [])
  })

  it('are sorted out with the holders first who proved right for other owners', () => {
    const scene = new Shares({ members: 40, degree: 16 })
    const victim = 20
    // t = 11. The only right set of the 4,368 is the last in order of x, but the liars lie to everybody.
    const liars = scene.roster.neighbours(victim).slice(0, 5)
    for (const liar of liars) for (const owner of shareOwners(scene.roster, liar, NOBODY)) scene.spoil(liar, owner)
    expect(scene.open([victim], scene.all)).toMatchObject({ unopened: [{ owner: victim, for: 'fit' }], wrong: [] })
    const { masks, unopened, wrong } = scene.open(scene.all, scene.all)
    expect([[...masks], unopened, wrong]).toEqual([scene.sum(scene.all), [], liars])
  })
})

describe('an owner that has published what is wrong', () => {
  const setting = (): Shares => new Shares({ members: 12, degree: 12 })

  it('is not opened with a wrong check, and nobody else is harmed', () => {
    const scene = setting()
    scene.publish(3, { check: flipped((scene.published.get(3) as PublishedMask).check, 9) })
    const { masks, unopened, wrong } = scene.open(scene.all, scene.all)
    expect([unopened, wrong]).toEqual([[{ owner: 3, for: 'fit' }], []])
    expect([...masks]).toEqual(scene.sum(scene.all.filter(owner => owner !== 3)))
  })

  it('is not opened with wrong corrections where too many are needed', () => {
    const scene = setting()
    const { corrections } = scene.published.get(3) as PublishedMask
    expect(corrections.byteLength).toBe(correctionBytes(scene.roster))
    scene.publish(3, { corrections: corrections.map(byte => byte ^ 0x80) })
    const neighbours = scene.roster.neighbours(3)
    // All three corrections are wrong: without them t = 8 shares are there only while all of the first are.
    expect(scene.open([3], neighbours).unopened).toEqual([])
    expect(scene.open([3], neighbours.slice(1)).unopened).toEqual([{ owner: 3, for: 'fit' }])
  })

  it('is opened with one wrong correction among enough others', () => {
    const scene = setting()
    scene.publish(3, { corrections: flipped((scene.published.get(3) as PublishedMask).corrections, 0) })
    const { masks, unopened } = scene.open([3], scene.roster.neighbours(3).slice(1))
    expect([[...masks], unopened]).toEqual([scene.sum([3]), []])
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
})

describe('withUnopenable', () => {
  /** One after the other, whoever has more than d − t neighbours that are gone. */
  function reference({ roster }: SyntheticRoster, members: readonly number[]): number[] {
    const { neighbourCount: d } = roster
    const spare = d - (Math.floor((2 * d) / 3) + 1)
    const gone = new Set(members)
    const next = (): number | undefined =>
      Array.from({ length: roster.n }, (_, index) => index).find(
        index =>
          !gone.has(index) &&
          !roster.isAbsent(index) &&
          roster.neighbours(index).filter(each => gone.has(each) || roster.isAbsent(each)).length > spare
      )
    for (let index = next(); index !== undefined; index = next()) gone.add(index)
    return [...gone].sort((a, b) => a - b)
  }

  it('adds whoever is left with fewer than t neighbours, and whom that leaves so (property)', () => {
    let [grown, whole] = [0, 0]
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 24 }),
        fc.integer({ min: 1, max: 6 }),
        fc.uniqueArray(fc.nat(23), { maxLength: 4 }),
        fc.uniqueArray(fc.nat(23), { maxLength: 2 }),
        (members, half, named, away) => {
          const absent = away.filter(index => index < members)
          const synthetic = new SyntheticRoster({ members, degree: 2 * half, absent, seed: `closure ${members} ${half}` })
          const missing = named.filter(index => index < members && !absent.includes(index))
          const closure = withUnopenable(synthetic.roster, missing)
          expect(closure).toEqual(reference(synthetic, missing))
          expect(closure.some(index => absent.includes(index))).toBe(false)
          if (closure.length > missing.length) grown++
          if (closure.length === missing.length) whole++
        }
      ),
      { numRuns: 120, seed: 20270102 }
    )
    expect(Math.min(grown, whole)).toBeGreaterThan(20)
  })

  it('cascades: one after the other falls, until nobody is left', () => {
    // d = 4, t = 3: whoever has two neighbours gone cannot be opened.
    const synthetic = new SyntheticRoster({ members: 16, degree: 4 })
    const { roster } = synthetic
    const [a, b] = [roster.ring[0] as number, roster.ring[1] as number]
    expect(withUnopenable(roster, [a])).toEqual([a])
    expect(withUnopenable(roster, [a, b])).toEqual(Array.from({ length: 16 }, (_, index) => index))
  })

  it('counts absent neighbours as gone, and names whom they leave short though nobody is missing', () => {
    const { ring } = new SyntheticRoster({ members: 16, degree: 8 }).roster
    const absent = [1, 2, 3].map(position => ring[position] as number)
    // d = 8, t = 6: with three neighbours away only five are left. The ring does not depend on who is absent.
    const { roster } = new SyntheticRoster({ members: 16, degree: 8, absent })
    const closure = withUnopenable(roster, [])
    expect(closure).toContain(ring[0])
    expect(closure.some(index => absent.includes(index))).toBe(false)
    const { roster: two } = new SyntheticRoster({ members: 16, degree: 8, absent: absent.slice(0, 2) })
    expect(withUnopenable(two, [])).toEqual([])
    expect(withUnopenable(two, [absent[2] as number])).toContain(ring[0])
  })
})
