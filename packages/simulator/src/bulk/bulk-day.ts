/**
 * A neighbourhood's slots without messages, for very many neighbourhoods: readings, masks, sums and recovery by edge
 * release, computed with the functions that the nodes use. Key agreements are left out (the two ends of an edge are handed
 * its X25519 secret), and so are signatures, encoding and delivery. A missing member has crashed before submitting; all
 * others answer in time.
 */
import { MASK_BATCH_SLOTS, owingRelease, plausible, type Roster } from '@hushgrid/dcnet'
import {
  addLanes,
  HushgridError,
  InvalidArgumentError,
  type LaneVector,
  type Rng,
  readingLanes,
  type Slot,
  signedLanes,
  slot,
  subtractLanes,
  zeroLanes
} from '@hushgrid/primitives'
import { releaseThreshold } from '@hushgrid/topology'
import { type BulkMember, type DrawnRoster, drawMembers, drawMissing, drawRoster } from './bulk-draws.ts'

/**
 * Parts of the work, for measuring time.
 * - `keys`: the roster, its ring and the edge keys, once for all slots
 * - `readings`: fetching the readings
 * - `masks`: a meter's part: its masks, and its reading added to them
 * - `sum`: the aggregator's part where nobody is missing
 * - `recovery`: who owes a release, the releases, and taking them off
 * - `check`: work of the experiment alone: drawing the missing, and the true sum to compare with
 */
export const BULK_PARTS = ['keys', 'readings', 'masks', 'sum', 'recovery', 'check'] as const
export type BulkPart = (typeof BULK_PARTS)[number]

export interface BulkDayConfig extends DrawnRoster {
  readonly slots: number
  /** Chance that a member is missing in a slot, drawn for each member and slot apart, 0 to below 1. */
  readonly missing: number
  /** Source of ids, secrets and missing members. */
  readonly rng: Rng
  /** Gives a member's reading, an integer a lane; asked for once a slot, slots ascending within a member. */
  readonly readingAt: (member: number, at: Slot) => readonly number[]
  /** Told when the work goes over to another part, for measuring. */
  readonly enter?: ((part: BulkPart) => void) | undefined
  /** Changes a member's mask of a slot: a fault, to show that it is noticed. */
  readonly damage?: ((mask: LaneVector, member: number, at: Slot) => void) | undefined
}

/** Result of a bulk day. Neighbourhoods can be summed field by field. */
export interface BulkDayResult {
  /** Slots whose total equals the sum of its contributors' readings in every lane. */
  readonly exact: number
  /** Slots whose total differs or is implausible, which cannot happen with honest members. */
  readonly wrong: number
  /** Slots lost since fewer than `minMembers` submitted. */
  readonly lostMembersMissing: number
  /** Slots lost since a meter refused to release: fewer than f of its neighbours submitted (PROTOCOL.md section 7). */
  readonly lostRefused: number
  /** Readings that were submitted. */
  readonly readings: number
  /** Readings that were not submitted: one for each missing member and slot. */
  readonly missing: number
  /** Missing readings in slots that have an exact total all the same. */
  readonly recoveredMembers: number
  /** Slots that have an exact total though members were missing. */
  readonly recoveredSlots: number
  readonly releases: number
  /** Sum of all totals, a value a lane. */
  readonly totals: readonly bigint[]
}

class Tally {
  exact = 0
  wrong = 0
  lostMembersMissing = 0
  lostRefused = 0
  readings = 0
  missing = 0
  recoveredMembers = 0
  recoveredSlots = 0
  releases = 0
  totals: bigint[]

  constructor(lanes: number) {
    this.totals = new Array(lanes).fill(0n)
  }
}

/** Gives the masks that the members of a slot release towards the missing; undefined where one refuses. */
function release(
  roster: Roster,
  members: readonly BulkMember[],
  missing: readonly number[],
  at: Slot,
  tally: Tally
): LaneVector[] | undefined {
  let refused = false
  const releases: LaneVector[] = []
  for (const index of owingRelease(roster, missing)) {
    const { neighbours, masks } = members[index] as BulkMember
    // The conditions that a meter sets for a release, PROTOCOL.md section 7.
    const outside = neighbours.filter(neighbour => !missing.includes(neighbour)).length
    if (outside < releaseThreshold(neighbours.length)) refused = true
    else releases.push(masks.maskTowards(at, missing))
  }
  tally.releases += releases.length
  return refused ? undefined : releases
}

/** Batch of up to {@link MASK_BATCH_SLOTS} slots. */
class Batch {
  readonly #config: BulkDayConfig
  readonly #roster: Roster
  readonly #members: readonly BulkMember[]
  readonly #first: Slot
  readonly #slots: number
  /** Positions of the missing, ascending, by slot. */
  readonly #missing: readonly (readonly number[])[]
  /** Readings by member, slot and lane, in one piece: many small arrays would keep the garbage collector busy. */
  readonly #readings: Float64Array
  readonly #sums: readonly LaneVector[]
  /** True sums by slot and lane, in other arithmetic than the lanes', so that a mistake there is not repeated here. */
  readonly #truth: Float64Array

  constructor(config: BulkDayConfig, roster: Roster, members: readonly BulkMember[], first: Slot, slots: number) {
    this.#config = config
    this.#roster = roster
    this.#members = members
    this.#first = first
    this.#slots = slots
    config.enter?.('check')
    this.#missing = drawMissing(config.rng, roster.n, slots, config.missing)
    this.#readings = new Float64Array(roster.n * slots * roster.lanes.length)
    this.#sums = Array.from({ length: slots }, () => zeroLanes(roster.lanes.length))
    this.#truth = new Float64Array(slots * roster.lanes.length)
  }

  /** Gives the part of a batch that belongs to slot i. */
  #slot(i: number): { at: Slot; missing: readonly number[]; sum: LaneVector } {
    return { at: (this.#first + i) as Slot, missing: this.#missing[i] as readonly number[], sum: this.#sums[i] as LaneVector }
  }

  #reading(member: number, i: number, lane: number): number {
    return this.#readings[(member * this.#slots + i) * this.#roster.lanes.length + lane] as number
  }

  read(): void {
    this.#config.enter?.('readings')
    const lanes = this.#roster.lanes.length
    for (let member = 0, at = 0; member < this.#roster.n; member++) {
      for (let i = 0; i < this.#slots; i++, at += lanes) {
        const values = this.#config.readingAt(member, (this.#first + i) as Slot)
        if (values.length !== lanes) throw new InvalidArgumentError('reading', `${lanes} lanes`, `${values.length}`)
        this.#readings.set(values, at)
      }
    }
  }

  /** Adds up the submissions of all members that are not missing. */
  submit(): void {
    const { enter, damage } = this.#config
    const submissions: (LaneVector | undefined)[] = new Array(this.#slots)
    const values = this.#roster.lanes.map(() => 0)
    this.#members.forEach(({ masks }, member) => {
      enter?.('masks')
      for (let i = 0; i < this.#slots; i++) {
        const { at, missing } = this.#slot(i)
        submissions[i] = undefined
        if (missing.includes(member)) continue
        const mask = masks.mask(at)
        damage?.(mask, member, at)
        for (let lane = 0; lane < values.length; lane++) values[lane] = this.#reading(member, i, lane)
        submissions[i] = addLanes(mask, readingLanes(values))
      }
      enter?.('sum')
      for (let i = 0; i < this.#slots; i++) {
        const submission = submissions[i]
        if (submission) addLanes(this.#sums[i] as LaneVector, submission)
      }
    })
  }

  /** Takes the released masks off the sums, and compares these with the truth. */
  close(tally: Tally): void {
    this.#config.enter?.('recovery')
    const lost = this.#sums.map((_, i) => this.#recover(i, tally))
    this.#config.enter?.('check')
    this.#addUp()
    lost.forEach((isLost, i) => {
      const { missing } = this.#slot(i)
      tally.readings += this.#roster.n - missing.length
      tally.missing += missing.length
      if (!isLost) this.#compare(i, tally)
    })
  }

  /** @returns true where the slot is lost */
  #recover(i: number, tally: Tally): boolean {
    const { at, missing, sum } = this.#slot(i)
    const roster = this.#roster
    if (missing.length === 0) return false
    if (roster.presentCount - missing.length < roster.minMembers) {
      tally.lostMembersMissing++
      return true
    }
    const releases = release(roster, this.#members, missing, at, tally)
    if (!releases) {
      tally.lostRefused++
      return true
    }
    for (const lanes of releases) subtractLanes(sum, lanes)
    return false
  }

  /** Computes the true sum of each slot's contributors. */
  #addUp(): void {
    const lanes = this.#roster.lanes.length
    for (let member = 0, at = 0; member < this.#roster.n; member++) {
      for (let i = 0; i < this.#slots; i++, at += lanes) {
        if (this.#missing[i]?.includes(member)) continue
        for (let lane = 0; lane < lanes; lane++) {
          const into = i * lanes + lane
          this.#truth[into] = (this.#truth[into] as number) + (this.#readings[at + lane] as number)
        }
      }
    }
  }

  #compare(i: number, tally: Tally): void {
    const { missing, sum } = this.#slot(i)
    const truth = this.#truth.subarray(i * sum.length, (i + 1) * sum.length)
    if (!truth.every(Number.isSafeInteger)) throw new HushgridError('bulk day: expected readings whose sum is within ±2^53, got more')
    const total = signedLanes(sum)
    const all = this.#roster.lanes.map((_, lane) => lane)
    if (plausible(sum, this.#roster, all, new Set(missing)) && total.every((value, lane) => value === BigInt(truth[lane] as number))) {
      tally.exact++
      if (missing.length > 0) tally.recoveredSlots++
      tally.recoveredMembers += missing.length
    } else tally.wrong++
    total.forEach((value, lane) => {
      tally.totals[lane] = (tally.totals[lane] as bigint) + value
    })
  }
}

/**
 * Computes a neighbourhood's slots, in one epoch, from its configuration and its ports alone.
 *
 * @throws InvalidArgumentError on a number out of range, or a reading that does not fit a lane
 * @throws HushgridError where the true sum is beyond ±2^53, so that plain numbers cannot check it
 */
export function bulkDay(config: BulkDayConfig): BulkDayResult {
  const { members, slots, missing, rng, enter, lanes } = config
  if (!Number.isInteger(slots) || slots < 1) throw new InvalidArgumentError('slots', 'a whole number from 1', String(slots))
  if (!(missing >= 0 && missing < 1)) throw new InvalidArgumentError('missing', 'a fraction from 0 to below 1', String(missing))
  if (!Number.isInteger(members) || members < config.minMembers)
    throw new InvalidArgumentError('members', `a whole number from minMembers (${config.minMembers})`, String(members))
  enter?.('keys')
  const roster = drawRoster(config, rng)
  const all = drawMembers(roster, rng)
  const tally = new Tally(lanes.length)
  for (let done = 0; done < slots; done += MASK_BATCH_SLOTS) {
    const batch = new Batch(config, roster, all, slot(config.firstSlot + done), Math.min(MASK_BATCH_SLOTS, slots - done))
    batch.read()
    batch.submit()
    batch.close(tally)
  }
  for (const { masks } of all) masks.erase()
  return tally
}
