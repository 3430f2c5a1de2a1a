import type { BlindingKey } from '@hushgrid/primitives'
import type { SharedSecrets } from './edge-keys.ts'

/** A meter's blinding key of one season, and the secrets that it has agreed on by it. */
export interface SeasonKey {
  readonly blinding: BlindingKey
  readonly secrets: SharedSecrets
}

/** Place where a meter's season keys outlive a restart. */
export interface SeasonKeyStore {
  /** Keys of a run before, by season. */
  readonly kept: Iterable<readonly [season: number, key: SeasonKey]>
  /** Draws a key for a season; it is on stable storage, readable by its owner only, before it is given. */
  make(season: number): SeasonKey
  /** Deletes a season's key, and every secret made with it, from storage. */
  erase(season: number): void
}

/** A meter's blinding keys, one a season (PROTOCOL.md section 2): the one under way, the next, and for a few slots the last. */
export class SeasonKeys {
  readonly #store: SeasonKeyStore
  readonly #keys: Map<number, SeasonKey>
  #agreements = 0

  constructor(store: SeasonKeyStore) {
    this.#store = store
    this.#keys = new Map(store.kept)
  }

  /** X25519 operations made so far. */
  get agreements(): number {
    let count = this.#agreements
    for (const { secrets } of this.#keys.values()) count += secrets.agreements
    return count
  }

  of(season: number): SeasonKey | undefined {
    return this.#keys.get(season)
  }

  /** Gives the public half of a season's key; undefined where there is none. */
  publicKey(season: number): Uint8Array | undefined {
    return this.#keys.get(season)?.blinding.publicKey
  }

  /** Gives a season's key, made where there is none. */
  make(season: number): SeasonKey {
    let key = this.#keys.get(season)
    if (!key) {
      key = this.#store.make(season)
      this.#keys.set(season, key)
    }
    return key
  }

  /** Erases the keys of all seasons before one, from memory and from storage. */
  eraseBefore(season: number): void {
    for (const [each, { blinding, secrets }] of this.#keys) {
      if (each >= season) continue
      this.#agreements += secrets.agreements
      this.#keys.delete(each)
      secrets.erase()
      blinding.erase()
      this.#store.erase(each)
    }
  }
}
