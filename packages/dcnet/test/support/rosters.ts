// Rosters that a registrar would sign, and ones that it should not.
import { decodeEnvelope, MessageType, RosterPayload, sealEnvelope } from '@hushgrid/messages'
import type { Epoch, MeterId, Slot } from '@hushgrid/primitives'
import { type Credential, packCredential } from '../../src/roster/credential.ts'
import type { RosterFields, RosterMember } from '../../src/roster/fields.ts'
import { Roster, rosterSignedBytes } from '../../src/roster/roster.ts'
import type { VirtualNeighbourhood } from './virtual-neighbourhood.ts'

export interface RosterChange {
  readonly fields?: Partial<RosterFields>
  readonly members?: (members: RosterMember[]) => RosterMember[]
  /** Changes the payload before it is sealed. */
  readonly payload?: (payload: ReturnType<typeof RosterPayload.decode>) => void
  /** Seals with another epoch or slot than the roster's. */
  readonly epoch?: Epoch
  readonly slot?: Slot
}

/** The Roster envelope that would follow the one in force, with changes. */
export function followingRoster(n: VirtualNeighbourhood, change: RosterChange = {}): Uint8Array {
  const latest = n.registrar.book.latest
  if (!latest) throw new Error('a roster in force')
  const { roster } = latest
  const members = roster.members()
  const next = Roster.create(
    {
      ...roster,
      epoch: (roster.epoch + 1) as Epoch,
      previousRosterHash: roster.hash,
      firstSlot: (n.currentSlot + 1) as Slot,
      ...change.fields
    },
    change.members ? change.members(members) : members
  )
  return sealedRoster(n, next, change)
}

/** A credential of the right form that nobody has signed: for no time and no lane. */
const NO_CREDENTIAL = new Uint8Array(8 + 8 + 1 + 64)

/** Signs a roster as the registrar does, with the credentials it has given. */
export function sealedRoster(n: VirtualNeighbourhood, roster: Roster, change: RosterChange = {}): Uint8Array {
  const credentials = Array.from({ length: roster.n }, (_, i) => credentialOf(n, roster.meterId(i), roster.season))
  const payload = {
    roster: roster.encode() as Uint8Array<ArrayBuffer>,
    signature: n.registrarIdentity.sign(rosterSignedBytes(roster.hash)) as Uint8Array<ArrayBuffer>,
    credentials: credentials.map(credential => (credential ? packCredential(credential) : NO_CREDENTIAL) as Uint8Array<ArrayBuffer>),
    addresses: Array.from({ length: roster.n }, () => ''),
    aggregatorAddress: '',
    leaves: [],
    proofs: []
  }
  change.payload?.(payload)
  const epoch = change.epoch ?? roster.epoch
  const slot = change.slot ?? roster.firstSlot
  return sealEnvelope(n.registrarIdentity, MessageType.Roster, n.networkId, epoch, slot, RosterPayload.encode(payload))
}

/** The credential that the registrar has given a meter for a season. */
function credentialOf(n: VirtualNeighbourhood, id: MeterId, season: number): Credential | undefined {
  const { credential, next } = n.registrar.enrolled.get(id) ?? {}
  return [credential, next].find(each => each?.season === season)
}

/** Changes to the first roster of the next season, with the keys that the members have enrolled for it. */
export function nextSeason(n: VirtualNeighbourhood, seasonSlots = 96): RosterChange {
  const season = (n.registrar.book.latest?.roster.season ?? 0) + 1
  const firstSlot = (n.currentSlot + 1) as Slot
  return {
    fields: {
      season,
      firstSlot,
      seasonFirstSlot: firstSlot,
      seasonEndSlot: (firstSlot + seasonSlots) as Slot,
      ringSeed: n.rng.bytes(32),
      cuts: []
    },
    members: members =>
      members.map(member => {
        const blindingKey = credentialOf(n, member.meterId, season)?.blindingKey ?? member.blindingKey
        return { ...member, blindingKey, placement: n.rng.bytes(16) }
      })
  }
}

/** The next roster with some members marked absent; the registrar takes it as its own. */
export function withAbsent(n: VirtualNeighbourhood, away: readonly MeterId[]): Uint8Array {
  const bytes = followingRoster(n, { members: members => members.map(member => ({ ...member, absent: away.includes(member.meterId) })) })
  n.registrar.book.receive(decodeEnvelope(bytes), bytes, n.now)
  return bytes
}
