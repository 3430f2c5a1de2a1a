/**
 * Private masks and the shares of them (PROTOCOL.md section 7, recovery 2; after Bonawitz et al. 2017, "Practical secure
 * aggregation for privacy-preserving machine learning", and Bell et al. 2020, "Secure single-server aggregation with
 * (poly)logarithmic overhead"). Shares are derived from the secrets that neighbours share anyway, so none is sent to its
 * holder or stored: the owner's seed is what the first t of them interpolate to, and corrections make the others fit. Tags
 * tell whoever is shown a share whether it is the owner's.
 */
import { SHARE_BYTES, TAG_BYTES } from '@hushgrid/messages'
import {
  concatBytes,
  fromHex,
  gfCombine,
  HushgridError,
  hkdfSha256,
  hmacSha256,
  keyStream,
  type LaneVector,
  lagrangeCoefficients,
  lanesFromBytes,
  type MeterId,
  type Slot,
  u64,
  utf8
} from '@hushgrid/primitives'
import { shareThreshold } from '@hushgrid/topology'
import type { Roster } from '../roster/roster.ts'
import type { SharedSecrets } from './edge-keys.ts'

const SHARE_INFO = utf8('hushgrid/v2/share')
const TAG_LABEL = utf8('hushgrid/v2/share-tag')
const MASK_INFO = utf8('hushgrid/v2/private-mask')
const CHECK_INFO = utf8('hushgrid/v2/private-check')

/** Slots whose shares are expanded in one call per key. */
export const SHARE_BATCH_SLOTS = 16

/** `shareKey(owner→holder)` of PROTOCOL.md section 7, 32 bytes. */
export function shareKey(shared: Uint8Array, rosterHash: Uint8Array, owner: MeterId, holder: MeterId): Uint8Array {
  return hkdfSha256(shared, rosterHash, concatBytes(SHARE_INFO, fromHex(owner), fromHex(holder)), 32)
}

/** The owner and slot of a private mask, and the roster that it holds under. */
export interface MaskOwner {
  readonly rosterHash: Uint8Array
  readonly owner: MeterId
  readonly slot: Slot
}

/** Gives `r` of PROTOCOL.md section 7, which a holder releases of an owner's private mask in one slot: 16 bytes. */
export function shareOf(shared: Uint8Array, { rosterHash, owner, slot }: MaskOwner, holder: MeterId): Uint8Array {
  const key = shareKey(shared, rosterHash, owner, holder)
  const share = keyStream(key, BigInt(slot), SHARE_BYTES)
  key.fill(0)
  return share
}

/**
 * Makes tags of one owner's shares in one slot (PROTOCOL.md section 7): HMAC-SHA-256 under the share, of which a tag shows
 * nothing to whoever has not seen it.
 */
export class ShareTags {
  /** What is hashed; the holder's id is written into it. */
  readonly #message: Uint8Array

  constructor({ rosterHash, owner, slot }: MaskOwner) {
    this.#message = concatBytes(TAG_LABEL, rosterHash, fromHex(owner), new Uint8Array(32), u64(slot))
  }

  /**
   * Gives the tag of a share, 8 bytes.
   *
   * @param holder - its id, 32 bytes
   */
  of(share: Uint8Array, holder: Uint8Array): Uint8Array {
    this.#message.set(holder, this.#message.byteLength - 40)
    return hmacSha256(share, this.#message).subarray(0, TAG_BYTES)
  }
}

/** Gives the private mask of a seed. */
export function privateMaskOf(seed: Uint8Array, { rosterHash, owner, slot }: MaskOwner, lanes: number): LaneVector {
  const key = hkdfSha256(seed, rosterHash, concatBytes(MASK_INFO, fromHex(owner), u64(slot)), 32)
  const stream = keyStream(key, 0n, 8 * lanes)
  key.fill(0)
  return lanesFromBytes(stream, lanes)
}

/** Gives the check value of a seed, 16 bytes, which tells whoever has shares whether they fit. */
export function privateCheckOf(seed: Uint8Array, { rosterHash, owner, slot }: MaskOwner): Uint8Array {
  return hkdfSha256(seed, rosterHash, concatBytes(CHECK_INFO, fromHex(owner), u64(slot)), SHARE_BYTES)
}

/** Coefficients that take a polynomial's values at 1 … t to its values at 0 and at t + 1 … d. */
interface Extension {
  readonly atZero: Uint8Array
  readonly beyond: readonly Uint8Array[]
}

/** Extensions by d, at most 254 of them. */
const extensions = new Map<number, Extension>()

function extensionOf(neighbours: number): Extension {
  let extension = extensions.get(neighbours)
  if (!extension) {
    const threshold = shareThreshold(neighbours)
    const points = Array.from({ length: threshold }, (_, i) => i + 1)
    extension = {
      atZero: lagrangeCoefficients(points, 0),
      beyond: Array.from({ length: neighbours - threshold }, (_, i) => lagrangeCoefficients(points, threshold + 1 + i))
    }
    extensions.set(neighbours, extension)
  }
  return extension
}

/** A submission's part of double mask beside y. */
export interface PrivateMask {
  /** p, to be added to y. */
  readonly lanes: LaneVector
  /** Corrections, 16 bytes for each x from t + 1 to d. */
  readonly corrections: Uint8Array
  /** Tags of the shares, 8 bytes for each x from 1 to d. */
  readonly tags: Uint8Array
  /** Check value, 16 bytes. */
  readonly check: Uint8Array
}

/** The share keys of one meter in one epoch: of its own private masks, and of those whose shares it holds. */
export class PrivateMasks {
  readonly #roster: Roster
  readonly #own: MeterId
  /** Positions of the mask neighbours, ascending, absent and cut ones too: x counts them from 1. */
  readonly #neighbours: readonly number[]
  readonly #holderIds: readonly Uint8Array[]
  readonly #ownKeys: readonly Uint8Array[]
  readonly #heldKeys: readonly Uint8Array[]
  #batchStart = -1
  /** r of own private masks, then those held of others: by slot of the batch, then by neighbour, 16 bytes each. */
  readonly #batch: Uint8Array
  #erased = false

  /** @param secrets - agrees on a secret with every neighbour, absent and cut ones too: they are counted as holders */
  constructor(roster: Roster, ownIndex: number, secrets: SharedSecrets) {
    this.#roster = roster
    this.#own = roster.meterId(ownIndex)
    this.#neighbours = roster.neighbours(ownIndex)
    this.#holderIds = this.#neighbours.map(index => fromHex(roster.meterId(index)))
    const keys = this.#neighbours.map(index => {
      const shared = secrets.with(roster.blindingKey(index))
      const other = roster.meterId(index)
      return [shareKey(shared, roster.hash, this.#own, other), shareKey(shared, roster.hash, other, this.#own)] as const
    })
    this.#ownKeys = keys.map(([own]) => own)
    this.#heldKeys = keys.map(([, held]) => held)
    this.#batch = new Uint8Array(2 * SHARE_BATCH_SLOTS * keys.length * SHARE_BYTES)
  }

  /** Gives the private mask of a slot. */
  of(slot: Slot): PrivateMask {
    const { hash, lanes } = this.#roster
    const shares = this.#sharesAt(slot, 0)
    const threshold = shareThreshold(this.#neighbours.length)
    const { atZero, beyond } = extensionOf(this.#neighbours.length)
    const first = shares.subarray(0, threshold * SHARE_BYTES)
    const corrections = new Uint8Array(beyond.length * SHARE_BYTES)
    beyond.forEach((coefficients, i) => {
      const value = gfCombine(coefficients, first)
      const at = (threshold + i) * SHARE_BYTES
      for (let byte = 0; byte < SHARE_BYTES; byte++) {
        corrections[i * SHARE_BYTES + byte] = (value[byte] as number) ^ (shares[at + byte] as number)
      }
    })
    const seed = gfCombine(atZero, first)
    const own: MaskOwner = { rosterHash: hash, owner: this.#own, slot }
    const tags = this.#tagsOf(own, shares)
    const mask = { lanes: privateMaskOf(seed, own, lanes.length), corrections, tags, check: privateCheckOf(seed, own) }
    seed.fill(0)
    return mask
  }

  /** Makes the tags of all shares, absent and cut holders' too. */
  #tagsOf(own: MaskOwner, shares: Uint8Array): Uint8Array {
    const maker = new ShareTags(own)
    const tags = new Uint8Array(this.#holderIds.length * TAG_BYTES)
    this.#holderIds.forEach((id, i) => {
      tags.set(maker.of(shares.subarray(i * SHARE_BYTES, (i + 1) * SHARE_BYTES), id), i * TAG_BYTES)
    })
    return tags
  }

  /**
   * Gives the shares that this meter holds of some of its neighbours' private masks, for a ShareRelease.
   *
   * @param owners - positions in the roster, ascending, each a neighbour's
   * @returns 16 bytes each
   */
  sharesOf(slot: Slot, owners: readonly number[]): Uint8Array {
    const shares = this.#sharesAt(slot, 1)
    const out = new Uint8Array(owners.length * SHARE_BYTES)
    owners.forEach((owner, i) => {
      const x = this.#neighbours.indexOf(owner)
      if (x < 0) throw new HushgridError(`shares: expected owners that are neighbours, got position ${owner}`)
      out.set(shares.subarray(x * SHARE_BYTES, (x + 1) * SHARE_BYTES), i * SHARE_BYTES)
    })
    return out
  }

  /** Expands the shares of a slot and those after it. */
  expand(slot: Slot): void {
    if (this.#erased) throw new HushgridError(`private masks of epoch ${this.#roster.epoch}: expected their keys, which have been erased`)
    const index = slot - this.#batchStart
    if (this.#batchStart >= 0 && index >= 0 && index < SHARE_BATCH_SLOTS) return
    const stride = this.#neighbours.length * SHARE_BYTES
    ;[this.#ownKeys, this.#heldKeys].forEach((keys, which) => {
      keys.forEach((key, x) => {
        const stream = keyStream(key, BigInt(slot), SHARE_BATCH_SLOTS * SHARE_BYTES)
        for (let i = 0; i < SHARE_BATCH_SLOTS; i++) {
          const at = (which * SHARE_BATCH_SLOTS + i) * stride + x * SHARE_BYTES
          this.#batch.set(stream.subarray(i * SHARE_BYTES, (i + 1) * SHARE_BYTES), at)
        }
        stream.fill(0)
      })
    })
    this.#batchStart = slot
  }

  /** Gives r of one slot, 16 bytes a neighbour. */
  #sharesAt(slot: Slot, which: 0 | 1): Uint8Array {
    this.expand(slot)
    const stride = this.#neighbours.length * SHARE_BYTES
    const at = (which * SHARE_BATCH_SLOTS + (slot - this.#batchStart)) * stride
    return this.#batch.subarray(at, at + stride)
  }

  /** Overwrites keys and shares with zeros. No mask or share can be had from then on. */
  erase(): void {
    this.#erased = true
    for (const key of [...this.#ownKeys, ...this.#heldKeys]) key.fill(0)
    this.#batch.fill(0)
    this.#batchStart = -1
  }
}
