// Data directory of a meter in a ring: its keys, the secrets it shares with neighbours, and the journal of its submissions,
// which keeps it from submitting two readings for a slot.
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type MeterJournal, type MeterRecord, SharedSecrets } from '@hushgrid/dcnet'
import { decodeEnvelope, MessageType } from '@hushgrid/messages'
import { BlindingKey, concatBytes, equalBytes, HushgridError, IdentityKey, type Rng } from '@hushgrid/primitives'
import { makeFolder, RecordLog, RecordLogError, readOrCreateSecret } from '@hushgrid/runtime'
import { noteLoss } from './journal-loss.ts'
import { decodeMeterRecord, encodeMeterRecord, keptMeterRecords } from './record.ts'

/** Least bytes of a journal that is written anew; it must also have grown to twice what was kept the last time. */
const COMPACT_AT = 1024 * 1024

/** Most shared secrets kept; the earliest go first. */
const KEPT_SECRETS = 1024

/**
 * Data directory of a meter: two secret keys, made once, the secrets it shares with neighbours, and the journal of its acts
 * and of messages it met.
 */
export class MeterStore {
  readonly identity: IdentityKey
  readonly blinding: BlindingKey
  readonly journal: MeterJournal
  /** Shared secrets, kept so that a restart costs no key agreement; a thief of the file could read the blinding key beside it. */
  readonly secrets: SharedSecrets
  readonly #log: RecordLog
  readonly #secretsLog: RecordLog
  readonly #lost: string
  #lossNoted: boolean
  #compactAt = COMPACT_AT

  private constructor(
    identity: IdentityKey,
    blinding: BlindingKey,
    journal: MeterJournal,
    log: RecordLog,
    lost: string,
    secrets: SharedSecrets,
    secretsLog: RecordLog
  ) {
    this.identity = identity
    this.blinding = blinding
    this.secrets = secrets
    this.#secretsLog = secretsLog
    this.journal = journal
    this.#log = log
    this.#lost = lost
    this.#lossNoted = !journal.intact
  }

  /**
   * Opens a data directory, made where there is none.
   *
   * @param flush - makes journal records outlive a loss of power; a lab's need not
   * @throws FolderError, SecretFileError, RecordLogError
   */
  static open(directory: string, rng: Rng, flush: boolean): MeterStore {
    makeFolder(directory)
    const identity = readOrCreateSecret(join(directory, 'identity.key'), 32, () => rng.bytes(32), flush)
    const blinding = readOrCreateSecret(join(directory, 'blinding.key'), 32, () => rng.bytes(32), flush)
    const path = join(directory, 'journal.log')
    const lost = join(directory, 'journal.lost')
    const earlier = new EarlierJournal(directory)
    // A journal that is gone while the keys are there was lost: the meter must not rely on an empty one. The note is made
    // before the log is opened, which leaves an intact one, and holds until the next submission is in it.
    const damaged = existsSync(path) ? RecordLog.read(path).damaged : !identity.created && !earlier.exists
    if (damaged || earlier.lost) noteLoss(lost)
    const { log, records } = RecordLog.open(path, flush)
    earlier.moveInto(log, records)
    const journal: MeterJournal = existsSync(lost)
      ? { intact: false }
      : { intact: true, records: keptMeterRecords(records.map(decodeMeterRecord)) }
    const own = new BlindingKey(blinding.secret)
    const { secrets, secretsLog } = openSecrets(join(directory, 'secrets.log'), own, flush)
    return new MeterStore(new IdentityKey(identity.secret), own, journal, log, lost, secrets, secretsLog)
  }

  /**
   * Keeps a record before anything follows from it.
   *
   * @throws RecordLogError where it cannot be written, or the file has been altered meanwhile
   */
  append(record: MeterRecord): void {
    this.#log.append(encodeMeterRecord(record))
    if (this.#log.byteLength > this.#compactAt) this.#compact()
    if (!this.#lossNoted || record.kind !== 'submission') return
    rmSync(this.#lost, { force: true })
    this.#lossNoted = false
  }

  #compact(): void {
    const { records, damaged } = RecordLog.read(this.#log.path)
    // A damaged journal, written anew, would pass for an intact one at the next start.
    if (damaged) throw new RecordLogError(`${this.#log.path}: expected the journal as it was written, got a damaged one`)
    this.#log.replace(keptMeterRecords(records.map(decodeMeterRecord)).map(encodeMeterRecord))
    this.#compactAt = Math.max(COMPACT_AT, 2 * this.#log.byteLength)
  }

  close(): void {
    this.#log.close()
    this.#secretsLog.close()
  }
}

/** Bytes of a record: a blinding key of 32 bytes and the secret of 32 bytes that was agreed on with it. */
const SECRET_RECORD = 64

/** Opens the shared secrets, readable by their owner only; a damaged file costs new agreements, nothing else. */
function openSecrets(path: string, own: BlindingKey, flush: boolean): { secrets: SharedSecrets; secretsLog: RecordLog } {
  const { log, records } = RecordLog.open(path, flush)
  const kept = records.filter(record => record.byteLength === SECRET_RECORD).slice(-KEPT_SECRETS)
  if (records.length > 2 * KEPT_SECRETS) log.replace(kept)
  const secrets = new SharedSecrets(
    own,
    kept.map(record => [record.subarray(0, 32), record.subarray(32)] as const),
    (blindingKey, shared) => log.append(concatBytes(blindingKey, shared))
  )
  return { secrets, secretsLog: log }
}

/** Journal of meters before there was recovery: Submission envelopes only. */
class EarlierJournal {
  readonly exists: boolean
  /** True where it had been lost, or is damaged. */
  readonly lost: boolean
  readonly #path: string
  readonly #lostPath: string
  readonly #records: readonly Uint8Array[]

  constructor(directory: string) {
    this.#path = join(directory, 'submissions.log')
    this.#lostPath = join(directory, 'submissions.lost')
    this.exists = existsSync(this.#path)
    const { records, damaged } = this.exists ? RecordLog.read(this.#path) : { records: [], damaged: false }
    this.lost = damaged || existsSync(this.#lostPath)
    this.#records = records.map(bytes => encodeMeterRecord(submissionRecord(bytes)))
  }

  /** Puts its submissions before the records of the log, and deletes it; an interrupted move is repeated at the next start. */
  moveInto(log: RecordLog, records: Uint8Array[]): void {
    if (this.exists) {
      records.unshift(...this.#records.filter(earlier => !records.some(record => equalBytes(earlier, record))))
      log.replace(records)
    }
    rmSync(this.#path, { force: true })
    rmSync(this.#lostPath, { force: true })
  }
}

function submissionRecord(bytes: Uint8Array): MeterRecord {
  const envelope = decodeEnvelope(bytes)
  if (envelope.type !== MessageType.Submission) throw new HushgridError(`journal: expected submissions, got a ${envelope.type}`)
  return { kind: 'submission', slot: envelope.slot, bytes }
}
