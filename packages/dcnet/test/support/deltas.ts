// Deltas as a registry publishes them or a hostile registrar would sign them, and rosters to compare.
import { decodeEnvelope, MessageType, RosterDeltaPayload, RosterPayload, sealEnvelope } from '@hushgrid/messages'
import { BlindingKey, concatBytes, type Epoch, fromHex, IdentityKey, millis, SeededRng, type Slot } from '@hushgrid/primitives'
import { expect } from 'vitest'
import type { RosterBook } from '../../src/roster/book.ts'
import { checkRoster } from '../../src/roster/check.ts'
import type { CheckedRoster } from '../../src/roster/checked-roster.ts'
import { issueCredential } from '../../src/roster/credential.ts'
import type { RosterFields, RosterMember } from '../../src/roster/fields.ts'
import { type RosterFault, RosterRefusedError } from '../../src/roster/refused.ts'
import { Roster, rosterSignedBytes } from '../../src/roster/roster.ts'
import { type Member, type Registry, SLOT_SECONDS } from './registry.ts'

const rng = new SeededRng('deltas')

export interface Change {
  readonly fields?: Partial<RosterFields>
  readonly members?: (members: RosterMember[]) => RosterMember[]
  readonly joined?: readonly {
    readonly address?: string
    readonly identity?: IdentityKey
    readonly blindingKey?: Uint8Array
    readonly notAfter?: number
    readonly signer?: IdentityKey
  }[]
  readonly meddle?: (delta: Delta) => void
  /** Signs the roster that a full copy of these changes would be, whatever the delta says. */
  readonly signature?: (hash: Uint8Array) => Uint8Array
}

export type Delta = RosterDeltaPayload

/** Rosters and deltas that a registrar would sign after the one in force, and ones that it should not. */
export function signer(registry: Registry) {
  const previous = fullOf(registry, 0)
  const checked = checkRoster(decodeEnvelope(previous).payload, registry.policy())
  const { roster } = checked
  const named = { epoch: 1 as Epoch, slot: (roster.firstSlot + 1) as Slot }
  const nextOf = (change: Change) => {
    const start = named.slot * SLOT_SECONDS
    const newcomers = (change.joined ?? []).map(each => {
      const identity = each.identity ?? IdentityKey.generate(rng)
      const blindingKey = each.blindingKey ?? BlindingKey.generate(rng).publicKey
      const of = { meterId: identity.id, blindingKey, notBefore: start - 100, notAfter: each.notAfter ?? start + 86_400 * 30 }
      return {
        credential: issueCredential(each.signer ?? registry.identity, registry.networkId, of),
        address: each.address ?? '',
        placement: rng.bytes(16)
      }
    })
    const members = roster.members()
    const next = Roster.create(
      { ...fieldsOf(roster), epoch: named.epoch, previousRosterHash: roster.hash, firstSlot: named.slot, ...change.fields },
      [
        ...(change.members?.(members) ?? members),
        ...newcomers.map(({ credential, placement }) => ({
          meterId: credential.meterId,
          blindingKey: credential.blindingKey,
          placement,
          absent: false
        }))
      ]
    )
    return { next, newcomers }
  }
  const full = (change: Change): Uint8Array => {
    const { next, newcomers } = nextOf(change)
    const before = RosterPayload.decode(decodeEnvelope(previous).payload)
    const at = (i: number) => {
      const index = roster.indexOf(next.meterId(i))
      const fresh = newcomers.find(each => each.credential.meterId === next.meterId(i))
      if (index !== undefined || !fresh)
        return {
          credential: before.credentials.subarray(80 * (index ?? 0), 80 * (index ?? 0) + 80),
          address: before.addresses[index ?? 0] ?? ''
        }
      const { notBefore, notAfter, signature } = fresh.credential
      const dates = new Uint8Array(16)
      new DataView(dates.buffer).setBigUint64(0, BigInt(notBefore), true)
      new DataView(dates.buffer).setBigUint64(8, BigInt(notAfter), true)
      return { credential: concatBytes(dates, signature), address: fresh.address }
    }
    const each = Array.from({ length: next.n }, (_, i) => at(i))
    return RosterPayload.encode({
      roster: next.encode(),
      signature: registry.identity.sign(rosterSignedBytes(next.hash)),
      credentials: concatBytes(...each.map(one => one.credential)),
      addresses: each.map(one => one.address),
      aggregatorAddress: before.aggregatorAddress
    })
  }
  /** The delta's payload, made by hand so that it can be wrong. */
  const delta = (change: Change): Uint8Array => {
    const { next, newcomers } = nextOf(change)
    const positions = (keep: (position: number) => boolean) => Array.from({ length: roster.n }, (_, i) => i).filter(keep)
    const after = (position: number) => next.indexOf(roster.meterId(position))
    const value: Delta = {
      signature: (change.signature?.(next.hash) ?? registry.identity.sign(rosterSignedBytes(next.hash))) as Uint8Array<ArrayBuffer>,
      joined: newcomers
        .sort((a, b) => (a.credential.meterId < b.credential.meterId ? -1 : 1))
        .map(({ credential, placement, address }) => ({
          entry: concatBytes(
            fromHex(credential.meterId),
            credential.blindingKey,
            placement,
            credential.signature
          ) as Uint8Array<ArrayBuffer>,
          notBefore: credential.notBefore,
          lifetime: credential.notAfter - credential.notBefore,
          address
        })),
      left: positions(position => after(position) === undefined),
      absent: positions(
        position => after(position) !== undefined && next.isAbsent(after(position) as number) && !roster.isAbsent(position)
      ),
      present: positions(
        position => after(position) !== undefined && !next.isAbsent(after(position) as number) && roster.isAbsent(position)
      ),
      renewed: [],
      moved: [],
      degree: next.degree === roster.degree ? 0 : next.degree,
      aggregatorAddress: ''
    }
    change.meddle?.(value)
    return RosterDeltaPayload.encode(value)
  }
  const sealed = (change: Change, as: { epoch?: Epoch; slot?: Slot; signer?: IdentityKey } = {}): Uint8Array =>
    sealEnvelope(
      as.signer ?? registry.identity,
      MessageType.RosterDelta,
      registry.networkId,
      as.epoch ?? named.epoch,
      as.slot ?? change.fields?.firstSlot ?? named.slot,
      delta(change)
    )
  return { checked, named, full, delta, sealed }
}

function fieldsOf(roster: Roster): RosterFields {
  const { networkId, epoch, season, previousRosterHash, firstSlot, slotSeconds, lanes, degree, minMembers, recovery } = roster
  const { ringSeed, registrarKey, aggregatorKey } = roster
  return {
    networkId,
    epoch,
    season,
    previousRosterHash,
    firstSlot,
    slotSeconds,
    lanes,
    degree,
    minMembers,
    recovery,
    ringSeed,
    registrarKey,
    aggregatorKey
  }
}

export function faultOf(run: () => unknown): RosterFault | undefined {
  try {
    run()
    return undefined
  } catch (cause) {
    if (cause instanceof RosterRefusedError) return cause.fault
    throw cause
  }
}

export function fullOf(registry: Registry, epoch: number): Uint8Array {
  const bytes = registry.state.rosters.get(epoch as Epoch)
  if (!bytes) throw new Error(`a roster of epoch ${epoch}`)
  return bytes
}

export const receive = (book: RosterBook, bytes: Uint8Array, now: number) => book.receive(decodeEnvelope(bytes), bytes, millis(now))

/** Lets the next roster be made, by the slot's end; gives what was published for it. */
export function nextRoster(registry: Registry, submitting: readonly Member[] = registry.members): Uint8Array {
  const count = registry.published.length
  registry.endSlot(submitting)
  expect(registry.published).toHaveLength(count + 1)
  return registry.published.at(-1) as Uint8Array
}

export function expectSame(one: CheckedRoster | undefined, other: CheckedRoster | undefined): void {
  const beside = (of: CheckedRoster | undefined) =>
    of && [of.roster.encode(), of.signature, of.addresses, of.aggregatorAddress, of.credentialDigests, of.notBefore, of.notAfter]
  expect(one).toBeDefined()
  expect(beside(one)).toEqual(beside(other))
}
