// Cache of checked rosters, credentials and envelopes that nodes of one process share.
import { decodeEnvelope, type Envelope, verifyEnvelope } from '@hushgrid/messages'
import { sha256, toHex, type VerifyingKey } from '@hushgrid/primitives'
import type { CheckedRoster } from './checked-roster.ts'
import { Roster } from './roster.ts'

/** Credentials that one cache remembers; a million members' worth of digests would be too much for a process. */
const MOST_CREDENTIALS = 131_072
/** Rosters that one cache shares. */
const MOST_ROSTERS = 8

/**
 * Remembers verified credentials, and whole rosters with what travels beside them, by a digest over registrar, network and
 * every byte. Meters of one process share one, as in a lab or simulation: n meters would check n² signatures otherwise, and
 * 1,000 copies take 250 MB. All who share one check signatures in the same way.
 */
export class CredentialCache {
  readonly #known = new Set<string>()
  readonly #rosters = new Map<string, Roster>()
  readonly #checked = new Map<string, { readonly checked: CheckedRoster; readonly after: CheckedRoster | undefined }>()
  readonly #snapshots = new WeakMap<Uint8Array, Uint8Array>()
  readonly #envelopes = new WeakMap<Uint8Array, Envelope>()
  readonly #verified = new WeakMap<Envelope, Uint8Array>()

  /**
   * Decodes an envelope once for all who are handed the very same bytes, as in a simulation. Bytes never change once they
   * are sent.
   *
   * @throws MalformedMessageError as decodeEnvelope
   */
  envelope(bytes: Uint8Array, limit: number): Envelope {
    const known = bytes.byteLength <= limit ? this.#envelopes.get(bytes) : undefined
    if (known) return known
    const envelope = decodeEnvelope(bytes, limit)
    this.#envelopes.set(bytes, envelope)
    return envelope
  }

  /** Tells whether an envelope's signature holds; checks it once for all who are handed it under the same roster. */
  verifies(envelope: Envelope, key: VerifyingKey, context: Uint8Array): boolean {
    if (this.#verified.get(envelope) === context) return true
    const holds = verifyEnvelope(envelope, key, context)
    if (holds) this.#verified.set(envelope, context)
    return holds
  }

  /**
   * Gives the roster of such bytes, the same object for all who share the cache, since a roster never changes. Checks its
   * form only.
   *
   * @throws InvalidArgumentError as {@link Roster.decode}
   */
  roster(bytes: Uint8Array): Roster {
    return this.#rosters.get(toHex(sha256(bytes))) ?? this.shared(Roster.decode(bytes))
  }

  /** Gives the object shared for an equal roster; where there was none, this one from now on. */
  shared(roster: Roster): Roster {
    const name = toHex(roster.hash)
    const known = this.#rosters.get(name)
    if (known) return known
    this.#rosters.set(name, roster)
    forgetOldest(this.#rosters, MOST_ROSTERS)
    return roster
  }

  /**
   * Gives the roster that a checked message led to before, if it did.
   *
   * @param name - digest of everything that the check went by
   * @param after - the roster that a delta was applied to, which has to be the same, dates and addresses included
   */
  checked(name: string, after?: CheckedRoster): CheckedRoster | undefined {
    const known = this.#checked.get(name)
    return known && isSame(known.after, after) ? known.checked : undefined
  }

  keep(name: string, checked: CheckedRoster, after?: CheckedRoster): void {
    this.#checked.delete(name)
    this.#checked.set(name, { checked, after })
    forgetOldest(this.#checked, MOST_ROSTERS)
  }

  /** Gives the snapshot of a roster, made once for all who hold the same one. */
  snapshot(of: CheckedRoster, make: (of: CheckedRoster) => Uint8Array): Uint8Array {
    // Keyed by the digests, which every check makes anew: they also stand for what the roster's hash leaves out.
    let bytes = this.#snapshots.get(of.credentialDigests)
    if (!bytes) {
      bytes = make(of)
      this.#snapshots.set(of.credentialDigests, bytes)
    }
    return bytes
  }

  has(digest: string): boolean {
    return this.#known.has(digest)
  }

  add(digest: string): void {
    this.#known.add(digest)
    if (this.#known.size <= MOST_CREDENTIALS) return
    const oldest = this.#known.values().next().value
    if (oldest !== undefined) this.#known.delete(oldest)
  }
}

function isSame(one: CheckedRoster | undefined, other: CheckedRoster | undefined): boolean {
  return one?.credentialDigests === other?.credentialDigests && one?.addresses === other?.addresses
}

function forgetOldest(map: Map<string, unknown>, most: number): void {
  const [oldest] = map.keys()
  if (map.size > most && oldest !== undefined) map.delete(oldest)
}
