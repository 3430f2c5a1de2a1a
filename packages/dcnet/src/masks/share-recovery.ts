/** Opening the private masks of survivors from the shares that their neighbours released (PROTOCOL.md section 7, recovery 2, step 4). */
import { SHARE_BYTES } from '@hushgrid/messages'
import {
  addLanes,
  decodeShares,
  equalBytes,
  gfCombine,
  type LaneVector,
  lagrangeCoefficients,
  type Slot,
  zeroLanes
} from '@hushgrid/primitives'
import { shareThreshold } from '@hushgrid/topology'
import type { Roster } from '../roster/roster.ts'
import { type MaskOwner, privateCheckOf, privateMaskOf } from './private-mask.ts'

/** Sets of t shares that are tried for one owner where decoding has not helped. */
export const MOST_SUBSETS = 1024

/** An owner's published part of its private mask. */
export interface PublishedMask {
  readonly corrections: Uint8Array
  readonly check: Uint8Array
}

/** An owner whose private mask cannot be opened. */
export interface Unopened {
  /** Its position in the roster. */
  readonly owner: number
  /** Reason: `shares` where fewer than t are there, `fit` where no t of them fit its check value. */
  readonly for: 'shares' | 'fit'
}

export interface Unmasked {
  /** Σ of the private masks that could be opened. */
  readonly masks: LaneVector
  readonly unopened: readonly Unopened[]
  /**
   * Positions of holders with a share found not to fit, ascending: by a lie of theirs, or by a false correction of the
   * owner's. Shares beyond the first t that fit are not looked at.
   */
  readonly wrong: readonly number[]
}

/** A slot whose survivors' private masks are to be opened. */
export interface MaskedSlot {
  readonly roster: Roster
  readonly slot: Slot
  /** Positions in M. */
  readonly members: ReadonlySet<number>
  /** Published parts of the survivors' private masks, by position. */
  readonly published: ReadonlyMap<number, PublishedMask>
}

/** Gives the positions of the neighbours whose shares a ShareRelease of this member has: present and outside M, ascending. */
export function shareOwners(roster: Roster, holder: number, members: ReadonlySet<number>): number[] {
  return roster.neighbours(holder).filter(index => !roster.isAbsent(index) && !members.has(index))
}

/** Gives the length of the corrections in a submission, bytes: 16 for each neighbour beyond the first t. */
export function correctionBytes({ neighbourCount }: Roster): number {
  return SHARE_BYTES * (neighbourCount - shareThreshold(neighbourCount))
}

/**
 * Adds to M those who cannot be survivors: a member with more than d − t neighbours absent or in M has too few left to open
 * its private mask, and leaving it out may leave others short.
 *
 * @returns ascending
 */
export function withUnopenable(roster: Roster, members: Iterable<number>): number[] {
  const gone = new Set(members)
  const out = (index: number): boolean => gone.has(index) || roster.isAbsent(index)
  const neighbours = Array.from({ length: roster.n }, (_, index) => (roster.isAbsent(index) ? [] : roster.neighbours(index)))
  const spare = roster.neighbourCount - shareThreshold(roster.neighbourCount)
  for (let grown = true; grown; ) {
    grown = false
    for (let index = 0; index < roster.n; index++) {
      if (out(index) || (neighbours[index] as number[]).filter(out).length <= spare) continue
      gone.add(index)
      grown = true
    }
  }
  return [...gone].sort((a, b) => a - b)
}

/** A share of one owner's mask polynomial: its point, its value and who holds it. */
interface Point {
  readonly x: number
  readonly value: Uint8Array
  readonly holder: number
}

interface Owner {
  readonly position: number
  readonly neighbours: readonly number[]
  readonly published: PublishedMask
  readonly points: Point[]
}

/**
 * Opens the private mask of every survivor: from t shares, else by Reed–Solomon decoding, else by trying sets of t shares,
 * those of holders first who proved right for other owners.
 *
 * @param releases - shares by holder's position, as many and in such an order as {@link shareOwners} has it
 */
export function unmask(masked: MaskedSlot, releases: ReadonlyMap<number, Uint8Array>): Unmasked {
  const { roster, published } = masked
  const owners = new Map<number, Owner>()
  for (const [position, mask] of published)
    owners.set(position, { position, neighbours: roster.neighbours(position), published: mask, points: [] })
  gather(masked, owners, releases)
  const masks = zeroLanes(roster.lanes.length)
  const unopened: Unopened[] = []
  const right = new Map<number, number>()
  const wrong = new Set<number>()
  const doubtful: Owner[] = []
  const open = (owner: Owner, opened: Opened): void => {
    addLanes(masks, privateMaskOf(opened.seed, maskOf(masked, owner), roster.lanes.length))
    for (const holder of opened.right) right.set(holder, (right.get(holder) ?? 0) + 1)
    for (const holder of opened.wrong) wrong.add(holder)
  }
  for (const owner of owners.values()) {
    const threshold = shareThreshold(owner.neighbours.length)
    if (owner.points.length < threshold) unopened.push({ owner: owner.position, for: 'shares' })
    else {
      const opened = openAtOnce(masked, owner, threshold)
      if (opened) open(owner, opened)
      else doubtful.push(owner)
    }
  }
  for (const owner of doubtful) {
    const opened = openBySubsets(masked, owner, holder => right.get(holder) ?? 0)
    if (opened) open(owner, opened)
    else unopened.push({ owner: owner.position, for: 'fit' })
  }
  return { masks, unopened: unopened.sort((a, b) => a.owner - b.owner), wrong: [...wrong].sort((a, b) => a - b) }
}

/** Sorts the shares by owner: r_x, with the owner's correction added for x beyond t. */
function gather({ roster, members }: MaskedSlot, owners: ReadonlyMap<number, Owner>, releases: ReadonlyMap<number, Uint8Array>): void {
  for (const [holder, shares] of releases) {
    shareOwners(roster, holder, members).forEach((position, i) => {
      const owner = owners.get(position)
      if (!owner) return
      const x = owner.neighbours.indexOf(holder) + 1
      // Copied, since slice() of a Buffer shares its bytes: the message must stay as it came.
      const value = Uint8Array.from(shares.subarray(i * SHARE_BYTES, (i + 1) * SHARE_BYTES))
      const beyond = x - 1 - shareThreshold(owner.neighbours.length)
      if (beyond >= 0) {
        for (let byte = 0; byte < SHARE_BYTES; byte++)
          value[byte] = (value[byte] as number) ^ (owner.published.corrections[beyond * SHARE_BYTES + byte] as number)
      }
      owner.points.push({ x, value, holder })
    })
  }
  for (const { points } of owners.values()) points.sort((a, b) => a.x - b.x)
}

interface Opened {
  readonly seed: Uint8Array
  /** Holders whose shares are known to fit, and not to. */
  readonly right: readonly number[]
  readonly wrong: readonly number[]
}

function openAtOnce(masked: MaskedSlot, owner: Owner, threshold: number): Opened | undefined {
  const { points } = owner
  const first = points.slice(0, threshold)
  const seed = interpolate(first)
  if (fits(masked, owner, seed)) return { seed, right: first.map(({ holder }) => holder), wrong: [] }
  const decoded = decodeShares(
    points.map(({ x }) => x),
    points.map(({ value }) => value),
    threshold
  )
  if (!decoded || !fits(masked, owner, decoded.atZero)) return undefined
  const wrong = new Set(decoded.wrong.map(index => (points[index] as Point).holder))
  const right = points.flatMap(({ holder }) => (wrong.has(holder) ? [] : [holder]))
  return { seed: decoded.atZero, right, wrong: [...wrong] }
}

/** Tries sets of t shares in lexicographic order, those of trusted holders first. */
function openBySubsets(masked: MaskedSlot, owner: Owner, trust: (holder: number) => number): Opened | undefined {
  const threshold = shareThreshold(owner.neighbours.length)
  const points = [...owner.points].sort((a, b) => trust(b.holder) - trust(a.holder) || a.x - b.x)
  let tried = 0
  for (const chosen of subsets(points.length, threshold)) {
    if (tried++ >= MOST_SUBSETS) return undefined
    const used = chosen.map(index => points[index] as Point)
    const seed = interpolate(used)
    if (!fits(masked, owner, seed)) continue
    const wrong = points.filter(point => !used.includes(point) && !equalBytes(valueAt(used, point.x), point.value))
    return { seed, right: used.map(({ holder }) => holder), wrong: wrong.map(({ holder }) => holder) }
  }
  return undefined
}

/** Lists the sets of k of the first n numbers, ascending, in lexicographic order. */
function* subsets(n: number, k: number): Generator<readonly number[]> {
  const chosen = Array.from({ length: k }, (_, i) => i)
  for (;;) {
    yield chosen
    let last = k - 1
    while (last >= 0 && chosen[last] === n - k + last) last--
    if (last < 0) return
    const next = (chosen[last] as number) + 1
    for (let i = last; i < k; i++) chosen[i] = next + i - last
  }
}

/** Coefficients by the points, as text: most owners' shares come from the same places. */
const coefficients = new Map<string, Uint8Array>()
const MOST_COEFFICIENTS = 1024

function interpolate(points: readonly Point[]): Uint8Array {
  const name = String.fromCharCode(...points.map(({ x }) => x))
  let known = coefficients.get(name)
  if (!known) {
    known = lagrangeCoefficients(
      points.map(({ x }) => x),
      0
    )
    if (coefficients.size >= MOST_COEFFICIENTS) coefficients.clear()
    coefficients.set(name, known)
  }
  return gfCombine(known, joined(points))
}

function valueAt(points: readonly Point[], at: number): Uint8Array {
  return gfCombine(
    lagrangeCoefficients(
      points.map(({ x }) => x),
      at
    ),
    joined(points)
  )
}

function joined(points: readonly Point[]): Uint8Array {
  const bytes = new Uint8Array(points.length * SHARE_BYTES)
  points.forEach(({ value }, i) => {
    bytes.set(value, i * SHARE_BYTES)
  })
  return bytes
}

function maskOf({ roster, slot }: MaskedSlot, { position }: Owner): MaskOwner {
  return { rosterHash: roster.hash, owner: roster.meterId(position), slot }
}

function fits(masked: MaskedSlot, owner: Owner, seed: Uint8Array): boolean {
  return equalBytes(privateCheckOf(seed, maskOf(masked, owner)), owner.published.check)
}
