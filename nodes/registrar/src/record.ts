// Records of the registrar's journal as bytes, and which of them still matter when the journal is written anew.
import { type CredentialLane, decodeRoster, type EnrolledMeter, type FaultKind, type RegistrarRecord, type Roster } from '@hushgrid/dcnet'
import { decodeEnvelope } from '@hushgrid/messages'
import { concatBytes, fromHex, type MeterId, meterId, type Slot, toHex, u8, utf8 } from '@hushgrid/primitives'

/** Most rosters kept when the journal is written anew, and below the bytes that they may take together. */
const KEPT_ROSTERS = 16
const KEPT_ROSTER_BYTES = 64 * 1024 * 1024

const ROSTER = 0
const OTHER = 1

/** Record in the journal's file, with bytes in hexadecimal. Rosters are written as they are. */
type Written =
  | {
      readonly kind: 'enrolled'
      readonly meterId: string
      readonly blindingKey: string
      readonly season: number
      readonly lanes: readonly CredentialLane[]
      readonly notBefore: number
      readonly notAfter: number
      readonly signature: string
      readonly placement?: string
      readonly addresses: readonly string[]
    }
  | { readonly kind: 'aggregator'; readonly key: string; readonly address: string }
  | { readonly kind: 'leaving'; readonly meterId: string }
  | { readonly kind: 'fault'; readonly meterId: string; readonly slot: number; readonly what: FaultKind }

export function encodeRegistrarRecord(record: RegistrarRecord): Uint8Array {
  if (record.kind === 'roster') return concatBytes(u8(ROSTER), record.bytes)
  const written: Written = record.kind === 'enrolled' ? writtenEnrolment(record.meter) : record
  return concatBytes(u8(OTHER), utf8(JSON.stringify(written)))
}

function writtenEnrolment({ credential, placement, addresses }: EnrolledMeter): Written {
  const { blindingKey, signature, ...rest } = credential
  const placed = placement ? { placement: toHex(placement) } : {}
  return { kind: 'enrolled', ...rest, blindingKey: toHex(blindingKey), signature: toHex(signature), ...placed, addresses }
}

export function decodeRegistrarRecord(bytes: Uint8Array): RegistrarRecord {
  if (bytes[0] === ROSTER) return { kind: 'roster', bytes: bytes.slice(1) }
  const record = JSON.parse(new TextDecoder().decode(bytes.subarray(1))) as Written
  switch (record.kind) {
    case 'aggregator':
      return { kind: 'aggregator', key: meterId(record.key), address: record.address }
    case 'leaving':
      return { kind: 'leaving', meterId: meterId(record.meterId) }
    case 'fault':
      return { kind: 'fault', meterId: meterId(record.meterId), slot: record.slot as Slot, what: record.what }
    case 'enrolled': {
      const credential = {
        meterId: meterId(record.meterId),
        blindingKey: fromHex(record.blindingKey),
        season: record.season,
        lanes: record.lanes,
        notBefore: record.notBefore,
        notAfter: record.notAfter,
        signature: fromHex(record.signature)
      }
      const placed = record.placement === undefined ? {} : { placement: fromHex(record.placement) }
      return { kind: 'enrolled', meter: { credential, ...placed, addresses: record.addresses } }
    }
  }
}

/**
 * Keeps the records that still matter, in the order they were written: the last on each meter and on the aggregator, the
 * last rosters, all faults, and the leaves, which tell a meter that is gone from one that waits.
 */
export function keptRegistrarRecords(records: readonly RegistrarRecord[]): RegistrarRecord[] {
  const memberships = new Memberships(records)
  const later = new Set<string>()
  const isLast = (key: string): boolean => {
    const last = !later.has(key)
    later.add(key)
    return last
  }
  let [rosters, bytes] = [0, 0]
  const isKept = (record: RegistrarRecord, index: number): boolean => {
    switch (record.kind) {
      case 'enrolled':
        return isLast(`enrolled ${record.meter.credential.meterId}`)
      case 'aggregator':
        return isLast('aggregator')
      case 'leaving':
        return isLast(`leaving ${record.meterId}`) && !memberships.returned(record.meterId, index)
      case 'roster':
        rosters++
        bytes += record.bytes.byteLength
        return rosters === 1 || (rosters <= KEPT_ROSTERS && bytes <= KEPT_ROSTER_BYTES)
      case 'fault':
        return true
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
