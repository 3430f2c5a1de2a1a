// Records of the registrar's journal as bytes, and which of them still matter when the journal is written anew.
import {
  type BarReason,
  type Credential,
  decodeRoster,
  type EnrolledMeter,
  type FaultKind,
  packCredential,
  type RegistrarRecord,
  type Roster,
  unpackCredential
} from '@hushgrid/dcnet'
import { decodeEnvelope } from '@hushgrid/messages'
import { concatBytes, fromHex, HushgridError, type MeterId, meterId, type Slot, toHex, u8, utf8 } from '@hushgrid/primitives'

/** Most rosters kept when the journal is written anew, and below the bytes that they may take together. */
const KEPT_ROSTERS = 16
const KEPT_ROSTER_BYTES = 64 * 1024 * 1024

/** Slots for which a fault counts. */
const FAULT_SLOTS = 96
/** Slots with most contributors that are kept. */
const KEPT_MARKS = 16

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

/**
 * Keeps the records that still matter, in the order they were written: the last on each meter and on the aggregator, each
 * meter's last request to be in, the last rosters, the faults that still count, bars that are not lifted, and the leaves,
 * which tell a meter that is gone from one that waits.
 */
export function keptRegistrarRecords(records: readonly RegistrarRecord[]): RegistrarRecord[] {
  const memberships = new Memberships(records)
  const later = new Set<string>()
  const isLast = (key: string): boolean => {
    const last = !later.has(key)
    later.add(key)
    return last
  }
  let [rosters, bytes, marks] = [0, 0, 0]
  const [lifted, proven] = [new Set<MeterId>(), new Set<MeterId>()]
  let lastFault: number | undefined
  let lastCut: number | undefined
  // The last word on a meter, and the last by which it asked to be in.
  const keepsEnrolment = (id: MeterId, joins: boolean): boolean => {
    const isLastRequest = joins && isLast(`joins ${id}`)
    return isLast(`enrolled ${id}`) || isLastRequest
  }
  // A fault counts for a while and until a lift; the proven one of a bar says since when its member does not count.
  const keepsFault = (id: MeterId, slot: Slot): boolean => {
    lastFault ??= slot
    if (lifted.has(id)) return false
    return (proven.has(id) && isLast(`proven ${id}`)) || slot > lastFault - FAULT_SLOTS
  }
  const isKept = (record: RegistrarRecord, index: number): boolean => {
    switch (record.kind) {
      case 'enrolled':
        return keepsEnrolment(record.meter.credential.meterId, record.joins)
      case 'aggregator':
        return isLast('aggregator')
      case 'leaving':
        return isLast(`leaving ${record.meterId}`) && !memberships.returned(record.meterId, index)
      case 'roster':
        rosters++
        bytes += record.bytes.byteLength
        return rosters === 1 || (rosters <= KEPT_ROSTERS && bytes <= KEPT_ROSTER_BYTES)
      case 'fault':
        return keepsFault(record.meterId, record.slot)
      case 'barred':
        if (!isLast(`bar ${record.meterId}`)) return false
        if (record.why === 'proven') proven.add(record.meterId)
        return true
      case 'lifted':
        lifted.add(record.meterId)
        later.add(`bar ${record.meterId}`)
        return false
      case 'cut':
        lastCut ??= record.season
        return record.season === lastCut
      case 'attendance':
        marks++
        return marks <= KEPT_MARKS
    }
  }
  // Goes backwards, since later records decide.
  const kept: RegistrarRecord[] = []
  for (const [index, record] of [...records.entries()].reverse()) if (isKept(record, index)) kept.push(record)
  return kept.reverse()
}

/** Members of a journal's rosters, decoded when a leave is looked into. */
class Memberships {
  readonly #records: readonly RegistrarRecord[]
  readonly #rosters = new Map<RegistrarRecord, Roster>()

  constructor(records: readonly RegistrarRecord[]) {
    this.#records = records
  }

  /** Tells whether a roster after the given record left the meter out, and a later one has it again. */
  returned(id: MeterId, index: number): boolean {
    let out = false
    for (const record of this.#records.slice(index)) {
      if (record.kind !== 'roster') continue
      const member = this.#roster(record, record.bytes).indexOf(id) !== undefined
      if (member && out) return true
      out ||= !member
    }
    return false
  }

  #roster(record: RegistrarRecord, bytes: Uint8Array): Roster {
    const before = this.#rosters.get(record)
    if (before) return before
    const { roster } = decodeRoster(decodeEnvelope(bytes).payload)
    this.#rosters.set(record, roster)
    return roster
  }
}
