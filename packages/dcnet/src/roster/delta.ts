// Deltas between rosters (PROTOCOL.md section 8): made by the registrar, applied by everybody else.
import { MAX_CHANGES, RosterDeltaPayload } from '@hushgrid/messages'
import {
  concatBytes,
  type Epoch,
  ed25519Verifier,
  equalBytes,
  fromHex,
  HushgridError,
  type LaneTerms,
  type MeterId,
  meterId,
  type Slot,
  sha256,
  toHex,
  u64,
  utf8
} from '@hushgrid/primitives'
import { checkRosterSignature, leaversIn } from './check.ts'
import type { CheckedRoster } from './checked-roster.ts'
import { type Credential, unpackCredential } from './credential.ts'
import { authorityOf, type CheckedMembers, checkMember, copyMember, credentialAt, credentialCheck, digestAt } from './credentials.ts'
import { type Cut, laneMaskOf, type RosterMember } from './fields.ts'
import type { RosterPolicy } from './policy.ts'
import { RosterRefusedError } from './refused.ts'
import { Roster } from './roster.ts'

/** Fields of a delta's envelope that name the roster it leads to. */
export interface DeltaName {
  readonly epoch: Epoch
  /** First slot of that roster. */
  readonly slot: Slot
}

const FIXED = ['season', 'seasonFirstSlot', 'slotSeconds', 'minMembers', 'recovery', 'committed', 'registrarKey', 'aggregatorKey'] as const

/**
 * Gives the delta that leads from one roster to the next.
 *
 * @param credentials - of `next`, as in a RosterPayload
 * @returns undefined where a delta cannot say it: more has changed than members, addresses, credentials and the degree,
 *   or too much at once
 */
export function deltaBetween(
  previous: CheckedRoster,
  next: CheckedRoster,
  credentials: readonly Uint8Array[]
): Parameters<typeof RosterDeltaPayload.encode>[0] | undefined {
  const [before, after] = [previous.roster, next.roster]
  if (after.epoch !== before.epoch + 1 || !equalBytes(after.previousRosterHash, before.hash)) return undefined
  if (FIXED.some(field => before[field] !== after[field]) || !equalBytes(before.ringSeed, after.ringSeed)) return undefined
  if (!equalBytes(before.networkId, after.networkId) || !sameLanes(before, after)) return undefined
  const address = next.aggregatorAddress === previous.aggregatorAddress ? '' : next.aggregatorAddress
  if (address === '' && previous.aggregatorAddress !== next.aggregatorAddress) return undefined
  const delta: Parameters<typeof RosterDeltaPayload.encode>[0] = {
    signature: next.signature,
    joined: [],
    left: [],
    absent: [],
    present: [],
    renewed: [],
    moved: [],
    degree: after.degree === before.degree ? 0 : after.degree,
    aggregatorAddress: address,
    cuts: newCuts(before, after),
    seasonEndSlot: after.seasonEndSlot === before.seasonEndSlot ? 0 : after.seasonEndSlot,
    leaves: [],
    proofs: []
  }
  for (let position = 0; position < before.n; position++) {
    if (after.indexOf(before.meterId(position)) === undefined) delta.left.push(position)
  }
  for (let i = 0; i < after.n; i++) {
    const member = after.member(i)
    const position = before.indexOf(member.meterId)
    if (position === undefined) {
      if (member.absent) return undefined
      const entry = concatBytes(fromHex(member.meterId), member.blindingKey, member.placement)
      delta.joined.push({ entry, credential: credentials[i] as Uint8Array, address: next.addresses[i] ?? '' })
      continue
    }
    const was = before.member(position)
    if (!equalBytes(was.blindingKey, member.blindingKey) || !equalBytes(was.placement, member.placement)) return undefined
    if (member.absent !== was.absent) delta[member.absent ? 'absent' : 'present'].push(position)
    if (!equalBytes(digestAt(previous, position), digestAt(next, i)))
      delta.renewed.push({ position, credential: credentials[i] as Uint8Array })
    if (previous.addresses[position] !== next.addresses[i]) delta.moved.push({ position, address: next.addresses[i] ?? '' })
  }
  const { joined, left, absent, present, renewed, moved, cuts } = delta
  return [joined, left, absent, present, renewed, moved, cuts].some(changes => changes.length > MAX_CHANGES) ? undefined : delta
}

function sameLanes(before: Roster, after: Roster): boolean {
  return (
    before.lanes.length === after.lanes.length &&
    before.lanes.every((lane, l) => {
      const { obis, maxReading, support } = after.lanes[l] as LaneTerms
      return lane.obis === obis && lane.maxReading === maxReading && lane.support === support
    })
  )
}

/** Gives the cuts that the next roster has and the one before had not, as they travel. */
function newCuts(before: Roster, after: Roster): Uint8Array[] {
  const known = new Set(before.cuts.map(cut => cut.join()))
  return after.cuts.filter(cut => !known.has(cut.join())).map(([lower, higher]) => concatBytes(fromHex(lower), fromHex(higher)))
}

const DELTA = utf8('delta')

/**
 * Applies a delta, and checks the roster that it leads to as {@link checkRoster} does. It follows `previous` by its making,
 * so the chain is checked as well. Credentials of members that stay were checked before; only their dates are checked
 * again.
 *
 * @param payload - RosterDeltaPayload protobuf
 * @throws RosterRefusedError naming the first rule that does not hold
 */
export function applyDelta(previous: CheckedRoster, named: DeltaName, payload: Uint8Array, policy: RosterPolicy): CheckedRoster {
  const { roster: before } = previous
  if (named.epoch !== before.epoch + 1)
    throw new RosterRefusedError('chain-epoch', `expected epoch ${before.epoch + 1}, got ${named.epoch}`)
  if (named.slot <= before.firstSlot)
    throw new RosterRefusedError('chain-first-slot', `expected after slot ${before.firstSlot}, got ${named.slot}`)
  const name = policy.credentials && toHex(sha256(DELTA, authorityOf(policy), before.hash, u64(named.slot), payload))
  const known = name === undefined ? undefined : policy.credentials?.checked(name, previous)
  if (known) return { ...known, credentialChecks: 0 }
  const checked = apply(previous, named, payload, policy)
  if (name !== undefined) policy.credentials?.keep(name, checked, previous)
  return checked
}

function apply(previous: CheckedRoster, named: DeltaName, payload: Uint8Array, policy: RosterPolicy): CheckedRoster {
  const { roster: before } = previous
  const delta = inForm(() => RosterDeltaPayload.decode(payload))
  checkPositions(before, delta)
  const joined = inForm(() => joinedMembers(before, delta))
  const left = new Set(delta.left)
  const changed = new Set([...delta.absent, ...delta.present])
  const renewed = new Map(delta.renewed.map(({ position, credential }) => [position, credentialAt(before, credential, position)] as const))
  const maskOf = ({ lanes }: Credential): Uint8Array => laneMaskOf(before.lanes, ({ obis }) => lanes.some(lane => lane.obis === obis))
  const members: RosterMember[] = joined.map(({ credential, placement }) => {
    const { meterId: id, blindingKey } = credential
    return { meterId: id, blindingKey, placement, absent: false, laneMask: maskOf(credential) }
  })
  for (let position = 0; position < before.n; position++) {
    if (left.has(position)) continue
    const member = before.member(position)
    const fresh = renewed.get(position)
    const laneMask = fresh ? maskOf(fresh) : member.laneMask
    members.push({ ...member, absent: changed.has(position) !== member.absent, laneMask })
  }
  if (delta.degree === before.degree || (delta.aggregatorAddress !== '' && delta.aggregatorAddress === previous.aggregatorAddress))
    refuseForm('a degree or an aggregator address only where it changes')
  if (delta.seasonEndSlot !== 0 && delta.seasonEndSlot <= before.seasonEndSlot) refuseForm('a later end of the season only')
  const made = inForm(() => Roster.create(following(before, named, delta, members), members))
  checkRosterSignature(made, delta.signature, (policy.verifier ?? ed25519Verifier)(made.registrarKey))
  const roster = policy.credentials?.shared(made) ?? made
  const change: Change = { previous, roster, delta, joined, renewed }
  const beside = checkMembers(change, policy)
  const addresses = movedAddresses(change)
  const aggregatorAddress = delta.aggregatorAddress || previous.aggregatorAddress
  // Copied out of the message, which would otherwise be kept whole for its sake.
  const leavers = leaversIn(delta.leaves, policy)
  const proofs = delta.proofs.map(bytes => Uint8Array.from(bytes))
  return { roster, signature: Uint8Array.from(delta.signature), addresses, aggregatorAddress, leavers, proofs, ...beside }
}

function refuseForm(expected: string): never {
  throw new RosterRefusedError('form', `expected ${expected}`)
}

/** @throws RosterRefusedError (form) in the place of errors about arguments and messages */
function inForm<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof HushgridError && !(cause instanceof RosterRefusedError)) throw new RosterRefusedError('form', cause.message)
    throw cause
  }
}

function following(
  before: Roster,
  named: DeltaName,
  delta: RosterDeltaPayload,
  members: readonly RosterMember[]
): Parameters<typeof Roster.create>[0] {
  const { networkId, season, seasonFirstSlot, slotSeconds, lanes, minMembers, recovery, committed, ringSeed } = before
  const fixed = { networkId, season, seasonFirstSlot, slotSeconds, lanes, minMembers, recovery, committed, ringSeed }
  const { registrarKey, aggregatorKey } = before
  return {
    ...fixed,
    registrarKey,
    aggregatorKey,
    seasonEndSlot: (delta.seasonEndSlot || before.seasonEndSlot) as Slot,
    epoch: named.epoch,
    previousRosterHash: before.hash,
    firstSlot: named.slot,
    degree: delta.degree || before.degree,
    cuts: cutsAfter(before, delta, new Set(members.map(member => member.meterId)))
  }
}

/** Gives the cuts after a delta: those before whose both members stay, and those that it names. */
function cutsAfter(before: Roster, delta: RosterDeltaPayload, stay: ReadonlySet<MeterId>): Cut[] {
  const kept = before.cuts.filter(cut => cut.every(id => stay.has(id)))
  const known = new Set(kept.map(cut => cut.join()))
  const named = delta.cuts.map((bytes): Cut => [meterId(bytes.subarray(0, 32)), meterId(bytes.subarray(32))])
  named.forEach((cut, i) => {
    if (known.has(cut.join()) || (i > 0 && (named[i - 1] as Cut).join() >= cut.join())) refuseForm('new cuts, ascending, each once')
  })
  return [...kept, ...named]
}

/** Checks that a delta says each change in the one way there is: positions ascend, and every change changes something. */
function checkPositions(before: Roster, delta: RosterDeltaPayload): void {
  const lists = {
    left: delta.left,
    absent: delta.absent,
    present: delta.present,
    renewed: delta.renewed.map(each => each.position),
    moved: delta.moved.map(each => each.position)
  }
  const left = new Set(delta.left)
  for (const [name, positions] of Object.entries(lists)) {
    let last = -1
    for (const position of positions) {
      if (position <= last || position >= before.n) refuseForm(`${name} positions from 0 to ${before.n - 1}, ascending, got ${position}`)
      if (name !== 'left' && left.has(position)) refuseForm(`nothing more of a member that has left, got ${name} ${position}`)
      last = position
    }
  }
  for (const position of delta.absent) if (before.isAbsent(position)) refuseForm(`a present member to become absent, got ${position}`)
  for (const position of delta.present) if (!before.isAbsent(position)) refuseForm(`an absent member to become present, got ${position}`)
}

interface Joined {
  readonly credential: Credential
  readonly placement: Uint8Array
  readonly address: string
}

function joinedMembers(before: Roster, delta: RosterDeltaPayload): Joined[] {
  let last: MeterId | undefined
  return delta.joined.map(({ entry, credential, address }) => {
    const id = meterId(entry.subarray(0, 32))
    if (last !== undefined && id <= last) refuseForm('joined members ascending by meter id, each once')
    if (before.indexOf(id) !== undefined) refuseForm(`members to join that are none, got ${id}`)
    last = id
    const named = { meterId: id, blindingKey: entry.subarray(32, 64), season: before.season }
    return { credential: unpackCredential(credential, named), placement: entry.subarray(64, 80), address }
  })
}

/** A delta with the roster before it and the one that it leads to. */
interface Change {
  readonly previous: CheckedRoster
  readonly roster: Roster
  readonly delta: RosterDeltaPayload
  readonly joined: readonly Joined[]
  /** Credentials renewed, by position in the roster before. */
  readonly renewed: ReadonlyMap<number, Credential>
}

/** Checks keys and credentials of those who joined or renewed, and that all others' still hold. */
function checkMembers({ previous, roster, joined, renewed }: Change, policy: RosterPolicy): CheckedMembers {
  const { roster: before } = previous
  const check = credentialCheck(roster, policy)
  const { start, members } = check
  const fresh = new Map<MeterId, Credential>(joined.map(({ credential }) => [credential.meterId, credential]))
  for (const credential of renewed.values()) fresh.set(credential.meterId, credential)
  for (let i = 0; i < roster.n; i++) {
    const id = roster.meterId(i)
    const credential = fresh.get(id)
    if (credential) {
      checkMember(check, i, credential)
      continue
    }
    copyMember(previous, before.indexOf(id) as number, members, i)
    if (!((members.notBefore[i] as number) <= start && start < (members.notAfter[i] as number)))
      throw new RosterRefusedError('credential', `member ${id}: expected a credential that holds at the start`)
  }
  return members
}

/** Gives the members' addresses after a delta: the same array where nothing has changed, so that many can share it. */
function movedAddresses({ previous, roster, delta, joined }: Change): CheckedRoster['addresses'] {
  if (delta.joined.length + delta.left.length + delta.moved.length === 0) return previous.addresses
  const changed = new Map<MeterId, string>(joined.map(({ credential, address }) => [credential.meterId, address]))
  for (const { position, address } of delta.moved) changed.set(previous.roster.meterId(position), address)
  return Array.from({ length: roster.n }, (_, i) => {
    const id = roster.meterId(i)
    return changed.get(id) ?? previous.addresses[previous.roster.indexOf(id) ?? -1] ?? ''
  })
}
