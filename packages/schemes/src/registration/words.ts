// Words that parties of a live scheme say to each other on a stream: what kind it is in the first byte, and then its fields.
//
// Numbers are little-endian as in envelopes, a list is u32 length ‖ items, an address u16 length ‖ UTF-8. Who says a word is
// known from the connection. An envelope is signed besides, and so is an announcement; the other words bind nobody but their
// speaker and the two at the ends of the connection.
import { MAX_ADDRESS, MalformedMessageError } from '@hushgrid/messages'
import { concatBytes, type Epoch, type MeterId, type Slot, u8, u16, u32, u64, utf8 } from '@hushgrid/primitives'
import { type AgreementKey, decodeAnnouncement, everybody } from '../driver/announcement.ts'
import { ByteReader, idBytes } from '../driver/byte-reader.ts'
import { ROLES, type RoleName } from '../scheme.ts'

/** Largest word: an envelope with the largest body, or the announcement of a thousand meters with everybody's address. */
export const MAX_SCHEME_WORD = 512 * 1024 + 1

/** A word, by its type. */
export type Word =
  /** An envelope for its receiver. */
  | { readonly type: 'message'; readonly bytes: Uint8Array }
  /** An envelope to all meters, which the aggregator passes on. */
  | { readonly type: 'relay'; readonly bytes: Uint8Array }
  /** A registrar's announcement of a group, and where its parties are. */
  | { readonly type: 'notice'; readonly announcement: Uint8Array; readonly addresses: ReadonlyMap<MeterId, string> }
  /** A party asks to take part. A meter names its household's device, where the scheme has one. */
  | {
      readonly type: 'enrol'
      readonly role: RoleName
      readonly key: AgreementKey
      readonly address: string
      readonly device: MeterId | undefined
    }
  | { readonly type: 'leave' }
  | { readonly type: 'formed'; readonly epoch: Epoch }
  | { readonly type: 'unformed'; readonly epoch: Epoch; readonly missing: readonly MeterId[] }
  /** A slot is over, without these members. */
  | { readonly type: 'ended'; readonly slot: Slot; readonly missing: readonly MeterId[] }
  /** A question whether the group that was announced last has formed. */
  | { readonly type: 'standing' }

const TYPES = ['message', 'relay', 'notice', 'enrol', 'leave', 'formed', 'unformed', 'ended', 'standing'] as const

/** A registrar's answer to a party that enrols: whether it is taken in, and the notice that it may have missed. */
export interface Welcome {
  readonly taken: boolean
  readonly notice: Uint8Array | undefined
}

const ids = (list: readonly MeterId[]): Uint8Array => concatBytes(u32(list.length), ...list.map(idBytes))

function text(value: string): Uint8Array {
  const bytes = utf8(value)
  return concatBytes(u16(bytes.byteLength), bytes)
}

function optional(bytes: Uint8Array | undefined): Uint8Array {
  return bytes ? concatBytes(u8(1), bytes) : u8(0)
}

/** @throws MalformedMessageError unless the next byte is 0 or 1 */
function readFlag(reader: ByteReader): boolean {
  const flag = reader.u8()
  if (flag > 1) throw new MalformedMessageError('not-canonical', `flag: expected 0 or 1, got ${flag}`)
  return flag === 1
}

/** @throws MalformedMessageError unless an address follows */
function readText(reader: ByteReader): string {
  const length = reader.u16()
  if (length > MAX_ADDRESS) throw new MalformedMessageError('bad-field', `address: expected at most ${MAX_ADDRESS} bytes, got ${length}`)
  return new TextDecoder().decode(reader.bytes(length))
}

function fieldsOf(word: Word): Uint8Array {
  switch (word.type) {
    case 'message':
    case 'relay':
      return word.bytes
    case 'notice': {
      const { announcement, addresses } = word
      const parties = everybody(decodeAnnouncement(announcement).group)
      return concatBytes(u32(announcement.byteLength), announcement, ...parties.map(id => text(addresses.get(id) ?? '')))
    }
    case 'enrol': {
      const { role, key, address, device } = word
      return concatBytes(u8(ROLES.indexOf(role)), key.key, key.signature, text(address), optional(device && idBytes(device)))
    }
    case 'formed':
      return u64(word.epoch)
    case 'unformed':
      return concatBytes(u64(word.epoch), ids(word.missing))
    case 'ended':
      return concatBytes(u64(word.slot), ids(word.missing))
    case 'leave':
    case 'standing':
      return new Uint8Array(0)
  }
}

export function encodeWord(word: Word): Uint8Array {
  return concatBytes(u8(TYPES.indexOf(word.type)), fieldsOf(word))
}

/** @throws MalformedMessageError unless it is a word; an envelope or announcement in it is checked by whoever takes it */
export function decodeWord(bytes: Uint8Array): Word {
  if (bytes.byteLength > MAX_SCHEME_WORD)
    throw new MalformedMessageError('oversized', `word: expected at most ${MAX_SCHEME_WORD} bytes, got ${bytes.byteLength}`)
  const reader = new ByteReader(bytes, 'word')
  const type = TYPES[reader.u8()]
  if (!type) throw new MalformedMessageError('unknown-type', `word: expected a type below ${TYPES.length}, got ${bytes[0]}`)
  if (type === 'message' || type === 'relay') return { type, bytes: bytes.subarray(1) }
  const word = read(type, reader)
  reader.end()
  return word
}

function read(type: Exclude<Word['type'], 'message' | 'relay'>, reader: ByteReader): Word {
  switch (type) {
    case 'notice':
      return readNotice(reader)
    case 'enrol': {
      const role = ROLES[reader.u8()]
      if (!role) throw new MalformedMessageError('unknown-type', `role: expected a code below ${ROLES.length}`)
      const key = { key: reader.bytes(32), signature: reader.bytes(64) }
      return { type, role, key, address: readText(reader), device: readFlag(reader) ? reader.id() : undefined }
    }
    case 'formed':
      return { type, epoch: reader.u64() as Epoch }
    case 'unformed':
      return { type, epoch: reader.u64() as Epoch, missing: reader.list(32, () => reader.id()) }
    case 'ended':
      return { type, slot: reader.u64() as Slot, missing: reader.list(32, () => reader.id()) }
    case 'leave':
    case 'standing':
      return { type }
  }
}

function readNotice(reader: ByteReader): Word {
  const announcement = reader.bytes(reader.u32())
  const parties = everybody(decodeAnnouncement(announcement).group)
  return { type: 'notice', announcement, addresses: new Map(parties.map(id => [id, readText(reader)])) }
}

export function encodeWelcome({ taken, notice }: Welcome): Uint8Array {
  return concatBytes(u8(taken ? 1 : 0), optional(notice && concatBytes(u32(notice.byteLength), notice)))
}

/** @throws MalformedMessageError unless it is a welcome */
export function decodeWelcome(bytes: Uint8Array): Welcome {
  const reader = new ByteReader(bytes, 'welcome')
  const taken = readFlag(reader)
  const notice = readFlag(reader) ? reader.bytes(reader.u32()) : undefined
  reader.end()
  return { taken, notice }
}

/** Encodes the answer whether the last group has formed: true once all its parties have said so. */
export function encodeStanding(formed: boolean): Uint8Array {
  return u8(formed ? 1 : 0)
}

/** @throws MalformedMessageError unless it is such an answer */
export function decodeStanding(bytes: Uint8Array): boolean {
  const reader = new ByteReader(bytes, 'standing')
  const formed = readFlag(reader)
  reader.end()
  return formed
}
