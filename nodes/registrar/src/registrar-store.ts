import { existsSync, mkdirSync } from 'node:fs'
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
    const path = join(directory, 'registrar.log')
    const existed = existsSync(path)
    const key = readOrCreateSecret(join(directory, 'identity.key'), 32, () => rng.bytes(32), flush)
    // Looked at before it is opened, which cuts off what is damaged: the next start would find it intact.
    if (existed ? RecordLog.read(path).damaged : !key.created) {
      throw new RegistrarStoreError(
        `${path}: expected the registrar's intact journal, got ${existed ? 'a damaged one' : 'none'}; without it a second roster could be signed for an epoch. Restore it, or begin a new network in an empty directory`
      )
    }
    const { log, records } = RecordLog.open(path, flush)
    const journal = compact(records.map(decode))
    if (journal.length < records.length) log.replace(journal.map(encode))
    return new RegistrarStore(new IdentityKey(key.secret), journal, log)
  }

  append(record: RegistrarRecord): void {
    this.#log.append(encode(record))
    if (this.#log.byteLength <= COMPACT_AT) return
    const { records } = RecordLog.read(this.#log.path)
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

/** An enrolment as its record has it: bytes in hexadecimal. */
interface EnrolmentRecord {
  readonly kind: 'enrolled'
  readonly meterId: string
  readonly blindingKey: string
  readonly notBefore: number
  readonly notAfter: number
  readonly signature: string
  readonly placement?: string
  readonly addresses: readonly string[]
}

interface AggregatorRecord {
  readonly kind: 'aggregator'
  readonly key: string
  readonly address: string
}

function encode(record: RegistrarRecord): Uint8Array {
  if (record.kind === 'roster') return concatBytes(u8(ROSTER), record.bytes)
  const other: EnrolmentRecord | AggregatorRecord = record.kind === 'aggregator' ? record : enrolmentRecord(record.meter)
  return concatBytes(u8(OTHER), utf8(JSON.stringify(other)))
}

function enrolmentRecord({ credential, placement, addresses }: EnrolledMeter): EnrolmentRecord {
  const { blindingKey, signature, ...rest } = credential
  const placed = placement ? { placement: toHex(placement) } : {}
  return { kind: 'enrolled', ...rest, blindingKey: toHex(blindingKey), signature: toHex(signature), ...placed, addresses }
}

function decode(bytes: Uint8Array): RegistrarRecord {
  if (bytes[0] === ROSTER) return { kind: 'roster', bytes: bytes.slice(1) }
  const record = JSON.parse(new TextDecoder().decode(bytes.subarray(1))) as EnrolmentRecord | AggregatorRecord
  if (record.kind === 'aggregator') return { kind: 'aggregator', key: meterId(record.key), address: record.address }
  const credential = {
    meterId: meterId(record.meterId),
    blindingKey: fromHex(record.blindingKey),
    notBefore: record.notBefore,
    notAfter: record.notAfter,
    signature: fromHex(record.signature)
  }
  const placed = record.placement === undefined ? {} : { placement: fromHex(record.placement) }
  return { kind: 'enrolled', meter: { credential, ...placed, addresses: record.addresses } }
}
