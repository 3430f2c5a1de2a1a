// Records of the registrar's journal as bytes.
import {
  type BarReason,
  type Credential,
  type EnrolledMeter,
  type FaultKind,
  packCredential,
  type RegistrarRecord,
  unpackCredential
} from '@hushgrid/dcnet'
import { concatBytes, fromHex, HushgridError, meterId, type Slot, toHex, u8, utf8 } from '@hushgrid/primitives'

const ROSTER = 0
const OTHER = 1

/** Record in the journal's file, with bytes in hexadecimal. Rosters are written as they are. */
type Written =
  | {
      readonly kind: 'enrolled'
      readonly meterId: string
      readonly credential: WrittenCredential
      readonly next?: WrittenCredential
      readonly placement?: string
      readonly addresses: readonly string[]
      readonly joins: boolean
    }
  | { readonly kind: 'aggregator'; readonly key: string; readonly address: string }
  | { readonly kind: 'leaving'; readonly meterId: string; readonly bytes: string }
  | {
      readonly kind: 'barred'
      readonly meterId: string
      readonly until?: number
      readonly why: BarReason
      readonly proofs: readonly string[]
    }
  | { readonly kind: 'lifted'; readonly meterId: string }
  | { readonly kind: 'cut'; readonly season: number; readonly lower: string; readonly higher: string }
  | { readonly kind: 'attendance'; readonly slot: number; readonly contributors: number }
  | { readonly kind: 'fault'; readonly meterId: string; readonly slot: number; readonly what: FaultKind }

/** A credential beside its meter: its packed form in hexadecimal, and what that leaves to the roster. */
interface WrittenCredential {
  readonly season: number
  readonly blindingKey: string
  readonly packed: string
}

export function encodeRegistrarRecord(record: RegistrarRecord): Uint8Array {
  if (record.kind === 'roster') return concatBytes(u8(ROSTER), record.bytes)
  return concatBytes(u8(OTHER), utf8(JSON.stringify(writtenRecord(record))))
}

function writtenRecord(record: Exclude<RegistrarRecord, { kind: 'roster' }>): Written {
  switch (record.kind) {
    case 'enrolled':
      return writtenEnrolment(record.meter, record.joins)
    case 'leaving':
      return { ...record, bytes: toHex(record.bytes) }
    case 'barred': {
      const { until, proofs, ...rest } = record
      return { ...rest, ...(until !== undefined && { until }), proofs: proofs.map(toHex) }
    }
    default:
      return record
  }
}

function writtenEnrolment({ credential, next, placement, addresses }: EnrolledMeter, joins: boolean): Written {
  const { meterId: id } = credential
  const placed = placement ? { placement: toHex(placement) } : {}
  const keys = { credential: written(credential), ...(next && { next: written(next) }) }
  return { kind: 'enrolled', meterId: id, ...keys, ...placed, addresses, joins }
}

function written(credential: Credential): WrittenCredential {
  return { season: credential.season, blindingKey: toHex(credential.blindingKey), packed: toHex(packCredential(credential)) }
}

function readCredential(id: string, { season, blindingKey, packed }: WrittenCredential): Credential {
  return unpackCredential(fromHex(packed), { meterId: meterId(id), blindingKey: fromHex(blindingKey), season })
}

/** Record of protocol version 1. */
export class OldRecordError extends HushgridError {
  override name = 'OldRecordError'
}

/** @throws OldRecordError where the record is of version 1 */
export function decodeRegistrarRecord(bytes: Uint8Array): RegistrarRecord {
  if (bytes[0] === ROSTER) return { kind: 'roster', bytes: bytes.slice(1) }
  const record = JSON.parse(new TextDecoder().decode(bytes.subarray(1))) as Written
  switch (record.kind) {
    case 'aggregator':
      return { kind: 'aggregator', key: meterId(record.key), address: record.address }
    case 'leaving':
      return { kind: 'leaving', meterId: meterId(record.meterId), bytes: fromHex(record.bytes) }
    case 'fault':
      return { kind: 'fault', meterId: meterId(record.meterId), slot: record.slot as Slot, what: record.what }
    case 'barred': {
      const { why, until, proofs } = record
      return {
        kind: 'barred',
        meterId: meterId(record.meterId),
        until: until as Slot | undefined,
        why,
        proofs: proofs.map(proof => fromHex(proof))
      }
    }
    case 'lifted':
      return { kind: 'lifted', meterId: meterId(record.meterId) }
    case 'cut':
      return { kind: 'cut', season: record.season, lower: meterId(record.lower), higher: meterId(record.higher) }
    case 'attendance':
      return { kind: 'attendance', slot: record.slot as Slot, contributors: record.contributors }
    case 'enrolled': {
      const { credential, next, placement, addresses, joins } = record
      if (typeof credential !== 'object') throw new OldRecordError('journal: expected records of protocol version 2, got version 1')
      const placed = placement === undefined ? {} : { placement: fromHex(placement) }
      const coming = next && { next: readCredential(record.meterId, next) }
      return { kind: 'enrolled', meter: { credential: readCredential(record.meterId, credential), ...coming, ...placed, addresses }, joins }
    }
  }
}
