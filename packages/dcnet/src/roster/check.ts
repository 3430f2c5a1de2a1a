// Checks of a roster (PROTOCOL.md section 4): its form, its signatures, the chain it stands in, and what a meter insists on.
import { decodeEnvelope, type Envelope, MessageType, RosterPayload, verifyEnvelope } from '@hushgrid/messages'
import {
  checkVerifyKey,
  ed25519Verifier,
  equalBytes,
  fromHex,
  HushgridError,
  sha256,
  toHex,
  utf8,
  type VerifyingKey,
  WeakKeyError
} from '@hushgrid/primitives'
import { components, isAsStrong, isSupported, neighboursNeeded, RECOVERY_MODES, remaining } from '@hushgrid/topology'
import type { CredentialCache } from './cache.ts'
import type { CheckedRoster } from './checked-roster.ts'
import {
  authorityOf,
  type CheckedMembers,
  type CredentialCheck,
  checkMember,
  consentsTo,
  credentialAt,
  credentialCheck,
  digestAt
} from './credentials.ts'
import { maskGraphOf } from './mask-graph.ts'
import type { OwnEntry, RosterPolicy } from './policy.ts'
import { type RosterFault, RosterRefusedError } from './refused.ts'
import { Roster, rosterSignedBytes } from './roster.ts'

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
 * Checks a roster: form, network, roles, signature, every key and credential (PROTOCOL.md section 4). {@link checkChain}
 * checks the chain, {@link checkMembership} whether to take part.
 *
 * Credentials that came with `previous`, byte for byte, were checked then; only their dates are looked at again.
 *
 * @param payload - RosterPayload protobuf
 * @throws RosterRefusedError naming the first rule that does not hold
 */
export function checkRoster(payload: Uint8Array, policy: RosterPolicy, previous?: CheckedRoster): CheckedRoster {
  const name = policy.credentials && fullName(policy, payload)
  const known = name === undefined ? undefined : policy.credentials?.checked(name)
  if (known) {
    checkRoles(known.roster, policy)
    return { ...known, credentialChecks: 0 }
  }
  const { message, roster } = decodeRoster(payload, policy.credentials)
  checkRoles(roster, policy)
  const check = credentialCheck(roster, policy)
  checkRosterSignature(roster, message.signature, check.registrar)
  if (message.credentials.length !== roster.n || message.addresses.length !== roster.n) {
    throw new RosterRefusedError('form', `expected a credential and an address for each of ${roster.n} members`)
  }
  const members = checkMembers(roster, message.credentials, check, previous)
  const leavers = leaversIn(message.leaves, policy)
  // Copied out of the message, which would otherwise be kept whole for its sake.
  const signature = Uint8Array.from(message.signature)
  const { addresses, aggregatorAddress } = message
  const proofs = message.proofs.map(bytes => Uint8Array.from(bytes))
  const checked = { roster, signature, addresses, aggregatorAddress, leavers, proofs, ...members }
  if (name !== undefined) policy.credentials?.keep(name, checked)
  return checked
}

/**
 * Reads the leaves that travel with a roster.
 *
 * @throws RosterRefusedError (form) unless each is a meter's own, signed
 */
export function leaversIn(leaves: readonly Uint8Array[], policy: RosterPolicy): CheckedRoster['leavers'] {
  return leaves.map(bytes => {
    const envelope = readLeave(bytes)
    if (!verifyEnvelope(envelope, (policy.verifier ?? ed25519Verifier)(envelope.sender), policy.networkId))
      throw new RosterRefusedError('form', 'expected leaves that their senders have signed')
    return { meterId: envelope.sender, slot: envelope.slot }
  })
}

function readLeave(bytes: Uint8Array): Envelope {
  try {
    const envelope = decodeEnvelope(bytes)
    if (envelope.type === MessageType.LeaveRequest) return envelope
  } catch (cause) {
    if (!(cause instanceof HushgridError)) throw cause
  }
  throw new RosterRefusedError('form', 'expected LeaveRequest envelopes as leaves')
}

/** Gives the roster in a payload, with its form checked at the most. @throws RosterRefusedError (form) */
export function rosterOf(payload: Uint8Array, policy: RosterPolicy): Roster {
  return policy.credentials?.checked(fullName(policy, payload))?.roster ?? decodeRoster(payload, policy.credentials).roster
}

const DAY_SECONDS = 86_400
/** Most days that a season lasts (PROTOCOL.md section 4). */
const MOST_SEASON_DAYS = 7
const FULL = utf8('full')

function fullName(policy: RosterPolicy, payload: Uint8Array): string {
  return toHex(sha256(FULL, authorityOf(policy), payload))
}

function checkRoles(roster: Roster, policy: RosterPolicy): void {
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
}

/** @throws RosterRefusedError (signature) */
export function checkRosterSignature(roster: Roster, signature: Uint8Array, registrar: VerifyingKey): void {
  if (!registrar.verify(rosterSignedBytes(roster.hash), signature))
    throw new RosterRefusedError('signature', 'expected one by the registrar over its hash')
}

function checkMembers(
  roster: Roster,
  credentials: readonly Uint8Array[],
  check: CredentialCheck,
  previous?: CheckedRoster
): CheckedMembers {
  for (let i = 0; i < roster.n; i++) {
    const credential = credentialAt(roster, credentials[i] as Uint8Array, i)
    const before = previous?.roster.indexOf(credential.meterId)
    checkMember(check, i, credential, before === undefined ? undefined : previous && digestAt(previous, before))
  }
  return check.members
}

/**
 * Checks that a meter takes part in a roster's epoch: its own entry, the members and lanes of every component of the mask
 * graph, its floors (PROTOCOL.md section 4). Where it does not it stays out of the epoch, and the roster still counts for the chain.
 *
 * @throws RosterRefusedError naming the first rule that does not hold
 */
export function checkMembership(checked: Pick<CheckedRoster, 'roster' | 'consents'>, policy: RosterPolicy): void {
  const { roster } = checked
  const refuse = (fault: RosterFault, detail: string): never => {
    throw new RosterRefusedError(fault, detail)
  }
  if (policy.own) {
    const index = roster.indexOf(policy.own.meterId)
    if (index === undefined) refuse('own-entry', 'expected an entry of our own, got none')
    else if (!isOwnKey(roster, index, policy.own)) refuse('own-entry', 'expected our blinding key, got another')
    else if (!roster.isAbsent(index)) {
      const present = remaining(maskGraphOf(roster), index, NOBODY)
      // With no neighbour its reading would go out as it is; with fewer than f, colluders could be all that hide it; with
      // fewer than t, its private mask could not be opened. Absent members count as missing (PROTOCOL.md section 7).
      const needed = neighboursNeeded(roster.mode, roster.neighbourCount)
      if (present < needed) refuse('no-neighbour', `expected at least ${needed} mask neighbours that are present, got ${present}`)
    }
    if (index !== undefined) checkOwnLanes(checked, index, policy)
  }
  if (roster.firstSlot >= roster.seasonEndSlot)
    refuse('floor-season', `expected a first slot before the season's end, ${roster.seasonEndSlot}, got ${roster.firstSlot}`)
  if ((roster.seasonEndSlot - roster.seasonFirstSlot) * roster.slotSeconds > MOST_SEASON_DAYS * DAY_SECONDS)
    refuse('floor-season', `expected a season of at most ${MOST_SEASON_DAYS} days`)
  checkComponents(checked)
  checkChangeSlots(roster, policy)
  checkSeasonSize(roster, policy)
  const present = roster.presentCount
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
  if (!isAsStrong(roster.mode, RECOVERY_MODES[floors.recovery]))
    refuse('floor-recovery', `expected at least ${floors.recovery}, got ${roster.recovery}`)
}

const NOBODY: ReadonlySet<number> = new Set()

function isOwnKey(roster: Roster, index: number, own: OwnEntry): boolean {
  const key = own.keys.publicKey(roster.season)
  return key !== undefined && equalBytes(roster.blindingKey(index), key)
}

/** Checks that every component of the mask graph has members enough, and enough of them that can fill each lane. */
function checkComponents(checked: Pick<CheckedRoster, 'roster' | 'consents'>): void {
  const { roster } = checked
  const { minMembers, lanes, n } = roster
  const graph = maskGraphOf(roster)
  const parts = components(graph, NOBODY)
  const smallest = Math.min(...parts.map(part => part.length))
  if (parts.length === 0 || smallest < minMembers) {
    const got = parts.length === 0 ? 'none' : String(smallest)
    throw new RosterRefusedError('min-members', `expected at least ${minMembers} present members in every component, got ${got}`)
  }
  lanes.forEach(({ obis, support }, lane) => {
    if (!parts.every(part => isSupported(graph, lane, part)))
      throw new RosterRefusedError('support', `lane ${obis}: expected at least ${support} members able to fill it in every component`)
    if (support >= minMembers) return
    for (let i = 0; i < n; i++) {
      if (!roster.isAbsent(i) && roster.canFill(i, lane) && !consentsTo(checked, i, lane))
        throw new RosterRefusedError('support', `lane ${obis}: expected a support of ${minMembers} or everybody's consent, got ${support}`)
    }
  })
}

/** Checks a meter's own entry: no lane that it cannot fill, no consent that its household has not given, its floor of support. */
function checkOwnLanes(checked: Pick<CheckedRoster, 'roster' | 'consents'>, index: number, { own, floors }: RosterPolicy): void {
  const { lanes } = checked.roster
  const can = new Map(own?.lanes.map(({ obis, consent }) => [obis, consent]))
  lanes.forEach(({ obis, support }, lane) => {
    const fills = checked.roster.canFill(index, lane)
    if (fills && !can.has(obis)) throw new RosterRefusedError('own-entry', `expected lanes that we can fill, got ${obis}`)
    if (consentsTo(checked, index, lane) && can.get(obis) !== true)
      throw new RosterRefusedError('own-entry', `expected no consent of our household for ${obis}, got one`)
    if (floors && fills && can.get(obis) !== true && support < floors.support)
      throw new RosterRefusedError('floor-support', `lane ${obis}: expected a support of at least ${floors.support}, got ${support}`)
  })
}

/** Checks that a season begins with two thirds of the members that the totals of seven days had (PROTOCOL.md section 8). */
function checkSeasonSize(roster: Roster, { attendance }: RosterPolicy): void {
  const { firstSlot, seasonFirstSlot, epoch, n } = roster
  if (!attendance || epoch === 0 || firstSlot !== seasonFirstSlot) return
  const least = attendance.least(firstSlot, id => roster.indexOf(id) !== undefined)
  if (n < least) throw new RosterRefusedError('season-size', `expected at least ${least} members in a new season, got ${n}`)
}

/** Checks that a season begins and ends with change slots (PROTOCOL.md section 4). */
function checkChangeSlots({ seasonFirstSlot, seasonEndSlot }: Roster, { changeSlots }: RosterPolicy): void {
  if (seasonFirstSlot % changeSlots !== 0 || seasonEndSlot % changeSlots !== 0)
    throw new RosterRefusedError('change-slot', `expected a season between multiples of ${changeSlots} slots`)
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
  if (next.season !== previous.season && next.season !== previous.season + 1)
    throw new RosterRefusedError('chain-season', `expected ${previous.season} or one more, got ${next.season}`)
  if (next.season === previous.season) checkSameSeason(previous, next)
  else if (next.seasonFirstSlot !== next.firstSlot)
    throw new RosterRefusedError(
      'chain-season-slots',
      `expected the season to begin with slot ${next.firstSlot}, got ${next.seasonFirstSlot}`
    )
}

/** Checks what stays within a season: its slots, the ring, keys and placements, and the cuts between those that are in. */
function checkSameSeason(previous: Roster, next: Roster): void {
  const refuse = (fault: RosterFault, detail: string): never => {
    throw new RosterRefusedError(fault, detail)
  }
  if (next.seasonFirstSlot !== previous.seasonFirstSlot || next.seasonEndSlot < previous.seasonEndSlot)
    refuse('chain-season-slots', `expected the season from slot ${previous.seasonFirstSlot} to ${previous.seasonEndSlot} at least`)
  if (!equalBytes(next.ringSeed, previous.ringSeed)) refuse('chain-placement', 'expected the season’s ringSeed, got another')
  for (let i = 0; i < next.n; i++) {
    const id = next.meterId(i)
    const before = previous.indexOf(id)
    if (before === undefined) continue
    if (!equalBytes(next.member(i).placement, previous.member(before).placement))
      refuse('chain-placement', `member ${id}: expected its placement of the season, got another`)
    if (!equalBytes(next.blindingKey(i), previous.blindingKey(before)))
      refuse('chain-placement', `member ${id}: expected its blinding key of the season, got another`)
  }
  for (const [lower, higher] of previous.cuts) {
    const [a, b] = [next.indexOf(lower), next.indexOf(higher)]
    if (a !== undefined && b !== undefined && !next.isCut(a, b)) refuse('chain-cuts', `expected ${lower} and ${higher} to stay cut`)
  }
}
