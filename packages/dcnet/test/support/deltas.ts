// Deltas as a registry publishes them or a hostile registrar would sign them, and rosters to compare.
import { decodeEnvelope, MessageType, RosterDeltaPayload, RosterPayload, sealEnvelope } from '@hushgrid/messages'
import { BlindingKey, concatBytes, type Epoch, fromHex, IdentityKey, millis, SeededRng, type Slot } from '@hushgrid/primitives'
import { expect } from 'vitest'
import type { RosterBook } from '../../src/roster/book.ts'
import { checkRoster } from '../../src/roster/check.ts'
import type { CheckedRoster } from '../../src/roster/checked-roster.ts'
import { type CredentialLane, issueCredential, packCredential } from '../../src/roster/credential.ts'
import { laneMaskOf, type RosterFields, type RosterMember } from '../../src/roster/fields.ts'
import { type RosterFault, RosterRefusedError } from '../../src/roster/refused.ts'
import { Roster, rosterSignedBytes } from '../../src/roster/roster.ts'
import { ALL_LANES, type Member, type Registry, SLOT_SECONDS } from './registry.ts'

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
    readonly lanes?: readonly CredentialLane[]
    readonly season?: number
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
      const { season } = { ...roster, ...change.fields, ...each }
      const terms = { season, notBefore: start - 100, notAfter: each.notAfter ?? start + 86_400 * 30, lanes: each.lanes ?? ALL_LANES }
      const of = { meterId: identity.id, blindingKey, ...terms }
      return {
        credential: issueCredential(each.signer ?? registry.identity, registry.networkId, of),
        address: each.address ?? '',
        placement: rng.bytes(16)
      }
    })
    const members = roster.members()
    const next = Roster.create(
      { ...roster, epoch: named.epoch, previousRosterHash: roster.hash, firstSlot: named.slot, ...change.fields },
      [
        ...(change.members?.(members) ?? members),
        ...newcomers.map(({ credential, placement }) => ({
          meterId: credential.meterId,
          blindingKey: credential.blindingKey,
          placement,
          absent: false,
          laneMask: laneMaskOf(roster.lanes, ({ obis }) => credential.lanes.some(lane => lane.obis === obis))
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
          credential: before.credentials[index ?? 0] as Uint8Array,
          address: before.addresses[index ?? 0] ?? ''
        }
      return { credential: packCredential(fresh.credential), address: fresh.address }
    }
    const each = Array.from({ length: next.n }, (_, i) => at(i))
    return RosterPayload.encode({
      roster: next.encode(),
      signature: registry.identity.sign(rosterSignedBytes(next.hash)),
      credentials: each.map(one => one.credential),
      addresses: each.map(one => one.address),
      aggregatorAddress: before.aggregatorAddress,
      leaves: [],
      proofs: []
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
          entry: concatBytes(fromHex(credential.meterId), credential.blindingKey, placement) as Uint8Array<ArrayBuffer>,
          credential: packCredential(credential) as Uint8Array<ArrayBuffer>,
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
      aggregatorAddress: '',
      cuts: next.cuts
        .filter(cut => !roster.cuts.some(other => other.join() === cut.join()))
        .map(([lower, higher]) => concatBytes(fromHex(lower), fromHex(higher)) as Uint8Array<ArrayBuffer>),
      seasonEndSlot: next.seasonEndSlot === roster.seasonEndSlot ? 0 : next.seasonEndSlot,
      leaves: [],
      proofs: []
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
    of && [
      of.roster.encode(),
      of.signature,
      of.addresses,
      of.aggregatorAddress,
      of.credentialDigests,
      of.notBefore,
      of.notAfter,
      of.consents,
      of.leftOut
    ]
  expect(one).toBeDefined()
  expect(beside(one)).toEqual(beside(other))
}
