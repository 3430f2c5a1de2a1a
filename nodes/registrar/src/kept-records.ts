// Which records of the registrar's journal still matter when it is written anew.
import { decodeRoster, REMEMBERED_SLOTS, type RegistrarRecord, type Roster } from '@hushgrid/dcnet'
import { decodeEnvelope } from '@hushgrid/messages'
import type { MeterId } from '@hushgrid/primitives'

/** Most rosters kept, and below the bytes that they may take together. */
const KEPT_ROSTERS = 16
const KEPT_ROSTER_BYTES = 64 * 1024 * 1024
/** Slots with most contributors that are kept. */
const KEPT_MARKS = 16

/**
 * Keeps the records that still matter, in the order they were written: the last on each meter and on the aggregator, each
 * meter's last request to be in, the last rosters, the faults that still count, bars that are not lifted, and the leaves,
 * which tell a meter that is gone from one that waits.
 */
export function keptRegistrarRecords(records: readonly RegistrarRecord[]): RegistrarRecord[] {
  const later = new Later(records)
  // Goes backwards, since later records decide.
  const kept: RegistrarRecord[] = []
  for (const [index, record] of [...records.entries()].reverse()) if (later.keeps(record, index)) kept.push(record)
  return kept.reverse()
}

/** What the records after one say, while a journal is gone through from its end. */
class Later {
  readonly #memberships: Memberships
  readonly #said = new Set<string>()
  readonly #lifted = new Set<MeterId>()
  readonly #proven = new Set<MeterId>()
  #rosters = 0
  #bytes = 0
  #marks = 0
  #fault: number | undefined
  #season: number | undefined

  constructor(records: readonly RegistrarRecord[]) {
    this.#memberships = new Memberships(records)
  }

  /** Tells whether a record still matters, and takes note of it. */
  keeps(record: RegistrarRecord, index: number): boolean {
    switch (record.kind) {
      case 'enrolled':
        return this.#keepsEnrolment(record.meter.credential.meterId, record.joins)
      case 'aggregator':
        return this.#isLast('aggregator')
      case 'leaving':
        return this.#isLast(`leaving ${record.meterId}`) && !this.#memberships.returned(record.meterId, index)
      case 'roster':
        this.#rosters++
        this.#bytes += record.bytes.byteLength
        return this.#rosters === 1 || (this.#rosters <= KEPT_ROSTERS && this.#bytes <= KEPT_ROSTER_BYTES)
      case 'fault':
        return this.#keepsFault(record.meterId, record.slot)
      case 'barred':
        if (!this.#isLast(`bar ${record.meterId}`)) return false
        if (record.why === 'proven') this.#proven.add(record.meterId)
        return true
      case 'lifted':
        this.#lifted.add(record.meterId)
        this.#said.add(`bar ${record.meterId}`)
        return false
      case 'cut':
        this.#season ??= record.season
        return record.season === this.#season
      case 'attendance':
        this.#marks++
        return this.#marks <= KEPT_MARKS
    }
  }

  /** The last word on a meter matters, and the last by which it asked to be in. */
  #keepsEnrolment(id: MeterId, joins: boolean): boolean {
    const isLastRequest = joins && this.#isLast(`joins ${id}`)
    return this.#isLast(`enrolled ${id}`) || isLastRequest
  }

  /** A fault counts for a while and until a lift; the proven one of a bar says since when its member does not count. */
  #keepsFault(id: MeterId, slot: number): boolean {
    this.#fault ??= slot
    if (this.#lifted.has(id)) return false
    return (this.#proven.has(id) && this.#isLast(`proven ${id}`)) || slot > this.#fault - REMEMBERED_SLOTS
  }

  #isLast(key: string): boolean {
    const last = !this.#said.has(key)
    this.#said.add(key)
    return last
  }
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
