import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { EnrolledMeter, RegistrarRecord } from '@hushgrid/dcnet'
import { concatBytes, fromHex, HushgridError, IdentityKey, meterId, type Rng, toHex, u8, utf8 } from '@hushgrid/primitives'
import { RecordLog, readOrCreateSecret } from '@hushgrid/runtime'

/** Rosters that are kept when the journal is written anew: the one in force and the one before. */
const KEPT_ROSTERS = 2
/** The journal is written anew when it has grown to this, in bytes. */
const COMPACT_AT = 64 * 1024 * 1024

/** A registrar whose journal is damaged: it could sign a second roster for an epoch, so it does not start. */
export class RegistrarStoreError extends HushgridError {
  override name = 'RegistrarStoreError'
}

/** What a registrar keeps in its data directory: its key, and a journal of enrolments and signed rosters. */
export class RegistrarStore {
  readonly identity: IdentityKey
  readonly journal: readonly RegistrarRecord[]
  readonly #log: RecordLog

  private constructor(identity: IdentityKey, journal: readonly RegistrarRecord[], log: RecordLog) {
    this.identity = identity
    this.journal = journal
    this.#log = log
  }

  /** @throws RegistrarStoreError, SecretFileError, RecordLogError */
  static open(directory: string, rng: Rng, flush: boolean): RegistrarStore {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const key = readOrCreateSecret(join(directory, 'identity.key'), 32, () => rng.bytes(32), flush)
    const path = join(directory, 'registrar.log')
    const { log, records, condition } = RecordLog.open(path, flush)
    if (condition === 'damaged' || (condition === 'new' && !key.created)) {
      throw new RegistrarStoreError(
        `${path}: expected the registrar's intact journal; without it a second roster could be signed for an epoch. Restore it, or begin a new network in an empty directory`
      )
    }
    const journal = compact(records.map(decode))
    if (journal.length < records.length) log.replace(journal.map(encode))
    return new RegistrarStore(new IdentityKey(key.secret), journal, log)
  }

  append(record: RegistrarRecord): void {
    this.#log.append(encode(record))
    if (this.#log.byteLength <= COMPACT_AT) return
    const { records } = RecordLog.open(this.#log.path, false)
    this.#log.replace(compact(records.map(decode)).map(encode))
  }

  close(): void {
    this.#log.close()
  }
}

/** The last word on each meter and on the aggregator, and the last rosters. */
function compact(records: readonly RegistrarRecord[]): RegistrarRecord[] {
  const meters = new Map<string, RegistrarRecord>()
  let aggregator: RegistrarRecord | undefined
  const rosters: RegistrarRecord[] = []
  for (const record of records) {
    if (record.kind === 'enrolled') meters.set(record.meter.credential.meterId, record)
    else if (record.kind === 'aggregator') aggregator = record
    else rosters.push(record)
  }
  return [...(aggregator ? [aggregator] : []), ...meters.values(), ...rosters.slice(-KEPT_ROSTERS)]
}

const ROSTER = 0
const OTHER = 1

function encode(record: RegistrarRecord): Uint8Array {
  if (record.kind === 'roster') return concatBytes(u8(ROSTER), record.bytes)
  const text =
    record.kind === 'aggregator'
      ? JSON.stringify(record)
      : JSON.stringify({ kind: 'enrolled', meter: record.meter }, (_, value) =>
          value instanceof Uint8Array ? { hex: toHex(value) } : value
        )
  return concatBytes(u8(OTHER), utf8(text))
}

function decode(bytes: Uint8Array): RegistrarRecord {
  if (bytes[0] === ROSTER) return { kind: 'roster', bytes: bytes.slice(1) }
  const record = JSON.parse(new TextDecoder().decode(bytes.subarray(1)), (_, value) =>
    value !== null && typeof value === 'object' && typeof value.hex === 'string' ? fromHex(value.hex) : value
  ) as { kind: 'enrolled'; meter: EnrolledMeter } | { kind: 'aggregator'; key: string; address: string }
  if (record.kind === 'aggregator') return { ...record, key: meterId(record.key) }
  return record
}
