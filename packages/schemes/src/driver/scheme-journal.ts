// Records of a party's journal: JSON in bytes, read by nobody but the party that wrote them.
import { type Epoch, fromHex, lanesFromIntegers, type MeterId, type Slot, slotTimes, toHex, utf8 } from '@hushgrid/primitives'
import type { Outcome, Phase } from '../scheme.ts'

interface At {
  readonly epoch: Epoch
  readonly phase: Phase
  readonly slot: Slot
}

export type SchemeRecord =
  /** An announcement that was taken. */
  | (At & { readonly kind: 'group'; readonly bytes: Uint8Array })
  /** A message that was taken. */
  | (At & { readonly kind: 'received'; readonly bytes: Uint8Array })
  /** A round has run, by its index from 0; what it sent may be on its way. */
  | (At & {
      readonly kind: 'ran'
      readonly round: number
      readonly sends: readonly { readonly to: MeterId | 'meters'; readonly bytes: Uint8Array }[]
      readonly missing: readonly MeterId[]
      readonly outcome?: Outcome | undefined
    })

/** Groups whose records are kept. */
const KEPT_GROUPS = 3

export function encodeRecord(record: SchemeRecord): Uint8Array {
  return utf8(
    JSON.stringify(record, (_, value: unknown) => {
      if (value instanceof Uint8Array) return { hex: toHex(value) }
      return value instanceof BigUint64Array ? { lanes: [...value].map(String) } : value
    })
  )
}

/** Reads a record, unchecked: this party wrote it. */
export function decodeRecord(bytes: Uint8Array): SchemeRecord {
  return JSON.parse(new TextDecoder().decode(bytes), (_, value: { hex?: string; lanes?: string[] } | null) => {
    if (typeof value?.hex === 'string') return fromHex(value.hex)
    return Array.isArray(value?.lanes) ? lanesFromIntegers(value.lanes.map(BigInt)) : value
  }) as SchemeRecord
}

/** Gives the records that a restart needs: of the last groups, and of slots that are not over. */
export function trimmedSchemeJournal(journal: readonly Uint8Array[], slotSeconds: number, now: number): Uint8Array[] {
  const records = journal.map(bytes => ({ bytes, record: decodeRecord(bytes) }))
  const groups = records.flatMap(({ record }) => (record.kind === 'group' ? [record.epoch] : []))
  const oldest = groups.at(-KEPT_GROUPS) ?? 0
  return records
    .filter(({ record: { epoch, phase, slot } }) => epoch >= oldest && (phase !== 'slot' || now < slotTimes(slot, slotSeconds).over))
    .map(({ bytes }) => bytes)
}
