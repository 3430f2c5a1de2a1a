import { RosterPayload } from '@hushgrid/messages'
import {
  checkBlindingKey,
  checkVerifyKey,
  concatBytes,
  equalBytes,
  fromHex,
  HushgridError,
  type MeterId,
  sha256,
  toHex,
  VerifyKey,
  WeakKeyError
} from '@hushgrid/primitives'
import { type Credential, verifyCredential } from './credential.ts'
import { type Recovery, Roster, rosterSignedBytes } from './roster.ts'

/** The rule of PROTOCOL.md section 4 that a roster breaks. */
export type RosterFault =
  | 'form'
  | 'network'
  | 'registrar'
  | 'aggregator'
  | 'slot-seconds'
  | 'signature'
  | 'weak-key'
  | 'credential'
  | 'own-entry'
  | 'no-neighbour'
  | 'min-members'
  | 'chain-epoch'
  | 'chain-hash'
  | 'chain-first-slot'
  | 'chain-season'
  | 'chain-placement'
  | 'floor-min-members'
  | 'floor-degree'
  | 'floor-recovery'

/** A roster that is not taken up, and the rule that it breaks. */
export class RosterRefusedError extends HushgridError {
  override name = 'RosterRefusedError'
  readonly fault: RosterFault

  constructor(fault: RosterFault, detail: string) {
    super(`roster refused (${fault}): ${detail}`)
    this.fault = fault
  }
}

/** What a node holds every roster against. */
export interface RosterPolicy {
  readonly networkId: Uint8Array
  readonly slotSeconds: number
  readonly registrarKey: MeterId
  /** Where the node was told which aggregator to send to. */
  readonly aggregatorKey?: MeterId | undefined
  /** A meter's own entry; others have none. */
  readonly own?: { readonly meterId: MeterId; readonly blindingKey: Uint8Array } | undefined
  /** A meter's own floors. */
  readonly floors?: RosterFloors | undefined
  /** Credentials that are known to be good, where several nodes share that knowledge. */
  readonly credentials?: CredentialCache | undefined
}

/** Credentials that one cache remembers; a million members' worth of digests would be too much for a process. */
const MOST_CREDENTIALS = 131_072
/** Rosters that one cache shares. */
const MOST_ROSTERS = 8

/**
 * Remembers credentials that were verified, by a digest over registrar, network and the credential's every byte. A lab
 * with hundreds of meters in one process, or a simulation, shares one: the same check of the same bytes by each of n
 * meters would be n² signatures.
 */
export class CredentialCache {
  readonly #known = new Set<string>()
  readonly #rosters = new Map<string, Roster>()

  /**
   * The roster of such bytes, the same object for all who share the cache: a roster never changes, and a copy for each
   * of 500 meters would be 25 MB. Only its form has been checked.
   *
   * @throws InvalidArgumentError as {@link Roster.decode}
   */
  roster(bytes: Uint8Array): Roster {
    const name = toHex(sha256(bytes))
    let roster = this.#rosters.get(name)
    if (!roster) {
      roster = Roster.decode(bytes)
      this.#rosters.set(name, roster)
      const [oldest] = this.#rosters.keys()
      if (this.#rosters.size > MOST_ROSTERS && oldest !== undefined) this.#rosters.delete(oldest)
    }
    return roster
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

/** The least that a meter accepts, whatever the registrar signs. */
export interface RosterFloors {
  readonly minMembers: number
  readonly degree: number
  readonly recovery: Recovery
}

/** `minMembers` 6 is the protocol's; a degree below 4 is for teaching and has to be asked for. */
export const DEFAULT_FLOORS: RosterFloors = { minMembers: 6, degree: 4, recovery: 0 }

/** A roster that passed {@link checkRoster}, with what travelled beside it. */
export interface CheckedRoster {
  readonly roster: Roster
  /** The registrar's, over the roster's hash. */
  readonly signature: Uint8Array
  /** Per member a multiaddr, or the empty string. */
  readonly addresses: readonly string[]
  readonly aggregatorAddress: string
  /** 16 bytes a member that name its credential, so that the next roster's check knows which ones it has seen. */
  readonly credentialDigests: Uint8Array
  /** Credential signatures verified for this roster; the others were known from the roster before or the cache. */
  readonly credentialChecks: number
}

/** The credential of one member out of the packed field. */
export function credentialAt(roster: Roster, packed: Uint8Array, index: number): Credential {
  const view = new DataView(packed.buffer, packed.byteOffset + 80 * index, 80)
  return {
    meterId: roster.meterId(index),
    blindingKey: roster.blindingKey(index),
    notBefore: Number(view.getBigUint64(0, true)),
    notAfter: Number(view.getBigUint64(8, true)),
    signature: packed.subarray(80 * index + 16, 80 * index + 80)
  }
}

/**
 * Reads a roster out of its payload; form only.
 *
 * @throws RosterRefusedError (form)
 */
export function decodeRoster(payload: Uint8Array, cache?: CredentialCache): { readonly message: RosterPayload; readonly roster: Roster } {
  try {
    const message = RosterPayload.decode(payload)
    return { message, roster: cache?.roster(message.roster) ?? Roster.decode(message.roster) }
  } catch (cause) {
    if (cause instanceof HushgridError) throw new RosterRefusedError('form', cause.message)
    throw cause
  }
}

/**
 * Whether a roster is one: form, network, roles, signature, every key and credential (PROTOCOL.md section 4). The chain
 * is {@link checkChain}'s matter, whether to take part {@link checkMembership}'s.
 *
 * Credentials that came with `previous`, byte for byte, were checked then; only their dates are looked at again.
 *
 * @param payload - RosterPayload protobuf
 * @throws RosterRefusedError naming the first rule that does not hold
 */
export function checkRoster(payload: Uint8Array, policy: RosterPolicy, previous?: CheckedRoster): CheckedRoster {
  const { message, roster } = decodeRoster(payload, policy.credentials)
  const refuse = (fault: RosterFault, detail: string): never => {
    throw new RosterRefusedError(fault, detail)
  }
  if (!equalBytes(roster.networkId, policy.networkId)) refuse('network', 'expected this network, got another')
  if (roster.slotSeconds !== policy.slotSeconds) refuse('slot-seconds', `expected ${policy.slotSeconds}, got ${roster.slotSeconds}`)
  if (roster.registrarKey !== policy.registrarKey) refuse('registrar', `expected ${policy.registrarKey}, got ${roster.registrarKey}`)
  if (policy.aggregatorKey !== undefined && roster.aggregatorKey !== policy.aggregatorKey) {
    refuse('aggregator', `expected ${policy.aggregatorKey}, got ${roster.aggregatorKey}`)
  }
  try {
    checkVerifyKey(fromHex(roster.aggregatorKey))
  } catch (cause) {
    if (cause instanceof WeakKeyError) refuse('weak-key', `aggregator: ${cause.message}`)
    else throw cause
  }
  const registrar = new VerifyKey(fromHex(roster.registrarKey))
  if (!registrar.verify(rosterSignedBytes(roster.hash), message.signature))
    refuse('signature', 'expected one by the registrar over its hash')
  if (message.credentials.byteLength !== 80 * roster.n || message.addresses.length !== roster.n) {
    refuse('form', `expected a credential and an address for each of ${roster.n} members`)
  }
  const checked = checkMembers(roster, message.credentials, registrar, policy, previous)
  // Copied out of the message, which would otherwise be kept whole for its sake.
  const signature = Uint8Array.from(message.signature)
  return { roster, signature, addresses: message.addresses, aggregatorAddress: message.aggregatorAddress, ...checked }
}

const DIGEST = 16

function checkMembers(
  roster: Roster,
  credentials: Uint8Array,
  registrar: VerifyKey,
  policy: RosterPolicy,
  previous?: CheckedRoster
): { credentialDigests: Uint8Array; credentialChecks: number } {
  const start = roster.firstSlot * roster.slotSeconds
  const authority = concatBytes(fromHex(policy.registrarKey), policy.networkId)
  const credentialDigests = new Uint8Array(DIGEST * roster.n)
  let credentialChecks = 0
  for (let i = 0; i < roster.n; i++) {
    const credential = credentialAt(roster, credentials, i)
    const digest = sha256(
      authority,
      fromHex(credential.meterId),
      credential.blindingKey,
      credentials.subarray(80 * i, 80 * i + 80)
    ).subarray(0, DIGEST)
    credentialDigests.set(digest, DIGEST * i)
    const before = previous?.roster.indexOf(credential.meterId)
    const inPrevious =
      previous && before !== undefined && equalBytes(digest, previous.credentialDigests.subarray(DIGEST * before, DIGEST * before + DIGEST))
    const name = policy.credentials && toHex(digest)
    const known = inPrevious || (name !== undefined && policy.credentials?.has(name))
    let holds = credential.notBefore <= start && start < credential.notAfter
    if (!known) {
      try {
        checkVerifyKey(fromHex(credential.meterId))
        checkBlindingKey(credential.blindingKey)
      } catch (cause) {
        if (cause instanceof WeakKeyError) throw new RosterRefusedError('weak-key', `member ${credential.meterId}: ${cause.message}`)
        throw cause
      }
      credentialChecks++
      holds = verifyCredential(registrar, policy.networkId, credential, start)
      if (holds && name !== undefined) policy.credentials?.add(name)
    }
    if (!holds)
      throw new RosterRefusedError('credential', `member ${credential.meterId}: expected the registrar's credential, holding at the start`)
  }
  return { credentialDigests, credentialChecks }
}

/**
 * Whether a meter takes part in a roster's epoch: its own entry, the number of present members, its floors (PROTOCOL.md
 * section 4). Where it does not it stays out of the epoch, and the roster still counts for the chain.
 *
 * @throws RosterRefusedError naming the first rule that does not hold
 */
export function checkMembership(roster: Roster, policy: RosterPolicy): void {
  const refuse = (fault: RosterFault, detail: string): never => {
    throw new RosterRefusedError(fault, detail)
  }
  if (policy.own) {
    const index = roster.indexOf(policy.own.meterId)
    if (index === undefined) refuse('own-entry', 'expected an entry of our own, got none')
    else if (!equalBytes(roster.blindingKey(index), policy.own.blindingKey)) refuse('own-entry', 'expected our blinding key, got another')
    else if (!roster.isAbsent(index) && roster.neighbours(index).every(neighbour => roster.isAbsent(neighbour)))
      refuse('no-neighbour', 'expected a mask neighbour that is present: without one a reading would go out as it is')
  }
  const present = roster.presentCount
  if (present < roster.minMembers) refuse('min-members', `expected at least ${roster.minMembers} present members, got ${present}`)
  const floors = policy.floors
  if (!floors) return
  if (Math.min(roster.minMembers, present) < floors.minMembers) {
    refuse(
      'floor-min-members',
      `expected at least ${floors.minMembers} members, got a minimum of ${roster.minMembers} and ${present} present`
    )
  }
  // A complete graph of few members has a smaller degree than the floor and hides as well as can be.
  if (roster.degree < floors.degree && roster.neighbourCount < roster.n - 1) {
    refuse('floor-degree', `expected at least ${floors.degree}, got ${roster.degree}`)
  }
  if (roster.recovery < floors.recovery) refuse('floor-recovery', `expected at least ${floors.recovery}, got ${roster.recovery}`)
}

/**
 * Checks that a roster follows another (PROTOCOL.md section 4).
 *
 * @throws RosterRefusedError naming the rule of the chain that does not hold
 */
export function checkChain(previous: Roster, next: Roster): void {
  if (next.epoch !== previous.epoch + 1)
    throw new RosterRefusedError('chain-epoch', `expected epoch ${previous.epoch + 1}, got ${next.epoch}`)
  if (!equalBytes(next.previousRosterHash, previous.hash)) {
    throw new RosterRefusedError('chain-hash', `expected to follow the roster of epoch ${previous.epoch} that we hold`)
  }
  if (next.firstSlot <= previous.firstSlot) {
    throw new RosterRefusedError('chain-first-slot', `expected after slot ${previous.firstSlot}, got ${next.firstSlot}`)
  }
  if (next.season < previous.season)
    throw new RosterRefusedError('chain-season', `expected at least ${previous.season}, got ${next.season}`)
  if (next.season > previous.season) return
  if (!equalBytes(next.ringSeed, previous.ringSeed))
    throw new RosterRefusedError('chain-placement', 'expected the season’s ringSeed, got another')
  for (let i = 0; i < next.n; i++) {
    const before = previous.indexOf(next.meterId(i))
    if (before !== undefined && !equalBytes(next.member(i).placement, previous.member(before).placement)) {
      throw new RosterRefusedError('chain-placement', `member ${next.meterId(i)}: expected its placement of the season, got another`)
    }
  }
}
