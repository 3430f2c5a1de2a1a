/** Quota of something that is asked for again and again. */
export interface Quota {
  /** Number that may come at once. */
  readonly burst: number
  /** Number that may come a second after that. */
  readonly perSecond: number
}

/** Most names that are counted apart; beyond them all others share one bucket, so that names cost bounded memory. */
const MOST_NAMES = 4_096
const OTHERS = ''
/** Least time between looks for buckets that are full again, ms. */
const FORGET_EVERY = 1_000

/** Buckets of one quota by name, each of an address or a peer. A bucket that is full again is forgotten. */
export class TokenBuckets {
  readonly #quota: Quota
  readonly #buckets = new Map<string, { tokens: number; at: number }>()
  #forgotAt = Number.NEGATIVE_INFINITY

  constructor(quota: Quota) {
    this.#quota = quota
  }

  /** Number of names that are remembered. */
  get size(): number {
    return this.#buckets.size
  }

  /**
   * Takes one from a bucket.
   *
   * @param now - milliseconds of a clock that only goes forward
   * @returns false where the quota is used up
   */
  take(name: string, now: number): boolean {
    const bucket = this.#bucket(name, now)
    const tokens = this.#tokens(bucket, now)
    const taken = tokens >= 1
    bucket.tokens = taken ? tokens - 1 : tokens
    bucket.at = now
    return taken
  }

  #tokens({ tokens, at }: { tokens: number; at: number }, now: number): number {
    return Math.min(this.#quota.burst, tokens + ((now - at) / 1000) * this.#quota.perSecond)
  }

  #bucket(name: string, now: number): { tokens: number; at: number } {
    const known = this.#buckets.get(name)
    if (known) return known
    if (this.#buckets.size >= MOST_NAMES) this.#forgetFull(now)
    const counted = this.#buckets.size >= MOST_NAMES ? OTHERS : name
    const bucket = this.#buckets.get(counted) ?? { tokens: this.#quota.burst, at: now }
    this.#buckets.set(counted, bucket)
    return bucket
  }

  #forgetFull(now: number): void {
    if (now - this.#forgotAt < FORGET_EVERY) return
    this.#forgotAt = now
    for (const [name, bucket] of this.#buckets) if (this.#tokens(bucket, now) >= this.#quota.burst) this.#buckets.delete(name)
  }
}
