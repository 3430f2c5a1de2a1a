/** Opening the private masks of survivors from the shares that their neighbours released (PROTOCOL.md section 7, recovery 2, step 4). */
import { SHARE_BYTES, TAG_BYTES } from '@hushgrid/messages'
import {
  addLanes,
  checkLength,
  equalBytes,
  fromHex,
  gfCombine,
  type LaneVector,
  lagrangeCoefficients,
  type Slot,
  zeroLanes
} from '@hushgrid/primitives'
import { shareThreshold } from '@hushgrid/topology'
import type { Roster } from '../roster/roster.ts'
import { type MaskOwner, privateCheckOf, privateMaskOf, ShareTags } from './private-mask.ts'

/** An owner's published part of its private mask. */
export interface PublishedMask {
  readonly corrections: Uint8Array
  readonly tags: Uint8Array
  readonly check: Uint8Array
}

/** An owner whose private mask cannot be opened. */
export interface Unopened {
  /** Its position in the roster. */
  readonly owner: number
  /** Reason: `shares` where fewer than t count; `fit` where t do and contradict the check, by the owner's own submission. */
  readonly for: 'shares' | 'fit'
}

/** A share that lacks its owner's tag, by positions in the roster: owner or holder lies. */
export interface Conflict {
  readonly owner: number
  readonly holder: number
}

export interface Unmasked {
  /** Σ of the private masks that could be opened. */
  readonly masks: LaneVector
  /** Ascending. */
  readonly unopened: readonly Unopened[]
  /** Ascending by owner, then by holder. */
  readonly conflicts: readonly Conflict[]
  /** Holders of the t shares that each owner's polynomial was taken through, ascending; none for an owner short of shares. */
  readonly used: ReadonlyMap<number, readonly number[]>
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

/** Gives the positions of the neighbours whose shares a ShareRelease of this member has: present, uncut and outside M, ascending. */
export function shareOwners(roster: Roster, holder: number, members: ReadonlySet<number>): number[] {
  return roster.neighbours(holder).filter(index => !roster.isAbsent(index) && !members.has(index) && !roster.isCut(holder, index))
}

/** Gives the length of the corrections in a submission, bytes: 16 for each neighbour beyond the first t. */
export function correctionBytes({ neighbourCount }: Roster): number {
  return SHARE_BYTES * (neighbourCount - shareThreshold(neighbourCount))
}

/**
 * Checks the lengths of what a submission publishes of a private mask; all empty without double mask.
 *
 * @throws InvalidArgumentError
 */
export function checkPublished(roster: Roster, { corrections, tags, check }: PublishedMask): void {
  const { hasPrivateMasks, neighbourCount } = roster
  checkLength(corrections, hasPrivateMasks ? correctionBytes(roster) : 0, 'corrections')
  checkLength(tags, hasPrivateMasks ? TAG_BYTES * neighbourCount : 0, 'tags')
  checkLength(check, hasPrivateMasks ? SHARE_BYTES : 0, 'check')
}

/** A share that has its owner's tag: r at x, as it was released. */
interface Point {
  readonly x: number
  readonly share: Uint8Array
  readonly holder: number
}

interface Owner {
  readonly position: number
  readonly neighbours: readonly number[]
  readonly published: PublishedMask
  readonly of: MaskOwner
  readonly tags: ShareTags
  readonly points: Point[]
}

/**
 * Opens the private mask of every survivor: from the t shares that count with the smallest x.
 *
 * @param releases - shares by holder's position, as many and in such an order as {@link shareOwners} has it
 */
export function unmask(masked: MaskedSlot, releases: ReadonlyMap<number, Uint8Array>): Unmasked {
  const { roster } = masked
  const owners = ownersOf(masked)
  const conflicts = gather(masked, owners, releases)
  const masks = zeroLanes(roster.lanes.length)
  const unopened: Unopened[] = []
  const used = new Map<number, readonly number[]>()
  const threshold = shareThreshold(roster.neighbourCount)
  for (const owner of owners.values()) {
    const { position, of, published } = owner
    const points = owner.points.sort((a, b) => a.x - b.x).slice(0, threshold)
    if (points.length < threshold) {
      unopened.push({ owner: position, for: 'shares' })
      continue
    }
    used.set(
      position,
      points.map(({ holder }) => holder)
    )
    const seed = interpolate(points, threshold, published.corrections)
    if (equalBytes(privateCheckOf(seed, of), published.check)) addLanes(masks, privateMaskOf(seed, of, roster.lanes.length))
    else unopened.push({ owner: position, for: 'fit' })
    seed.fill(0)
  }
  return { masks, unopened, conflicts, used }
}

/** Gives the owners by position, ascending. */
function ownersOf({ roster, slot, published }: MaskedSlot): Map<number, Owner> {
  const owners = new Map<number, Owner>()
  for (const [position, mask] of [...published].sort(([a], [b]) => a - b)) {
    const of = { rosterHash: roster.hash, owner: roster.meterId(position), slot }
    const neighbours = roster.neighbours(position)
    owners.set(position, { position, neighbours, published: mask, of, tags: new ShareTags(of), points: [] })
  }
  return owners
}

/** Sorts the shares by owner; gives those that lack the owner's tag. */
function gather(
  { roster, members }: MaskedSlot,
  owners: ReadonlyMap<number, Owner>,
  releases: ReadonlyMap<number, Uint8Array>
): Conflict[] {
  const conflicts: Conflict[] = []
  for (const [holder, shares] of releases) {
    const id = fromHex(roster.meterId(holder))
    shareOwners(roster, holder, members).forEach((position, i) => {
      const owner = owners.get(position)
      if (!owner) return
      const at = owner.neighbours.indexOf(holder)
      const share = shares.subarray(i * SHARE_BYTES, (i + 1) * SHARE_BYTES)
      const tag = owner.tags.of(share, id)
      if (equalBytes(tag, owner.published.tags.subarray(at * TAG_BYTES, (at + 1) * TAG_BYTES)))
        owner.points.push({ x: at + 1, share, holder })
      else conflicts.push({ owner: position, holder })
    })
  }
  return conflicts.sort((a, b) => a.owner - b.owner || a.holder - b.holder)
}

/** Coefficients by the points, as text: most owners' shares come from the same places. */
const coefficients = new Map<string, Uint8Array>()
const MOST_COEFFICIENTS = 1024

/** Gives the value at 0 of the polynomial through t points, with the owner's corrections added beyond t. */
function interpolate(points: readonly Point[], threshold: number, corrections: Uint8Array): Uint8Array {
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
  const values = new Uint8Array(points.length * SHARE_BYTES)
  points.forEach(({ x, share }, i) => {
    const value = values.subarray(i * SHARE_BYTES, (i + 1) * SHARE_BYTES)
    value.set(share)
    if (x > threshold) addTo(value, corrections.subarray((x - threshold - 1) * SHARE_BYTES))
  })
  const seed = gfCombine(known, values)
  values.fill(0)
  return seed
}

/** Adds in GF(2^8), byte by byte. */
function addTo(value: Uint8Array, by: Uint8Array): void {
  for (let byte = 0; byte < value.byteLength; byte++) value[byte] = (value[byte] as number) ^ (by[byte] as number)
}
