// A group as its registrar announces it: who takes part from which slot on, and everybody's key for sealed messages.
//
// X25519 keys are not part of a party's id, and the group's hash has ids alone. So each party signs its own with its identity
// (`"hushgrid/v1/scheme-key" ‖ 0x00 ‖ key`), and the announcement carries key and signature: a registrar can leave somebody
// out, and cannot come between two.
import { MalformedMessageError } from '@hushgrid/messages'
import {
  type BlindingKey,
  concatBytes,
  type Epoch,
  type MeterId,
  type SigningKey,
  type Slot,
  sha256,
  u8,
  u16,
  u32,
  u64,
  utf8,
  type VerifyingKey
} from '@hushgrid/primitives'
import { type Group, type Phase, ROLES, type RoleName } from '../scheme.ts'
import { ByteReader, idBytes } from './byte-reader.ts'
import { PHASES, phaseCode } from './envelope.ts'

/** A party's X25519 key, signed by that party. */
export interface AgreementKey {
  readonly key: Uint8Array
  readonly signature: Uint8Array
}

export interface Announcement {
  readonly group: Group
  /** How the group comes about: anew, or by a change of the one before. */
  readonly phase: Exclude<Phase, 'slot'>
  readonly firstSlot: Slot
  readonly keys: ReadonlyMap<MeterId, AgreementKey>
}

const keyBytes = (key: Uint8Array): Uint8Array => concatBytes(utf8('hushgrid/v1/scheme-key\0'), key)

/** Signs a party's own key. */
export function agreementKey(identity: SigningKey, agreement: BlindingKey): AgreementKey {
  return { key: agreement.publicKey, signature: identity.sign(keyBytes(agreement.publicKey)) }
}

/** Tells whether a key is of the party whose identity checks signatures. */
export function isOwnKey({ key, signature }: AgreementKey, identity: VerifyingKey): boolean {
  return identity.verify(keyBytes(key), signature)
}

/** Lists everybody who is not a member, by role in the order of `ROLES`; devices in the order of their members. */
function others({ members, parties, deviceOf }: Group): { readonly role: RoleName; readonly id: MeterId }[] {
  const devices = members.flatMap(member => deviceOf.get(member) ?? [])
  return ROLES.flatMap(role => {
    const id = parties[role]
    return (role === 'device' ? devices : id === undefined ? [] : [id]).map(each => ({ role, id: each }))
  })
}

/** Lists everybody in a group: members, then the others. */
export function everybody(group: Group): MeterId[] {
  return [...group.members, ...others(group).map(({ id }) => id)]
}

const ids = (list: readonly MeterId[]): Uint8Array => concatBytes(u32(list.length), ...list.map(idBytes))
const partyBytes = ({ role, id }: { readonly role: RoleName; readonly id: MeterId }): Uint8Array =>
  concatBytes(u8(ROLES.indexOf(role)), idBytes(id))

/** Computes the hash that binds every signature to its group. */
export function groupHash(group: Group, firstSlot: Slot): Uint8Array {
  const { epoch, lanes, members } = group
  return sha256(
    utf8('hushgrid/v1/scheme-group'),
    concatBytes(u64(epoch), u64(firstSlot), u16(lanes), ids(members)),
    ...others(group).map(partyBytes)
  )
}

function signedBytes(scheme: string, unsigned: Uint8Array): Uint8Array {
  return concatBytes(utf8(`hushgrid/v1/scheme-announcement\0${scheme}\0`), sha256(unsigned))
}

/** Signs an announcement and encodes it. Every party's key must be there. */
export function sealAnnouncement({ group, phase, firstSlot, keys }: Announcement, scheme: string, registrar: SigningKey): Uint8Array {
  const { epoch, lanes, members, deviceOf, joined, left } = group
  const rest = others(group)
  const withDevice = members.flatMap((member, index) => (deviceOf.has(member) ? [index] : []))
  const unsigned = concatBytes(
    phaseCode(phase),
    concatBytes(u64(epoch), u64(firstSlot), u16(lanes), ids(members)),
    u32(rest.length),
    ...rest.map(partyBytes),
    u32(withDevice.length),
    ...withDevice.map(u32),
    ids(joined),
    ids(left),
    ...everybody(group).flatMap(id => {
      const { key, signature } = keys.get(id) as AgreementKey
      return [key, signature]
    })
  )
  return concatBytes(unsigned, registrar.sign(signedBytes(scheme, unsigned)))
}

/** @throws MalformedMessageError unless it is a well-formed announcement; its signatures are checked separately */
export function decodeAnnouncement(bytes: Uint8Array): Announcement {
  const reader = new ByteReader(bytes, 'announcement')
  const phase = PHASES[reader.u8()]
  const epoch = reader.u64() as Epoch
  const firstSlot = reader.u64() as Slot
  const lanes = reader.u16()
  const members = reader.list(32, () => reader.id())
  const rest = reader.list(33, () => ({ role: ROLES[reader.u8()], id: reader.id() }))
  const withDevice = reader.list(4, () => members[new DataView(reader.bytes(4).buffer).getUint32(0, true)])
  const joined = reader.list(32, () => reader.id())
  const left = reader.list(32, () => reader.id())
  const devices = rest.filter(({ role }) => role === 'device').map(({ id }) => id)
  const parties = Object.fromEntries(rest.filter(({ role }) => role !== 'device').map(({ role, id }) => [role, id]))
  const deviceOf = new Map(withDevice.map((member, i) => [member, devices[i]])) as Map<MeterId, MeterId>
  const group: Group = { epoch, members, parties, deviceOf, lanes, joined, left }
  const fits = phase !== undefined && phase !== 'slot' && firstSlot > 0 && isCanonical(group, rest.map(partyOf))
  if (!fits) throw new MalformedMessageError('not-canonical', 'announcement: expected a phase, and parties once and in order')
  const keys = new Map(everybody(group).map(id => [id, { key: reader.bytes(32), signature: reader.bytes(64) }]))
  reader.bytes(64)
  reader.end()
  return { group, phase, firstSlot, keys }
}

const partyOf = ({ role, id }: { readonly role: RoleName | undefined; readonly id: MeterId }): string => `${role} ${id}`

/** Tells whether members ascend, everybody has one part, and the others are in the order that the hash has. */
function isCanonical(group: Group, rest: readonly string[]): boolean {
  const { members } = group
  const all = everybody(group)
  const ordered = others(group).map(partyOf)
  return (
    members.every((id, i) => i === 0 || id > (members[i - 1] as MeterId)) &&
    new Set(all).size === all.length &&
    ordered.length === rest.length &&
    ordered.every((party, i) => party === rest[i])
  )
}

/** Tells whether a well-formed announcement is the registrar's, for this scheme. */
export function verifyAnnouncement(bytes: Uint8Array, scheme: string, registrar: VerifyingKey): boolean {
  const unsigned = bytes.subarray(0, -64)
  return registrar.verify(signedBytes(scheme, unsigned), bytes.subarray(-64))
}
